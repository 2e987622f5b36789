## section: cli

cli-usage = 用法：{ " " }
cli-options = 选项
cli-arguments = 参数
cli-commands = 命令
cli-command = 命令
cli-some-options = [选项]
cli-examples = 示例：
cli-values = [{ $values }]
cli-default = [默认：{ $value }]
cli-man-name = 名称
cli-man-topics = 主题
cli-message = 我是: {"{"}my.ip{"}"}
cli-message-one = 一
cli-message-two = 二
cli-message-three = 三

## section: help

help-about = 看清套接字调用在线路上发出了什么：调用、状态、报文段，来自两个真实的协议栈
help-examples =
    sockscope lesson handshake      观看三次握手，并看讲解
    sockscope tcp --message 你好    一次 TCP 交换，从 SYN 到 TIME-WAIT
    sockscope compare               同样的字节，用 TCP 与用 UDP 传送的对比
    sockscope doctor                检查本机环境，缺少什么、如何解决
help-help = 显示本帮助
help-version = 显示版本
help-lang = 语言：en 或 zh；默认按区域设置
help-color = 何时着色；auto：在终端上，且未设置 NO_COLOR
help-tcp = 在同一内核中两个相互隔离的协议栈之间进行一次 TCP 交换，并展示过程
help-tcp-examples =
    sockscope tcp
    sockscope tcp --message "我是: {"{"}my.ip{"}"}" --reply "收到"
    sockscope tcp --bytes 5000 --close three --save run.pcapng
    sockscope tcp --save run.pcapng --force  不管 run.pcapng 现在是什么
    sockscope tcp --delay 50ms --format lines --quiet
    sudo sockscope tcp --on lo
help-udp = 把消息作为 UDP 数据报发送（无连接、无确认）
help-udp-examples =
    sockscope udp --message 一 --message 二
    sockscope udp --bytes 3000 --chunk 1000
help-compare = 同样的消息分别用 TCP 与 UDP 传送，并排对比；或逐行对比两份记录、两次 TCP 运行
help-compare-examples =
    sockscope compare
    sockscope compare --message 一 --message 二 --message 三
    sockscope compare --bytes 5000 --chunk 1000 --delay 50ms
    sockscope compare --bytes 8000 --chunk 1000 --fault "lose data 3 from client"
    sockscope compare --sizes 1,100,1400,9000 --losses 0,1,5,10 --plot grid.svg
    sockscope compare --with nagle --without nagle --message a --message b
    sockscope compare monday.pcapng tuesday.pcapng
    sockscope compare --to-many --fault "lose data 2 to server2"
help-lesson = 列出课程、运行、检查或新建课程，批改作业
help-lesson-examples =
    sockscope lesson                课程列表
    sockscope lesson handshake      按短名，或按编号
    sockscope lesson next           接着上次继续学
    sockscope lesson check all      用本机内核检查每一课
    sockscope lesson new my-lesson  新建一个待填写的文件夹
help-exercise = 做编程练习：您的程序与本程序通信，并得到评判
help-exercise-examples =
    sockscope exercise                               列表
    sockscope exercise echo                          题目
    sockscope exercise echo --skeleton c             从何写起
    sockscope exercise echo -- python3 server.py     运行并评判
    sockscope exercise echo --save e.pcapng --report e.json -- ./server
    sockscope exercise check all                     供作者使用

    实验环境不是沙箱。您的程序，以及 check 时练习里的程序，都以您的
    身份运行：它们可以读写您的文件。
help-explain = 逐步讲解保存的记录，或任何抓包文件
help-explain-examples =
    sockscope explain run.pcapng             再讲解一遍保存的运行
    sockscope explain homework.pcap          别人的抓包文件里有什么
    sockscope explain homework.pcap --all    ……并列出每条连接
    sockscope explain run.pcapng --summary   记录的概要
    sockscope explain homework.pcap --stream 3  第 3 条连接的时序图
    sockscope explain homework.pcap --frame 17  第 17 号分组的每个字节
    sockscope explain homework.pcap --format lines --filter "tcp port 80"
help-lab = 在实验环境的主机里运行任意程序，展示其套接字发出了什么
help-lab-examples =
    sockscope lab --server "nc -l -p 7070" --client "nc -N server 7070"
    sockscope lab -- python3 test.py     一个程序，连接的两端都在其中
    sockscope lab                   客户端里的一个 shell
    sockscope lab --bare --server "iperf3 -s" --client "iperf3 -c server"

    程序以您的身份运行：可以任意使用实验环境的网络，在外面只能做您能做的事。
    实验环境不是沙箱：程序能读写您的文件。
    不经由 sudo、由 root 直接运行时，程序以 root 身份运行。
help-doctor = 检查实验环境与 --on lo 需要什么，每项附解决办法
help-doctor-examples =
    sockscope doctor
help-serve = 提供课堂网页：在浏览器里运行、学课程、看抓包文件
help-serve-examples =
    sockscope serve
    sockscope serve --port 9000
    sockscope serve --bind 192.168.1.20
help-serve-port = 网页的端口；0 表示任选一个空闲端口
help-serve-bind = 在这个地址上监听；持有所印链接者能以您的身份运行实验
help-serve-origin = 也接受发往这个源的请求（经代理）；人人都须有链接；可重复
help-serve-embed = 允许这个源的页面用框架嵌入本网页；可重复
help-serve-idle = 无人使用时，监听中的服务器保留多久
help-endpoint = 课堂网页的实验中两个程序之一
help-endpoint-which = 哪一个
help-endpoint-control = 它的管道所在的目录
help-completions = 输出某个 shell 的补全脚本
help-completions-examples =
    source <(sockscope completions bash)
    sockscope completions fish | source
help-man = 输出手册页
help-man-examples =
    sockscope man | man -l -
help-help-verb = 讲解一个主题：JSON、故障、过滤条件、安全……
help-help-verb-examples =
    sockscope help
    sockscope help json
    sockscope help faults
help-schema = 与 json 一起：--format json 输出内容的 JSON Schema（draft 2020-12）
help-topic = 主题；不写则列出
help-message = 客户端的一条消息，一次调用发出；可重复；{"{"}my.ip{"}"} 会被替换
help-bytes = 不发消息，而用一次调用发出这么多字节
help-chunk = 按这个大小分块发送，每块一次调用
help-port = 服务器端口
help-recv-buffer = 交给 recv() 的缓冲区大小 [默认：1024，或整个数据报]
help-reply = 服务器在每条消息之后发送的内容
help-echo = 服务器把收到的原样发回
help-duplex = 双方同时发送
help-backlog = listen() 的 backlog
help-close = 如何关闭连接，客户端先关
help-nodelay = 关闭 Nagle 算法（TCP_NODELAY）
help-mss = 最大报文段字节数（TCP_MAXSEG）
help-rcvbuf = 两端套接字的接收缓冲区（SO_RCVBUF）
help-sndbuf = 两端套接字的发送缓冲区（SO_SNDBUF）
help-delay = 线路的单程时延：20ms、1.5s、300us
help-mtu = 主机接口的 MTU
help-hop-mtu = 线路中途一段链路的 MTU（较小）；分组太大时，该处用 ICMP 报告
help-hop-silent = 该处不发 ICMP，直接丢弃太大的分组（黑洞）
help-ipv6 = 使用 IPv6
help-arp = 让主机用 ARP（或 ND）查询对方的硬件地址，并展示这个过程
help-on = 不用实验环境，而用本机的环回接口：lo（需要 root）
help-format = 用哪种视图
help-quiet = 不显示讲解句子
help-width = 列数；默认为终端宽度，至少 80
help-save = 把记录保存为 pcapng
help-vantage = 文件中的分组取自哪一方
help-lesson-name = 课程的编号、短名或文件夹，或 next（第一课还没学过的）；不写则列出
help-no-ask = 不提问，用于演示
help-teacher = 不提问，直接给出本次运行中的答案
help-step = 每按一键讲一步，可前进可后退：先记录整个运行，再讲解
help-slow = 放慢若干倍播放，例如 10x
help-project = 用于投影：步骤之间留空行，高对比度，不用颜色
help-compare-first = 对比两份记录（别人的抓包则取其中最忙的连接），而不是运行两次
help-compare-second = 第二份
help-with = 运行两次 TCP，先启用此设置，后不启用，逐行对比
help-without = 同上，但先不启用
help-ladders = 在表格之前把两次运行也讲一遍
help-sizes = 成批运行：这些字节数的消息，每种丢帧率，若干种子
help-losses = 成批运行时线路丢失所有帧的百分之几
help-seeds = 成批运行时每种情形运行几次：第一次用 --seed，其余依次用其后的数
help-count = 成批运行时每次运行发送几条消息，一条紧接一条
help-within = 成批运行时每次运行的时限；超过的会如实标出
help-grid-plot = 画出有效吞吐量、完成时间、送达率与丢帧率的关系图，SVG 文件
help-report = 写一份作业文件：你的答案，以及所保存的记录的散列值
help-lessons = 自己的课程文件夹；其中的课程排在内置课程之前
help-lesson-forget = 清除学习进度（学过哪些课、答对多少）
help-lesson-watch = 每次保存时重新检查课程
help-lesson-watch-examples =
    sockscope lesson watch ./my-lesson  边写边查；按 Ctrl-C 结束
help-lesson-watched = 课程的文件夹
help-lesson-verify = 根据记录重新批改作业，并找出不相符之处
help-lesson-verify-examples =
    sockscope lesson verify ada.json ada.pcapng  一份作业
    sockscope lesson verify ./class              全班的表格
help-lesson-hand-in = 一份作业、一个归档文件，或装有它们的文件夹（含子文件夹）
help-lesson-archive = 把作业及其记录放进一个归档文件，交给老师
help-lesson-archive-examples =
    sockscope lesson hand-in ada.json          连同记录：Ada.tar
    sockscope lesson hand-in ./my-hand-ins --student "王小明 4711"
help-lesson-archive-what = 作业（由 --report 写出），或装有作业的文件夹
help-lesson-archive-to = 要写的归档文件；默认用学生的名字
help-lesson-student = 学生的姓名或学号；只问一次，以后沿用
help-lesson-handout = 把课程印成讲义：观察要点、问题、作答处
help-lesson-handout-examples =
    sockscope lesson handout handshake > sheet.md
    sockscope lesson handout all --format html > sheets.html
    sockscope lesson handout handshake --key
help-lesson-handout-format = 格式
help-lesson-key = 附答案（为此运行一次）
help-lesson-table = 用于文件夹：table、csv 或 json，每题一列，并附理由
help-lesson-recording = 它的记录；默认为旁边的同名文件
help-lesson-list = 列出课程
help-lesson-check = 运行课程，看其论断在本机是否成立
help-lesson-check-examples =
    sockscope lesson check handshake
    sockscope lesson check ./my-lesson
help-lesson-which = 课程名、文件夹，或 all
help-lesson-new = 新建课程：一个带注释模板的文件夹
help-lesson-new-examples =
    sockscope lesson new my-lesson
    sockscope lesson check ./my-lesson
help-lesson-path = 要创建的文件夹
help-file = pcapng 或 pcap 文件；- 表示标准输入
help-lab-client = 在客户端主机里运行的命令；不写则为 shell（若有 --server，则仅当标准输入是终端时）
help-exercise-name = 练习的名字或文件夹；不写则显示列表
help-exercise-skeleton = 打印程序的开头：c、python、rust、java、go
help-exercise-report = 写出作业；须与 --save 同用，批改时只依据该记录
help-exercise-program = 您的程序及其参数；以您的身份运行，时间和资源有上限
help-exercise-list = 列出练习
help-exercise-check = 以您的身份运行练习自带的程序，检查各项要求
help-exercise-which = 练习的名字、文件夹，或 all
help-exercise-new = 新建练习：复制最简单的一个，供修改
help-lab-server = 在服务器主机里运行的命令
help-lab-program = 单独运行这个程序，连接的两端都在它自己的环回接口上
help-lab-ipv4 = 名字 client 和 server 只对应 IPv4 地址
help-lab-ipv6 = 名字 client 和 server 只对应 IPv6 地址
help-lab-wait = 谁结束时运行结束：client（随后结束服务器的程序）或 both（等两个程序都结束）
help-lab-within = 运行的最长时间，100 ms 到 600 s：到时仍在运行的程序会被结束，退出码为 1
help-lab-trace = 是否显示程序的套接字调用：yes 或 no。 默认 yes，交互式 shell 默认 no。 被跟踪的程序不能通过 sudo 或 su 获得权限， 也不能再接调试器
help-check = 程序使用套接字有错误时，退出码为 1
help-lab-raw-output = 程序的输出原样显示；默认在终端上不执行其中的控制字符
help-lab-bare = 只有线路：不抓包、不讲解、不保存，能跑多快就跑多快
help-shell = 哪种 shell
help-fault = 线路的一种故障，可重复："lose data 3"、"swap data 4 5"、"lose 10%"
help-seed = 随机故障的种子：种子相同，故障相同
help-rate = 线路的速率：2mbit、500kbit
help-queue = 最多有多少分组排队等待；再多则丢弃
help-to-many = 同时发给三个接收方：广播、多播，与逐个建立的连接并排
help-receivers = 同上，接收方的个数：2 到 9
help-plot = 把一条 TCP 连接画成图，SVG 文件
help-chart = 同时画在终端里，放在讲解之后
help-svg = 按时间比例画出整个过程：主机、调用、状态和帧，SVG 文件
help-html = 写出一份报告，一个 HTML 页面：时空图、讲解、字节、状态、曲线图，两种语言
help-svg-states = 画出两端走过的状态（RFC 9293 图 5），SVG 文件
help-perfetto = 为 Perfetto UI（ui.perfetto.dev）写出轨迹
help-cast = 按原来的时间录下终端里的讲解，用 asciinema play 播放
help-force = 覆盖已有的文件，即使它不是这里会写出的那种
help-stream = 只看这条 TCP 连接（从 0 起）：它的时序图或曲线图
help-frame = 这个分组（从 1 起）的每个字节
help-why = 这个分组（从 1 起）各种可能的原因：各有什么支持，什么反对
help-filter = 只看符合条件的分组：host 10.0.0.1 and tcp port 80
help-summary = 只显示概要（自己的记录也可以）
help-no-pager = 直接输出（PAGER=cat 亦同）；否则终端上超过一屏的内容在阅读器中显示
help-all = 在终端上显示每一行，在概要中列出每条连接
help-explain-save = 另存一份，句子作为分组注释（-：输出到标准输出）

## section: doctor

doctor-apparmor = 本机的 AppArmor 限制了用户命名空间（kernel.apparmor_restrict_unprivileged_userns，Ubuntu 23.10 及以后）
doctor-apparmor-cure = 用 sudo 运行；或一次性放行，只放行 /usr/local/bin/sockscope：sudo install -m 755 target/release/sockscope /usr/local/bin/ && sudo cp scripts/apparmor-sockscope /etc/apparmor.d/sockscope && sudo apparmor_parser -r /etc/apparmor.d/sockscope（实验环境能运行任何程序，因此这样做会让本机所有用户又能使用用户命名空间；放在别处的程序要自己加一行，见该文件）
doctor-seccomp = 创建命名空间被拒绝，多半是 seccomp 过滤器所致（例如 Docker 的默认配置）
doctor-seccomp-cure = 用 sudo 运行；在容器中：docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt systempaths=unconfined
doctor-max-userns = 不能再创建用户命名空间：user.max_user_namespaces 为 0 或已用完
doctor-max-userns-cure = 用 sudo 运行；或：sudo sysctl user.max_user_namespaces=10000
doctor-userns-clone = 普通用户不能创建用户命名空间：kernel.unprivileged_userns_clone 为 0
doctor-userns-clone-cure = 用 sudo 运行；或：sudo sysctl kernel.unprivileged_userns_clone=1
doctor-no-userns = 此内核没有用户命名空间
doctor-no-userns-cure = 用 sudo 运行
doctor-id-map = 不能设置新用户命名空间的 id 映射
doctor-id-map-cure = 用 sudo 运行，或让运行者能读取程序文件
doctor-root-caps = root 缺少 SYS_ADMIN、NET_ADMIN 或 NET_RAW 权能，多数容器如此
doctor-root-caps-cure = docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt systempaths=unconfined（或 --privileged）
doctor-max-netns = 不能再创建网络命名空间：user.max_net_namespaces 为 0 或已用完
doctor-max-netns-cure = sudo sysctl user.max_net_namespaces=10000
doctor-no-netns = 这里不能创建网络命名空间
doctor-no-netns-cure = 需要带 CONFIG_NET_NS 的 Linux 内核（Windows 上用 WSL 2，而不是 WSL 1）
doctor-no-pidns = 无法再创建 PID 命名空间（user.max_pid_namespaces 为 0 或已用尽，或内核没有此功能）：程序启动的进程只能逐个结束，且程序能看到本机的进程
doctor-no-pidns-cure = 无须处理；或：sudo sysctl user.max_pid_namespaces=10000
doctor-no-tracing = 这里不能跟踪程序：实验环境显示它们的报文段和状态，但不显示它们的调用
doctor-no-tracing-cure = 在容器中允许 ptrace（--cap-add SYS_PTRACE，或换用别的 seccomp 配置）；kernel.yama.ptrace_scope = 3 时，下次启动之前一直被禁止
doctor-no-packet = 此内核没有分组套接字（AF_PACKET），或拒绝使用
doctor-no-packet-cure = 需要带 CONFIG_PACKET 的 Linux 内核（Windows 上用 WSL 2，而不是 WSL 1）；在容器中还要 --cap-add NET_RAW
doctor-no-ring = 内核没有给出抓包环形缓冲区的内存
doctor-no-ring-cure = 请腾出一些内存：需要三个 16 MiB 的环形缓冲区
doctor-no-veth = 此内核不能创建 veth 接口
doctor-no-veth-cure = sudo modprobe veth；或换用带 CONFIG_VETH 的内核
doctor-no-sock-diag = 内核不提供套接字信息（sock_diag）
doctor-no-sock-diag-cure = sudo modprobe -a inet_diag tcp_diag；或换用带 CONFIG_INET_DIAG 的内核
doctor-settings-read-only = /proc/sys 下的网络设置是只读的，多数容器如此
doctor-settings-read-only-cure = docker run --security-opt systempaths=unconfined（或 --privileged）
doctor-not-root = 本机自己的环回接口只有 root 能看
doctor-not-root-cure = sudo sockscope …；不用 root 时，实验环境能看到同样的内容：去掉 --on lo，或用讲环回的课
doctor-no-destroy = 内核不能销毁套接字（CONFIG_INET_DIAG_DESTROY）：kill -9 之后最多要 3 秒实验环境才会消失
doctor-no-destroy-cure = 不必处理
doctor-no-ipv6 = 此内核没有 IPv6
doctor-no-ipv6-cure = 不加 -6 时一切正常
doctor-late-stamps = 内核的时间戳不可信
doctor-late-stamps-cure = 是否正在校时？请再试一次
doctor-as-root = 没有人经由 sudo 调用：实验环境里的程序会以 root 身份运行
doctor-as-root-cure = 若不信任要运行的程序，请以普通用户身份运行，或从普通用户用 sudo 运行
doctor-kept = 此内核不能创建用户命名空间：实验环境用 sudo 借来的权限搭建，其中的程序启动时没有任何特权
doctor-kept-cure = 不必处理；需要特权的程序（tcpdump、ip、1024 以下的端口）在其中会失败
doctor-container = 这是一个容器
doctor-container-cure = 若上面有被拒绝的项目：docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt systempaths=unconfined
doctor-wsl = 这是 Windows 里的 Linux（WSL）；必须是第 2 版
doctor-wsl-cure = wsl --set-version 发行版名 2

doctor-need-kernel = Linux
doctor-need-place = 运行环境
doctor-need-rights = 创建命名空间的权限
doctor-need-pid-namespace = 用于结束程序的 PID 命名空间
doctor-need-tracing = 用于观察程序调用的跟踪
doctor-need-net-namespace = 网络命名空间
doctor-need-settings = 内核的网络设置
doctor-need-ring = 环形缓冲区的内存
doctor-need-veth = 线路所用的接口
doctor-need-sock-diag = 内核报告的套接字状态
doctor-need-destroy = 销毁套接字
doctor-need-ipv6 = IPv6（用于 -6）
doctor-need-stamps = 时间戳
doctor-need-loopback = 本机的环回接口（用于 --on lo）
doctor-works = 当前用户可以使用实验环境：sockscope lesson handshake
doctor-works-not = 当前用户无法使用实验环境：见上。
doctor-not-tried = 没有尝试

## section: error

error-line = 错误：{ $what }
error-why = { "  " }原因：{ $why }
error-try = { "  " }试试：{ $cure }
error-range = { $value } 不在 { $min } 到 { $max } 之间
error-delay-range = { $value } 不在 0 到 10s 之间
error-limit-range = { $value } 不在 100ms 到 600s 之间
error-percent = 它不是 0 到 100 之间、最多四位小数的百分数
error-not-a-number = 它不是整数
error-not-a-time = 时间是数字加单位：300us、20ms、1.5s
error-no-exercise = 没有名为“{ $name }”的练习
error-see-exercises = 列表：sockscope exercise
error-exercise-program = 无法准备程序“{ $name }”
error-lang = 现有的语言：{ LIST($known) }
error-unknown-argument = 不认识的参数 { $arg }
error-unknown-command = 没有命令“{ $name }”
error-no-command = 缺少命令
error-missing-argument = 缺少 { $arg }
error-twice = { $arg } 写了两次
error-conflict = { $arg } 不能与 { $other } 同用
error-no-value = { $arg } 需要一个值
error-value = “{ $value }”不是 { $arg } 的有效值
error-too-many-values = “{ $value }”多余：{ $arg } 只能有一个值
error-not-utf8 = 有一个参数不是 UTF-8
error-usage = { $text }
error-did-you-mean = { $nearest }
error-see-help = { $command } --help
error-valid-values = 只能是：{ LIST($values) }
error-plain = { $text }
error-pace = --step 和 --slow 要读取按键，只能在终端里用
error-summary-format = --summary 是一张表；加上 --format json 则是整体一个对象、每条连接一个对象
error-pace-foreign = { $path } 不是 sockscope 的记录：--step 和 --slow 只能讲解自己的记录
error-terminal = 无法使用终端
error-slow = 慢多少倍：0.01 到 10000 之间的数，例如 10x
error-progress = { $path } 不是本程序保存的内容
error-progress-try = 重新开始：sockscope lesson forget
error-config = { $path } 有错误
error-hand-in = { $path } 不是作业文件
error-hand-in-text = 它不是 --report 写出的内容，或已损坏。
error-hand-in-long = 其中有一个名称比任何课程的名称都长。
error-hand-in-newer = 它由本程序的更新版本写成。
error-no-hand-ins = { $path } 及其子文件夹中没有作业：没有以 .json 或 .tar 结尾的文件
error-watch = 无法监视 { $path }
error-stdout = 无法写到标准输出
error-panic = sockscope 自身的错误，位于 { $place }
error-panic-try = 请连同所用的命令一起报告
error-io-not-found = 没有这个文件或文件夹
error-io-denied = 当前用户没有权限
error-io-exists = 它已经存在
error-io-directory = 它是一个文件夹
error-io-no-file = 它是管道或设备，而这里需要一个普通文件
error-io-not-directory = 路径中有一段不是文件夹
error-io-full = 磁盘已满
error-io-read-only = 文件系统是只读的
error-io-quota = 配额已用完
error-io-too-large = 超出了这里允许的大小
error-no-lab = 这里无法搭建实验环境
error-see-doctor = sockscope doctor
error-sysctl = { $host } 不接受 { $name } = { $value }
error-sysctl-forbidden = 主机不能有这项设置，或不能取这个值；项目的 lessons/README.md 列出了可用的设置
error-sysctl-congestion = 拥塞控制算法必须是这个内核已有、且允许所有人使用的：{ LIST($words) }
error-lab-step = 搭建实验环境：{ $operation } { $object }
error-no-ipv6 = 这个内核没有 IPv6
error-no-ipv6-try = 去掉 -6 再试
error-lab-broken = 实验环境提前中止
error-three-needs-data = --close three 需要之前有数据发往服务器
error-three-needs-data-why = 若没有数据，Linux 对 FIN 的确认只延迟极短时间，机器一忙就会变成四次
error-three-needs-data-try = --message 你好 --close three
error-needs = { $arg } 需要同时有 { $other }
error-datagram-too-large = 一个数据报装不下 { $len } 字节
error-datagram-too-large-why = 它的长度字段只有 16 位：载荷最多 { $most } 字节
error-datagram-too-large-try = --chunk { $most }，或改用 tcp
error-grid-size-try = --sizes 中不超过 { $most }：同样的消息也要作为一个 UDP 数据报发送
error-grid-runs = 这样要运行 { $runs } 次；最多 { $most } 次
error-message = 消息的写法有误，不能发送
error-save = 无法写入 { $path }
error-save-live = 实时运行不能保存到标准输出
error-save-live-why = 标准输出用来显示讲解
error-save-live-try = --save run.pcapng；保存下来的文件可以再输出：sockscope explain run.pcapng --save -
error-save-broken = { $path } 没能写完
error-foreign-file = 不覆盖 { $path }：它的内容不是{ $what ->
    [page] 本程序的报告
    [trace] 本程序写出的轨迹
    [cast] 本程序写出的终端录像
    [picture] SVG 图
    [hand-in] 作业
   *[recording] pcapng 记录
}
error-foreign-file-try = 换一个名字；或者不管它是什么都覆盖：{ $option } … --force
error-one-file = { $one } 与 { $other } 是同一个文件
error-one-file-why = 一处写入的内容会被另一处毁掉
error-one-file-try = 各用各的文件
error-name-stdout = 标准输出
error-name-stderr = 标准错误
error-output-terminal = 它是终端，会执行分组内容里的控制序列
error-no-output = 它既不是文件，也不是有人在读的管道，也不是 /dev/null 这样的设备
error-no-reader = 它是一条没有人在读的管道
error-no-reader-try = 先开始读它：cat { $path } | …
error-save-sentences = { $path } 已完整保存，但讲解句子没能作为分组注释写入
error-save-sentences-try = 腾出空间后：sockscope explain { $path } --save { $path }
error-acts-pipe = 一条管道只能容纳一份记录，而本课有 { LIST($acts) } 幕，每幕一份
error-acts-pipe-try = --save run.pcapng
error-report-file = 作业需要一份可以再读的记录，而 { $path } 不是文件
error-plot-udp = --plot 与 --chart 画的是 TCP 连接，而这次运行里没有
error-plot-udp-why = 序号、窗口和往返时间是 TCP 才有的；数据报没有这些可画
error-plot-udp-try = sockscope tcp --plot run.svg；或者把 UDP 与 TCP 并排画出：sockscope compare --sizes 100,1400 --plot grid.svg
error-open = 无法读取 { $path }
error-not-capture = { $path } 不是抓包文件
error-on = 本机的位置只有 lo，不是 { $name }
error-on-why = 交换的两端都在本机，本机发给自己的分组都经过 lo
error-no-interface = 没有接口 { $name }
error-on-lo-try = --on lo
error-mtu-ipv6 = { $mtu } 的 MTU 对 IPv6 太小
error-mtu-ipv6-why = IPv6 要求每条链路能承载 1280 字节（RFC 8200 §5）
error-mtu-ipv6-try = --mtu 1280
error-hop-mtu-ipv6-try = --hop-mtu 1280
error-empty-file = 它是空的
error-unknown-format = 它的开头既不是 pcap 也不是 pcapng
error-unknown-format-try = 用写出它的程序另存为 pcapng 或 pcap
error-signals = 这里无法捕获信号
error-setid = sockscope 不以 setuid 或 setgid 方式运行
error-setid-why = 否则任何调用者都会得到它的权限；它只需要调用者自己的权限
error-setid-try = 对 sockscope 的程序文件执行 sudo chmod ug-s；需要 root 时：sudo sockscope …
error-caller = 无法确定是谁以 root 权限调用了 sockscope
error-caller-half = 设置了 { $there }，却没有 { $missing }
error-caller-no-id = { $name } 不是用户或组的编号：“{ $value }”
error-caller-nobody = { $name } 在本机上查无此人：“{ $value }”
error-caller-differ = { $first } 与 { $second } 指的不是同一个用户
error-caller-try = 若就是 root 本人：env -u SUDO_UID -u SUDO_GID -u DOAS_USER -u PKEXEC_UID sockscope …
error-become = sockscope 无法成为调用它的用户（{ $operation }）
error-no-loopback = 无法观察本机的环回接口
error-no-lesson = 没有课程“{ $name }”
error-see-lessons = sockscope lesson
error-lesson-faults = 课程有 { $count } 处错误
error-lesson-too-long = 它做的事太多：判定预期需要整个运行过程，内存容纳不下
error-lesson-run = 课程 { $name } 没有运行完
error-interrupted = 运行被中断
error-overrun = 线路漏掉了 { $frames } 个帧
error-stuck = { $host } 停在了：{ $line }
error-out-of-time = { $host } 的程序在 { $span } 内没有结束
error-call-failed = { $host }：{ $line } 失败，{ $errno }
error-printed-too-much = { $host } 的程序输出超过 { $bytes } 字节
error-program-failed = { $host } 的程序退出，退出状态为 { $status }
error-nothing-drawn = 没有可画的内容：没有帧、调用或状态
error-states-udp = --svg-states 画的是 TCP 的状态，而这次运行没有 TCP
error-states-udp-try = sockscope tcp --svg-states states.svg；或画这次运行的时空图：--svg FILE
error-chart-json = --chart 要画在终端里，而此处标准输出另有用途
error-chart-json-try = 去掉 --chart，或者画到文件里：--plot FILE
error-no-stream = 没有可画的 TCP 连接 { $stream }
error-not-a-rate = 速率是数字加单位：500kbit、2mbit、1gbit
error-rate-range = { $value } 不在 1kbit 到 1000gbit 之间
error-compare-full = { $path } 太大，无法比较：需要保留的内容超出了可用的内存
error-compare-full-try = 只留下要比较的那条连接：tcpdump -r 文件 -w 部分 'host … and port …'
error-same-file = { $path } 写了两次：它与自身没有差别
error-same-file-try = 两份记录：sockscope compare one.pcapng two.pcapng
error-no-conversation = { $path } 中既没有 TCP 连接，也没有 UDP 会话
error-two-settings = { $one } 与 { $other } 是两个设置
error-two-settings-why = 两次运行若有两处不同，就说不清差别由哪一处造成
error-two-settings-try = --with { $one } --without { $one }
error-needs-fault-try = --bytes 8000 --chunk 1000 --fault "lose data 3 from client"
error-rules = 故障规则无法读取，{ $count } 处错误
error-port-in-use = 端口正被别的程序使用：{ $line }
error-port-in-use-try = 换一个：--port 7071
error-serve-start = 无法提供网页
error-serve-listen = 无法在 { $address } 上监听
error-serve-listen-try = 换一个端口：--port 8081，或用 --port 0 任选一个空闲端口
error-serve-value = { $flag } 的值太长，或含有 NUL
error-not-an-address = 应为 IP 地址：192.168.1.20、::1
error-not-an-origin = 应为一个源：https://class.example
error-confined = 无法限制这次运行
error-endpoint = 无法读取程序的管道
error-schema-topic = 只有 JSON 有 schema
error-schema-topic-try = sockscope help json --schema

## section: ladder

ladder-client = 客户端
ladder-server = 服务器
ladder-linux = Linux：
ladder-space = {""}
ladder-flow = #{ $n }
ladder-folded =
    { $count ->
       *[other] ⋮ 另有 { $count } 行与上面的相同
    }
ladder-others = 其余 { $count } 台
ladder-hole =
    { $frames ->
       *[other] 此处漏掉 { $frames } 帧
    }
ladder-late = 迟
ladder-hole-late =
    { $frames ->
       *[other] 上面有 { $frames } 帧到得太晚，位置偏后
    }
ladder-untold =
    { $frames ->
       *[other] 此处有 { $frames } 帧和另外 { $others } 个事件没有讲
    }
ladder-unsaved =
    { $frames ->
       *[other] 此处有 { $frames } 帧和另外 { $others } 个事件既没有讲，也没有保存
    }
ladder-interrupted = 已中断：以上是到此为止的经过
ladder-overrun =
    { $frames ->
       *[other] 线路漏掉了 { $frames } 帧：这次运行不完整
    }
ladder-stuck = { $host }没有走完脚本，停在：{ $line }
ladder-out-of-time = { $host }：程序在 { $span } 内没有结束，已被结束
ladder-call-failed = { $host }：{ $line }：{ $errno }
ladder-printed-too-much = { $host }：程序输出超过 { $bytes } 字节，此后的输出不再读取
ladder-program-failed = { $host }：程序退出，退出状态为 { $status }
ladder-program-ended = { $host }：程序已结束
ladder-program-ended-badly = { $host }：程序已结束，退出状态为 { $status }
ladder-program-dismissed = { $host }：sockscope 现在结束这个程序，因为对方的程序已结束（lab --wait both 会等两个程序都结束）
ladder-program-interrupted = { $host }：sockscope 现在结束这个程序，因为运行被中断
ladder-program-out-of-time = { $host }：sockscope 现在结束这个程序，因为 --within 给定的时间已到
ladder-process-signal = { $host }：{ $program } 收到信号 { $signal }
ladder-process-ended = { $host }：进程 { $process }（{ $program }）已结束，退出状态为 { $status }
ladder-process-ended-open = { $host }：进程 { $process }（{ $program }）结束，退出状态为 { $status }；套接字 { $sockets } 仍打开着，由内核关闭
ladder-process-busy = { $host }：{ $program } 对套接字 { $socket } 的调用太多，从这里起收发数据和等待的调用只计数
ladder-process-calm = { $host }：{ $program } 对套接字 { $socket } 的 { $calls } 次调用只计了数，没有显示；从这里起重新显示
ladder-unseen-io-uring = { $host }：{ $program } 请求使用 io_uring，得到的回答是没有：经由它的调用无法看到
ladder-unseen-foreign = { $host }：{ $program } 使用 32 位系统调用：这些调用不显示，报文段仍显示
ladder-unseen-reads = { $host }：{ $program } 有自己的过滤器（{ $errno }）：它对新套接字的读写不显示，报文段仍显示
ladder-unseen-all = { $host }：看不到这个程序的调用（{ $errno }）；报文段仍显示
## section: finding
finding-title = 你的程序做了什么
finding-comma = 、
finding-nothing = 没有发现问题。检查过： { $names }。
finding-nothing-blind = 没有发现问题，但并非所有调用都看到了。检查过： { $names }。
finding-mistake = ✗ 错误：{ $name }（{ $who }）
finding-waste = ! 浪费：{ $name }（{ $who }）
finding-hint = · 提示：{ $name }（{ $who }）
finding-lesson = 详见：sockscope lesson { $name }
finding-waits-for = { $one } ── { $call } 等待 ──▶ { $other }
finding-time-title = 时间用在哪里（跟踪使调用变慢）
finding-time-end = 连接 #{ $connection }，{ $who }：从第一次调用到最后一次调用共 { $time }
finding-time-working = 程序自己工作 { $time }
finding-time-other = 等待对方程序发送 { $time }
finding-time-way = 等待途中的数据 { $time }
finding-time-sending = 发送调用 { $time }
finding-time-elsewhere = 其他套接字上的调用 { $time }
finding-time-shared = 有多个线程使用它，无法区分各自等待了什么。
finding-time-moved = { $calls } 次调用：{ $sends } 次发送共 { $sent } 字节，{ $receives } 次接收共 { $read } 字节
finding-time-more = 另有 { $count } 个端点，见 --format json
finding-state = { $state }
finding-state-for = 到此为止一直处于 { $state }：{ $ms } ms
finding-name-never-closed = 从未关闭
finding-name-closed-unread = 关闭时还有未读数据
finding-name-sent-into-closed = 向已关闭的连接发送
finding-name-short-write = 忽略了部分写
finding-name-no-reuseaddr = 缺少 SO_REUSEADDR
finding-name-bound-to-loopback = 绑定到了环回地址
finding-name-swapped-port = 端口号字节序颠倒
finding-name-listen-missing = 缺少 listen()
finding-name-nobody-listens = 无人监听
finding-name-listen-late = listen() 太晚
finding-name-spins = 在 EAGAIN 上空转
finding-name-ignores-end = 忽略数据结束
finding-name-both-wait = 双方互等
finding-name-datagram-cut = 数据报被截断
finding-name-part-taken = 把一部分当成整个报文
finding-name-two-messages = 一次 recv 收到两个报文
finding-name-half-close-unanswered = 半关闭没有得到应答
finding-name-waits-for-ever = 一直等待
finding-name-unbound-receive = 在没有端口的 UDP 套接字上接收
finding-name-backlog-full = 积压队列已满
finding-name-nagle-delay = Nagle 算法遇上推迟确认
finding-name-connection-per-message = 每个报文一条连接
finding-name-left-open = 退出时未关闭
finding-never-closed = 对方不再发送数据，其 FIN 已到达，此后套接字 { $fd } 没有关闭。程序不关闭它，连接就停留在 CLOSE-WAIT，并占用一个描述符。
finding-closed-unread = 关闭套接字 { $fd } 时，还有 { $unread } 字节已到达而程序未读。内核丢弃这些数据，并发送 RST 而不是 FIN：对方可能得到 ECONNRESET，正在发往对方的数据也可能丢失。
finding-sent-into-closed = 在套接字 { $fd } 上发送得到 EPIPE：这条连接不再接受数据。同时到来的信号 SIGPIPE 按默认动作会终止程序。
finding-short-write = 在套接字 { $fd } 上发送 { $len } 字节，只被接受了 { $taken } 字节；此后在该套接字上发送的并不是剩余部分：剩余部分没有发送。
finding-no-reuseaddr = bind() 到端口 { $port } 得到 EADDRINUSE，而已没有套接字绑定在该端口：该端口的一条连接仍处于 TIME-WAIT，且未设置 SO_REUSEADDR。
finding-bound-to-loopback = 到 { $to } 的连接被拒绝，虽然有程序监听端口 { $port }：它绑定在 { $local }，只有同一台机器上的程序才能到达。
finding-swapped-port = 到端口 { $port } 的连接被拒绝，而该主机上有程序监听端口 { $swapped }：这正是 { $port } 的两个字节颠倒后的值。
finding-listen-missing = 到端口 { $port } 的连接被拒绝：有套接字绑定在该端口，但没有对它调用 listen()。
finding-nobody-listens = 到 { $to } 的连接被拒绝：该主机上没有程序监听端口 { $port }{ $count ->
    [0] ，也没有监听任何其他端口
   *[other] ，监听的是 { $ports }
}。
finding-listen-late = 到 { $to } 的连接被拒绝：它到达时，端口 { $port } 上没有程序在监听，此后才有程序调用 listen()。
finding-spins = 套接字 { $fd } 上连续 { $count } 次调用得到 EAGAIN，间隔小于 1 ms，中间没有等待：什么也没有发生，程序却在消耗处理器时间。
finding-ignores-end = 套接字 { $fd } 上连续 { $count } 次调用得到 0：对方不会再发送数据，程序却一再询问。
finding-both-wait = 两个程序都停在从对方接收的调用里，已有 { $ms } ms；已发送的数据都已读完。除非超时、信号或另一个线程打破僵局，双方都不会继续。
finding-datagram-cut = 数据报有 { $len } 字节，缓冲区只能容纳 { $room } 字节：内核丢弃了其余 { $lost } 字节。
finding-part-taken = 对方程序把 { $len } 字节交给了一次发送。套接字 { $fd } 上最后一次接收只得到其中 { $got } 字节，其余还没有读到，程序就已经发送了自己的数据。字节流没有报文边界：一次接收得到的是已经到达的数据，不是一个完整的报文。
finding-two-messages = 套接字 { $fd } 上的一次接收得到了对方 { $count } 次发送的字节。之后的应答比这少，现在两个程序都停在从对方接收的调用里。字节流没有报文边界：一次接收可能得到几个报文。
finding-half-close-unanswered = 对方程序只关闭了自己的发送方向，正停在接收的调用里。套接字 { $fd } 读到了这个结束，却没有发送过任何数据就被关闭。
finding-waits-for-ever = 运行时间结束时，程序停在套接字 { $fd } 的接收调用里已有 { $ms } ms，连接仍然打开。
finding-unbound-receive = 在 UDP 套接字 { $fd } 上调用接收时，还没有 bind()、connect() 或发送给它分配端口：没有数据能到达它。
finding-backlog-full = 端口 { $port }：已完成握手、等待 accept() 的连接超过了 listen(…, { $backlog }) 允许的数目。内核丢弃后来的握手中的 SYN 或最后的 ACK，要等计时器重传报文段，握手才能继续，最早在一秒以后。
finding-nagle-delay = 套接字 { $fd } 上有 { $count } 次小的发送在内核中停留了 30 ms 以上，直到一个推迟的确认到来：前面的数据没有得到确认时，Nagle 算法扣住小报文段；而对方没有数据要发，就推迟了这个确认。
finding-connection-per-message = 先后建立了 { $count } 条到 { $to } 的连接，每条只用于一次发送。每条连接的握手都要用一个往返时间，建立和关闭还要用若干报文段。
finding-left-open = 进程结束时，套接字 { $fd } 仍然打开：由内核替它关闭了连接。
finding-cure-never-closed = 在每条路径上关闭每个套接字：recv() 得到 0 时，以及出错时。 C：close(fd)。 Python：with conn: … Java：try (Socket s = …) { "{" } … { "}" }。 Go：defer conn.Close()。 C#：using var client = …
finding-cure-closed-unread = 关闭之前一直读到 recv() 得到 0，或先关闭发送方向，再读完其余数据。 C：while (recv(fd, buf, n, 0) > 0); Python：while conn.recv(4096): pass。 Java：in.readAllBytes()。 Go：io.Copy(io.Discard, conn)。 C#：while (s.Receive(buf) > 0);
finding-cure-sent-into-closed = recv() 得到 0 后不再发送，并处理 EPIPE。 C：send(fd, p, n, MSG_NOSIGNAL) 或 signal(SIGPIPE, SIG_IGN)。 Python：except BrokenPipeError。 Java：catch IOException。 Go：检查 err。 C#：catch SocketException
finding-cure-short-write = 循环发送直到全部发出，或使用会这样做的调用。 C：按 send() 的返回值循环。 Python：sendall()。 Java：OutputStream.write() 会全部发送；SocketChannel 则在 buffer.hasRemaining() 时循环。 Go：conn.Write() 会全部发送。 C#：NetworkStream.Write() 会全部发送
finding-cure-no-reuseaddr = 在 bind() 之前设置 SO_REUSEADDR。 C：setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one)。 Python：socket.create_server() 或 setsockopt()。 Java：setReuseAddress(true)。 Go 和 Linux 上的 C# 会为监听套接字自行设置
finding-cure-bound-to-loopback = 绑定到所有地址，或客户使用的那个地址。 C：INADDR_ANY。 Python：("", port)。 Java：new ServerSocket(port)。 Go：":7070"。 C#：IPAddress.Any
finding-cure-swapped-port = sockaddr_in 中的端口号使用网络字节序。 C：addr.sin_port = htons(7070)。 Python、Java、Go 和 C# 直接使用数值，不可再颠倒
finding-cure-listen-missing = 在 bind() 之后调用 listen()。 C：listen(fd, SOMAXCONN)。 Python：s.listen()。 Java 的 ServerSocket、Go 的 net.Listen 和 C# 的 TcpListener.Start() 会自行调用
finding-cure-nobody-listens = 比较服务器 bind() 的端口与客户 connect() 的端口，并查看服务器是否已结束，或从未执行到 listen()
finding-cure-listen-late = 让服务器先监听，再通知客户；或让客户稍后重试
finding-cure-spins = 等到套接字就绪。 C：poll()。 Python：select.select() 或 selectors 模块。 Java：Selector。 Go：在 goroutine 中使用阻塞调用即可。 C#：Poll()，或 await ReceiveAsync()
finding-cure-ignores-end = 把 recv() 得到的 0 当作结束，然后关闭。 C：if (n == 0)。 Python：if not data。 Java：if (n == -1)。 Go：err == io.EOF。 C#：if (n == 0)
finding-cure-both-wait = 在协议中约定谁先发送、报文在哪里结束：前面加长度，或用行尾。说完的一方调用 shutdown(SHUT_WR)。 给接收设置超时：SO_RCVTIMEO、settimeout()、setSoTimeout()、SetReadDeadline()、ReceiveTimeout
finding-cure-datagram-cut = 给 recvfrom() 足够大的缓冲区，能容纳可能到来的最大数据报（IPv4 上为 65,507 字节），或使用 MSG_TRUNC。 Python：recvfrom(65535)。 Java：new DatagramPacket(new byte[65535], 65535)。 Go：给 ReadFrom() 更大的切片。 C#：ReceiveFrom() 会抛出异常
finding-cure-part-taken = 循环接收，直到收完整个报文：读到前面给出的长度，或读到结束标记。C：循环调用 recv() 或使用 MSG_WAITALL。Python：conn.makefile("rb").read(n)。Java：DataInputStream.readFully()。Go：io.ReadFull()。C#：ReadExactly()
finding-cure-two-messages = 把第一个报文后面的数据保存下来，再次接收之前先在其中查找下一个报文。C：每条连接一个缓冲区。Python：conn.makefile("rb").readline()。Java：BufferedReader.readLine()。Go：bufio.Reader。C#：StreamReader.ReadLine()
finding-cure-half-close-unanswered = recv() 返回 0 表示对方已经说完，但仍能读：先发送应答，再关闭。如果协议本来就没有应答，则没有问题
finding-cure-waits-for-ever = 给接收设置超时，并在协议中约定下一个由谁发送。C：SO_RCVTIMEO 或 poll()。Python：settimeout()。Java：setSoTimeout()。Go：SetReadDeadline()。C#：ReceiveTimeout
finding-cure-unbound-receive = 接收之前先调用 bind()。C：bind()，sin_port = htons(port)。Python：s.bind(("", port))。Java：new DatagramSocket(port)。Go：net.ListenUDP()。C#：new UdpClient(port)
finding-cure-backlog-full = 在循环中 accept，把对连接的处理交给线程或事件循环；给 listen() 更大的数。C：listen(fd, SOMAXCONN)。Python：s.listen()。Java：new ServerSocket(port, 128)。Go 自动这样做。C#：listener.Start(128)
finding-cure-nagle-delay = 把整个报文交给一次发送；做不到时关闭该算法。C：writev()，或 setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, …)。Python：sendall(head + body)。Java：BufferedOutputStream、setTcpNoDelay(true)。Go：bufio.Writer（TCP_NODELAY 默认打开）。C#：NoDelay = true
finding-cure-connection-per-message = 保留连接，在上面发送下一个报文；这时协议必须说明报文在哪里结束。如果协议本来如此（HTTP/1.0），则没有问题
finding-cure-left-open = 打开的都要关闭，出错时也一样。C：close(fd)。Python：with。Java：try-with-resources。Go：defer conn.Close()。C#：using

## section: note

note-syn = SYN：{ $from }请求建立连接，并告知自己的初始序号 x。
note-syn-why = 内核因 connect() 而发出它。
note-syn-why-send = 内核因 { $call } 而发出它：connect() 没有发出 SYN，留到第一次发送数据时才发。
note-by-hand = 原始套接字上的 { $call } 把整个报文段连同首部原样交了出去：内核的 TCP 没有参与。
note-checksum-steps = 检验和的计算过程（按 16 位一组，十六进制）：伪首部（两个地址、协议号、长度）{ $pseudo } = { $first }；报文段（检验和字段先填 0）{ $header } = { $second }；相加得 { $total }，把超出 16 位的部分加回低位得 { $folded }，再按位取反得 { $complement }，就是检验和字段的值。
note-syn-data =
    { $len ->
       *[other] 它已经带着最初的 { $len } 字节数据（快速打开）。
    }
note-syn-data-plain =
    { $len ->
       *[other] 它已经带了 { $len } 字节数据。没有看到快速打开的 Cookie：没有它，SYN 中的数据要等握手完成才交给程序。
    }
note-ecn-offer = SYN 里的 ECE 和 CWR 不是报告拥塞，而是提议使用 ECN。
note-ecn-accept = SYN ACK 里的 ECE 表示接受 ECN。
note-syn-next = 接下来：SYN ACK；若那里没有程序在监听，则是 RST。
note-syn-again-why = 还没有测得往返时间时，计时器从 1 秒开始。
note-syn-again-untimed = 同一连接的又一个 SYN。其间抓包的时钟往回跳过：隔了多久，因而为什么再发，看不出来。
note-syn-ack-again-untimed = 同一连接的又一个 SYN ACK。其间抓包的时钟往回跳过：隔了多久看不出来。
note-syn-time-wait = 与之前一条连接的端点相同，那条连接由{ $to }先关闭：它可能仍处于 TIME-WAIT。在这种状态下，时间戳更旧的 SYN（{ $stamp }，而{ $from }此前已到 { $last }）会被丢弃而不作答。
note-syn-again = 重传同一个 SYN：距上一个已 { $ms } ms，仍无响应。
note-syn-again-cleared = 重传同一个 SYN：距上一个已 { $ms } ms。上一个遇到了旧连接，其间的 RST 就是要结束那条旧连接。
note-syn-again-bare = 重传 SYN，但不带原来的数据：距上一个已 { $ms } ms，仍无响应；途中也许有设备不放行带数据或该选项的 SYN。
note-syn-crossing = SYN：{ $to }的 SYN 还在路上，{ $from }也请求建立连接（同时打开）。
note-syn-ack = SYN ACK：{ $from }同意建立连接。ack=x+1 表示 x 已收到（SYN 占一个序号）；它自己的初始序号是 y。
note-syn-ack-short = SYN ACK：{ $from }同意建立连接；它自己的初始序号是 y。
note-syn-ack-data =
    { $len ->
       *[other] SYN ACK：{ $from }同意建立连接。ack=x+{ $ack } 表示 x（SYN 占一个序号）和随它而来的 { $len } 字节都已收到；它自己的初始序号是 y。
    }
note-syn-ack-not-its = 一个 SYN ACK，但 ack=x+{ $ack } 不是对这个 SYN 的响应：它确认了这里从未发送过的序号。{ $to }若收到它，会以 RST 响应。
note-syn-ack-why = 套接字在监听，所以内核自动响应，与 accept() 无关。
note-syn-ack-next = 接下来：{ $to }对 y 的确认。
note-syn-ack-crossing = SYN ACK：再次带上{ $from }的 SYN，这次同时确认{ $to }的 SYN（同时打开）。
note-opened-simultaneous = 双方同时打开，连接已建立：{ $segments } 个报文段
note-dsack =
    { $first ->
        [0] D-SACK：{ $from }收到了两次 SYN。
       *[other] D-SACK：{ $from }收到了两次序号 { $first } 到 { $last }。
    }
note-syn-ack-again-soon = 再次发送同一个 SYN ACK：距上一个 { $ms } ms。为什么再发，抓包中看不出来。
note-syn-ack-again = 重传同一个 SYN ACK：距上一个已 { $ms } ms，{ $from }没有收到对它的确认。
note-syn-ack-again-copy = 再次发送同一个 SYN ACK：{ $to }的 SYN 有一个副本到达，得到与第一个相同的响应。
note-syn-ack-another = 又一个 SYN ACK，但初始序号不同（{ $isn }），距上一个 { $ms } ms：这不是重传。可能有两台主机响应，可能途中有设备（例如 SYN 代理）代为响应，也可能{ $from }已不记得第一个。{ $to }接受哪一个，由它的 ACK 说明。
note-syn-ack-again-asked = 再次发送同一个 SYN ACK：{ $to }的 SYN 又来了，可见它那时还没有收到响应。
note-handshake-ack = 对 y 的确认：三次握手的第三个报文段。{ $from }在 SYN ACK 到达时已进入 ESTABLISHED，{ $to }要等这个 ACK 到达才进入 ESTABLISHED。
note-handshake-ack-takes = 在{ $to }的几个 SYN ACK 中，它接受的是初始序号为 { $isn } 的那个。
note-handshake-ack-short = 对 y 的确认：三次握手的第三个报文段。
note-handshake-ack-why = 这个 ACK 由内核自动发出。
note-window-scaled = win={ $window }：首部里的 { $field } 左移 { $shift } 位（乘以 { $factor }）；移位值 { $shift } 是{ $from }的 SYN 里声明的（wscale）。SYN 自己的窗口字段从不扩大。
note-opened = 连接已建立：{ $segments } 个报文段，1 次往返（{ $ms } ms）
note-opened-calls = 连接已建立：{ $segments } 个报文段；connect() 用了 1 次往返（{ $ms } ms）
note-opened-waited = 连接已建立：{ $segments } 个报文段；从 SYN 到 SYN ACK 用了 1 次往返（{ $ms } ms），而 connect() 在 SYN 发出之前 { $before } ms 就已开始
note-opened-no-rtt = 连接已建立：{ $segments } 个报文段
note-linux-syn-linear = 最初几次重传 SYN 的间隔相等（此处 { $ms } ms；tcp_syn_linear_timeouts），而按 RFC 6298 每次应加倍。

note-data =
    { $len ->
       *[other] { $len } 字节数据，序号 { $first } 到 { $last }。
    }
note-data-why-send = { $call } 把它们交给内核，内核随即发出。
note-data-why-first-part = 这是 { $call } 所交数据的第一个报文段，其余数据在后面的报文段里。
note-data-why-part = 同一次 { $call } 所交数据的第 { $part } 个报文段。
note-data-why-arrival = 这些数据一直在内核里等待，收到{ $to }的确认后才得以发出。
note-kept-back-cwnd = 此前受拥塞窗口限制：在途的报文段已达到它所允许的数目（{ $cwnd }）。
note-kept-back-nagle = 此前受 Nagle 算法限制：不足一个最大长度的报文段（{ $mss } 字节），而还有未被确认的数据。
note-kept-back-window = 此前受接收窗口限制：连同在途的数据，接收方只有 { $window } 字节的空间。
note-data-acks = 它的 ack={ $ack } 同时确认了 { $ms } ms 前从{ $to }到达的内容（数据或 FIN）：捎带确认。
note-data-acks-untimed = 它的 ack={ $ack } 同时确认了此前从{ $to }到达的内容（数据或 FIN）：捎带确认。
note-urgent = URG：紧急指针标出数据流中的一个位置，字节仍按次序传送。
note-data-next = 接下来：ack={ $next } 的确认，即{ $to }此后期望收到的下一个序号。
note-linux-psh = PSH 不是消息边界：它置于每次 send() 所交数据的最后一个报文段上，有时也置于之前的某一个；{ $to }的 recv() 看不到它。
note-resend =
    { $len ->
       *[other] 重传同样的 { $len } 字节，序号 { $first } 到 { $last }，距上一次 { $ms } ms。
    }
note-resend-unseen =
    { $len ->
       *[other] 重传的 { $len } 字节，序号 { $first } 到 { $last }：在这里是第一次出现。
    }
note-resend-fin = 重传同一个 FIN。
note-resend-timeout = 超时重传：据内核报告，重传计时器{ $times ->
        [1] 第一次到期
       *[other] 连续第 { $times } 次到期
    }。计时器原定 { $rto } ms（平滑往返时间为 { $srtt } ms），现在加倍为 { $next } ms。
note-resend-after-timeout = 计时器曾经到期；此后被算作丢失的，随着确认到来逐步重传。
note-resend-rest = 在此之前计时器到期（第 { $frame } 号分组）；排在它后面、已经发过的数据，也随着确认的到来逐步重传。
note-resend-timer = 没有收到确认，计时器到期。
note-resend-fast =
    { $dups ->
       *[other] 快重传：收到 { $dups } 个重复确认，不等计时器到期就重传。
    }
note-resend-too-big = 收到 ICMP 报文后，内核重新切分并立刻重传：并不是计时器到期。
note-resend-partial = 前一个确认只覆盖了发现丢失时在途数据的一部分：它接着等的那一段也算作丢失，因此立即重传。
note-resend-sack = SACK 块说明它后面的序号 { $heard }{ $fin ->
        [1] （FIN）
        [2] （末尾一个是 FIN）
       *[other] { " " }
    }已经到达：它被算作丢失，不等重传计时器到期就重传。
note-resend-sack-waited = SACK 块说明它后面的序号 { $heard }{ $fin ->
        [1] （FIN）
        [2] （末尾一个是 FIN）
       *[other] { " " }
    }已经到达：它早已被算作丢失，拥塞窗口到现在才允许重传。
note-resend-syn-data = SYN 曾带着这些数据，而对 SYN 的响应只确认了 SYN：它们作为普通数据立即重传。
note-resend-sack-seen = SACK 块说明它后面的序号 { $heard }{ $fin ->
        [1] （FIN）
        [2] （末尾一个是 FIN）
       *[other] { " " }
    }已经到达：不等重传计时器到期，它就被算作丢失。
note-resend-sack-unseen = 选择确认（第 { $frame } 号分组）已表明有缺口。
note-resend-late = SACK 块说明它后面的序号 { $heard }{ $fin ->
        [1] （FIN）
        [2] （末尾一个是 FIN）
       *[other] { " " }
    }已经到达。它也可能只是被后面的报文段超过（乱序），内核因此稍等了一会儿；上一个确认到达 { $ms } ms 之后，它被算作丢失。
note-resend-probe = 探测计时器到期，它从不比重传计时器晚：约两倍平滑往返时间（{ $srtt } ms）之内没有收到确认。重传最后一个报文段以引出确认（尾部丢失探测）。
note-resend-probe-alone = 探测计时器到期，它代替重传计时器，从不比后者晚：约两倍平滑往返时间（{ $srtt } ms）之内没有收到确认；在途的只有它一个，对它的确认可能是延迟确认，所以又多等了一段时间。重传它以引出确认（尾部丢失探测）。
note-congestion-loss =
    { $ssthresh ->
        [0] 内核把在途且未被选择确认的全都算作丢失：拥塞窗口 { $cwnd }（原为 { $before }），单位为报文段；慢开始门限未设置。重新开始慢开始。
       *[other] 内核把在途且未被选择确认的全都算作丢失：拥塞窗口 { $cwnd }（原为 { $before }），慢开始门限 { $ssthresh }，单位为报文段。重新开始慢开始。
    }
note-congestion-loss-part =
    { $ssthresh ->
        [0] 在途的 { $unacked } 个报文段中，内核把 { $lost } 个算作丢失：拥塞窗口 { $cwnd }（原为 { $before }）；慢开始门限未设置。重新开始慢开始。
       *[other] 在途的 { $unacked } 个报文段中，内核把 { $lost } 个算作丢失：拥塞窗口 { $cwnd }（原为 { $before }），慢开始门限 { $ssthresh }。重新开始慢开始。
    }
note-congestion-recovery =
    { $ssthresh ->
        [0] 内核把丢失看作拥塞的迹象：拥塞窗口 { $cwnd }（原为 { $before }），单位为报文段；慢开始门限未设置。
       *[other] 内核把丢失看作拥塞的迹象：慢开始门限 { $ssthresh }，拥塞窗口 { $cwnd }（原为 { $before }），单位为报文段。
    }
note-linux-recovery = 慢开始门限由拥塞窗口算出：Reno 取其一半，CUBIC 取其 0.7（RFC 9438）；拥塞窗口则随着数据的送达逐步降到门限（按比例降速，RFC 9937）。RFC 5681 取在途数据的一半：在途 { $flight } 个报文段，门限为 { $half }，拥塞窗口再加 3，即 { $cwnd }。教材则把门限和拥塞窗口都立刻设为拥塞窗口的一半。
note-congestion-over =
    { $ssthresh ->
        [0] { $from }的内核结束丢失恢复：拥塞窗口 { $cwnd } 个报文段，慢开始门限尚未设定。
       *[other] { $from }的内核结束丢失恢复：拥塞窗口 { $cwnd }，慢开始门限 { $ssthresh }，单位为报文段。
    }
note-congestion-too-big = 这不是拥塞造成的丢失：拥塞窗口不变，仍为 { $cwnd } 个报文段。
note-congestion-undone = { $from }的内核撤销减速，因为重传的数据其实没有丢失：拥塞窗口 { $cwnd } 个报文段。
note-resend-probe-likely = 没有收到确认，计时器到期：多半是尾部丢失探测的计时器，支持它的发送方对最后一个报文段先用它；否则就是重传计时器。
note-came-copied = 同一个分组又来一次，与第 { $frame } 号分组相同：这是途中（或抓包时）产生的副本，不是重传。
note-came-copied-ttl = 同一个分组又来一次，与第 { $frame } 号分组只有 TTL 不同：它在路由器的两侧各被抓到一次，不是重传。
note-came-copied-vlan = 同一个分组又来一次，与第 { $frame } 号分组只有 VLAN 标签不同：它在两处各被抓到一次，不是重传。
note-came-copied-hop = 同一个分组又来一次，与第 { $frame } 号分组只有途中会改写的字段不同：它在两处各被抓到一次，不是重传。
note-came-late-original =
    { $len ->
       *[other] { $len } 字节数据，序号 { $first } 到 { $last }，与重传的第 { $frame } 号分组相同：最初发出的那一个现在才到。
    }
note-first-seen-behind =
    { $len ->
        [0] 第一次在这里出现，比数据流中排在它后面的第 { $frame } 号分组晚 { $ms } ms。是在途中被抢先，还是在到达这里之前丢失后又重传，抓包中看不出来。
       *[other] { $len } 字节数据，序号 { $first } 到 { $last }：第一次在这里出现，比数据流中排在它后面的第 { $frame } 号分组晚 { $ms } ms。是在途中被抢先，还是在到达这里之前丢失后又重传，抓包中看不出来。
    }
note-acknowledged-before-it-came =
    { $len ->
        [0] 第 { $frame } 号分组此前已确认了它。要么文件中分组的次序与发送的次序不同，要么最初的那个不在文件里，而这是重传。
       *[other] { $len } 字节数据，序号 { $first } 到 { $last }，第 { $frame } 号分组此前已确认了它们。要么文件中分组的次序与发送的次序不同，要么最初的那些不在文件里，而这是重传。
    }
note-below-the-highest =
    { $len ->
        [0] 它的序号低于已见过的最高序号。以前是否发送过，抓包中看不出来。
       *[other] { $len } 字节，序号 { $first } 到 { $last }，低于已见过的最高序号。以前是否发送过，抓包中看不出来。
    }
note-before-the-first =
    { $len ->
        [0] 它的序号比本抓包中其发送方的第一个序号还小 { $before }。以前是否发送过，抓包中看不出来。
       *[other] { $len } 字节，从比本抓包中其发送方的第一个序号小 { $before } 的地方开始。以前是否发送过，抓包中看不出来。
    }
note-numbers-missing =
    { $len ->
       *[other] 它之前缺 { $len } 个序号，{ $first } 到 { $last }：到此为止它们不在抓包里。
    }
note-acks-unseen =
    { $len ->
       *[other] 这里还确认了 { $len } 个序号（最先的是 { $first } 到 { $last }），到此为止它们不在抓包里：它们已经到达，网络没有丢失它们。
    }
note-resend-unexplained = 为什么重传，从抓包中看不出来。
note-resend-prompted = 很可能是刚到的第 { $frame } 号分组使它的内核发送：它的 FIN 还没有得到确认，就随着这个响应一起发出。并没有计时器到期。
note-came-other-numbers = 就已见到的而言，它的序号不属于这条连接：相差 { $apart }，而窗口最大不过 1073741824。它们是从另一个起点数起的，例如在某个会改写序号的设备的另一侧。
note-came-twin = 与第 { $frame } 号分组相同的 SYN ACK，每个比特都一样：是副本，还是对重复到达的 SYN 的又一次响应，它自己没有说明。
note-came-twin-numbered = 与第 { $frame } 号分组相同的分组，连 IP 标识也相同：是副本，还是沿用原标识的重传（主机可以这样做），它自己没有说明。
note-came-late =
    { $len ->
       *[other] { $len } 字节数据，序号 { $first } 到 { $last }：它比上面的先发出，途中被后面的报文段超过（乱序），并不是重传。
    }
note-came-late-ack = 较早的 ACK（ack={ $ack }），途中被后面的报文段超过：其中已没有新内容。
note-came-needless = 本不必重传：{ $to }已经全都收到了。
note-shows-needless = 由此可见分组 { $frame } 本不必发：它重传的内容并没有丢。

note-ack = ACK：序号 { $last } 及之前的都已到达，期望收到的下一个序号是 { $ack }（累积确认）。确认由{ $from }的内核发出，并不表示程序已经读取。
note-ack-short = ACK：序号 { $last } 及之前的都已到达。
note-ack-unseen-syn = ACK：{ $to }此前发送的已经到达，至少有它的 SYN ACK，而那个 SYN ACK 到此为止不在抓包里。在{ $from }看来连接已经打开。
note-ack-begun-before = 一个 ACK，它所属连接的建立到此为止不在抓包里。{ $from }下一个期望的序号记作{ $to }的 1 号。
note-ack-at-once = 这个确认是立即发出的。
note-ack-after = 它在所确认的内容到达后 { $ms } ms 发出。
note-ack-gap = 到来的数据填补了缺口（全部或一部分）：这应当立即确认。
note-ack-quickack = setsockopt(TCP_QUICKACK) 让内核把它发出，此时距所确认的内容到达已有 { $ms } ms。
note-ack-delayed = 它在数据到达后 { $ms } ms 才发出：内核先推迟发送，看有没有数据可以捎带它（延迟确认）。
note-ack-again = 没有新内容的 ACK：ack={ $ack } 与之前相同。
note-fin-again-ack = 再次 ack={ $ack }：{ $to }的 FIN 又来了一次，{ $from }再次确认它。
note-fin-again-ack-time-wait = 再次 ack={ $ack }：{ $to }的 FIN 又来了一次，可见{ $to }没有收到对它的确认。{ $from }能再确认一次，是因为它还在 TIME-WAIT：TIME-WAIT 正是为此而设。
note-challenge-ack = 这不是对 SYN 的确认：{ $from }还保留着同一对端点的旧连接，并告知旧连接期望收到的序号（挑战 ACK）。如果{ $to }没有那条连接，就会以 RST 响应，旧连接随之结束。
note-challenge-ack-reset = 虽然来了一个 RST，仍再次 ack={ $ack }：它的序号不正好是{ $from }期望收到的那个，所以{ $from }不接受它，并告知期望收到的序号（挑战 ACK）。
note-linux-quick-ack = 接收方可以稍稍推迟确认，以减少确认的个数；这个确认没有推迟。连接刚建立时，Linux 使用快速确认。
note-linux-delayed-ack = 延迟确认一般至少等 40 ms；RFC 9293 允许 500 ms 以内。
note-dup-ack = 第 { $n } 个重复确认：{ $from }仍在等序号 { $ack }；它后面的数据已经发出（第 { $frame } 号分组）。
note-dup-ack-old = 再次确认到 { $ack }（第 { $n } 个重复确认）：第 { $frame } 号分组没有给{ $from }带来新的内容，{ $from }用它期望收到的序号作答。
note-dup-ack-bare = 再次确认到 { $ack }（第 { $n } 个重复确认）。{ $from }为什么重复它，抓包中看不出来。
note-dup-ack-early = 第 { $n } 个重复确认：到达的是序号 { $came }，而{ $from }仍在等序号 { $ack }。在缺口补上之前，它先存着序号 { $held }{ $fin ->
        [1] （FIN）
        [2] （末尾一个是 FIN）
       *[other] { " " }
    }。
note-dup-ack-early-several = 第 { $n } 个重复确认，对应先后到达的 { $segments } 个报文段（序号 { $came }）：{ $from }仍在等序号 { $ack }。在缺口补上之前，它先存着序号 { $held }{ $fin ->
        [1] （FIN）
        [2] （末尾一个是 FIN）
       *[other] { " " }
    }。
note-linux-sack-compression = 乱序到达的几个报文段只用一个 ACK：稍等片刻，合在一起确认（SACK 压缩，tcp_comp_sack_delay_ns）。按 RFC 5681，每个都应立即确认。
note-dup-ack-held = 第 { $n } 个重复确认：{ $from }仍在等序号 { $ack }；在缺口补上之前，它先存着序号 { $held }{ $fin ->
        [1] （FIN）
        [2] （末尾一个是 FIN）
       *[other] { "" }
    }。
note-ack-syn-again = SYN ACK 又来了一次，所以{ $from }再确认一次。
note-dup-ack-why = 乱序到达的数据要立即确认，使发送方尽早得知有缺口。
note-gap-ack = 又是 ack={ $ack }：{ $from }仍在等这个序号；在缺口补上之前，它先存着序号 { $held }{ $fin ->
        [1] （FIN）
        [2] （末尾一个是 FIN）
       *[other] { "" }
    }。
note-gap-ack-window = 窗口也变了（{ $window }），按 RFC 5681 的定义不算重复确认；会看 SACK 块的发送方照样把它算作一个。
note-gap-covered = 缺口由此补上：{ $from }先前存着序号 { $held }{ $fin ->
        [1] （FIN）
        [2] （末尾一个是 FIN）
       *[other] { "" }
    }。
note-gap-filled = 缺口已补上：序号 { $last } 及之前的都已到达{ $to }；序号 { $held }{ $fin ->
        [1] （FIN）
        [2] （末尾一个是 FIN）
       *[other] { " " }
    }为此等待，最久 { $ms } ms
note-gap-filled-in-part = 补上了一个缺口：序号 { $last } 及之前的都已到达{ $to }；序号 { $rest }{ $fin ->
        [1] （FIN）
        [2] （末尾一个是 FIN）
       *[other] { " " }
    }还在等另一个缺口
note-window-update = 窗口更新：{ $from }有 { $window } 字节的空间；ack={ $ack } 不变。
note-window-update-recv = 窗口更新：recv() 腾出了空间，{ $from }现在可收 { $window } 字节；ack={ $ack } 不变。
note-zero-window = 零窗口：{ $from }没有空间了，{ $to }必须停发。
note-window-probe = 窗口探测：{ $from }询问{ $to }是否又有空间。
note-linux-window-probe = 这个探测不带数据，用的是旧序号（{ $seq }），接收方因此必须回答。RFC 9293 要求至少带一个字节，教材中的零窗口探测报文段也携带 1 字节数据。Wireshark 把它叫作保活探测。
note-window-probe-zero = 对探测的响应：{ $from }仍然没有空间。
note-window-probe-ack = 对探测的响应：{ $from }有 { $window } 字节的空间。
note-probe-byte = 它带一个字节（序号 { $first }）：对方没有空间，就不会收下它。
note-window-probe-taken = 它的字节被收下：{ $from }又有空间了，还可再收 { $window } 字节。
note-probe-byte-again = 它带的还是上一个探测的那个字节（序号 { $first }），{ $to }没有收下过。
note-probe-byte-sent = 1 字节，序号 { $first }：就是分组 { $frame } 的窗口探测带过的那个字节，{ $to }至今没有确认它。
note-probe-byte-old = 它带一个字节（序号 { $first }），{ $to }早已确认过：只是为了得到回答。
note-keep-alive = 保活探测：{ $from }询问{ $to }是否还在。
note-keep-alive-ack = { $from }还在：这是对保活探测的响应。

note-fin = FIN：{ $from }没有数据要发了。FIN 自己占一个序号，{ $number }。
note-fin-data =
    { $len ->
       *[other] FIN，带着最后 { $len } 字节：{ $from }没有数据要发了。FIN 自己占一个序号，{ $number }。
    }
note-fin-crossing = FIN：还没有收到{ $to }的 FIN，{ $from }也关闭了：它没有确认那个 FIN。它占一个序号，{ $number }。
note-fin-answered-before = FIN：{ $from }没有数据要发了。排在它前面的{ $to }的 FIN 确认了它的序号 { $number }：先发出的是这一个，文件中分组的次序与发送的次序不同。
note-fin-held = FIN：{ $from }也关闭。{ $to }的 FIN 已经到达，但排在空缺之后，还不起作用。这个 FIN 占一个序号，即 { $number }。
note-fin-second = FIN：{ $from }也没有数据要发了。FIN 自己占一个序号，{ $number }。
note-fin-second-data =
    { $len ->
       *[other] FIN，带着最后 { $len } 字节：{ $from }也没有数据要发了。FIN 自己占一个序号，{ $number }。
    }
note-fin-acks = 它的 ack={ $ack } 同时就是对{ $to }的 FIN 的确认。
note-fin-why = 内核因 { $call } 而发出它。
note-fin-why-later = { $call } 早已要求发出它，但它要排在数据之后，现在才发出。
note-fin-waits =
    { $bytes ->
        [0] 内核已经处于 { $state }，但它的 FIN 要等在途的数据得到确认。
       *[other] 内核已经处于 { $state }，但它的 FIN 还排在尚未发出的 { $bytes } 字节之后。
    }
note-fin-waits-seen =
    { $bytes ->
        [0] 此时{ $host }的内核已经处于 { $state }，而它的 FIN 还没有发出：程序已关闭套接字，或已结束，FIN 要等在途的数据得到确认。
       *[other] 此时{ $host }的内核已经处于 { $state }，而它的 FIN 还没有发出：程序已关闭套接字，或已结束，FIN 还排在尚未发出的 { $bytes } 字节之后。
    }
note-listens-by-now = 此时它在监听；何时开始监听，没有记录。
note-fin-why-program = { $from }的程序关闭了套接字（最后一个描述符），或用 shutdown 关闭了写方向，或已结束。
note-fin-why-end = { $from }的程序结束了，内核关闭了它的套接字。
note-fin-given-up = { $from }的程序已放弃这个套接字：若再有数据到来，响应将是 RST。
note-fin-next = 接下来：对它的确认，ack={ $next }。{ $from }仍在读取，{ $to }在自己关闭之前可以继续发送。
note-fin-next-closed = 接下来：对它的确认，ack={ $next }；以及{ $to }的程序关闭之后它自己的 FIN。
note-fin-next-crossing = 接下来：对它的确认，ack={ $next }。
note-fin-next-last = 接下来：最后一个 ACK，ack={ $next }。
note-fin-ack = 对 FIN 的确认：ack={ $ack }，比 FIN 的序号大一。
note-fin-ack-delayed = 它单独发出：{ $ms } ms 之内，{ $from }的程序没有可以捎带它的数据。
note-fin-ack-next = 半关闭：{ $to }已关闭自己的方向；{ $from }在其程序关闭之前仍可发送。
note-fin-ack-next-closed = 接下来：{ $from }的程序关闭之后它自己的 FIN。
note-fin-ack-next-waits = { $from }也已关闭自己的方向：内核处于 { $state }，它自己的 FIN 还排在尚未送达的数据之后。
note-last-ack = 对第二个 FIN 的确认，ack={ $ack }。它到达之后，两个方向都已关闭。
note-crossed-fin-ack = 对对方 FIN 的确认，ack={ $ack }：{ $from }自己的 FIN 没有确认它。
note-closed-four = 四次挥手，连接已关闭：FIN、ACK、FIN、ACK
note-closed-four-quickack = 之所以是四次：{ $passive }的程序在 FIN 到达后设置了 TCP_QUICKACK，ACK 在 { $ack_ms } ms 后单独发出，第二个 FIN 在 { $fin_ms } ms 后发出。
note-closed-four-busy = 之所以是四次：{ $passive }的程序在 FIN 到达 { $fin_ms } ms 后才关闭；ACK 等不了那么久，在 { $ack_ms } ms 后单独发出。
note-closed-four-early = 之所以是四次：{ $passive }的内核在 FIN 到达 { $ack_ms } ms 后就确认了它，那时程序还没有关闭（{ $fin_ms } ms 时才关闭）。
note-closed-three = 三个报文段就关闭了连接：FIN、FIN ACK、ACK
note-closed-three-why = 第二个 FIN 捎带了对第一个 FIN 的确认。
note-linux-closed-three = 教科书上画的是四次。{ $passive }在 FIN 到达 { $ms } ms 后就关闭了，那时内核还没有发出确认：被推迟的 ACK 由第二个 FIN 捎带，一个也没有省略。
note-closed-half = 先半关闭，再关闭：{ $active }发出 FIN 之后，{ $passive }继续发送数据，最后才发出自己的 FIN
note-closed-simultaneous = 双方同时关闭：各自发出 FIN 时都还没有收到对方的 FIN
note-closed-out-of-order = 关闭：先是{ $active }的 FIN，后是{ $passive }的 FIN，后者在文件中排在前面
note-closed-held = 双方各自关闭：第二个 FIN 发出时，第一个还排在空缺之后
note-closed-reset = 连接被{ $from }复位
note-time-wait = { $active }须在 TIME-WAIT 等待：它先发出 FIN。
note-time-wait-seen = { $active }在 TIME-WAIT 等待：它先发出 FIN。
note-time-wait-both = 双方都须在 TIME-WAIT 等待。
note-linux-time-wait = 在 TIME-WAIT 中等待 60 秒，是这个内核的常量（TCP_TIMEWAIT_LEN）；RFC 9293 和教材都要求等待 2 MSL，并把 MSL 定为 2 分钟，合计 4 分钟。

note-reset =
    { $queued ->
        [1] RST：{ $from }异常终止连接。RST 不需要确认。原因可能是：程序关闭套接字时还有未读的字节，或 SO_LINGER 设为 0 秒，或程序结束，或监听套接字在接受这条连接之前就已关闭；也可能是内核放弃了。究竟是哪一个，这里看不出来。
       *[other] RST：{ $from }异常终止连接。RST 不需要确认。原因可能是：程序关闭套接字时还有未读的字节，或 SO_LINGER 设为 0 秒，或程序结束；也可能是内核放弃了。究竟是哪一个，这里看不出来。
    }
note-reset-unread-end =
    { $bytes ->
       *[other] 不是 FIN 而是 RST：{ $from }的程序结束时还有 { $bytes } 字节未读。它告诉{ $to }有数据丢失。
    }
note-reset-gone = RST：{ $to }发来的报文段到达时，{ $from }的套接字已经关闭。
note-reset-shut = RST：{ $to }发来的报文段到达时，{ $from }的套接字已被 shutdown 关闭了两个方向。
note-reset-finished =
    { $frame ->
        [0] RST：对刚到的报文段的响应。{ $from }已经发出 FIN，不再接收任何东西：程序已关闭套接字，或用 shutdown 关闭了两个方向，或已结束。
       *[other] RST：从序号看是对第 { $frame } 个分组的响应。{ $from }已经发出 FIN，不再接收任何东西：程序已关闭套接字，或用 shutdown 关闭了两个方向，或已结束。
    }
note-reset-over =
    { $frame ->
        [0] RST：对刚到的报文段的响应。两个方向都早已关闭，{ $from }已没有这条连接。
       *[other] RST：从序号看是对第 { $frame } 个分组的响应。两个方向都早已关闭，{ $from }已没有这条连接。
    }
note-reset-time-wait = 如果{ $to }还在 TIME-WAIT，RST 会使它提前结束：Linux 允许这样，除非设置了 tcp_rfc1337。
note-reset-again =
    { $frame ->
        [0] 又一个 RST：当时正在途中、发往{ $from }的每个报文段各得到一个 RST 作为响应。
       *[other] 又一个 RST：当时正在途中、发往{ $from }的每个报文段各得到一个 RST 作为响应，这是对第 { $frame } 个分组的响应。
    }
note-reset-syn-sent =
    { $frame ->
        [0] RST：对刚到的报文段的响应。{ $from }发出了 SYN，而这个 ACK 确认的不是它：它属于一条旧连接，RST 使旧连接结束。{ $from }仍处于 SYN-SENT。
       *[other] RST：对第 { $frame } 个分组的响应。{ $from }发出了 SYN，而这个 ACK 确认的不是它：它属于一条旧连接，RST 使旧连接结束。{ $from }仍处于 SYN-SENT。
    }
note-reset-syn-ack =
    { $frame ->
        [0] RST：对 SYN ACK 的响应。{ $from }没有套接字在等它：套接字已经关闭，或那个 SYN 不是内核自己发的（例如来自扫描程序），或这个 SYN ACK 确认的是别的东西。
       *[other] RST：对 SYN ACK（第 { $frame } 个分组）的响应。{ $from }没有套接字在等它：套接字已经关闭，或那个 SYN 不是内核自己发的（例如来自扫描程序），或这个 SYN ACK 确认的是别的东西。
    }
note-reset-answer =
    { $frame ->
        [0] RST：它的序号就是刚到的报文段的确认号，所以是对它的响应：{ $from }没有与之对应的套接字（从来没有，或已经关闭），或那个确认号是{ $from }不能接受的。
       *[other] RST：它的序号就是第 { $frame } 个分组的确认号，多半是对它的响应：{ $from }没有与之对应的套接字（从来没有，或已经关闭），或那个确认号是{ $from }不能接受的。
    }
note-reset-no-ack =
    { $frame ->
        [0] RST：对刚到的报文段的响应。那个报文段没有 ACK 标志，取不到序号，所以这个 RST 的序号为 0，并确认那个报文段。{ $from }没有与之对应的套接字。
       *[other] RST：对第 { $frame } 个分组的响应。那个分组没有 ACK 标志，取不到序号，所以这个 RST 的序号为 0，并确认那个分组。{ $from }没有与之对应的套接字。
    }
note-reset-ttl = 它在这里的 TTL 是 { $ttl }，{ $from }的其他分组是 { $usual }：它走了另一条路，或是途中的设备冒用{ $from }的名义发的，或{ $from }给 RST 用了不同的 TTL。
note-reset-number = 它的序号（{ $number }）在{ $from }的下一个序号（{ $next }）之前，而这里没有分组会引出带这个序号的 RST：{ $from }自己的 RST 通常用下一个序号。它可能是途中的设备发的。
note-reset-goes-on = { $from }继续通信，好像没有发过 RST（第 { $frame } 个分组）：那个 RST 是途中的设备发的，或这个分组是{ $from }在那之前发出的。
note-reset-unanswered =
    { $times ->
        [1] RST：最后一次保活探测没有得到响应，{ $from }的内核放弃了这条连接。
       *[other] RST：最后 { $times } 次保活探测没有得到响应，{ $from }的内核放弃了这条连接。
    }
note-reset-refused = RST：{ $from }的端口 { $port } 无人监听。
note-reset-refused-seen = RST：{ $from }拒绝连接；多半是端口 { $port } 无人监听。
note-reset-linger = 不是 FIN 而是 RST：{ $from }把 SO_LINGER 设为 0 秒，close() 因而异常终止连接，未发出的数据被丢弃。
note-reset-unread =
    { $bytes ->
       *[other] 不是 FIN 而是 RST：{ $from }关闭时还有 { $bytes } 字节未读。它告诉{ $to }有数据丢失。
    }
note-reset-unknown = RST：{ $from }的内核找不到与这个 SYN ACK 对应的连接请求。那个 SYN 是程序自己构造的，内核的 TCP 里没有对应的连接。
note-refused = 连接被拒绝

note-recv-eof = 0 字节：流的末尾。对方已发送 FIN，其之前的数据已全部读完。
note-datagram-cut =
    { $lost ->
       *[other] 数据报有 { $len } 字节，缓冲区只有 { $room }：其余 { $lost } 字节被丢弃。
    }
note-errno-connect-refused = ECONNREFUSED：SYN 得到的响应是 RST。
note-errno-refused = ECONNREFUSED：收到过 ICMP 差错报告报文：那个端口没有程序在用。
note-errno-reset = ECONNRESET：对方用 RST 异常终止了连接。
note-errno-pipe = EPIPE：这条连接不能再写了。
note-errno-timeout = ETIMEDOUT：没有任何响应，内核放弃了。
note-errno-msgsize = EMSGSIZE：一个数据报装不下。
note-errno-in-use = EADDRINUSE：端口在使用中，或它的某条连接还在 TIME-WAIT。
note-errno-in-progress = EINPROGRESS：非阻塞；握手在内核里继续。
note-errno-interrupted = EINTR：运行已结束，这个调用随之终止。
note-errno-again-waited = EAGAIN：在接收超时之内没有可读的数据。
note-errno-again = EAGAIN：非阻塞；此刻无事可做。
note-errno-again-room = EAGAIN：非阻塞；此刻发送缓冲区没有空间。
note-errno-again-room-waited = EAGAIN：在发送超时之内，发送缓冲区一直没有空间。

note-datagram =
    { $len ->
       *[other] 一个用户数据报：8 字节首部加 { $len } 字节数据。没有连接，没有序号，没有确认：它是否到达，UDP 本身不告诉任何人。
    }
note-datagram-short =
    { $len ->
       *[other] 一个 { $len } 字节的数据报。
    }
note-group-query-all = 成员查询：{ $from } 询问本链路上谁想要发往哪个组的分组。
note-group-query = 成员查询：{ $from } 询问本链路上是否有谁想要发往 { $group } 的分组。
note-group-report = 成员报告：{ $from } 想要发往 { $group } 的分组。
note-group-leave = { $from } 不再想要发往 { $group } 的分组。
note-group-senders = 成员报告：{ $from } 说明发往 { $group } 的分组它想要哪些源的。
note-group-more =
    { $n ->
       *[other] 另有 { $n } 个组与此类似。
    }
note-datagram-again-group = 同样的字节又发了一次，比第 { $frame } 号分组晚 { $ms } ms。
note-datagram-again = 同样的字节又发了一次，比第 { $frame } 号分组晚 { $ms } ms：其间抓包里没有{ $to }发回的任何东西。
note-datagram-again-answered = 同样的字节又发了一次，比第 { $frame } 号分组晚 { $ms } ms，尽管其间第 { $back } 号分组已经发回。
note-datagram-back = 这是第 { $frame } 号分组之后反方向的第一个，晚 { $ms } ms。UDP 本身不配对：它是不是对那个的回答，只有程序知道。
note-datagram-back-short = 第 { $frame } 号分组之后反方向的第一个，晚 { $ms } ms。
note-same-unnumbered = 与第 { $frame } 号分组相同，晚 { $ms } ms：是副本，还是发了两次，它没有可以说明这一点的编号。
note-arp-request-again = ARP：{ $sender } 又一次询问谁有 { $target }，距上次 { $ms } ms。其间没有见到回答。
note-piece-first = 它是一个从端口 { $sport } 到端口 { $dport } 的 { $protocol } 分组的一片，标识 { $id }：它的各片都带这个标识。
note-piece-first-portless = 那个分组的各片标识都是 { $id }，端口在第一片里。
note-piece =
    { $frame ->
        [0] { $protocol } 分组 { $id } 的第 { $n } 片，从端口 { $sport } 到端口 { $dport }。
       *[other] { $protocol } 分组 { $id } 的第 { $n } 片，从端口 { $sport } 到端口 { $dport }；最先的一片是第 { $frame } 号分组。
    }
note-piece-portless =
    { $frame ->
        [0] { $protocol } 分组 { $id } 的第 { $n } 片。
       *[other] { $protocol } 分组 { $id } 的第 { $n } 片；最先的一片是第 { $frame } 号分组。
    }
note-piece-completes = 至此 { $protocol } 分组 { $id } 的 { $n } 片都已到齐：{ $whole } 字节，从端口 { $sport } 到端口 { $dport }。
note-piece-completes-portless = 至此 { $protocol } 分组 { $id } 的 { $n } 片都已到齐：{ $whole } 字节。
note-icmp-echo-request = ICMP 回送请求：询问对方是否可达。它没有端口，靠标识符（id）区分各个请求。
note-icmp-echo-reply = ICMP 回送回答：由内核自动发出，原样带回同样的字节。
note-icmp-port = ICMP 端口不可达：{ $from }报告那里没有程序打开端口 { $port }。报文里附有引起差错的那个数据报的首部和开头几个字节。
note-icmp-too-big = 来自 { $from } 的 ICMP：对下一跳来说太大，它只接受 { $mtu } 字节。
note-icmp-unreachable = ICMP 终点不可达，代码 { $code }。
note-icmp-time = ICMP 时间超过，代码 { $code }。
note-icmp-time-pieces = ICMP 时间超过，代码 1：一个分组的分片没有按时到齐，{ $from }把已经收到的也丢弃了。
note-icmp = ICMP 类型 { $type }，代码 { $code }。
note-arp-request = ARP：{ $sender } 向所有人询问谁有 { $target }。IP 分组发出之前，必须知道下一跳的硬件地址（MAC 地址）。
note-arp-reply = ARP：{ $sender } 把自己的硬件地址（MAC 地址）告诉 { $target }。
note-nd-solicitation = 邻居请求：谁有 { $target }？它在 IPv6 中的作用如同 ARP 之于 IPv4。
note-nd-advertisement = 邻居通告：{ $target } 告知自己的硬件地址。
note-nd-router-solicitation = 路由器请求：有路由器吗？
note-nd-router-advertisement = 路由器通告。
note-nd-redirect = 重定向：去 { $target } 有更好的路。
note-fragment = 分片：一个更大的 IP 分组中的 { $len } 字节，偏移 { $offset }，后面还有。只有第一片带端口。
note-fragment-last = 最后一片：{ $len } 字节，偏移 { $offset }。

note-header-short = 首部声称自己只有 { $bytes } 字节，而至少应有 20 字节：接收方会丢弃它。
note-header-long = 首部声称的长度超过了报文段本身的 { $bytes } 字节：接收方会丢弃它。
note-options-malformed = 其中一个选项的长度不合理：其后的选项不再读取。报文段本身仍然有效。
note-compressed = 经 IPComp 压缩：这里不读取其内容，既不算见过，也不算缺失。

note-lost = 在线路上丢失{ $rule }：它永远不会到达。
note-fragment-lost = 少了这一片，整个分组就拼不起来：接收方的内核什么也不会上交，过一段时间就丢掉其余各片。
note-rule-unused = 规则“{ $rule }”没有遇到任何帧，因此没有起作用。
note-lost-queue = 被丢弃{ $rule }：线路的队列已满。
note-lost-too-big = 被丢弃{ $rule }：超过下一跳所接受的 { $mtu } 字节。
note-delayed = 线路把它推迟 { $ms } ms{ $rule }。
note-duplicated = 线路把它交付 { $times } 次{ $rule }。
note-reordered = 线路让后面的帧先走{ $rule }。
note-corrupted =
    { $bits ->
       *[other] 线路翻转了它的 { $bits } 个比特{ $rule }。
    }
note-corrupted-dropped = 它的检验和已不对：接收方的内核直接丢弃它，不作任何通知，效果与丢失相同。
note-copy-lost = 发给 { $host } 的那一份在线路上丢失{ $rule }；其余各份不受影响
note-copy-delayed = 发给 { $host } 的那一份晚到 { $ms } ms{ $rule }
note-broadcast = 目的地址是链路上的所有主机：只发送一次，交换机给其余每台主机各一份，每个内核再看有没有套接字要它。
note-multicast = 目的地址是一个组：只发送一次，交换机给其余每台主机各一份；没有套接字加入该组的主机，其内核直接把它丢弃。
note-copy = 同一帧的第 { $copy } 份：线路又交付了一次。
note-hole =
    { $frames ->
       *[other] 抓包时漏掉了 { $frames } 帧：这是记录的缺口，不是线路上的丢失。
    }
note-hole-late =
    { $frames ->
       *[other] 机器太忙，有 { $frames } 帧抓到得太晚，比它们晚的事件已经讲过：它们的位置偏后，时间戳无误。
    }
note-untold = 事件来得太快，读者来不及看：这是讲述的缺口，不是线路上的丢失。保存的记录是完整的。讲述从这里重新开始，后面的解释不依据缺口之前的内容。
note-unsaved = 事件来得太快，来不及保存：这是记录的缺口，不是线路上的丢失。讲述从这里重新开始，后面的解释不依据缺口之前的内容。
note-drop-accept-queue = { $to }的内核将其丢弃：端口 { $port } 的全连接队列（accept 队列）已满（{ $waiting } 条连接等待 accept()，backlog 为 { $backlog }）。它不作任何响应，只在 ListenOverflows 中计数。
note-drops-accept-queue = 在最近 { $ms } ms 内到达的 { $among } 个分组中，{ $to }的内核丢弃了 { $count } 个：端口 { $port } 的全连接队列已满（{ $waiting } 个在等待，backlog 为 { $backlog }；ListenOverflows）。
note-drop-syn-queue = { $to }的内核将其丢弃：端口 { $port } 的半连接队列已满（TCPReqQFullDrop）。
note-drops-syn-queue = 在最近 { $ms } ms 内到达的 { $among } 个分组中，{ $to }的内核丢弃了 { $count } 个：端口 { $port } 的半连接队列已满（TCPReqQFullDrop）。
note-drop-receive-buffer = 它到达了{ $to }，却被其内核丢弃：端口 { $port } 的接收缓冲区没有空间（RcvbufErrors）。并不是线路丢失的。
note-drops-receive-buffer = 在最近 { $ms } ms 内到达的 { $among } 个分组中，{ $to }的内核丢弃了 { $count } 个：端口 { $port } 的接收缓冲区没有空间（RcvbufErrors）。并不是线路丢失的。
note-drop-checksum = { $to }的内核将其丢弃：检验和错误（InCsumErrors）。
note-drops-checksum = 在最近 { $ms } ms 内到达的 { $among } 个分组中，{ $to }的内核丢弃了 { $count } 个：检验和错误（InCsumErrors）。
note-drop-paws = { $to }的内核将其丢弃：时间戳比上一个旧（PAWS）。
note-drops-paws = 在最近 { $ms } ms 内到达的 { $among } 个分组中，{ $to }的内核丢弃了 { $count } 个：时间戳比上一个旧（PAWS）。
note-silence = 此前 { $span } s 内什么也没有发生。
note-our-ending = sockscope 刚刚结束了{ $from }的程序，由内核关闭它的套接字。程序自己并没有关闭这条连接。
note-gave-up = { $from }的内核放弃了：发出的 { $count } 个 SYN 都没有得到响应，而距最后一个已有 { $ms } ms，本该再发一次。connect() 失败，errno 为 ETIMEDOUT。
note-end-syn-sent = 结束时：{ $flow }{ $from }处于 SYN-SENT（{ $span } s）；它的 SYN 没有响应。
note-end-syn-received = 结束时：{ $flow }{ $from }处于 SYN-RECEIVED（{ $span } s）；对它的 SYN ACK 的确认尚未到达，或尚未被接受。
note-end-fin-unacked = 结束时：{ $flow }{ $from }处于 { $state }（{ $span } s）：它已关闭，而它的 FIN 尚未得到确认。内核会自行继续。
note-end-half-open = 结束时：{ $flow }{ $from }处于 { $state }（{ $span } s），半打开的连接：{ $to }已是 CLOSED，已没有这条连接。{ $from }要在发送数据时或通过保活探测才会发现。
note-end-fin-wait-2 = 结束时：{ $flow }{ $from }处于 FIN-WAIT-2（{ $span } s）：它已关闭，正在等待{ $to }的 FIN。
note-end-not-called = 结束时：{ $flow }{ $from }处于 { $state }（{ $span } s）：它的程序没有调用 close() 或 shutdown()。
note-end-not-closed = 结束时：{ $flow }{ $from }处于 { $state }（{ $span } s）：它的程序没有关闭这条连接。
note-end-more = 另有 { $n } 条连接也没有结束。

## section: summary

summary-comma = { " · " }
summary-segments =
    { $n ->
       *[other] { $n } 个报文段
    }
summary-datagrams =
    { $n ->
       *[other] { $n } 个数据报
    }
summary-packets =
    { $n ->
       *[other] { $n } 个分组（其中 TCP 报文段 { $segments } 个，用户数据报 { $datagrams } 个）
    }
summary-packets-copies = { $n } 个分组，其中 { $copies } 个是副本（TCP { $segments }，UDP { $datagrams }）
summary-bytes = 载荷 { $payload } 字节，首部 { $headers } 字节（{ $share }%）
summary-round-trips = 首末分组相隔约 { $n } 个往返时间（每个 { $span }）
summary-missed = 不完整：抓包漏掉了 { $n } 帧
summary-unsaved = 不完整：磁盘太慢，{ $n } 帧既未显示也未保存
summary-untold = 有缺口：读取输出的一方太慢，{ $n } 帧未显示
summary-late-wire = 线路最多迟了 { $span }（{ $n } 次到达）：本机正忙
summary-late-hosts = 主机的程序等待处理器最长达 { $span }：本机正忙
summary-lost = { $host }的 { $frames } 个帧中有 { $lost } 个在线路上丢失
summary-time = 历时 { $span }

summary-carried = { $taken } 帧进入线路 · 交付 { $delivered } 帧 · 在线路上丢失 { $lost } 帧

## section: bytes

bytes-quoted = 差错报文所引用
bytes-payload = 载荷
bytes-padding = 帧的填充
bytes-cut = 不完整首部的剩余部分
bytes-reserved = 保留
bytes-checksum = 检验和
bytes-port-src = 源端口
bytes-port-dst = 目的端口
bytes-option-kind = 选项
bytes-option-length = 选项长度
bytes-option-body = 选项的值
bytes-option-padding = 选项填充
bytes-eth-dst = 目的 MAC 地址
bytes-eth-src = 源 MAC 地址
bytes-eth-type = 以太网类型
bytes-eth-length = 长度
bytes-vlan-priority = 优先级
bytes-vlan-drop = 可丢弃
bytes-vlan-id = VLAN 标识
bytes-vlan-type = 以太网类型
bytes-llc-dsap = 目的服务访问点
bytes-llc-ssap = 源服务访问点
bytes-llc-control = 控制
bytes-llc-organisation = 组织代码
bytes-sll-packet-type = 方向
bytes-sll-hardware = 接口类型（ARPHRD）
bytes-sll-interface = 接口
bytes-sll-address-length = 地址长度
bytes-sll-address = 发送方链路地址
bytes-sll-protocol = 以太网类型
bytes-null-family = 地址族
bytes-ppp-version = 版本和类型
bytes-ppp-code = 代码
bytes-ppp-session = 会话
bytes-ppp-length = 长度
bytes-ppp-address = 地址
bytes-ppp-control = 控制
bytes-ppp-protocol = 协议
bytes-mpls-label = 标签
bytes-mpls-class = 流量类别
bytes-mpls-bottom = 栈底
bytes-mpls-ttl = 生存时间
bytes-mpls-control = 控制字
bytes-gre-flags = 标志和版本
bytes-gre-protocol = 以太网类型
bytes-gre-key = 密钥
bytes-gre-seq = 序号
bytes-gre-ack = 确认号
bytes-header = 首部的其余部分
bytes-tunnel-flags = 标志
bytes-tag-service = 服务标识
bytes-tunnel-policy = 保留，或组策略
bytes-tunnel-network = 网络标识
bytes-tunnel-options = 选项长度
bytes-arp-hardware = 链路类型
bytes-arp-protocol = 地址类型
bytes-arp-hardware-length = 硬件地址长度
bytes-arp-protocol-length = 协议地址长度
bytes-arp-operation = 操作
bytes-arp-sender-mac = 发送方 MAC 地址
bytes-arp-sender = 发送方 IP 地址
bytes-arp-target-mac = 目标 MAC 地址
bytes-arp-target = 目标 IP 地址
bytes-ip-version = 版本
bytes-ip-header-length = 首部长度（以 32 位字计）
bytes-ip-dscp = DSCP（服务类别）
bytes-ip-ecn = ECN（拥塞通知）
bytes-ip-total-length = 总长度
bytes-ip-id = 标识
bytes-ip-df = DF：不分片
bytes-ip-mf = MF：还有分片
bytes-ip-fragment-offset = 片偏移（以 8 字节计）
bytes-ip-ttl = 生存时间（TTL）
bytes-ip-protocol = 协议
bytes-ip-src = 源地址
bytes-ip-dst = 目的地址
bytes-ip-flow-label = 流标签
bytes-ip-payload-length = 有效载荷长度
bytes-ip-next-header = 下一个首部
bytes-ip-hop-limit = 跳数限制
bytes-ip-extension-length = 扩展首部长度
bytes-ip-extension = 扩展首部
bytes-udp-length = 长度
bytes-icmp-type = 类型
bytes-icmp-code = 代码
bytes-icmp-id = 标识符
bytes-icmp-seq = 序号
bytes-icmp-unused = 未使用
bytes-icmp-rest = 首部其余部分
bytes-icmp-mtu = 下一跳 MTU
bytes-icmp-gateway = 更好的路由器
bytes-icmp-target = 目标地址
bytes-icmp-router = R：是路由器
bytes-icmp-solicited = S：应请求而发
bytes-icmp-override = O：覆盖已知地址
bytes-icmp-source-mac = 源的 MAC 地址
bytes-icmp-target-mac = 目标的 MAC 地址
bytes-icmp-hop-limit = 建议的跳数限制
bytes-icmp-flags = 标志
bytes-icmp-lifetime = 路由器有效时间（秒）
bytes-icmp-reachable = 可达时间（毫秒）
bytes-icmp-retransmit = 重传计时器（毫秒）
bytes-tcp-seq = 序号
bytes-tcp-ack = 确认号
bytes-tcp-data-offset = 数据偏移（以 32 位字计）
bytes-tcp-ae = AE：精确 ECN
bytes-tcp-cwr = CWR：拥塞窗口已减小
bytes-tcp-ece = ECE：ECN 回显
bytes-tcp-urg = URG：紧急指针有效
bytes-tcp-ack-flag = ACK：确认号有效
bytes-tcp-psh = PSH：推送
bytes-tcp-rst = RST：复位
bytes-tcp-syn = SYN：同步
bytes-tcp-fin = FIN：终止
bytes-tcp-window = 窗口
bytes-tcp-urgent = 紧急指针
bytes-tcp-mss = 最大报文段长度（MSS）
bytes-tcp-scale = 窗口扩大因子：移位次数
bytes-tcp-sack-left = SACK 块左边界
bytes-tcp-sack-right = SACK 块右边界
bytes-tcp-tsval = 时间戳值
bytes-tcp-tsecr = 时间戳回显
bytes-tcp-timeout-unit = 以分钟计
bytes-tcp-timeout = 用户超时
bytes-tcp-mptcp = MPTCP 子类型
bytes-tcp-cookie = 快速打开 Cookie
bytes-tcp-signature = 签名
bytes-tcp-ao-key = 密钥标识
bytes-tcp-ao-next = 下一密钥标识
bytes-tcp-ao-code = 认证码
bytes-tcp-ect0 = ECT(0) 字节数
bytes-tcp-ce = CE 字节数
bytes-tcp-ect1 = ECT(1) 字节数
bytes-means-follows = 后面是 { $name }
bytes-means-words = 即 { $bytes } 字节
bytes-means-header-and-payload = 首部 { $header } 字节，载荷 { $payload } 字节
bytes-means-before-segmentation = 抓到时网卡尚未分段、尚未填写长度
bytes-means-broadcast = 发给本链路上的所有主机
bytes-means-multicast = 发给本链路上的一个组
bytes-means-sll-to-us = 发给本机
bytes-means-sll-broadcast = 广播
bytes-means-sll-multicast = 多播
bytes-means-sll-to-others = 他人发给他人
bytes-means-sll-from-us = 本机发出
bytes-means-arp-protocol = { $name } 地址
bytes-means-arp-request = 请求：谁有目标 IP 地址？
bytes-means-arp-reply = 应答：发送方拥有该地址
bytes-means-arp-unknown = 尚不知道：这正是要问的
bytes-means-checksum-right = 正确
bytes-means-checksum-offloaded = 只有伪首部的和：留给网卡计算（卸载），并非错误
bytes-means-checksum-wrong = 错误：接收方会丢弃
bytes-means-checksum-none = 未计算
bytes-means-ecn-not = 发送方不使用 ECN
bytes-means-ecn-capable = 路由器可在此标记拥塞，而不必丢弃
bytes-means-ecn-congested = 途中的路由器遇到了拥塞
bytes-means-ttl = 最多还能经过 { $hops } 跳
bytes-means-df = 需要分片的路由器会丢弃并通知发送方
bytes-means-mf = 该数据报还有后续分片
bytes-means-mf-not = 最后一个分片，或完整的数据报
bytes-means-fragment = 位于数据报的第 { $bytes } 字节处
bytes-means-icmp-echo-request = 回送请求：请用相同的数据回答
bytes-means-icmp-echo-reply = 回送回答
bytes-means-icmp-unreachable = 终点不可达
bytes-means-icmp-redirect = 改变路由：有更好的路由器
bytes-means-icmp-time-exceeded = 时间超过
bytes-means-icmp-parameter = 首部字段有误
bytes-means-icmp-net = 没有到该网络的路由
bytes-means-icmp-host = 主机不可达
bytes-means-icmp-protocol = 协议不可达
bytes-means-icmp-port = 端口不可达：没有程序在监听
bytes-means-icmp-too-big = 超过下一跳的 MTU，且不允许分片
bytes-means-icmp-prohibited = 被过滤规则禁止
bytes-means-icmp-hops = 途中跳数已用尽
bytes-means-icmp-reassembly = 分片未能及时到齐
bytes-means-icmp-router-solicitation = 路由器请求：这里有哪些路由器？
bytes-means-icmp-router-advertisement = 路由器通告
bytes-means-icmp-neighbour-solicitation = 邻居请求：谁有目标地址？
bytes-means-icmp-neighbour-advertisement = 邻居通告：这是我的链路地址
bytes-means-isn = 初始序号：SYN 本身占用该序号，第一个字节占用下一个
bytes-means-seq = 第一个载荷字节的序号；没有载荷时为下一个要发送的字节
bytes-means-ack = 此序号之前的字节均已收到
bytes-means-ack-not = 无效：没有置 ACK
bytes-means-ae = 精确 ECN 反馈
bytes-means-cwr = 发送方已减速
bytes-means-ece = 收到了拥塞标记（在 SYN 中表示支持 ECN）
bytes-means-urg = 部分数据是紧急的
bytes-means-ack-flag = 确认号有效
bytes-means-psh = 请接收方尽快交付；不是消息边界
bytes-means-rst = 连接立即终止
bytes-means-syn = 设定起始序号
bytes-means-fin = 发送方没有更多数据
bytes-means-window-syn = 可接收 { $window } 字节；SYN 中的窗口从不扩大
bytes-means-window = 可接收 { $window } 个单位；双方的 SYN 都带窗口扩大选项时，再左移移位值，否则单位就是字节
bytes-means-urgent = 紧急数据到此后第 { $bytes } 字节为止
bytes-means-nop = 使后面的内容对齐
bytes-means-mss = 每个报文段最多发给我 { $bytes } 字节载荷
bytes-means-scale = 此后我的窗口以 { $factor } 字节为单位
bytes-means-sack-permitted = 允许选择确认
bytes-means-sack = 这 { $bytes } 字节已乱序到达
bytes-means-tsval = 发送方的时钟
bytes-means-tsecr = 回显对方最近的时间戳：用于测量往返时间
bytes-means-cookie-asked = 请求一个 Cookie
bytes-means-cookie = 证明服务器曾见过该客户端：数据可随 SYN 发送
bytes-means-signature = 由报文段和双方共享的密钥算出的摘要
bytes-means-ao-key = 计算认证码所用的密钥
bytes-means-ao-next = 发送方准备好接收的密钥
bytes-means-ect0 = 收到的带 ECT(0) 标记的字节数，模 2²⁴
bytes-means-ce = 收到的带 CE（拥塞）标记的字节数，模 2²⁴
bytes-means-ect1 = 收到的带 ECT(1) 标记的字节数，模 2²⁴


## section: many

many-broadcast = 广播
many-multicast = 多播
many-tcp = { $receivers } 条 TCP 连接
many-calls = 发送调用
many-put = 发送方发出
many-put-of = { $frames } 个分组，{ $bytes } 字节
many-copies = 线路交付
many-back = 返回发送方
many-connections = 连接
many-connections-of = { $count } 条
many-kept = 发送方的连接状态
many-kept-for = { $ms } ms
many-kept-waits = { $ms } ms，然后 { $count } 个 TIME-WAIT（Linux 为 60 秒）
many-members = 组成员
many-members-of = { $count } 个，每个接收方一个
many-receiver = 收到（{ $host }）
many-bytes = { $bytes } 字节，次序正确
many-cut = { $of } 条消息，被截短：{ $meant } 字节中的 { $bytes } 字节
many-got = { $what }（{ $ms } ms）
many-all-after = 全部收齐用时
many-never = 没有收齐
many-note = 发给所有主机或一个组的数据报，发送方只发一次；副本由交换机制作，其余每台主机一份，不论那里有没有程序要它。一条 TCP 连接恰有两端，所以每个接收方都要有自己的连接。成员报告（IGMP、MLD）在此不显示：这台交换机不理会它们。
many-note-ipv6 = IPv6 没有广播，由多播代替。[RFC 4291 §2]


## section: compare

compare-packets = 线路上的分组
compare-packets-of = { $all } 个，其中 { $data } 个带数据
compare-bytes = 线路上的字节
compare-headers = 其中首部
compare-headers-of = { $bytes }（{ $share }%）
compare-first-byte = 读到首字节用时
compare-last-byte = 读到末字节用时
compare-spent = { $ms } ms（约 { $trips } 个往返时间）
compare-sent = 发送调用
compare-received = 接收调用得到
compare-boundaries = 消息边界
compare-boundaries-nothing = 没有收到
compare-boundaries-same = 与发送时一致
compare-boundaries-different = 与发送时不同
compare-boundaries-incomplete = 有字节缺失
compare-order = 收到了什么
compare-order-nothing = 什么也没有
compare-order-stream = 全部 { $of } 字节，次序正确
compare-order-stream-part = { $of } 字节中的 { $bytes } 字节
compare-order-all =
    { $of ->
       *[other] 全部 { $of } 条消息，次序正确
    }
compare-order-numbers = 共 { $of } 条，收到第 { $numbers } 条
compare-kept = 内核中的连接状态
compare-kept-none = 无
compare-kept-for = { $host } { $ms } ms
compare-kept-waits = { $host } { $ms } ms，然后 TIME-WAIT（Linux 为 60 秒）
compare-comma = { "，" }
compare-noticed = 谁发现了丢失
compare-noticed-nobody = 无
compare-noticed-timer = 发送方，{ $ms } ms 后：重传计时器
compare-noticed-acks = 发送方，{ $ms } ms 后：由 ACK 看出有缺口
compare-noticed-probe = 发送方，{ $ms } ms 后：尾部丢失探测
compare-noticed-sender = 发送方，{ $ms } ms 后
compare-late = 丢失的数据
compare-late-never =
    { $count ->
       *[other] 再也没有到（{ $count } 个）
    }
compare-late-by = 晚到 { $ms } ms
compare-lost = 线路上丢失
compare-lost-frames = 两个方向丢失的帧
compare-resent = 重传
compare-each = 每次接收调用得到了什么
compare-more = ……另有 { $count } 次
compare-cut = （被截断：MSG_TRUNC）
compare-with = 启用 { $name }
compare-without = 不启用 { $name }
compare-busiest-tcp =
    { $count ->
        [1] { $name }：其中的 TCP 连接 0，{ $opener } – { $acceptor }
       *[other] { $name }：TCP 连接 { $n }，共 { $count } 条，取最忙的，{ $opener } – { $acceptor }
    }
compare-busiest-udp =
    { $count ->
        [1] { $name }：其中的 UDP 会话 0，{ $opener } – { $acceptor }
       *[other] { $name }：UDP 会话 { $n }，共 { $count } 个，取最忙的，{ $opener } – { $acceptor }
    }

## section: difference

difference-title = 两次运行，逐行对比
difference-signs = 只在一方出现：< { $left }，> { $right }。
difference-unlike = ≠ 双方都有，但不相同：先列 < 的，再列 > 的。
difference-later-sign = ~ 双方都有，但从此处起，> 比先前早或晚了 { $ms } ms 以上。
difference-without-calls = 只有一方记录了调用：不对比调用。
difference-left-out =
    { $count ->
       *[other] { $name }：另有 { $count } 行没有对比。
    }
difference-folded =
    { $count ->
       *[other] { $count } 行，双方相同
    }
difference-more = ……另有 { $count } 行，其中 { $differ } 行不同
difference-earlier = > 早了 { $ms } ms
difference-later = > 晚了 { $ms } ms
difference-lost = 在线路上丢失
difference-duplicated = 被线路复制
difference-reordered = 被线路推迟，次序改变
difference-corrupted = 被线路损坏
difference-none = 没有一行不同：{ $same } 行双方相同。
difference-counts = { $same } 行双方相同，{ $unlike } 行双方都有但不相同；{ $only_left } 行只在 <（{ $left }），{ $only_right } 行只在 >（{ $right }）。

## section: grid

grid-title =
    每次运行发送 { $count } 条消息，{ $runs ->
        [1] 各运行 1 次
       *[other] 各运行 { $runs } 次：中位数，下四分位数–上四分位数
    }
grid-size = { $size } 字节
grid-goodput = 有效吞吐量
grid-took = 读到末字节用时
grid-delivered = 送达率
grid-runs = 目前运行了 { $of } 次中的 { $count } 次
grid-late = { $of } 次运行中有 { $count } 次过了 { $limit } 还没有结束，按更长计
grid-nothing = { $of } 次运行中有 { $count } 次什么也没有收到
grid-failed = { $of } 次运行中有 { $count } 次失败：{ $errno }
grid-not-whole = { $of } 次运行中有 { $count } 次不计：机器太忙，线路漏掉了帧
grid-unread = 总共至少有 { $count } 个数据报到了服务器主机，却没有到程序手里：通常是接收缓冲区满了
grid-what-goodput = 有效吞吐量：服务器程序得到的比特数，除以从客户端的第一次调用（connect、sendto）到读完最后一个字节的时间。
grid-what-loss = 百分数是线路在两个方向上丢失所有帧的比例。种子相同，丢失的帧也相同：某台主机的第五帧在 TCP 下丢失，在 UDP 下第五帧也丢失。TCP 会重传丢失的数据，为此要花时间；UDP 不重传，丢失的就再也不会到。
grid-across = 横轴：线路丢失的帧
grid-longer = 至少一半的运行超过了 { $limit }
grid-caption = { $size }：{ $what }


## section: lesson

lesson-mistake-range-compare = 范围只能写在“=”后面
lesson-mistake-number = “{ $found }”不是数字，也不是某次运行里的符号
lesson-mistake-time = “{ $found }”不是时间：要写带单位的数（20ms、1.5s），或者 delay、rtt
lesson-mistake-ends = 模式以发送方和接收方开头：client > server
lesson-mistake-host = 这里没有主机“{ $found }”；有 { LIST($hosts) }，还可以写 any、all
lesson-mistake-key = “{ $found }”不是帧里的数值
lesson-mistake-pattern-word = “{ $found }”不是标志位、协议，也不是帧的性质
# 主机脚本及其错误。
lesson-script-open-string = 字符串缺少右引号
lesson-script-escape = “\{ $found }”不是转义符；可用的有 \n \r \t \0 \" \\
lesson-script-unknown-verb = 没有“{ $found }”这个动词
lesson-script-want-verb = 这里应当是一个动词
lesson-script-want-name = 这里应当是一个名字：以字母开头，后接字母、数字、- 或 _
lesson-script-want-number = 这里应当是 { $min } 到 { $max } 之间的数
lesson-script-want-time = 这里应当是一个时间：250us、100ms 或 1.5s
lesson-script-want-target = 这里应当是端口，或主机加端口：7070、server:7070、any:7070
lesson-script-want-data = 这里应当是数据："文本"、5000 bytes、5000 bytes chunk 100 或 hex 00 ff
lesson-script-want-hex = 这里应当是成对的十六进制数字：00 ff
lesson-script-want-value = 这里应当有一个值
lesson-script-want-word = 这里应当是其中之一：{ LIST($choices) }
lesson-script-want-end = 这一步到此应当结束
lesson-script-label = “{ $verb }”不作用于套接字，前面不能有名字
lesson-script-field = 没有字段“{ $found }”；可用的有 { LIST($choices) }
lesson-script-stray-end = 没有可由它结束的 repeat 或 spawn
lesson-script-open-block = 缺少对应的 “end”
lesson-script-too-deep = 这里的块嵌套太深
lesson-script-too-long = 脚本太长
lesson-mistake-call = “{ $found }”不是套接字调用
lesson-mistake-bracket = 这个括号没有闭合
lesson-mistake-call-clause = 调用后面写“= 结果”或“took 条件”，而不是“{ $found }”
lesson-mistake-call-value = “{ $found }”不是调用的结果：应是数字、"文本"、ok、errno 的名字、标志或主机名
lesson-mistake-close = “{ $found }”不是一种关闭方式；有 { LIST($words) }
lesson-mistake-finding = “{ $found }”不是一种问题；有 { LIST($words) }
lesson-mistake-state = “{ $found }”不是 TCP 状态
lesson-mistake-event = 事件写作“client > server SYN”“arrived client > server SYN”“client calls connect”“client returns connect = 0”或“client is SYN-SENT”
lesson-short-frames = 这些帧没有按这个顺序出现
lesson-short-exactly = 应当恰好是这些帧
lesson-short-count = 这样的帧应有 { $is } 个，实际有 { $found } 个
lesson-short-none = 本不该有这样的帧
lesson-short-findings = 本不该出现这种问题，但出现了
lesson-short-unseen = 没有看到程序的全部调用，因此无法判断
lesson-short-states = { $host } 的状态与预期不符
lesson-short-calls = { $host } 的调用与预期不符
lesson-short-close = 连接不是这样关闭的
lesson-short-order = 这些事没有全部按这个顺序发生
lesson-short-time = 两者之间的时间应为 { $is }，实际为 { $took }
lesson-short-delivered = 收到的与发出的不同
lesson-mistake-toml = 这里不是合法的 TOML：{ $why }
lesson-mistake-not-text = 这里应写带引号的文本，而不是 { $found } 类型的值
lesson-mistake-not-texts = 这里应写一段文本或一列文本，而不是 { $found } 类型的值
lesson-mistake-not-boolean = 这里应写 true 或 false，而不是 { $found } 类型的值
lesson-mistake-not-integer = 这里应写整数，而不是 { $found } 类型的值
lesson-mistake-not-condition = 这里应写数字，或带引号的条件（">= 2"、"2..4"），而不是 { $found } 类型的值
lesson-mistake-not-table = 这里应写表，而不是 { $found } 类型的值
lesson-mistake-missing = 这里缺少“{ $key }”
lesson-mistake-empty = 这个列表是空的
lesson-mistake-range = 这里应写 { $min } 到 { $max } 之间的数
lesson-mistake-span = “{ $found }”不是时间：请写带单位的数，例如 "20ms" 或 "1.5s"
lesson-mistake-unknown-key = 这里没有名为“{ $found }”的键；可用的有 { LIST($words) }
lesson-mistake-place = 没有“{ $found }”这个地点：实验在“wire”（线路）或“loopback”（环回）上进行
lesson-mistake-hosts = 主机太多：连同 client 和 server 最多 { $most } 台
lesson-mistake-sysctl = 课程不能设置“{ $found }”：只能设置主机自己的、net.ipv4. 和 net.ipv6. 之下、项目的 lessons/README.md 列出的那些
lesson-mistake-sysctl-number = { $name } 的值是 { $min } 到 { $max } 的十进制整数，不能是“{ $found }”
lesson-mistake-sysctl-sizes = { $name } 的值是三个字节数，每个从 1 到 { $max }，如 "4096 131072 6291456"，不能是“{ $found }”
lesson-mistake-sysctl-ports = { $name } 的值是两个端口，从 1 到 65535，小的在前，如 "32768 60999"，不能是“{ $found }”
lesson-mistake-sysctl-congestion = { $name } 的值是内核已有的拥塞控制算法的名字，如 "reno" 或 "cubic"，不能是“{ $found }”
lesson-mistake-host-name = “{ $found }”不能作主机名：只用小写字母、数字和连字符，最多 15 个字符；any、all、broadcast 已被占用
lesson-mistake-twice = “{ $id }”出现了两次
lesson-mistake-no-claim = 这条预期什么也没有说：要写 frames、count、none、calls、states、close、delivered、order 或 time
lesson-mistake-no-expect = 一课至少要有一条 [[expect]]
lesson-mistake-id = “{ $found }”不能作名字：只用小写字母、数字和连字符，以字母开头
lesson-mistake-of = “of”说明要看哪些帧或调用；旁边要有 frames、count 或 calls
lesson-mistake-draws-nothing = draw 需要有几个 [[act]] 可供抽取
lesson-mistake-options = 列表有 { $items } 项，而问题有 { $options } 个选项
lesson-mistake-no-answer = 这个问题没有答案：要写 number 和 of，或 count、sum、flags、choice、order
lesson-mistake-reference = 没有名为“{ $found }”的预期
lesson-mistake-no-file = 缺少 { $file }
lesson-mistake-name-taken = 课程不能取名“{ $found }”：sockscope lesson { $found } 另有含义
lesson-mistake-version = 这一课的格式是 { $found }，本程序最高能读 { $newest }
lesson-mistake-no-title = 讲解需要标题：第一行写“# 标题”
lesson-mistake-part = 没有名为“{ $found }”的部分；可用的有 { LIST($words) }
lesson-mistake-outside = 这段文字在第一个部分之前：部分以“## before”这样的行开头
lesson-mistake-part-missing = 缺少“{ $part }”；{ $file } 里有它
lesson-mistake-part-alone = { $file } 里没有这个部分：两种语言的部分必须相同
lesson-mistake-part-needed = 缺少“{ $part }”
lesson-mistake-part-of = 没有名为“{ $found }”的一幕或问题
lesson-mistake-long = 这个部分占屏幕 { $rows } 行；最多 { $most } 行
lesson-mistake-unproved = 没有什么能证明这段话：{ LIST($claims) } 需要一条预期，写在 { "{" }#…{ "}" } 里，或注明出处（RFC、手册页）
lesson-mistake-not-proved-by = 这里提到 { LIST($claims) }，但 { LIST($ids) } 里没有
lesson-mistake-nearest = 也许是 { $nearest }
lesson-list-progress = 共 { $of } 课，已学 { $done } 课。接着学：sockscope lesson next
lesson-all-done = 所有课程都已学完。从头再来：sockscope lesson forget
lesson-forgotten = 已清除：{ $path }
lesson-forget-prompt = 所有课的学习进度（{ $path }）将被清除。继续吗？（y 或 n）
lesson-progress-not-kept = 学习进度没有保存：{ $why }
lesson-report-written = 作业已写入 { $path }。看看老师会看到什么：sockscope lesson verify { $path }
lesson-verify-wrong = { $question }答案是 { $given }；本次运行的正确答案是 { $answer }。
lesson-verify-sum = { $of } 题答对 { $right } 题
lesson-verify-fits = 答案、记录与课程彼此相符。
lesson-verify-no-proof = 这里只检查是否相符，并不能证明由谁作答、由谁记录。
lesson-misfit-lesson = 这里没有课程“{ $name }”
lesson-misfit-recording = { $path }：{ $why }
lesson-misfit-large = 解压后超过 64 MiB，没有哪次课程运行会有这么大
lesson-misfit-full = 内容多得无法批改，没有哪次课程运行会有这么多
lesson-misfit-runs = 作业中的运行比课程还多，课程只有 { $of } 次：一次也没有批改
lesson-misfit-twice = { $name } 是两次运行的记录：只批改了一次
lesson-misfit-edition = 作业用的是该课程的另一个版本；这里按现有版本批改
lesson-misfit-act = 课程中没有名为“{ $name }”的运行
lesson-misfit-changed = { $name } 不是当初上交的记录：散列值不同
lesson-misfit-other = { $name } 不是这课的记录
lesson-misfit-times = { $name } 的记录时间不在作业的起止时间之内
lesson-misfit-marked = 问题“{ $ask }”：作业中的评分与记录不符
lesson-misfit-edited = 问题“{ $ask }”：答案在给出之后被改动过
lesson-misfit-archive = { $path } 是归档文件，但其中没有作业
lesson-misfit-missing = 作业中缺少问题“{ $ask }”
lesson-misfit-same = 与 { $other } 的记录相同；孰先孰后，由此看不出来
lesson-archive-written = { $path }：{ $student }的 { $count } 份作业，共 { $files } 个文件
lesson-archive-twice = 有两个文件都叫 { $name }：请给记录取不同的名字
lesson-student-prompt = 姓名或学号（老师所知的；以后沿用）：
lesson-student-unknown = 没有指明学生
lesson-student-unknown-try = --student "王小明 4711"
lesson-handout-questions = 问题
lesson-handout-answer = 答案：
lesson-handout-no-answer = 这次运行中没有
lesson-class-name = 姓名
lesson-class-lesson = 课程
lesson-class-right = 答对
lesson-class-began = 开始时间（UTC）
lesson-watching = 等待下一次保存；按 Ctrl-C 结束。
lesson-list-right = 答对 { $right }/{ $of }
lesson-list-takes = { $seconds } s
lesson-list-after = 先学 { LIST($lessons) }
lesson-list-other = 自编课程
lesson-list-signs = ✓ 已学 · ★ 全部答对 · 时间：这一课的运行需要多久
lesson-mistake-course = { $path } 不是课程文件：{ $why }
lesson-list-try = 运行一课：sockscope lesson NAME
lesson-list-exercises = 编程练习：sockscope exercise
lesson-ask-too-early = 问题“{ $ask }”提得太早：它所问的内容还没有讲到
lesson-ask-told = 问题“{ $ask }”提得太晚：答案（{ $answer }）已经讲过
lesson-ask-prompt = 你的答案（h：提示，回车：跳过）
lesson-begin-prompt = 按回车开始运行
lesson-ask-form-number = 请输入一个整数（只用数字）：1460、1,460 或 0x5b4。
lesson-ask-form-flags = 请输入标志位的名称，多个用空格隔开，例如：RST ACK
lesson-ask-form-choice = 请输入一个字母：{ $letters }。
lesson-ask-form-order = 请按顺序输入全部 { $count } 个字母，每个一次。
lesson-ask-hint-frame = 提示：找第一个这样的帧：{ $pattern }
lesson-ask-hint-count = 提示：数一数这样的帧：{ $pattern }
lesson-ask-hint-watch = 提示：看两边各讲了什么，先后如何。
lesson-ask-answer = 本次运行的答案：{ $answer }
lesson-ask-option = { $letter }“{ $option }”
lesson-ask-soon-right = 对。
lesson-ask-soon-wrong = 不对，请看下去。
lesson-ask-right = { $question }正确：{ $answer }
lesson-ask-wrong = { $question }你答的是 { $given }；本次运行的答案是 { $answer }。
lesson-ask-look = 见 { $ms } ms 处：{ $line }
lesson-ask-look-from = 从 { $ms } ms 处的第一个数起：{ $line }
lesson-ask-again-prompt = 重新运行，再试一次吗？（y 或 n）
lesson-ask-again = 重新运行，再试一次：sockscope lesson { $name }
lesson-ask-none = 没有人回答：不再提问，继续往下讲。
lesson-ask-unanswered = { $question }未作答；本次运行的答案是 { $answer }。
lesson-ask-unknown = { $question }本次运行中没有答案。
lesson-ask-no-more-hints = 没有更多提示了。
lesson-heading-ask = 提问
lesson-heading-marks = 你的答案
lesson-drawn = 本次由 --seed { $seed } 抽取。再抽一次：sockscope lesson { $name }
lesson-exercise = 相关练习：sockscope exercise { $name }
lesson-next = 下一课：sockscope lesson { $name }
lesson-made = 已建立；接着：sockscope lesson check { $path }
lesson-from-config = 按 { $config } 的设置，使用 { $folder } 里的课程
lesson-checked = { $of } 条预期中 { $held } 条成立，{ $ms } ms
lesson-checked-too-busy = { $of } 条预期中 { $held } 条成立，{ $undecided } 条未判定：本机太忙，请再运行一次；{ $ms } ms
lesson-too-busy = 本机太忙：此处迟了 { $span }，这足以造成上述偏差。请再运行一次。
lesson-expected = 预期：
lesson-seen = 看到：
lesson-left-out = 另有 { $count } 条
lesson-heading-before = 观察要点
lesson-heading-after = 观察结果
lesson-heading-pitfalls = 常见陷阱
lesson-heading-rfc = 参考阅读
## section: exercise
exercise-mistake-fails = 没有名为“{ $found }”的预期
exercise-mistake-program = “{ $found }”不是本文件夹中可以启动的程序（.py、.c）
exercise-mistake-role = 练习只有一次运行，并且 role 所指的主机没有脚本
exercise-mistake-lesson = 没有课程“{ $found }”
exercise-heading-task = 题目
exercise-heading-expected = 要求
exercise-heading-marks = 评判：{ $of } 项要求中达到 { $held } 项
exercise-lessons = 相关课程：
exercise-begin = 程序的开头（c、python、rust、java 或 go）：
exercise-how = 运行并评判您的程序：
exercise-list-try = 阅读题目：sockscope exercise hello
exercise-no-sandbox = 实验环境不是沙箱：其中的程序以您的身份运行，可以读写您的文件。
exercise-next = 下一个：sockscope exercise { $name }
exercise-made = 已建立 { $path }，它是练习 hello 的副本。检查：sockscope exercise check { $path }
exercise-checked = { $name }：{ $program } { $any ->
    [no] 全部达到要求
   *[yes] 未达到 { $failed }
}

## section: explain

explain-size =
    { $packets ->
       *[other] { $packets } 个分组
    }，{ $bytes }
explain-size-in =
    { $packets ->
       *[other] { $packets } 个分组
    }，{ $bytes }，历时 { $span } · { $first } 至 { $last } UTC
explain-links = 链路类型
explain-link-number = 类型 { $number }
explain-carried = 内容
explain-fragments = 分片
explain-unread = 未解析
explain-checksums = 检验和
explain-sum-right = { $n } 个正确
explain-sum-offloaded = { $n } 个留给网卡计算
explain-sum-wrong = { $n } 个错误
explain-sum-unchecked = { $n } 个未检查
explain-seen = 所见
explain-resent = 重传 { $n } 次
explain-disordered = 乱序 { $n } 次
explain-duplicates = 重复 ACK { $n } 个
explain-holes = 报文段之前有 { $n } 处缺口
explain-unseen = { $n } 个 ACK 确认了未抓到的数据
explain-zero-windows = 零窗口 { $n } 次
explain-full-windows = 窗口填满 { $n } 次
explain-keep-alives = 保活或窗口探测 { $n } 次
explain-reused = 端口重用 { $n } 次
explain-not-whole = 分组
explain-cut = { $n } 个在抓包时被截短
explain-tunnelled = { $n } 个在隧道中
explain-reassembled = { $n } 个数据报由分片重组
explain-problems = 错误
explain-problem = { $name }：{ $n } 个（首个：分组 { $packet }，偏移 { $offset }）
# What is wrong with a frame: the names that JSON has for it.
explain-fault-ethernet-cut = 以太网首部不完整
explain-fault-vlan-cut = VLAN 标签不完整
explain-fault-link-cut = 链路层首部不完整
explain-fault-mpls-cut = MPLS 标签不完整
explain-fault-ppp-cut = PPP 首部不完整
explain-fault-pppoe-length = PPPoE 长度超出帧
explain-fault-tag-cut = 网桥标签或首部不完整
explain-fault-gre-cut = GRE 首部不完整
explain-fault-arp-cut = ARP 分组不完整
explain-fault-ip-version = 既非 IPv4 也非 IPv6
explain-fault-ip-version-differs = IP 版本与前一首部所指不符
explain-fault-ip-options-malformed = IP 选项无法逐个读取：接收方会丢弃该分组
explain-fault-ip-header-cut = IP 首部不完整
explain-fault-ip-header-length = IP 首部长度不足 20 字节
explain-fault-ip-length-long = IP 长度超出帧长
explain-fault-ip-length-short = IP 长度小于首部长度
explain-fault-ip-extension-cut = IP 扩展首部不完整
explain-fault-tunnels-too-deep = 隧道嵌套过深
explain-fault-icmp-cut = ICMP 报文不完整
explain-fault-tcp-header-cut = TCP 首部不完整
explain-fault-tcp-header-length = TCP 首部长度不足 20 字节：接收方会丢弃该报文段
explain-fault-tcp-header-long = TCP 首部超出报文段：接收方会丢弃它
explain-fault-tcp-options-malformed = TCP 选项格式错误：其后的选项不再读取
explain-fault-udp-header-cut = UDP 首部不完整
explain-fault-udp-length = UDP 长度不可能
explain-tcp =
    { $n ->
        [1] 1 条 TCP 连接
       *[other] { $n } 条 TCP 连接，最异常的在前
    }
explain-udp = { $n } 个 UDP 会话
explain-all-opened = { $n } 条已建立
explain-all-running = { $n } 条此前已建立
explain-all-unfinished = { $n } 条握手未完成
explain-all-refused = { $n } 条被拒绝
explain-all-unanswered = { $n } 条无响应
explain-all-closed = { $n } 条已关闭
explain-all-reset = { $n } 条被复位
explain-all-open = { $n } 条未关闭
explain-all-troubled = { $n } 条有异常
explain-rest = 另有 { $n } 个（--all）
explain-opened = 已建立
explain-opened-in = 用 { $span } 建立
explain-opened-simultaneous = 双方同时打开
explain-opened-unanswered = 无响应
explain-opened-refused = 被拒绝
explain-opened-unfinished = 握手未完成
explain-opened-before = 此前已建立
explain-opened-again = ，端点曾用过
explain-closed-four = 四次挥手关闭
explain-closed-three = 三次挥手关闭
explain-closed-half = 半关闭后仍有数据，然后关闭
explain-closed-simultaneous = 双方同时关闭
explain-closed-reset = 被 { $end } 复位
explain-closed-one = 只有一方关闭
explain-closed-not = 未关闭
explain-waits = ，TIME-WAIT 在 { $end }
explain-both-wait = ，双方都进入 TIME-WAIT
explain-copies = { $n } 个报文段副本
explain-opened-one-side = 已建立；本文件只有一方的分组
explain-all-one-sided = 只有一方 { $n } 条
explain-judged-joint = {""}
explain-judged-other-copies = 另有 { $n } 个分组（UDP、ICMP、ARP）是副本，比原来的最多晚 { $span }（第 { $packet } 号分组是第 { $original } 号的副本）：它们的字节都不计入。
explain-judged-copied-all = 本文件里每个 TCP 报文段都有两份：{ $of } 个中 { $n } 个是副本，最多晚 { $span }（第 { $packet } 号分组是第 { $original } 号的副本）。这不是重传：副本既不算重传，也不算载荷。
explain-judged-copied = { $of } 个 TCP 报文段中 { $n } 个是副本，最多晚 { $span }（第 { $packet } 号分组是第 { $original } 号的副本）。它们不是重传，既不算重传，也不算载荷。
explain-judged-copied-router = 两者的 { $differs } 不同：抓包位于路由器的两侧。
explain-judged-copied-vlan = 两者的 { $differs } 不同：帧有的带标签、有的不带，如两个端口的镜像。
explain-judged-copied-same = 所比较的内容全都相同：在同一主机的两个接口（-i any、网桥）或镜像的两个端口上抓到，或由网络复制。
explain-judged-copied-places = 两者的 { $differs } 不同：同样的报文段在两个地方抓到。
explain-judged-one-way = 有 { $n } 条 TCP 连接在本文件里只有一个方向（第一个：#{ $stream }）。另一方回答过：它在 SYN 之后的 { $acked } 个序号得到了确认。它发送的内容不在这里，无从讲解。
explain-judged-acks-first = 有 { $n } 个报文段排在确认它们的分组之后，最多晚 { $span }（第 { $packet } 号在第 { $ack } 号之后）：本文件的次序不是线路上的次序，或者漏抓了原来的那个。
explain-judged-clock-back = 时钟倒退了 { $n } 次，最多的一次在第 { $packet } 号分组：{ $span }。跨过倒退处的时间没有意义。
explain-judged-unseen = 有 { $bytes } 字节得到了确认，却不在本文件里，共 { $n } 处（第一处：序号 { $from }–{ $to }，由第 { $ack } 号分组确认）。它们到达了，所以不是网络丢失的：是抓包程序漏抓，或因过滤条件、另一条路径、另一个接口而没有抓到。
explain-judged-dropped = 抓包程序自己的统计说它丢弃了 { $n } 个分组：缺少的可能就在其中。
explain-judged-cut = 有 { $n } 个分组被截短到至多 { $len } 字节（第一个：第 { $packet } 号）：其后的内容以及检验和是否正确都不得而知。
explain-judged-syn-cut = 有 { $n } 个 SYN 在选项处被截断（第一个：第 { $packet } 号分组）：窗口扩大因子不得而知。所显示的窗口可能还要乘以 2 的幂，最大 16384。
explain-judged-begun = 有 { $n } 条 TCP 连接在本文件开始之前就已建立（第一个：#{ $stream }）：相对序号从最先见到的算起，窗口扩大因子不得而知。所显示的窗口可能还要乘以 2 的幂，最大 16384。
explain-judged-merged = { $n } 个报文段大于 MSS：由接口合并，或尚未由它切分（卸载）。
explain-judged-sums = { $n } 个检验和尚未填写（卸载）：在发送方主机上抓到。
explain-judged-interfaces = 来自 { $n } 个接口（序号：分组数）：{ $each }。
explain-judged-near-opener = 抓包位于发起连接的一方旁边，依据 { $n } 次握手（#{ $stream }：SYN 到 SYN ACK { $there }，再到 ACK { $back }）。
explain-judged-near-acceptor = 抓包位于接受连接的一方旁边，依据 { $n } 次握手（#{ $stream }：SYN 到 SYN ACK { $there }，再到 ACK { $back }）。
explain-judged-near-neither = 抓包位于两端之间，依据 { $n } 次握手（#{ $stream }：SYN 到 SYN ACK { $there }，再到 ACK { $back }）。
explain-judged-near-several = { $n } 次握手中，{ $opener } 次在发起方旁边见到，{ $acceptor } 次在接受方旁边，{ $between } 次在中间（#{ $stream }：SYN 到 SYN ACK { $there }，再到 ACK { $back }）。
explain-more = 更多：--stream N（某条连接的时序图）、--frame N（某个分组的每个字节）、--filter "…"、--all
explain-warning = { $path }，分组 { $packet }，偏移 { $offset }：{ $what }
explain-warning-cut-off = 文件在此处中断；只讲解它之前的内容（若有）
explain-warning-packet-too-long = 一条记录声称有 { $len } 字节，超过任何帧；其后无法读取
explain-warning-block-length = 一个块声称不可能的长度 { $len }；其后无法读取
explain-warning-block-damaged = 一个块已损坏，被略过
explain-warning-no-interface = 一个分组指向接口 { $len }，文件中没有描述
explain-warning-compressed = 压缩数据损坏或提前结束：{ $text }
explain-warning-version = 不认识格式的版本 { $len }
explain-warning-fact-unreadable = 记录中的一个事实无法读取，被略过
explain-no-stream = { $path } 中没有 TCP 连接 { $n }
explain-no-stream-why = 共有 { $count } 条，从 0 编号
explain-none-passes = { $path }：没有分组符合过滤条件
explain-no-frame = { $path } 中没有分组 { $n }
explain-no-frame-why = 共有 { $count } 个，从 1 编号
explain-filter = 无法解析过滤条件
explain-filter-word = “{ $word }”不是条件的开头
explain-filter-after = “{ $word }”之前缺少 and 或 or
explain-filter-end = 末尾缺少内容
explain-filter-bracket = 缺少右括号
explain-filter-deep = 括号嵌套太深
explain-filter-address = “{ $word }”不是 IP 地址；不查询域名
explain-filter-net = “{ $word }”不是网络：10.0.0.0/8、192.168、fd00::/8
explain-filter-number = “{ $word }”不是这里可用的数
explain-filter-range = “{ $word }”不是端口范围：8000-8099
explain-filter-flags = TCP 首部中只能查询标志：tcp[tcpflags]
explain-filter-compare = “{ $word }”不是比较：== 或 !=
explain-filter-flag = “{ $word }”不是 TCP 标志：tcp-syn、tcp-ack、tcp-fin、tcp-rst、tcp-push、tcp-urg


## section: live

live-waited = 读取输出的一方跟不上，通信因此等过几次：这是时间上的停顿，不是线路造成的
live-too-long = 经过还很长，终端上不再逐行显示，最后给出概要；--all 显示全部。
live-left-out = { $rows ->
   *[other] 以上有 { $rows } 个事件没有显示（--all）
}
live-recording = 正在记录
live-recording-about = 正在记录，约 { $seconds } s
live-overview = 抓包所见
live-not-whole = { $frames ->
   *[other] 这次运行不完整：抓包跟不上，漏掉了 { $frames } 帧
}
live-without-sentences = { $path } 已完整保存，但没有附上作为分组注释的说明：来不及写。可用 explain --save 补上

## section: why

why-packet = 第 { $n } 号分组：{ $line }
why-no-segment = 它不是 TCP 报文段：只对 TCP 报文段权衡原因。
why-seen-whole = 它的序号先前全都见过。
why-seen-part = 它的序号先前见过一部分。
why-seen-first = 它的序号在这里第一次见到，排在第 { $frame } 号分组之后，而后者的序号在它后面。
why-repeats-old = 它是对第 { $frame } 号分组的响应，后者没有新内容：对旧内容，以期望收到的序号响应。
why-repeats-beyond = 第 { $frame } 号分组的内容在它所等待的序号之后。
why-flagged = Wireshark 的分析：{ $names }。
why-none-told = 不下结论：每个原因都被抓包排除，或没有依据。
why-ordinary-rst = 它的位置没有异常：RST；只对重传的内容权衡原因。
why-ordinary-syn = 没有异常：SYN，它的序号先前没有见过。
why-ordinary-fin = 没有异常：FIN，紧接在本方已发送的全部内容之后。
why-ordinary-data = 没有异常：本方接下来的 { $len } 字节。
why-ordinary-ack = 没有异常：不带数据的确认，有新内容，或是第一个。
why-told = 采用
why-behind = 可能
why-excluded = 排除
why-copied = 分组的副本
why-late = 途中被超过（乱序）
why-needless = 不必要的重传
why-other-numbers = 从另一个起点数起
why-syn-retry = SYN 的计时器
why-passed = 重传，被后面的重传超过
why-after-timeout = 超时后重传其余部分
why-prompted = 随回答重传的 FIN
why-tail-loss-probe = 尾部丢失探测
why-timeout = 重传计时器
why-sack = 选择确认
why-fast-retransmit = 快重传
why-partial-ack = 部分确认
why-some-timeout = 某个计时器，别无其他原因
why-window-probe = 窗口探测
why-keep-alive = 保活
why-for-timeout = 自第 { $frame } 号分组（{ $ago } 之前）以来，没有什么使发送方发送；这些字节第 { $tries } 次重传
why-for-after-timeout = 第 { $frame } 号分组由计时器发出；在它之前发送的也要重传
why-for-syn-retry = 上一个是第 { $frame } 号分组，{ $ago } 之前；第 { $tries } 次重传
why-for-fast-retransmit = { $count } 个确认与第 { $frame } 号分组重复，表明它缺失
why-for-sack = 第 { $frame } 号分组的选择确认块覆盖了它后面的内容
why-for-sack-within = 第 { $frame } 号分组的选择确认块覆盖了它的一部分
why-for-partial-ack = 已发现丢失之后，第 { $frame } 号分组（{ $ago } 之前）确认了在途内容的一部分
why-for-prompted = 第 { $frame } 号分组在 { $ago } 之前到来，其间不会有计时器到期
why-for-tail-loss-probe = 重传最后一个报文段，在第 { $frame } 号分组之后 { $ago }：长于两个往返时间，又不长于探测的等待时间
why-for-window-probe = 第 { $frame } 号分组关闭了窗口
why-for-keep-alive = 不带字节，序号比下一个序号小一，第 { $frame } 号分组已到达那里
why-for-keep-alive-byte = 它的字节已由第 { $frame } 号分组确认
why-for-copied = 与第 { $frame } 号分组（{ $ago } 之前）相同，除了途中各跳会改的之外
why-for-other-numbers = 它的序号与之前的相差 { $apart }，超出任何窗口
why-for-twin = 与第 { $frame } 号分组（{ $ago } 之前）每一位都相同：副本，或又照原样发了一次
why-for-copied-but = 与第 { $frame } 号分组（{ $ago } 之前）相同，只差 { $differs }
why-for-late-stamp = 发送方的计数或时钟表明，它先于第 { $frame } 号分组发送
why-for-late-ack = 它确认的比第 { $frame } 号分组少，而确认不会后退
why-for-late-soon = 它先前没有见过，而第 { $frame } 号分组在 { $ago } 之前才到：时间太短，不会有谁索要过它
why-for-late-original = 第 { $frame } 号分组是它的重传；这是原来的那个
why-for-needless-acked = 第 { $frame } 号分组已确认了它的全部
why-for-needless-sacked = 第 { $frame } 号分组已选择确认了它的全部
why-for-needless-seen = 第 { $frame } 号分组含有它的全部，在接收方旁边见到
why-for-needless-syn = SYN 来了两次，第二次是第 { $frame } 号分组：这是第二个回答
why-not-no-twin = 本方最近的分组中没有相同的
why-not-overtaken = 没有时间戳、确认或时间表明它先于已见到的发送
why-not-held = 没有确认覆盖它，也没有在接收方旁边见过它
why-not-on-the-way = 它是副本：发送方只发送了一次
why-not-other-kind = 它的标志不符
why-not-shown-lost = 它先前没有见过，也没有什么表明它曾发送过
why-not-too-soon = 它比那样发送的来得早
why-not-too-late = 它比那样发送的来得晚
why-not-begun = 当时没有这样的过程
why-not-another-segment = 那样会发送另一个报文段
why-not-sacked = 没有选择确认覆盖它后面的内容
why-not-repeated = 没有重复的确认
why-not-prompted = 当时有确认使发送方发送
## section: viewer
viewer-title = sockscope
viewer-place = { $at }/{ $of }  { $keys }
viewer-all = 空格、↑ ↓ 滚动 · s 报文段 · t 状态变化 · / 查找 · ? 帮助 · q 离开
viewer-goes-on = 运行中 · 空格、↑ ↓ 滚动 · s 报文段 · / 查找 · ? 帮助 · q 离开
viewer-recording = 空格、↑ ↓ 阅读 · q 离开
viewer-question = 末尾有题：回车作答 · 空格、↑ ↓ 阅读 · ? 帮助 · q 离开
viewer-go = { $does } · 空格、↑ ↓ 阅读 · ? 帮助 · q 离开
viewer-go-answer = 回车 看答案
viewer-full = 内容太长，这里放不下：按 q 在普通屏幕上继续讲解
viewer-steps = { $at }/{ $of }  → 下一步 · ← 上一步 · s 报文段 · t 状态变化 · p 播放 · ? 帮助 · q 离开
viewer-playing = { $at }/{ $of }  播放中 · 空格 停 · → 下一步 · ← 上一步 · q 离开
viewer-no-more = 后面没有了。
viewer-not-found = 没有找到：{ $text }
viewer-nothing-sought = 请先按 / 并输入要找的文字。
viewer-help-keys = 按其他任意键返回
viewer-help =
    ↑ ↓  k j         上一行、下一行（▸ 标出所选的行）
    空格 f PgDn      下一屏
    b PgUp           上一屏
    → ←              下一步、上一步
    s S              下一个、上一个报文段
    t T              下一次、上一次状态变化
    / n N            查找；下一处、上一处
    g G Home End     开头、末尾
    回车             回答末尾的问题；输入时按 Esc 返回阅读
    q                离开；已讲的内容留在普通屏幕上
    Ctrl-Z Ctrl-C    回到 shell（用 fg 返回）；中止
    顶行是各主机及其在所选行时的状态。
viewer-help-steps =
    → 空格 回车      讲下一步
    ← 退格           收回上一步
    s S              讲到下一个报文段；退回上一个
    t T              讲到下一次状态变化；退回上一次
    g G Home End     回到第一步；讲到末尾
    p 空格           播放；停止播放
    ↑ ↓ PgUp PgDn    滚动（b、f 也可以）
    / n N            查找；下一处、上一处
    回车             回答末尾的问题；输入时按 Esc 返回阅读
    q                离开；已讲的内容留在普通屏幕上
    Ctrl-Z Ctrl-C    回到 shell（用 fg 返回）；中止
    顶行是各主机及其在所选行时的状态。

## section: pace


## section: progress


## section: rule

rule-mistake-empty = 规则以下列词之一开头：{ LIST($acts) }
rule-mistake-act = 规则不能以“{ $found }”开头；可用的词：{ LIST($acts) }
rule-mistake-kind = “{ $found }”不是帧的种类；可用的有：{ LIST($kinds) }
rule-mistake-no-kind = 这条规则要写明针对哪一种帧：{ LIST($kinds) }；或所有帧的比例，如 10%
rule-mistake-ordinal = “{ $found }”不是序数：应为 1 或更大，或如 3-5 的范围
rule-mistake-host = 这里没有主机“{ $found }”；有 { LIST($hosts) }
rule-mistake-time = “{ $found }”不是时间：应为带单位的数，如 300ms、1.5s、200us，最长 1 小时
rule-mistake-by = 缺少时长：如“by 300ms”
rule-mistake-percent = “{ $found }”不是比例：应为 0% 到 100%
rule-mistake-seed = “{ $found }”不是种子：应为整数
rule-mistake-swap = 交换的两个中，第二个应在第一个之后；“{ $found }”不是
rule-mistake-cut = 断线要写明时间：如“cut from 1s to 4s”
rule-mistake-cut-order = 断线的结束应晚于开始；“{ $found }”不是
rule-mistake-after-kind = “{ $found }”不能写在这里；可写“from 主机”、“to 主机”（仅 lose 与 delay）、“by 时长”（仅 delay）、“N times”或“always”
rule-mistake-to = 只有“lose”与“delay”能只针对一个接收方；这里不能写“{ $found }”
rule-mistake-left-over = 在“{ $found }”之前规则已经完整

## section: plot

plot-sequence = 时间–序号图
plot-throughput = 吞吐量
plot-round-trip = 往返时间
plot-windows = 窗口
plot-queue = 线路上的队列
plot-waiting = 等待的帧
plot-dropped = 队列已满而丢弃
plot-lost = 丢失
plot-data = 新数据
plot-again = 重传
plot-late = 乱序
plot-acked = 已确认
plot-allowed = 接收方允许
plot-sacked = SACK
plot-measured = 数据到其确认
plot-window = 接收窗口
plot-in-flight = 在途
plot-congestion = 拥塞窗口（内核）
plot-threshold = 慢开始门限（内核）
plot-title = { $from } → { $to }

## section: topic

topic-list = 主题
topic-list-more = sockscope help 主题名：查看其中一个；sockscope 命令 --help：某个命令的帮助。
topic-comparison-about = compare 对比什么，表格怎么读
topic-settings-about = compare --with 与 --without 可用的设置
topic-grid-about = 成批运行：compare --sizes
topic-faults-about = 线路能让帧出什么故障：--fault
topic-filters-about = explain 只看哪些分组：--filter
topic-notation-about = 帧、调用与状态的写法
topic-script-about = 课程中的主机能做什么，逐个动词列出
topic-sysctl-about = 课程可以设置的内核参数
topic-class-about = 作业、自编课程、投影演示
topic-programs-about = 在实验环境里运行自己的程序，以及线路能承载多少
topic-json-about = --format json 输出的每个成员
topic-outputs-about = 一次运行能写成哪些文件，以及输出的规则
topic-exit-codes-about = 退出码的含义
topic-setup-about = 哪些系统上不能直接建立实验环境，如何解决
topic-security-about = 使用谁的权限，如何对待不可信的输入
topic-outputs =
    # 有哪些输出
    每种输出是一个单独的文件，可以同时要几种；讲解照样按 --format 显示在标准输出上：ladder、lines、bytes、json、markdown（表格）、mermaid（文本形式的时序图，许多页面会把它画出来）。

    ||

    # 与哪些命令一起用
    tcp、lesson、lab 和 explain 可用全部输出。udp 没有曲线图，也没有状态，所以拒绝 --plot、--chart 和 --svg-states，并说明原因。compare 可用 --svg、--svg-states、--html、--perfetto 和 --cast：两次运行并排画在一幅图里，放在同一页的表格之后，写在同一份轨迹里，并先后录在同一份录像里。一课的各幕也在同一幅图、同一页里，曲线图取第一个有 TCP 连接的幕。compare --sizes 用 --plot 画出成批运行的结果。
    explain --stream N 只写那一条连接。--frame、--why 和 --filter 只查看分组，不写文件。

    # 各有什么用
    --plot 和 --chart 画出一条 TCP 连接的字节随时间的变化：序号、窗口、往返时间。--svg 把整个过程画在一张幻灯片上，--svg-states 画出走过的状态。--html 包含以上全部内容和各个字节，便于保存、阅读和提交。--perfetto 适合大的运行和测量：Perfetto UI 可以缩放、搜索，并统计选中的部分；每台主机、每个程序、每条连接各有一条轨道，前 16 条连接有计数曲线。--cast 在终端里按原来的快慢重放讲解（asciinema play FILE），每个里程碑处有标记。--save 保存的记录可以重新生成其他各种输出：sockscope explain FILE。

    # 报告
    一个文件，不引用任何外部内容：没有网络、没有脚本也能打开，放在学习平台的框架里也能打开。两种语言都在其中。有脚本时，点开箭头可看到该帧的说明和每个字节所属的字段；可以放大、缩小、选取一段时间，并存为图片。每个时刻都有自己的地址（#m0-12）。可以打印。
    最多收入 20000 个帧；其中画出 500 个，不用脚本时可见 500 行。

    # 输出的规则
    所有文件都在开始之前打开，有内容可写时才改动。任何两个输出不能是同一个文件。已有的、不是这里写出的文件，没有 --force 就不会被覆盖。也可以写入有人读取的管道：--svg >(rsvg-convert > run.png)。

topic-comparison =
    # TCP 与 UDP
    compare 让同样的消息在同样的线路上、遭遇同样的故障，分别走 TCP 与 UDP，并把结果并排列出：分组数、字节数、首部所占比例、第一个与最后一个字节读到的时间、收到了什么及其次序、谁发现了丢失以及代价多大、哪里保存了多久的状态。加上 --ladders，则在表格之前把两次运行都讲一遍。

    # 一个发送方，多个接收方
    --to-many 把消息发给三个接收方（--receivers N：2 到 9 个）：用广播、用多播，以及与每个接收方各建立一条 TCP 连接。它们的名字是 server、server2、server3；规则可以只针对其中一份副本：--fault "lose data 2 to server2"。IPv6 没有广播。

    # 两次运行逐行对比
    给出两个文件，或给出一项设置（sockscope help settings），就把两次运行逐行对照。
    | < 与 > || 只在第一份里，只在第二份里
    | ≠ || 两份都有，但不相同：先列 < 的，再列 > 的
    | ~ || 两份都有，但从这里起早或晚了 10 ms 以上

    对比的是每个调用、每个报文段本身（调用及其参数与结果；方向、标志位、相对序号、长度、选项、结局），而不是出现的时刻：两台主机在一个往返时间之内所做的事，下一次的先后常常不同。每台主机的调用保持其次序，它发出的帧也是。初始序号、内核选定的端口和窗口大小不参与对比。

    不是本程序保存的抓包文件，取其中最忙的连接。两个文件最多占用 128 MiB 内存：大约五万条连接。

topic-settings =
    compare --with 设置 --without 设置 把同一次 TCP 交换运行两遍，两遍只有这项设置不同，然后逐行对比。客户端一条接一条地发送消息，然后等待应答。

    ||

    除此之外总是设置 TCP_NODELAY，只要窗口还有空间，每次 send 就是一个报文段。

        sockscope compare --with nagle --without nagle --message a --message b
        sockscope compare --without loss --with loss --bytes 8000 --chunk 1000 \
            --fault "lose data 3 from client"
topic-settings-nodelay = 两端套接字的 TCP_NODELAY
topic-settings-nagle = Nagle 算法：与上一项相同，只是反过来说
topic-settings-sack = 选择确认（RFC 2018；net.ipv4.tcp_sack）；有丢失时才看得出来
topic-settings-timestamps = 时间戳选项（RFC 7323 §3；net.ipv4.tcp_timestamps）
topic-settings-window-scaling = 窗口扩大选项（RFC 7323 §2；net.ipv4.tcp_window_scaling）；用 --bytes 1000000 看得清楚
topic-settings-ecn = 请求使用显式拥塞通知（RFC 3168；net.ipv4.tcp_ecn）
topic-settings-tail-loss-probe = 尾部丢失探测（RFC 8985 §7；net.ipv4.tcp_early_retrans）；需要 --fault
topic-settings-loss = 用 --fault 给出的规则

topic-grid =
    compare --sizes 成批运行：各种长度的消息，各种丢帧率，若干种子，分别走 TCP 与 UDP。--format json 给出每一次运行，--plot 画成图。

        sockscope compare --sizes 1,100,1400,9000 --losses 0,1,5,10 --plot grid.svg
        sockscope compare --sizes 1400 --losses 0,2 --count 100 --rate 10mbit

    - 一次运行一条紧接一条地发送 --count 条（20 条）同样长度的消息：多发一些，少见的丢失才显得出来，但也更费时间。TCP 关闭了 Nagle 算法，消息立即发出，只要窗口还有空间就自成一个报文段；每条消息都交给一个装得下它的 recv() 缓冲区。
    - 有效吞吐量：服务器程序收到的字节（同一条消息的数据报只算一次），除以从 connect 或第一个 sendto 开始到读到最后一个字节的时间。建立连接计入，关闭连接不计入。
    - 读到最后一个字节的时间：就是上述时间。送达率：收到了其中的多少。
    - 每一格给出各次运行的中位数与四分位数。
    - 线路以 --losses（百分比）的概率丢失两个方向的帧。种子是 --seed（0）以及其后的数。种子相同，则一台主机的第 n 个帧在两种运输协议中结局相同，与长度无关。--fault、--delay、--rate 等对所有运行有效；--fault 的规则优先。
    - 到了 --within（10s）还没有结束的运行算作更长（>10 s），其有效吞吐量按这段时间里收到的计算；什么也没收到的运行没有最后一个字节（∞）。两者都在该行之下注明，并作为最长的计入中位数与四分位数。
    - UDP 套接字的接收缓冲区为 416 KiB。到达主机却没有地方放的数据报也会注明：那不是线路的丢失。
    - 若干实验环境同时运行，每个处理器三个。数字是真实的内核在真实的时间里得到的：机器繁忙则时间变长。按 Ctrl-C 显示到目前为止的结果。

topic-faults =
    --fault 规则：线路对哪些帧做什么；按帧的含义来选。规则有先后，第一条符合的规则决定帧的结局。从 1 开始计数；一般只指某个单位第一次发送，不包括它的重传。

        lose data 3 from client
        lose data 3 from client 2 times
        lose data 3 from client always
        lose every data 3
        lose resend 1
        lose datagram 2 to server
        duplicate datagram 2
        duplicate data 2 after 300ms
        corrupt data 1
        delay ack 2 by 300ms
        swap data 4 5
        lose 10% seed 7
        reorder 5% from client
        jitter 10ms seed 3
        cut from 1s to 4s

    | 2 times || ……以及它的第一次重传
    | always || ……以及它的每次重传
    | every data 3 || 第三个带数据的帧，重传也照样计数
    | resend 1 || 第一个重传的报文段，不论是哪一个
    | after 300ms || 副本晚这么久到达
    | to HOST || 只针对发给这台主机的副本（用于丢失和延迟）
    | 10% || 每个帧都以此概率；种子写在规则里，否则用 --seed
    | jitter || 每个帧最多再晚这么久，次序不变
    | swap || 第一个排到第二个之后；两者之间的照常通过
    | cut || 从第一个帧算起，这段时间内什么都不能通过

    动作与单位：
    ||

    --rate 与 --queue 构成一条慢速链路及其队列，队列满则丢弃。种子相同、通信量相同，则结局相同；每个结局都有记录。
topic-faults-actions = 动作
topic-faults-units = 单位

topic-filters =
    --filter 使用 pcap-filter(7) 的词语，限于主机、端口、协议和 TCP 标志位，不查询名字。条件针对最内层的分组；分片的数据报在重装之后作为整体判断。

        host 10.0.0.1 and not port 22
        tcp dst port 80 or 443
        net 192.168.0.0/16 and (udp or icmp)
        tcp[tcpflags] & (tcp-syn|tcp-fin) != 0

    | host, net, port, portrange || 任一端的；前面加 src 或 dst：只指这一端
    | tcp, udp, icmp, icmp6, arp, ip, ip6, vlan || 协议；写在 port 之前：只指这种协议的端口
    | less N, greater N || 在链路上至多、至少这么长
    | and, or, not, ( ) || 与通常一样；只写一个值，则沿用前面的词语

    所显示的编号与标志仍是整个文件中的：不会重新编号。

topic-notation =
    线路上的一切只有一种写法：--format lines 这样输出，课程这样写论断，“实际看到的是……”也这样写。

        client > server  SYN
        server > client  SYN ACK  ack=client.isn+1
        client > server  TCP len>0
        any > any  FIN …

    # 帧
    先写发送方 > 接收方（主机名、any，或表示组地址的 all），然后不分先后：
    | 标志位 || SYN FIN RST PSH ACK URG ECE CWR AE：必须恰好是这些，除非行中有 …
    | 协议 || TCP UDP ICMP ARP IP
    | 性质 || data、resend、dup-ack、out-of-order、keep-alive、zero-window……
    | 数值 || seq、ack、len、win、mss、ttl……后接 = != < <= > >= 或范围：len=3..5

    序号是相对的。数值可以是和式：client.isn 是初始序号，client.fin 是 FIN 所占的序号，client.sent 是已发送的数据字节数，client.mss 是所通告的最大报文段长度。

    # 调用与状态
        client calls connect
        connect = 0 took>=rtt
        recv(1024) = 5 "hello"
        server is CLOSE-WAIT

    状态的写法依照 RFC 9293 §3.3.2。在时序图中，x 与 y 代表客户端与服务器的初始序号。

    # 时序图
    | ● || 一次调用
    | ○ || 正在等待的调用；粗线表示等了多久
    | ─▶ || 一路顺利到达的报文段，以及所用的时间：+20.2
    | ╌ || 途中发生了别的事：离开时一行，到达时一行
    | ▪ || 讲解，或告一段落

    所有词语及其含义：本项目的 lessons/README.md。

topic-script =
    lesson.toml 中主机的脚本，每行一步。一步作用于主机当前的套接字；前面写 NAME: 则指这个名字的套接字，没有就建立。以“fails ERRNO”结尾的步骤必须以该 errno 失败，其他步骤不得失败。# 之后是注释。

    ||

    DATA 是 "文本"（花括号中的 my.ip、my.port、peer.ip、peer.port 会被填入）、5000 bytes（可读的花样）、5000 bytes chunk 100（同样的内容，分多次调用），或 hex 00 ff。

    sockscope lesson new 新建一个可以马上运行、带注释的文件夹；每个键的说明见本项目的 lessons/README.md。

topic-sysctl =
    运行课程的往往不是写课程的人。因此主机的 sysctl 只能设置主机自己所有的参数，全部列在下面；有 * 的地方写 all、default 或 lo。三个数依次为最小、常用、最大；两个端口则小的在前。拥塞控制算法必须是内核已经有的。内核没有的参数在那里略过。

    ||

topic-class =
    # 课堂演示
    | --step || 每按一键讲一步，可前进可后退；s：下一个报文段，t：下一次状态变化
    | --slow 3x || 放慢三倍播放
    | --project || 用于投影：步骤之间留空行，高对比度，不用颜色
    | --teacher || 直接给出课程问题在本次运行中的答案
    | --no-ask || 不提问

    # 作业
    学生交两个文件，教师重新批改。

        sockscope lesson raw --save ada.pcapng --report ada.json
        sockscope lesson hand-in ada.json --student "王小明 4711"
        sockscope lesson verify ./class
        sockscope lesson verify ./class --format csv > marks.csv

    一课若有几次运行，就各写一份记录；hand-in 把答案和记录放进一个归档文件。verify 会进入子文件夹，读取作业和归档文件，并在记录中重新找出每个答案：答了什么，正确的是什么，有什么不相符。记录相同的互相指明，不指责任何人。

    它只检查是否前后一致：能发现事后在文件中改动过的答案、与记录不符的批改、属于别的课程或别的时间的记录。它不能说明由谁作答、是否有人帮忙，也不能排除整个文件由程序重新算出的可能。

    # 编程练习
        sockscope exercise echo --save ada.pcapng --report ada.json -- ./server
        sockscope lesson verify ada.json
        sockscope exercise new my-exercise
        sockscope exercise check ./my-exercise

    学生的程序与本程序通信，每项要求都得到评判。作业根据其记录重新批改，verify 不运行任何程序。程序以你的身份运行，而实验环境不是沙箱：学生自己的程序是这样，exercise check 所运行的练习文件夹里的程序也是这样。一个程序可用的时间由练习规定，另有处理机时间 30 s、文件 32 MiB、打开文件 1024 个、每个输出 256 KiB 的上限；其用户的进程和线程至多 4096 个。

    练习是一个文件夹：exercise.toml、两种语言的题目、正确的程序，以及每项要求各一个违反它的程序（见本项目的 lessons/README.md）。exercise check 运行所有这些程序。

    # 讲义
        sockscope lesson handout handshake > sheet.md
        sockscope lesson handout all --format html > sheets.html
        sockscope lesson handout handshake --key

    讲义包括观察要点、问题与作答处、常见陷阱和参考阅读；--key 则给出答案，来自为此进行的一次运行。（有些答案每次运行都不同，例如序号。）

    # 自编课程
        sockscope lesson new my-lesson
        sockscope lesson check ./my-lesson
        sockscope lesson watch ./my-lesson
        sockscope lesson --lessons ~/course

    课程由 TOML 和 Markdown 写成，不需要 Rust。该文件夹中的 course.toml 可以规定自己的章节和次序，也可以列入内置课程（见本项目的 lessons/README.md）。自己文件夹中的课程排在内置课程之前；在 $XDG_CONFIG_HOME/sockscope/config.toml（默认 ~/.config）中写 lessons = "/home/me/course"，就不必每次加这个选项。

    学习进度保存在 $XDG_DATA_HOME/sockscope/progress.json（默认 ~/.local/share）；sockscope lesson forget 将其清除。

topic-programs =
    lab 在主机里运行任何程序，同时抓包；那里可以用 client 和 server 这两个名字。不指定程序，就是一个带作业控制的 shell。

        sockscope lab -4 --server "python3 -m http.server 80" \
            --client "curl -s http://server/"
        sockscope lab --bare --delay 10ms --fault "lose 1%" \
            --server "iperf3 -s -1" --client "iperf3 -c server"

    每个名字对应主机的两个地址，许多程序先试 IPv6：用 -4 或 -6 只留一个。不给出 --client 时，客户端是一个 shell（若有 --server，则仅当标准输入是终端时）。客户端的程序结束，运行就结束：随后结束服务器的程序，这一点会说明，由此引起的关闭也会注明。--wait both 等两个程序都结束；--within 10s 到时结束仍在运行的程序，退出码为 1。最后根据内核的报告，说明每条没有结束的连接停在什么状态，该由哪一方继续。

    讲解与程序在同一终端上时，程序的输出显示在携带它的报文段之下，其中的转义序列以可见的形式显示（--raw-output：原样输出）；输出到管道则不作改动。

    # 程序的调用
    程序的每个套接字调用显示在它的报文段旁，按 C 语言的写法，带描述符、返回值和等待的时间；有多个线程时，前面注明线程号。调用由 ptrace 看到，与语言无关，每次调用因此慢约 20 微秒。程序对文件的读写不看。一个套接字上的调用太多时，收发数据的只计数。被跟踪的程序不能通过 sudo 或 su 获得权限，不能再接调试器，其中的 LeakSanitizer 被关闭；因此交互式 shell 只在 --trace yes 时跟踪。--trace no 不跟踪程序。

    最后说明程序做了什么：错误在前，每一条都列出所依据的调用、报文段和状态，以及改正方法。--check 使错误的退出码为 1。sockscope explain FILE 会再次说明。

    --bare 只有线路：不抓包、不讲解、不保存，程序测到的是网络本身，而不是观察的开销。这时两个处理器能承载 2 Gbit/s 以上。讲解每秒能跟上约三万个帧，占用一个处理器；抓包漏掉的，在记录中注明为缺口。线路自己漏掉的帧也会注明：这样的运行不完整，退出码为 1。

topic-json =
    --format json 每行输出一个对象，每步一个。sockscope help json --schema 输出全部对象的 JSON Schema。moment 说明它是什么：

    | begin || settings：这次运行的全部条件（程序、内核、主机、延迟、MTU、内核参数、脚本、种子）
    | call || host, id, socket, label, name, args, phase（whole, begun, returned）, began, ended, value, errno, out, text（按 C 语言 API 的写法）, states；kept_waiting_before_ms、kept_waiting_ms：自上一个调用返回以来、自本调用开始以来，线程等待处理器的时间（一毫秒以上才有）
    | packet || 见下
    | state || states：不属于上面任何一行的状态变化，带 time 与 flow
    | hole || vantage, frames：抓包时漏掉了这么多帧；若有 late: true，则是上面有这么多帧排得太靠后；若有 untold: n，则是读取输出的一方太慢，所保存位置的这么多帧和另外 n 个事件只在文件里；若有 unsaved: n，则是磁盘太慢，它们哪里都没有
    | program || host, status（自己结束时的退出状态）或 ended_by_run（others-ended, interrupted, out-of-time）
    | process || host, process, program, event：信号、结束（status，open：仍打开的套接字）、unseen：看不到的部分、busy 与 calm：只计数的调用
    | findings || 在运行程序的小结之后：found（kind, grade, host, program, text, evidence, cure, lesson）, looked_for, partly_blind（并非所有调用都看到了）
    | end || troubles：没有按计划进行的原因；一切正常则为空
    | summary || packets, segments, datagrams, copies（网络或抓包造成的报文段副本，其字节都不计）, payload_bytes, header_bytes, round_trips, round_trip_ms, took_ms；自己的运行还有 sent（每个主机的 host：发出的帧 frames，其中在线路上丢失的 lost）；若是别人的抓包还有 capture，见下；本机繁忙时还有 late：迟到的帧数 frames，以及 wire_ms 与 hosts_ms：线路最多迟多久、程序等待处理器最长多久
    | capture, connection, conversation || --summary 打印的：整体，然后每条 TCP 连接和每个 UDP 会话；见下
    | expectation || 课程每一幕的 summary 之后，或练习的最后：act, id, result（held, failed, too-busy：本机迟了 late_ms，这足以造成偏差）；不成立时还有 expected（各带 found）和 seen

    | states || 各处相同：host, local, remote, state, before（之前的状态）, time_ns, info（TCP_INFO）
    | site || 程序的调用才有：process, thread, program, fd, unread（关闭时未读的字节数）；made_fd：得到的描述符；ends：local, remote, cookie（SO_COOKIE）
    | args, out || 一个列表，成员为 word, int, data（len, head：开头部分）, endpoint（addr, port）

    不适用的成员没有，或为 null。

    # 分组
    | number || 从 1 起，按所保存文件中的次序；所保存一方的每个分组恰有一个对象带有它（没有的，是占两行的传输过程的另一端）
    | time || 1970 年以来的秒数，九位小数
    | src, dst, sport, dport, proto || 地址、端口、协议
    | interface, vlan || 抓包文件中接口的序号；各标签的 id，最外层在先
    | stream, udp_stream || 所属的会话，从 0 起，编号与 Wireshark 相同
    | flags || 以词语表示："SYN ACK"
    | seq, ack, seq_abs, ack_abs || 相对的与绝对的
    | len, window || 数据字节数；窗口的字节数，已按扩大因子换算
    | analysis || Wireshark 的序号分析标志：retransmission, duplicate_ack……；另有 dup_ack_num, completeness。dup_ack_num 与 lines 里的 dup= 按 Wireshark 的算法计数，确认的副本也算在内
    | checksum, problems || right, offloaded, wrong, unchecked；帧有什么错误
    | why || 仅当有不寻常之处，见下
    | notes || kind（what, why, next, linux, milestone, caution）, key, text（用你的语言）, rfc；--quiet 则没有句子

    # 概要
    | capture || packets、bytes、first、last（秒）、links、carried、checksums、seen（按原因）、cut、tunnelled、reassembled、problems（name、count、packet、offset）、outcomes（all、opened、open_before、unfinished、one_sided、refused、unanswered、closed、reset、not_closed、troubled）、capture
    | connection || stream、opened（handshake、simultaneous、unanswered、refused、unfinished、before、one-side）、rtt_ms、reused、closed（four-segments、three-segments、half-close、simultaneous、reset、one-side、not）、reset_by、time_wait（opener 或 acceptor）、took_ms、opener、acceptor
    | conversation || udp_stream、opener、acceptor
    | opener, acceptor || addr、port、packets、bytes；连接还有 mss、wscale、resent、out_of_order、holes、duplicate_acks、zero_windows、acks_of_unseen、copies

    # 自己运行时的分组
    | from, to, sent, arrived || 主机与时间
    | phase || whole, left, arrived, lost, copy-lost, seen
    | fate, rule, copy || 线路对它做了什么，依照哪条规则；被线路重复时，是哪一份副本
    | sender_states, receiver_states || 状态变化，带 TCP_INFO
    | sender_info, receiver_info || 刚离开时发送方的 TCP_INFO，刚到达时接收方的 TCP_INFO（cwnd, ssthresh, srtt, rto, unacked, ca_state……；time_ns：何时向内核询问）
    | receiver_drop || 到达之后接收方的内核丢弃了什么：reason（accept-queue-full, syn-queue-full, receive-buffer-full, checksum, paws）, count, among（这段时间里交付的个数）, certain（丢弃的就是这一个）, socket, queue（监听套接字：等待的连接数和 backlog）
    | flow || 会话在这次讲解中的编号；调用也有

    # why
    | recovery || 发送方为何重传：timeout, syn-retry, fast-retransmit, sack, sack-within, partial-ack, prompted, tail-loss-probe, window-probe, keep-alive；tries：第几次
    | came || 它如何到达：copied 途中或抓包时被复制，twin 副本或照原样又发一次，late 被后面的超过，late-original 落在自己的重传之后，needless 之前已经到过，other-numbers 不是本连接的序号
    | evidence || 以上两者的依据，用分组编号表示：silence_since 与 silence_us（这么久没有动静）, timer（计时器发出的分组）, duplicates 与 duplicates_of, sack 连同 left_abs、right_abs, partial_ack, prompted_by, closed（关闭的窗口）, acknowledged, idle_since；copy_of, copy_us, differs（ttl, traffic-class, vlan, mac, mss）；sent_before, acknowledges_less_than, overtaken_by 与 overtaken_us, resent_in；acknowledged_in, sacked_in, arrived_in, answers_syn；numbers_apart
    | seen, behind || 序号低于已见最高序号的：whole 全部见过, part 见过一部分, first 第一次见到，这时还有先到而序号在它后面的分组
    | answers_old, beyond || 重复确认：没有带来新内容的那个分组，或在它所等序号后面的分组
    | needless || 由它可知是不必要的那些分组
    | before, before_us || 这些字节原先在哪个分组里，是多久以前
    | dup_acks, answered, missing, merged || 作为依据的数值

    # explain --why
    分组的对象带有 candidates，即所权衡的全部原因：name, standing（told 采用；behind 也成立，但采用了更确定的；excluded 排除），并带有 evidence（同上），或 objection：排除的理由。

    # 抓包本身说明了什么
    summary 带有 capture，一个列表：judgement, caution（true：读下去时要记住这一点）, text（用你的语言），以及依据：分组编号（packet, first）、连接编号（stream）、以微秒计的时间。

    | copies || 这么多报文段（segments）中的副本；packet 是 copy_of 的副本；differs：多数在哪里不同；longest_us：最多晚多久
    | other-copies || 不是 TCP 报文段的副本数 copies；packet 是 copy_of 的副本；longest_us：最多晚多少
    | one-way || 只有一个方向的连接数 connections；acknowledged：不在场的一方有多少序号得到确认
    | acks-first || 排在其确认之后的报文段：packet 在 acknowledged_in 之后，longest_us
    | clock-back || 时钟倒退的次数 steps，第一次 first，最大的一次：packet, by_us
    | unseen || 得到确认却不在文件里的 bytes，共 holes 处；第一处：from, to（相对序号）, acknowledged_in
    | dropped || 抓包程序自己的统计所说丢弃的 packets
    | cut, syn-cut || 被截短的 packets，longest：其中最长的字节数；选项被截断的 syns
    | begun || 在此之前已建立的连接数 connections
    | offloaded || 大于 MSS 的报文段 merged，尚未填写的检验和 checksums
    | interfaces || interfaces：每个 interface 的 packets
    | near || 在 opener、acceptor 旁边或 between 见到的握手次数；连接 stream 的 to_acceptor_us 与 to_opener_us

    # compare
    每个对象还有 side：tcp 或 udp；逐行对比时为 left 或 right，之后还有

    | difference || 两边的一行：mark（same；unlike：两边都有但不同；left, right：只有一边有）, left 与 right（ms, text，调用还有 host，帧还有 fate）, later_ms：从这里起右边晚这么多
    | compared || left, right：名字；same, unlike, left_only, right_only, later：各有几行；left_out：各有多少项因过多而略去；without_calls

    # compare --sizes
    每次运行一个对象，然后每格（长度、丢帧率、运输协议）一个。grid 说明是哪种：

    | run || size, loss_percent, transport（TCP, UDP）, seed, count；ended（done, out-of-time, failed 及 errno, not-whole：线路漏掉了帧）；sent_bytes（要发送的）, bytes（收到的）, delivered（0–1）, last_byte_ms（null：什么也没收到）, goodput_bit_s, unread（到达主机却没有被任何调用读走的数据报，至少这么多）；frames 与 lost，各有 client 和 server：它发了多少，线路丢了其中哪些，从 1 起
    | cell || size, loss_percent, transport, count；计入的 runs，共 of 次，其中 out_of_time（超过 limit_ms）, nothing_came, failed；not_whole（不计入）, unread；goodput_bit_s, last_byte_ms, delivered，各有 low, median, high（四分位数；null：超过时限，或从未）

topic-exit-codes =
    | 0 || 完成
    | 1 || 论断不成立；运行不完整（线路或抓包漏掉了帧，或磁盘跟不上 --save：小结首先说明）；或者无法写出
    | 2 || 用法不对、输入不对，或缺少权限
    | 3 || 仅限课程：本机太忙，有的预期无法判定是否成立，其余都成立；请再运行一次
    | 130 || Ctrl-C：显示到此为止的内容，已保存的文件有效

    读取输出的一方太慢而造成的缺口不影响退出码（0）：用 --save 保存的内容仍是完整的。

    出错时，一行说明什么做不到，一行说明原因，每个可尝试的办法再各占一行。它们写到标准错误。

topic-setup =
    sockscope doctor 逐项实地试验并给出办法；命令被拒绝时也给出同样的文字。普通用户运行时，sockscope 建立自己的用户命名空间；不允许这样做的系统上，用 sudo 效果相同。只有 --on lo（本机自己的环回接口）在哪里都需要 sudo。

    | Ubuntu 23.10 及以后 || AppArmor 限制用户命名空间：用 sudo，或安装配置文件，见下
    | Docker、Podman || 默认的 seccomp 配置不允许 unshare，/proc/sys 只读：docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt systempaths=unconfined …，或 --privileged
    | WSL 1 || 没有分组套接字：wsl --set-version 发行版 2
    | 加固的内核 || user.max_user_namespaces 或 kernel.unprivileged_userns_clone 为 0：用 sudo，或修改它

    # AppArmor 配置文件
        sudo install -m 755 target/release/sockscope /usr/local/bin/
        sudo cp scripts/apparmor-sockscope /etc/apparmor.d/sockscope
        sudo apparmor_parser -r /etc/apparmor.d/sockscope

    然后运行安装好的那个。配置文件只写明 /usr/local/bin/sockscope 和 /usr/bin/sockscope，这两处只有 root 能写；放在别处的程序，需要在 /etc/apparmor.d/local/sockscope-paths 中自己加一行：

        @{"{"}sockscope{"}"} += /home/me/sockscope/target/debug/sockscope

    实验环境可以运行任何程序，所以这个配置文件等于重新向每个本机用户开放用户命名空间；而这些程序自己没有权限再建立更多的命名空间。不允许如此的机器上，请用 sudo。（这个配置文件经解析器检查过，但还没有在启用 AppArmor 的内核上试过。）

topic-security =
    sockscope 会运行别人的程序和课程，读取别人的抓包，批改别人的作业。为此：

    # 使用谁的权限
    一切都以调用者的权限进行。在 sudo、doas、pkexec 之下，程序做的第一件事就是永久地变成调用者：用户与组、主目录、shell 和环境变量（root 会话的 XDG_*、TMPDIR、SHELL、HOME 不算数）。root 的权限中，为实验环境保留 SYS_ADMIN、NET_ADMIN、NET_RAW 三项权能，为 --on lo 保留 NET_RAW 直到套接字打开，其他命令一项也不保留。这些权能都不能打开文件：读、写文件以及文件的所有者，都如同没有用过 sudo。不能确定是谁调用的（有 SUDO_UID 而没有 SUDO_GID，或者不是数），就什么也不做。设置了 setuid 的程序拒绝运行。不是由别人调用的 root 仍是 root。

    # lab 中的程序
    它们（lab 和 exercise NAME -- CMD 的程序）以调用者的身份运行，只得到描述符 0 到 2。对实验环境的网络（那是它们自己的）可以做任何事；对外面，你能做什么它们就能做什么：实验环境不是沙箱，程序可以访问你的文件。在 sudo 之下它们对外面也没有额外的权限；内核不能建立用户命名空间时，它们不带任何权能启动，并会说明。只有 root 自己的程序才以 root 运行。每个程序都在自己的 PID 命名空间里，只看得见自己启动的进程；留在后台的进程只活到运行结束，不论 sockscope 如何结束，包括 kill -9。（内核不允许 PID 命名空间时（doctor 会指出），进程被逐个结束，存心逃脱的程序可以逃脱。）

    # 课程
    课程只能设置其主机自己的网络命名空间中的内核参数，限于一份清单（sockscope help sysctl），取值有界：读取时检查一次，写入时再检查一次。本机的参数从不改动，课程也不会使内核为拥塞控制加载模块。课程中没有程序。练习的文件夹里有程序，但 exercise.toml 不能写任何命令：只有 exercise check 以调用者的身份运行它们，.py 文件用 python3，.c 文件先由 cc 编译；作业根据其记录批改，从不运行。在 sudo 之下，来自配置文件的课程会在标准错误中指明。

    # 来自外面的内容
    抓包、记录、作业、课程、文件名、程序的输出：其中的控制字符与双向控制字符都显示为可见的形式。--raw-output 把程序的输出原样传递。作业和用来对比的文件不论内容如何，最多占用 128 MiB 内存：作业的记录超过 64 MiB（解压后），或文件需要更多内存，就说明原因并拒绝。需要普通文件的地方（作业及其记录、课程、配置文件），管道和设备立即被拒绝；explain 和 compare 可以读管道。

    # 输出
    输出路径上原有的内容，在有东西可写之前保持不变。图片、作业和副本整个替换它；记录逐渐增长，任何时候都能打开，磁盘写满时也是（退出码 1）。原有文件不是这里会写出的那种，没有 --force 就不覆盖。一个文件不能同时是两个输出，也不能既是输出又是输入或标准输出；只有 explain X --save X 替换自己的输入。输出可以是文件、有人在读的管道，或 /dev/null 之类的设备；从不写块设备或终端。

    # 从不做的事
    不连接任何地方，不更新，不上报；不改动本机的任何接口、路由、规则或参数；没有指明的文件一个也不读，只有配置文件和学习进度除外。

    # 如果找到了漏洞
    请先私下告诉维护者，再告诉别人，并附上命令、输入，以及 sockscope --version 和 sockscope doctor 的输出。
## section: trace
trace-calls = 调用
trace-others = 其他帧
trace-milestones = 里程碑
trace-findings = 发现的问题
trace-congestion = 拥塞窗口 { $ends }
trace-in-flight = 在途字节 { $ends }
trace-window = 接收窗口 { $ends }
trace-queue = 链路上的队列
trace-cut = 跟踪文件只保存前 20000 个帧，缺少 { $n } 个
trace-cast-cut = 终端录像只保存前 60000 个时刻，缺少 { $n } 个
## section: svg
svg-title = { $command } 在线路上产生了什么
svg-title-capture = 抓包文件的内容
svg-about = 时空图：时间自上而下，每台主机一条竖线，每个帧是一支箭头，从发出处指向到达处。
svg-states-about = TCP 连接的状态（RFC 9293 图 5），两端走过的路径已标亮。
svg-lost = 丢失
svg-lost-by = 丢失：{ $rule }
svg-queue-full = 丢弃：队列已满
svg-too-big = 丢弃：超过 { $mtu } 字节
svg-silence = 静默 { $span }，已折叠
svg-scale = 按比例：1 ms 为 { $px } 像素
svg-spread = 左侧粗线处时间被拉伸，以便放下文字
svg-semicolon = ；
svg-left-out = 有 { $n } 个帧未画出
svg-syn = SYN
svg-data = 数据
svg-ack = 纯 ACK
svg-fin = FIN
svg-rst = RST
svg-again = 重传
svg-udp = 数据报
svg-other = 其他帧
svg-not-in-figure = { $host }第 { $n } 步：{ $from } → { $to } 不在图 5 中
svg-no-states = 这里没有内核报告过状态。
## section: page
page-contents = 目录
page-diagram = 时空图
page-findings = 值得注意之处
page-story = 逐行讲解
page-states = 两端的状态
page-stream = 字节的去向
page-graphs = 曲线图
page-caption = 按顺序列出每次调用、每个帧和每次状态变化。帧所在的行可以展开，看到说明、证据和各个字节。
page-who = 谁
page-what = 做了什么
page-lost = 丢失
page-arrives = 到达：
page-payload = 载荷
page-padding = 填充
page-byte = 字节
page-bits = 比特
page-field = 字段
page-value = 值与含义
page-info-sender = 发出后发送方的 TCP_INFO
page-info-receiver = 到达后接收方的 TCP_INFO
page-stream-counts = 共 { $bytes } 字节：{ $sends ->
    [0] 没有记录到 send()
   *[other] { $sends } 次 send()
}，{ $segments } 个报文段，{ $receives ->
    [0] 没有记录到 recv()
   *[other] { $receives } 次 recv()
}。三者的边界互不相干。
page-sends = send()
page-segments = 报文段
page-receives = recv()
page-drawn = 图中画出前 { $drawn } 个帧，另有 { $n } 个帧在表格中。
page-first-rows = 不用脚本时，这里有 { $n } 行中的前 { $shown } 行。
page-left-out = 另有 { $n } 个帧在本页放不下。
page-fields-need-script = 不用脚本时，这里有每个帧的字节，但没有逐个字段的说明：可用 sockscope explain FILE --frame N 查看。
page-program = 程序
page-kernel = 内核
page-command = 命令
page-delay = 单向时延
page-mtu = MTU
page-rate = 速率
page-seed = 随机种子
page-rule = 故障
page-made = 由 sockscope 根据一次运行或一个抓包文件生成。这里没有一处取自教科书：每支箭头、每个状态、每个字节都是观察到的。
page-previous = 上一个
page-next = 下一个
page-close = 关闭
page-zoom-in = 放大
page-zoom-out = 缩小
page-png = 存为 PNG
page-from = 从
page-to = 到
page-frames = 帧
page-bytes = 载荷字节
page-losses = 丢失
## section: serve
serve-here = 课堂网页在 { $address }（按 Ctrl-C 结束）
serve-also = 别人可从 { $address } 访问
serve-opens = 别人能访问这个地址。凡持有此链接的人，都能以您的身份在这里运行实验并看到结果；没有 TLS 时，在网络上监听的人也能读到链接中的令牌。
serve-i-am = 我是:
serve-client-says = 客户端:
serve-skip = 跳到内容
serve-pages = 页面
serve-made = 这里显示的一切，都是在本机内核的一次运行中观察到的。
serve-home = 首页
serve-home-title = 套接字调用在线路上发出了什么
serve-home-about = 每次运行都是本机内核的两个 TCP/IP 协议栈之间一次真实的通信，在独立的网络里进行。两端都被抓包，两端的内核都被询问连接状态。发生什么，这里就同时显示什么。
serve-openapi = 本服务器的全部地址（OpenAPI 文档）
serve-article = 两个接口
serve-article-short = 一个监听的服务器、一个访问它的客户端，各由一次请求启动。
serve-article-about = 服务器在 7070 端口监听，backlog 为 5，一次最多读 1024 字节，按 UTF-8 打印。客户端建立连接，发一条消息，关闭两个方向，再关闭套接字。
serve-article-hosts = 两个程序在不同的主机上：服务器在 10.0.0.2，客户端在 10.0.0.1。所以客户端不能用 127.0.0.1：每台主机都有自己的环回接口。
serve-start-server = 启动服务器
serve-start-server-about = socket、bind、listen、accept。第二个服务器会发现端口已被占用。
serve-start-client = 运行客户端
serve-start-client-about = socket、connect、send、shutdown、close。没有服务器时连接被拒绝。
serve-stop-server = 停止
serve-stop-server-about = 结束两个程序，撤掉两台主机。
serve-article-get = 用 GET 也行，以及为什么这是错误的做法
serve-article-get-about = 这两个地址只要被取一下，就会启动一些东西。而 GET 应当是安全的：浏览器会预取链接，别人的网页用一张图片就能取它，失败时还会重取 [RFC 9110 §9.2.1]。所以在这里它们只回应本机，也不回应其他网站的页面。上面的按钮用的是 POST。
serve-listening = 开启监听,接收客户端数据中
serve-success = 成功
serve-server-in-use = { $errno }：主机 server 上 bind(10.0.0.2:7070) 失败。这个地址和端口上已经有套接字在监听。
serve-server-failed = { $errno }：主机 server 上，监听服务器的一次调用失败。
serve-client-refused = { $errno }：主机 client 上 connect(10.0.0.2:7070) 失败。那里没有人监听：服务器的内核用 RST 回应了 SYN。
serve-client-failed = { $errno }：主机 client 上，客户端的一次调用失败。
serve-stopped = 已停止
serve-not-there = 没有可停止的服务器
serve-too-often = 这个服务器被访问的次数太多：请停止它，再重新启动
serve-whole-story = 在单独的页面上看这个过程
serve-run = 一次运行
serve-run-tcp = TCP
serve-run-tcp-short = 一次 TCP 通信，从握手到关闭。
serve-run-udp = UDP
serve-run-udp-short = 同样的消息，用数据报发送。
serve-run-compare = 对比
serve-run-compare-short = 同样的字节分别用 TCP 和 UDP 发送，线路相同，故障相同。
serve-lessons = 课程
serve-lessons-short = 一次运行，配上要看什么、提问，以及看到了什么。
serve-lessons-about = 每一课先说明要看什么，再运行，并在显示之前提问。课文像在终端里一样逐步出现，答案写在下面。
serve-explain = 讲解抓包文件
serve-explain-short = 您自己的抓包文件，逐个分组讲解。
serve-explain-about = 文件不超过 { $mb } MB：pcap 或 pcapng，也可用 gzip 或 zstd 压缩。读它的进程接触不到别的文件；过一段时间文件即被删除。
serve-explain-file = 抓包文件
serve-explain-go = 讲解
serve-empty-upload = 文件是空的
serve-needs-script = 这一步需要脚本，而这里的脚本已关闭。运行结束后的报告不需要脚本。
serve-more-fields = 更多设置
serve-one-per-line = 每行一个。
serve-go = 运行
serve-reset = 重置
serve-rule = 拼一条故障规则
serve-rule-action = 发生什么
serve-rule-kind = 对哪种报文段
serve-rule-number = 第几个
serve-rule-from = 来自哪台主机
serve-rule-time = 多长时间
serve-rule-add = 加入
serve-command = 效果相同的命令：
serve-copy = 复制
serve-copied = 已复制
serve-again = 修改后再运行
serve-stop = 结束这次运行
serve-results = 结果
serve-file-report = 报告：时序图、每个字节、状态、曲线
serve-file-pcapng = 记录（pcapng）
serve-file-json = 过程（JSON）
serve-file-svg = 时序图（SVG）
serve-reload = 重新加载本页
serve-story = 过程
serve-said = 运行输出的文字
serve-picture = 按时间比例绘制的这次运行
serve-live = 实时
serve-over = 运行已结束。
serve-lost = 过程的一部分这里已不再保留；报告中有。
serve-left-out = 只在报告中的行数：
serve-played = 放慢播放，倍数
serve-player = 重放已讲述的过程
serve-step = 下一步
serve-step-back = 上一步
serve-play = 播放
serve-pause = 暂停
serve-slower = 放慢
serve-scrub = 时刻
serve-answer = 您的答案
serve-answer-go = 回答
serve-answer-about = 不填：跳过。h：提示。
serve-asks-nothing = 这次运行现在没有提问
serve-no-answer = 服务器没有回应。
serve-join = 进入
serve-join-title = 本网页需要链接才能进入
serve-join-about = 启动服务器的人有一个带令牌的链接。请打开那个链接，或在这里输入令牌。
serve-join-token = 令牌
serve-join-plain = 在没有加密的 HTTP 上，同一网络中的任何人都能读到令牌。
serve-refused-host = 本服务器没有这个名字
serve-refused-site = 请求来自其他网站的页面
serve-refused-origin = 请求来自其他源的页面
serve-refused-get = 用 GET 时，只为本机的用户做这件事
serve-refused-method = 请用 GET 或 POST
serve-refused-token = 缺少服务器链接中的令牌
serve-refused-form = 缺少表单的令牌：请重新加载页面
serve-refused-kind = 这里不接受这种内容
serve-not-found = 这里什么也没有
serve-too-large = 超过了允许的大小
serve-too-slow = 超过了允许的时间
serve-too-many = 同时进行的运行太多：请稍后再试
serve-too-long = 这次运行被结束：最多允许 { $s } 秒。
serve-lab-broken = 运行失败：{ $error }
serve-api-about = sockscope 的课堂网页：每个地址，接受什么，给出什么。会改变状态的请求须带上 /api/token 给出的令牌，放在首部或表单里。
serve-api-home = 首页
serve-api-file = 页面用到的文件
serve-api-openapi = 本文档
serve-api-token = 会改变状态的表单和请求所带的令牌
serve-api-session = 需要时，用服务器链接中的令牌换取 Cookie
serve-api-article = 有两个接口的页面
serve-api-server = 启动监听服务器。用 GET 时只限本机，且不接受其他网站的页面
serve-api-client = 运行客户端访问它。用 GET 时只限本机，且不接受其他网站的页面
serve-api-stop = 停止服务器，撤掉它的实验环境
serve-api-form = tcp、udp 或 compare 的表单；问号后面的内容会填进表单
serve-api-run = 按所填内容开始一次运行
serve-api-story = 一次运行的页面
serve-api-events = 一次运行所讲述的内容（server-sent events）；从 Last-Event-ID 之后继续
serve-api-download = 一次运行留下的文件：report.html、run.pcapng、story.json、diagram.svg
serve-api-end = 结束一次运行
serve-api-answer = 回答课程的提问
serve-api-lessons = 课程列表
serve-api-lesson = 开始一课
serve-api-upload = 上传抓包文件的页面
serve-api-explain = 讲解发来的抓包文件
serve-status-200 = 完成
serve-status-202 = 已开始；回答中说明在哪里讲述
serve-status-204 = 完成，没有内容
serve-status-303 = 已开始；在 Location 所指的地址讲述
serve-status-403 = 拒绝：主机名、源不对，或缺少令牌
serve-status-404 = 没有这个东西
serve-status-405 = 不能用这种方法
serve-status-408 = 请求体超时
serve-status-409 = 现在不行：端口已被占用、没有人监听，或没有提问
serve-status-413 = 请求体太大
serve-status-415 = 不接受的内容类型
serve-status-422 = 所填或所发的内容无法运行
serve-status-429 = 同时太多，或太频繁
serve-status-500 = 运行失败
