## section: cli

cli-usage = Usage:{ " " }
cli-options = Options
cli-arguments = Arguments
cli-commands = Commands
cli-command = COMMAND
cli-some-options = [OPTIONS]
cli-examples = Examples:
cli-values = [{ $values }]
cli-default = [default: { $value }]
cli-man-name = NAME
cli-man-topics = TOPICS
cli-message = I am: {"{"}my.ip{"}"}
cli-message-one = one
cli-message-two = two
cli-message-three = three

## section: help

help-about = See what your socket calls put on the wire: call, state, segment, from two real network stacks
help-examples =
    sockscope lesson handshake      watch the three-way handshake
    sockscope tcp --message hello   one TCP exchange, from SYN to TIME-WAIT
    sockscope compare               the same bytes over TCP and over UDP
    sockscope doctor                what this machine allows, with cures
help-help = Print this help
help-version = Print the version
help-lang = Language: en or zh; by default that of the locale
help-color = When to colour; auto: on a terminal, unless NO_COLOR is set
help-tcp = Run a TCP exchange between two isolated network stacks of this kernel and show it
help-tcp-examples =
    sockscope tcp
    sockscope tcp --message "I am {"{"}my.ip{"}"}" --reply "got it"
    sockscope tcp --bytes 5000 --close three --save run.pcapng
    sockscope tcp --save run.pcapng --force  overwrite run.pcapng, whatever it is
    sockscope tcp --delay 50ms --format lines --quiet
    sudo sockscope tcp --on lo
help-udp = Send the messages as UDP datagrams: no connection, no acknowledgements
help-udp-examples =
    sockscope udp --message one --message two
    sockscope udp --bytes 3000 --chunk 1000
help-compare = The same messages over TCP and over UDP on the same wire, side by side; or two recordings, or TCP with and without a setting, line by line
help-compare-examples =
    sockscope compare
    sockscope compare --message one --message two --message three
    sockscope compare --bytes 5000 --chunk 1000 --delay 50ms
    sockscope compare --bytes 8000 --chunk 1000 --fault "lose data 3 from client"
    sockscope compare --sizes 1,100,1400,9000 --losses 0,1,5,10 --plot grid.svg
    sockscope compare --with nagle --without nagle --message a --message b
    sockscope compare monday.pcapng tuesday.pcapng
    sockscope compare --to-many --fault "lose data 2 to server2"
help-lesson = List the lessons, run one, check them, start a new one; mark hand-ins
help-lesson-examples =
    sockscope lesson                the list
    sockscope lesson handshake      by short name, or by number
    sockscope lesson next           continue where you stopped
    sockscope lesson check all      every lesson, against this kernel
    sockscope lesson new my-lesson  a folder to fill in
help-exercise = Do exercises: your own program runs against ours and is marked
help-exercise-examples =
    sockscope exercise                               the list
    sockscope exercise echo                          the task
    sockscope exercise echo --skeleton c             where to begin
    sockscope exercise echo -- python3 server.py     run it, and mark it
    sockscope exercise echo --save e.pcapng --report e.json -- ./server
    sockscope exercise check all                     for authors

    The lab is no sandbox. Your program, and with check an exercise's
    programs, run as you: they may read and write your files.
help-explain = Explain a saved run, or any capture file, step by step
help-explain-examples =
    sockscope explain run.pcapng             a recording, shown again
    sockscope explain homework.pcap          a summary of any capture
    sockscope explain homework.pcap --all    … with every connection
    sockscope explain run.pcapng --summary   a summary of a recording
    sockscope explain homework.pcap --stream 3  the ladder of connection 3
    sockscope explain homework.pcap --frame 17  packet 17, byte by byte
    sockscope explain homework.pcap --format lines --filter "tcp port 80"
help-lab = Run any program in a host of the lab and show what its sockets put on the wire
help-lab-examples =
    sockscope lab --server "nc -l -p 7070" --client "nc -N server 7070"
    sockscope lab -- python3 test.py     both ends in one program
    sockscope lab                   a shell in the client
    sockscope lab --bare --server "iperf3 -s" --client "iperf3 -c server"

    Programs run as you: they may do anything with the lab's network, and
    outside it only what you may do. The lab is no sandbox: a program can reach
    your files. As root without sudo, programs run as root.
help-doctor = Check what the lab and --on lo need, and how to get what is missing
help-doctor-examples =
    sockscope doctor
help-serve = Serve the classroom page: runs, lessons and captures in a browser
help-serve-examples =
    sockscope serve
    sockscope serve --port 9000
    sockscope serve --bind 192.168.1.20
help-serve-port = Its port; 0: one that is free
help-serve-bind = Listen on this address instead of 127.0.0.1; others can reach it then, and whoever has the token of the printed link may run labs as you
help-serve-origin = Also take requests for this origin, where a proxy shows the page; then everyone needs the link's token; repeatable
help-serve-embed = Let pages of this origin show it in a frame; repeatable
help-serve-idle = How long the listening server is kept when nobody uses it
help-endpoint = One of the two programs of the classroom page's lab
help-endpoint-which = Which of the two
help-endpoint-control = The folder of its pipes
help-completions = Print completions for a shell
help-completions-examples =
    source <(sockscope completions bash)
    sockscope completions fish | source
help-man = Print the manual page
help-man-examples =
    sockscope man | man -l -
help-help-verb = Explain a topic: JSON, faults, filters, security, …
help-help-verb-examples =
    sockscope help
    sockscope help json
    sockscope help faults
help-schema = With json: the JSON Schema (draft 2020-12) of what --format json prints
help-topic = A topic; without it: the list
help-message = A message of the client, sent by one call; repeatable; {"{"}my.ip{"}"} is filled in
help-bytes = Send that many bytes instead of messages, by one call
help-chunk = Send the bytes in pieces of that size, one call each
help-port = The server's port
help-recv-buffer = Size of the buffer passed to recv() [default: 1024, or a whole datagram]
help-reply = What the server sends after each message
help-echo = The server sends back what it receives
help-duplex = Both sides send at the same time
help-backlog = Backlog of listen()
help-close = How the connection is closed, the client first
help-nodelay = Switch Nagle's algorithm off (TCP_NODELAY)
help-mss = Largest segment in bytes (TCP_MAXSEG)
help-rcvbuf = Receive buffer of both sockets (SO_RCVBUF)
help-sndbuf = Send buffer of both sockets (SO_SNDBUF)
help-delay = One-way delay of the wire: 20ms, 1.5s, 300us
help-mtu = MTU of the hosts' interfaces
help-hop-mtu = MTU of a narrower link in the middle of the wire; it answers packets that are too big with ICMP
help-hop-silent = That link drops packets that are too big and sends no ICMP: a black hole
help-ipv6 = Over IPv6
help-arp = Let the hosts find each other by ARP (or ND), and show it
help-on = On the machine's own loopback instead of the lab: lo (needs root)
help-format = Which view
help-quiet = Leave out the explanations
help-width = Columns; by default the terminal's, at least 80
help-save = Save the recording as pcapng
help-vantage = Which host's frames become the file's packets
help-lesson-name = Number, short name or folder of a lesson, or: next (the first that you have not done); without it: the list
help-no-ask = Do not ask the lesson's questions: for demonstrations
help-teacher = Show the answers to the lesson's questions, found in this run, instead of asking
help-step = One step per key, forwards and back: the run is recorded first, then shown
help-slow = Play the run this many times slower than it was: 10x
help-project = For a projector: space between the steps, high contrast, no colours
help-compare-first = Two recordings (or captures: the busiest connection of each), instead of two runs
help-compare-second = The second of them
help-with = Two TCP runs, with this and without it, compared line by line
help-without = The same, first without it
help-ladders = Show both ladders as well, before the table
help-sizes = A grid of runs: messages of these sizes in bytes, at each loss rate, with several seeds
help-losses = Percentage of all frames that the grid's wire loses
help-seeds = Runs of each kind in the grid, the first with --seed, the others with the numbers after it
help-count = Messages of one run in the grid, one send right after the other
help-within = Time limit for one run of the grid; a run that takes longer is marked
help-grid-plot = Draw goodput, completion time and what was delivered against loss, an SVG file
help-report = Write a hand-in: your answers, and the hash of the saved recording
help-lessons = A folder with your own lessons; they come before the built-in ones
help-lesson-forget = Forget which lessons you have done, and how many answers were right
help-lesson-watch = Check a lesson again at every save
help-lesson-watch-examples =
    sockscope lesson watch ./my-lesson  while you write it; Ctrl-C ends it
help-lesson-watched = The lesson's folder
help-lesson-verify = Mark hand-ins again from their recordings, and find what does not fit
help-lesson-verify-examples =
    sockscope lesson verify ada.json ada.pcapng  one hand-in
    sockscope lesson verify ./class              a class's table
help-lesson-hand-in = A hand-in, an archive, or a folder of them with their recordings; its folders too
help-lesson-archive = Put hand-ins and their recordings into one archive, to be sent to the teacher
help-lesson-archive-examples =
    sockscope lesson hand-in ada.json          with its recordings: Ada.tar
    sockscope lesson hand-in ./my-hand-ins --student "Ada L., 4711"
help-lesson-archive-what = Hand-ins (from --report), or folders with hand-ins
help-lesson-archive-to = The archive to write; the default is the student's name
help-lesson-student = Name or number of the student; it is asked once, and kept
help-lesson-handout = Print lessons as sheets: what to watch for, questions, room for answers
help-lesson-handout-examples =
    sockscope lesson handout handshake > sheet.md
    sockscope lesson handout all --format html > sheets.html
    sockscope lesson handout handshake --key
help-lesson-handout-format = As what
help-lesson-key = With the answers, from a run that is made for it
help-lesson-table = For a folder: table, csv or json, with a column for each question and the reasons
help-lesson-recording = Its recording; by default the file of that name beside it
help-lesson-list = List the lessons
help-lesson-check = Run lessons and check whether their claims hold on this machine
help-lesson-check-examples =
    sockscope lesson check handshake
    sockscope lesson check ./my-lesson
help-lesson-which = A lesson's name, a folder, or all
help-lesson-new = Start a new lesson: a folder with a commented template
help-lesson-new-examples =
    sockscope lesson new my-lesson
    sockscope lesson check ./my-lesson
help-lesson-path = The folder to make
help-file = pcapng or pcap file; - is standard input
help-lab-client = Command to run in the client host; the default is a shell (with --server, only if standard input is a terminal)
help-exercise-name = Name or folder of an exercise; without it: the list
help-exercise-skeleton = Print the beginning of a program: c, python, rust, java, go
help-exercise-report = Write a hand-in; it needs --save, and is marked again from that recording
help-exercise-program = Your program with its arguments; it runs as you, in the lab, with limits of time, processes and files
help-exercise-list = List the exercises
help-exercise-check = Run an exercise's own programs, as you: solutions must hold everything, each wrong one must fail just its own
help-exercise-which = An exercise's name, a folder, or all
help-exercise-new = Start a new exercise: a copy of the simplest, to be changed
help-lab-server = Command to run in the server host
help-lab-program = Run this program alone, with both ends of its connections on a loopback of its own
help-lab-ipv4 = The names client and server stand for IPv4 addresses only
help-lab-ipv6 = The names client and server stand for IPv6 addresses only
help-lab-wait = When the run ends: client (the server's program is ended then) or both
help-lab-within = Longest time for the run, 100 ms to 600 s: programs that still run then are ended, with exit code 1
help-lab-trace = Whether the programs' socket calls are shown beside their segments: yes, no. Without, they are, but for an interactive shell: what is traced gains no rights by sudo or su, and a debugger cannot be attached to it
help-check = The exit code is 1 when a program made a mistake with its sockets
help-lab-raw-output = Show what programs print as it is; without, nothing in it moves a terminal
help-lab-bare = Only the wire, with its delay, rate and faults: nothing is captured, explained or saved, and it runs at full speed
help-shell = The shell
help-fault = A fault of the wire, repeatable: "lose data 3", "swap data 4 5", "lose 10%"
help-seed = Seed of random faults: the same seed, the same faults
help-rate = Rate of the wire: 2mbit, 500kbit
help-queue = Packets that wait for the rate at most; others are dropped
help-to-many = To three receivers at once: by broadcast, by multicast, and over a connection to each
help-receivers = The same, to this many receivers: 2 to 9
help-plot = Draw a TCP connection as graphs, an SVG file
help-chart = Draw it in the terminal too, below the story
help-svg = Draw the run to scale of time, hosts, calls, states and frames, an SVG file
help-html = Write a report, one HTML page: diagram, story, bytes, states, graphs, in both languages
help-svg-states = Draw the states that both ends walked through (RFC 9293, Figure 5), an SVG file
help-perfetto = Write a trace of hosts, programs, connections and counters for the Perfetto UI (ui.perfetto.dev)
help-cast = Record the told story as a terminal shows it, with its own times, for asciinema play
help-force = Overwrite an existing file even if it is of another kind
help-stream = Only this TCP connection, from 0: its ladder, or its graphs
help-frame = Every byte of this packet, from 1
help-why = The possible causes of this packet (from 1): what speaks for each, and what against
help-filter = Only packets that pass: host 10.0.0.1 and tcp port 80
help-summary = Show the summary, also of a recording made by sockscope
help-no-pager = Print it, however long it is; without this a terminal shows in a viewer what is longer than a screen (PAGER=cat does the same)
help-all = Show every row on a terminal, and every connection in a summary
help-explain-save = Save a copy with the sentences as packet comments (-: to standard output)

## section: doctor

doctor-apparmor = AppArmor restricts user namespaces here (kernel.apparmor_restrict_unprivileged_userns, Ubuntu 23.10 and later)
doctor-apparmor-cure = run it with sudo; or allow it once, to /usr/local/bin/sockscope alone: sudo install -m 755 target/release/sockscope /usr/local/bin/ && sudo cp scripts/apparmor-sockscope /etc/apparmor.d/sockscope && sudo apparmor_parser -r /etc/apparmor.d/sockscope (a lab runs any program, so this opens user namespaces to every local user again; a build elsewhere needs a line of its own: see that file)
doctor-seccomp = making a namespace is denied, most likely by a seccomp filter, as Docker's default one
doctor-seccomp-cure = run it with sudo; in a container: docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt systempaths=unconfined
doctor-max-userns = no further user namespace may be made: user.max_user_namespaces is 0 or used up
doctor-max-userns-cure = run it with sudo; or: sudo sysctl user.max_user_namespaces=10000
doctor-userns-clone = ordinary users may make no user namespaces: kernel.unprivileged_userns_clone is 0
doctor-userns-clone-cure = run it with sudo; or: sudo sysctl kernel.unprivileged_userns_clone=1
doctor-no-userns = this kernel has no user namespaces
doctor-no-userns-cure = run it with sudo
doctor-id-map = the ids of the new user namespace may not be set
doctor-id-map-cure = run it with sudo, or make the program readable for the user who runs it
doctor-root-caps = root lacks the capabilities SYS_ADMIN, NET_ADMIN or NET_RAW, as in most containers
doctor-root-caps-cure = docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt systempaths=unconfined (or --privileged)
doctor-max-netns = no further network namespace may be made: user.max_net_namespaces is 0 or used up
doctor-max-netns-cure = sudo sysctl user.max_net_namespaces=10000
doctor-no-netns = network namespaces cannot be made here
doctor-no-netns-cure = a Linux kernel with CONFIG_NET_NS (in Windows: WSL 2, not WSL 1)
doctor-no-pidns = no further PID namespace may be made (user.max_pid_namespaces is 0 or used up, or the kernel has none): what programs start is ended one process after the other, and programs see the machine's processes
doctor-no-pidns-cure = nothing need be done; or: sudo sysctl user.max_pid_namespaces=10000
doctor-no-tracing = programs cannot be traced here: a lab shows their segments and states, but not their calls
doctor-no-tracing-cure = in a container, allow ptrace (--cap-add SYS_PTRACE or another seccomp profile); on a machine with kernel.yama.ptrace_scope = 3 it is forbidden until the next boot
doctor-no-packet = this kernel has no packet sockets, or denies them
doctor-no-packet-cure = a Linux kernel with CONFIG_PACKET (in Windows: WSL 2, not WSL 1); in a container also --cap-add NET_RAW
doctor-no-ring = the kernel gives no memory for a packet ring
doctor-no-ring-cure = free some memory: three rings of 16 MiB are needed
doctor-no-veth = this kernel cannot make veth interfaces
doctor-no-veth-cure = sudo modprobe veth; or a kernel with CONFIG_VETH
doctor-no-sock-diag = the kernel gives no information about sockets (sock_diag)
doctor-no-sock-diag-cure = sudo modprobe -a inet_diag tcp_diag; or a kernel with CONFIG_INET_DIAG
doctor-settings-read-only = the network's settings below /proc/sys are read-only, as in most containers
doctor-settings-read-only-cure = docker run --security-opt systempaths=unconfined (or --privileged)
doctor-not-root = the machine's own loopback is for root only
doctor-not-root-cure = sudo sockscope …; the lab shows the same without: leave --on lo away, or use a lesson about loopback
doctor-no-destroy = the kernel cannot destroy sockets (CONFIG_INET_DIAG_DESTROY): after kill -9 it takes up to 3 s until the lab is gone
doctor-no-destroy-cure = nothing need be done
doctor-no-ipv6 = this kernel has no IPv6
doctor-no-ipv6-cure = without -6 everything works
doctor-late-stamps = the kernel's time stamps are not believable
doctor-late-stamps-cure = is the clock being set just now? try again
doctor-as-root = nobody called by sudo: programs in the lab would run as root
doctor-as-root-cure = for programs that you do not trust, run it as an ordinary user, or with sudo from there
doctor-kept = this kernel makes no user namespaces: the lab is made with rights that sudo lent, and programs in it start without any
doctor-kept-cure = nothing need be done; programs that need rights of their own (tcpdump, ip, ports below 1024) fail in it
doctor-container = this is a container
doctor-container-cure = if something above is refused: docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt systempaths=unconfined
doctor-wsl = this is Windows' Linux (WSL); it must be version 2
doctor-wsl-cure = wsl --set-version DISTRIBUTION 2

doctor-need-kernel = Linux
doctor-need-place = environment
doctor-need-rights = the right to make namespaces
doctor-need-pid-namespace = PID namespaces, for the end of programs
doctor-need-tracing = tracing, for programs' calls
doctor-need-net-namespace = network namespaces
doctor-need-settings = the kernel's network settings
doctor-need-ring = memory for packet rings
doctor-need-veth = interfaces for the wire
doctor-need-sock-diag = the kernel's reports on sockets
doctor-need-destroy = destroying sockets
doctor-need-ipv6 = IPv6 (for -6)
doctor-need-stamps = time stamps
doctor-need-loopback = the machine's loopback (for --on lo)
doctor-works = The lab works for this user: sockscope lesson handshake
doctor-works-not = The lab does not work for this user: see above.
doctor-not-tried = not tried

## section: error

error-line = error: { $what }
error-why = { "  " }why: { $why }
error-try = { "  " }try: { $cure }
error-range = { $value } is not between { $min } and { $max }
error-delay-range = { $value } is not between 0 and 10s
error-limit-range = { $value } is not between 100ms and 600s
error-percent = it is not a percentage between 0 and 100 with at most four decimals
error-not-a-number = it is not a whole number
error-not-a-time = a time is a number and its unit: 300us, 20ms, 1.5s
error-no-exercise = there is no exercise “{ $name }”
error-see-exercises = the list: sockscope exercise
error-exercise-program = the program “{ $name }” could not be prepared
error-lang = there is a catalogue for: { $known }
error-unknown-argument = unknown argument { $arg }
error-unknown-command = there is no command '{ $name }'
error-no-command = a command is missing
error-missing-argument = { $arg } is missing
error-twice = { $arg } is given twice
error-conflict = { $arg } cannot go together with { $other }
error-no-value = { $arg } needs a value
error-value = '{ $value }' is not a valid value of { $arg }
error-too-many-values = '{ $value }' is one too many: { $arg } takes one value
error-not-utf8 = an argument is not UTF-8
error-usage = { $text }
error-did-you-mean = { $nearest }
error-see-help = { $command } --help
error-valid-values = it is one of: { $values }
error-plain = { $text }
error-pace = --step and --slow need a terminal: they listen to its keys
error-summary-format = --summary is a table, or with --format json one object for the whole and one for each connection
error-pace-foreign = { $path } is not a recording of sockscope: --step and --slow tell those only
error-terminal = the terminal cannot be used
error-slow = how many times slower: a number from 0.01 to 10000, as in 10x
error-progress = { $path } is not a progress file of this program
error-progress-try = To begin anew: sockscope lesson forget
error-config = { $path } has a mistake
error-hand-in = { $path } is not a hand-in
error-hand-in-text = It is not what --report writes, or it was damaged.
error-hand-in-long = A name in it is longer than any lesson's.
error-hand-in-newer = It was written by a newer version of this program.
error-no-hand-ins = { $path } and the folders in it hold no hand-in: no file ends in .json or .tar
error-watch = { $path } cannot be watched
error-stdout = standard output cannot be written
error-panic = a fault of sockscope itself, at { $place }
error-panic-try = please report it with the command that you gave
error-io-not-found = there is no such file or folder
error-io-denied = this user may not
error-io-exists = it exists already
error-io-directory = it is a folder
error-io-no-file = it is a pipe or a device, and a file is needed here
error-io-not-directory = a part of the path is not a folder
error-io-full = the disk is full
error-io-read-only = the file system is read-only
error-io-quota = the quota is used up
error-io-too-large = it is larger than allowed here
error-no-lab = the lab cannot be set up here
error-see-doctor = sockscope doctor
error-sysctl = { $host } does not take { $name } = { $value }
error-sysctl-forbidden = it is no setting, or no value, that a host may be given; lessons/README.md of the project lists them
error-sysctl-congestion = a congestion control must be one that this kernel has and lets everybody use: { $words }
error-lab-step = setting up the lab: { $operation } { $object }
error-no-ipv6 = this kernel has no IPv6
error-no-ipv6-try = the same without -6
error-lab-broken = the lab came to an end before its time
error-three-needs-data = --close three needs data to the server before it
error-three-needs-data-why = without any, Linux delays the acknowledgement of the FIN so little that a busy machine makes it four
error-three-needs-data-try = --message hello --close three
error-needs = { $arg } needs { $other }
error-datagram-too-large = a datagram cannot carry { $len } bytes
error-datagram-too-large-why = its length field has 16 bits: { $most } bytes of payload at most
error-datagram-too-large-try = --chunk { $most }, or tcp
error-grid-size-try = --sizes of at most { $most }: the same message goes over UDP, as one datagram
error-grid-runs = these would be { $runs } runs; { $most } at most
error-message = a message is written wrongly and cannot be sent
error-save = { $path } cannot be written
error-save-live = a live run cannot be saved to standard output
error-save-live-why = its story is printed there
error-save-live-try = --save run.pcapng; what is saved can be sent on: sockscope explain run.pcapng --save -
error-save-broken = { $path } could not be written to its end
error-foreign-file = { $path } is not overwritten: it holds something else than { $what ->
    [page] a report of ours
    [trace] a trace of ours
    [cast] a terminal recording of ours
    [picture] an SVG picture
    [hand-in] a hand-in
   *[recording] a pcapng recording
}
error-foreign-file-try = another name, or over whatever it is: { $option } … --force
error-one-file = { $one } and { $other } are one file
error-one-file-why = what is written by one way would be lost by the other
error-one-file-try = a file of its own for each
error-name-stdout = standard output
error-name-stderr = standard error
error-output-terminal = it is a terminal, which would obey what the packets hold
error-no-output = it is neither a file, nor a pipe that somebody reads, nor a device such as /dev/null
error-no-reader = it is a pipe that nobody reads
error-no-reader-try = begin reading it before: cat { $path } | …
error-save-sentences = { $path } is saved and whole, but without the sentences as packet comments
error-save-sentences-try = make room, then: sockscope explain { $path } --save { $path }
error-acts-pipe = a pipe holds one recording, and this lesson makes { $acts }, one for each act
error-acts-pipe-try = --save run.pcapng
error-report-file = a hand-in needs a recording that can be read again, and { $path } is no file
error-plot-udp = --plot and --chart draw a TCP connection, and this run has none
error-plot-udp-why = sequence numbers, windows and round trips are TCP's; a datagram has nothing of that to draw
error-plot-udp-try = sockscope tcp --plot run.svg; or UDP beside TCP: sockscope compare --sizes 100,1400 --plot grid.svg
error-open = { $path } cannot be read
error-not-capture = { $path } is not a capture file
error-on = the machine's own place is lo, not { $name }
error-on-why = both ends of the exchange are on this machine, and what it sends to itself goes over lo
error-no-interface = there is no interface { $name }
error-on-lo-try = --on lo
error-mtu-ipv6 = an MTU of { $mtu } is too small for IPv6
error-mtu-ipv6-why = IPv6 asks of every link to carry 1280 bytes (RFC 8200 §5)
error-mtu-ipv6-try = --mtu 1280
error-hop-mtu-ipv6-try = --hop-mtu 1280
error-empty-file = it is empty
error-unknown-format = its beginning is neither pcap's nor pcapng's
error-unknown-format-try = save it as pcapng or pcap with the program that wrote it
error-signals = signals cannot be caught here
error-setid = sockscope does not run setuid or setgid
error-setid-why = whoever calls it would have its rights; it asks for none but the caller's
error-setid-try = sudo chmod ug-s with the path of sockscope; where root is needed: sudo sockscope …
error-caller = it is not sure who called sockscope with root's rights
error-caller-half = { $there } is set, but { $missing } is not
error-caller-no-id = { $name } is no user's or group's number: '{ $value }'
error-caller-nobody = { $name } names nobody on this machine: '{ $value }'
error-caller-differ = { $first } and { $second } name different users
error-caller-try = as root itself: env -u SUDO_UID -u SUDO_GID -u DOAS_USER -u PKEXEC_UID sockscope …
error-become = sockscope cannot become who called it ({ $operation })
error-no-loopback = the machine's loopback cannot be watched
error-no-lesson = there is no lesson '{ $name }'
error-see-lessons = sockscope lesson
error-lesson-faults = { $count ->
    [one] the lesson has a mistake
   *[other] the lesson has { $count } mistakes
}
error-lesson-too-long = it does too much: its claims are held against the whole run, which does not fit in memory
error-lesson-run = the lesson { $name } could not be run to its end
error-interrupted = it was interrupted
error-overrun = the wire missed { $frames } frames
error-stuck = { $host } did not get past this step: { $line }
error-out-of-time = the program of { $host } had not ended within { $span }
error-call-failed = { $host }: { $line } failed with { $errno }
error-printed-too-much = the program of { $host } printed more than { $bytes } bytes
error-program-failed = the program of { $host } ended with status { $status }
error-nothing-drawn = there is nothing to draw: no frame, call or state
error-states-udp = --svg-states draws the states of TCP, and this run has none
error-states-udp-try = sockscope tcp --svg-states states.svg; or the diagram of this run: --svg FILE
error-chart-json = --chart draws in the terminal, but standard output carries something else here
error-chart-json-try = leave --chart out, or draw into a file: --plot FILE
error-no-stream = there is no TCP connection { $stream } to draw
error-not-a-rate = a rate is a number and its unit: 500kbit, 2mbit, 1gbit
error-rate-range = { $value } is not between 1kbit and 1000gbit
error-compare-full = { $path } is too large to be compared: what is kept of it takes more memory than there is for it
error-compare-full-try = only the connection that is meant: tcpdump -r FILE -w PART 'host … and port …'
error-same-file = { $path } is given twice: it differs from itself in nothing
error-same-file-try = two recordings: sockscope compare one.pcapng two.pcapng
error-no-conversation = { $path } holds neither a TCP connection nor a UDP conversation
error-two-settings = { $one } and { $other } are two settings
error-two-settings-why = of runs that differ in two things nobody could say which of them made the difference
error-two-settings-try = --with { $one } --without { $one }
error-needs-fault-try = --bytes 8000 --chunk 1000 --fault "lose data 3 from client"
error-rules = { $count ->
    [one] a fault rule cannot be read
   *[other] fault rules cannot be read, { $count } mistakes
}
error-port-in-use = the port is in use by another program: { $line }
error-port-in-use-try = another one: --port 7071
error-serve-start = the page cannot be served
error-serve-listen = cannot listen on { $address }
error-serve-listen-try = another port: --port 8081, or --port 0 for one that is free
error-serve-value = the value of { $flag } is too long, or has a NUL in it
error-not-an-address = an IP address is expected: 192.168.1.20, ::1
error-not-an-origin = an origin is expected: https://class.example
error-confined = this run cannot be confined
error-endpoint = the program's pipes cannot be read
error-schema-topic = there is a schema of JSON only
error-schema-topic-try = sockscope help json --schema

## section: ladder

ladder-client = client
ladder-server = server
ladder-linux = { "Linux: " }
ladder-space = { " " }
ladder-flow = #{ $n }
ladder-folded =
    { $count ->
        [one] ⋮ 1 more like these
       *[other] ⋮ { $count } more like these
    }
ladder-others = { $count } others
ladder-hole =
    { $frames ->
        [one] 1 frame missed here
       *[other] { $frames } frames missed here
    }
ladder-late = late
ladder-hole-late =
    { $frames ->
        [one] 1 frame above came too late for its place
       *[other] { $frames } frames above came too late for their places
    }
ladder-untold =
    { $frames ->
        [one] 1 frame and { $others } other things are not told here
       *[other] { $frames } frames and { $others } other things are not told here
    }
ladder-unsaved =
    { $frames ->
        [one] 1 frame and { $others } other things are neither told nor saved here
       *[other] { $frames } frames and { $others } other things are neither told nor saved here
    }
ladder-interrupted = interrupted: the story so far
ladder-overrun =
    { $frames ->
        [one] the wire missed 1 frame: this run is not whole
       *[other] the wire missed { $frames } frames: this run is not whole
    }
ladder-stuck = { $host } did not reach the end of its script; it was at: { $line }
ladder-out-of-time = { $host }: the program had not ended within { $span }, and was ended
ladder-call-failed = { $host }: { $line }: { $errno }
ladder-printed-too-much = { $host }: the program printed more than { $bytes } bytes; what came after that was not read
ladder-program-failed = { $host }: the program ended with status { $status }
ladder-program-ended = { $host }: the program has ended
ladder-program-ended-badly = { $host }: the program has ended with status { $status }
ladder-program-dismissed = { $host }: sockscope ends the program now, because the other's has ended (lab --wait both waits for both)
ladder-program-interrupted = { $host }: sockscope ends the program now, because it was interrupted
ladder-program-out-of-time = { $host }: sockscope ends the program now, because the time given by --within is over
ladder-process-signal = { $host }: { $program } gets { $signal }
ladder-process-ended = { $host }: process { $process } ({ $program }) has ended with status { $status }
ladder-process-ended-open = { $host }: process { $process } ({ $program }) ends with status { $status }; its sockets { $sockets } are still open, and the kernel closes them
ladder-process-busy = { $host }: { $program } makes so many calls on socket { $socket } that from here on those that move data or wait are only counted
ladder-process-calm = { $host }: { $calls } calls of { $program } on socket { $socket } were counted and not shown; from here on they are shown again
ladder-unseen-io-uring = { $host }: { $program } asked for io_uring and was told that there is none: calls that go that way cannot be seen
ladder-unseen-foreign = { $host }: { $program } makes 32-bit system calls: those are not shown; its segments are
ladder-unseen-reads = { $host }: { $program } has filters of its own ({ $errno }): its reads and writes of new sockets are not shown; its segments are
ladder-unseen-all = { $host }: the calls of the program cannot be seen ({ $errno }); its segments are shown
## section: finding
finding-title = What your programs did
finding-comma = ,{" "}
finding-nothing = Nothing wrong was seen. Looked for: { $names }.
finding-nothing-blind = Nothing wrong was seen, but not all calls were seen. Looked for: { $names }.
finding-mistake = ✗ mistake: { $name } ({ $who })
finding-waste = ! waste: { $name } ({ $who })
finding-hint = · hint: { $name } ({ $who })
finding-lesson = More about it: sockscope lesson { $name }
finding-waits-for = { $one } ── { $call } waits for ──▶ { $other }
finding-time-title = Where the time went (tracing makes calls slower)
finding-time-end = Connection #{ $connection }, { $who }: { $time } from its first call to its last
finding-time-working = { $time } at work
finding-time-other = { $time } waiting until the other program sent
finding-time-way = { $time } waiting for what was on its way
finding-time-sending = { $time } in sends
finding-time-elsewhere = { $time } in calls on other sockets
finding-time-shared = Several threads used it: what they waited for is not told apart.
finding-time-moved = { $calls ->
        [one] 1 call
       *[other] { $calls } calls
    }: { $sent ->
        [one] 1 byte
       *[other] { $sent } bytes
    } in { $sends ->
        [one] 1 send
       *[other] { $sends } sends
    }, { $read ->
        [one] 1 byte
       *[other] { $read } bytes
    } in { $receives ->
        [one] 1 receive
       *[other] { $receives } receives
    }
finding-time-more = and { $count } more, which --format json has
finding-state = { $state }
finding-state-for = { $state } until here: { $ms } ms
finding-name-never-closed = never closed
finding-name-closed-unread = closed with unread data
finding-name-sent-into-closed = sent into a closed connection
finding-name-short-write = a short write ignored
finding-name-no-reuseaddr = SO_REUSEADDR missing
finding-name-bound-to-loopback = bound to the loopback address
finding-name-swapped-port = the port's bytes swapped
finding-name-listen-missing = listen() missing
finding-name-nobody-listens = nobody listens
finding-name-listen-late = listen() too late
finding-name-spins = spins on EAGAIN
finding-name-ignores-end = ignores the end of the data
finding-name-both-wait = both wait
finding-name-datagram-cut = a datagram cut off
finding-name-part-taken = a part taken for the whole
finding-name-two-messages = two messages in one recv
finding-name-half-close-unanswered = a half-close not answered
finding-name-waits-for-ever = waits for ever
finding-name-unbound-receive = receives on a UDP socket without a port
finding-name-backlog-full = the backlog is full
finding-name-nagle-delay = Nagle's algorithm meets the delayed ACK
finding-name-connection-per-message = a connection per message
finding-name-left-open = left open at exit
finding-never-closed = The other side sends no more: its FIN has arrived. Socket { $fd } was not closed after that. While a program leaves it so, the connection stays in CLOSE-WAIT and takes a descriptor.
finding-closed-unread = When socket { $fd } was closed, { $unread } bytes had arrived that the program had not read. The kernel throws them away and sends a RST instead of a FIN: the other side can get ECONNRESET, and can lose what was on its way to it.
finding-sent-into-closed = Sending on socket { $fd } gave EPIPE: the connection takes no more data. With its default action the signal SIGPIPE that comes with it ends the program.
finding-short-write = A send on socket { $fd } was given { $len } bytes and took { $taken }. What followed on the socket was not the rest: the rest was not sent.
finding-no-reuseaddr = bind() to port { $port } gave EADDRINUSE although no socket is bound to it any more: a connection of that port is still in TIME-WAIT, and SO_REUSEADDR was not set.
finding-bound-to-loopback = A connection to { $to } was refused, although a program listens on port { $port }: it is bound to { $local }, which only programs on the same machine can reach.
finding-swapped-port = A connection to port { $port } was refused, and a program of that host listens on port { $swapped }: that is { $port } with its two bytes swapped.
finding-listen-missing = A connection to port { $port } was refused: a socket is bound to that port, but listen() was not called on it.
finding-nobody-listens = A connection to { $to } was refused: no program of that host listens on port { $port }{ $count ->
    [0] , nor on any other port
   *[other] , but on { $ports }
}.
finding-listen-late = A connection to { $to } was refused: when it came, no program listened on port { $port }. One called listen() only afterwards.
finding-spins = { $count } calls in a row on socket { $fd } gave EAGAIN, less than 1 ms apart and without a wait in between: the program burns processor time while nothing happens.
finding-ignores-end = { $count } calls in a row on socket { $fd } gave 0: the other side will send no more, and the program asks again and again.
finding-both-wait = Both programs have stood in a call that receives from the other for { $ms } ms, and all that was sent has been read. Unless a time-out, a signal or another thread ends this, neither goes on.
finding-datagram-cut = The datagram had { $len } bytes, the buffer had room for { $room }: the kernel threw the other { $lost } away.
finding-part-taken = The other program handed { $len } bytes to one send. The last receive on socket { $fd } gave { $got } of its bytes; the rest had not been read when the program sent something of its own. A stream has no message boundaries: one receive gives what has arrived, not a whole message.
finding-two-messages = One receive on socket { $fd } gave the bytes of { $count } sends of the other program. Fewer answers followed, and now both programs stand in a call that receives from the other. A stream has no message boundaries: one receive can give several messages.
finding-half-close-unanswered = The other program has shut down only its sending direction and stands in a call that receives. Socket { $fd } read that end and was closed without having sent anything.
finding-waits-for-ever = When the time of the run was over, the program had stood for { $ms } ms in a receive on socket { $fd }, on a connection that was still open.
finding-unbound-receive = A receive was called on the UDP socket { $fd } before bind(), connect() or a send gave it a port: nothing can reach it.
finding-backlog-full = Port { $port }: more connections had completed their handshake and waited for accept() than listen(…, { $backlog }) allows. The kernel drops the SYN or the last ACK of further handshakes, which go on only when a timer repeats a segment, after a second at the earliest.
finding-nagle-delay = { $count } times a small send on socket { $fd } stayed in the kernel for 30 ms or more, until a delayed ACK came: Nagle's algorithm holds a small segment back while earlier data is not acknowledged, and the other side delays that ACK because it has nothing to send.
finding-connection-per-message = { $count } connections to { $to }, one after another, each for one send. Each costs a round trip for its handshake, and segments to open and to close it.
finding-left-open = When the process ended, socket { $fd } was still open: the kernel closed the connection for it.
finding-cure-never-closed = Close every socket on every path, when recv() gives 0 and when something fails. C: close(fd). Python: with conn: … Java: try (Socket s = …) { "{" } … { "}" }. Go: defer conn.Close(). C#: using var client = …
finding-cure-closed-unread = Read until recv() gives 0 before closing, or shut down the sending side first and then read the rest. C: while (recv(fd, buf, n, 0) > 0); Python: while conn.recv(4096): pass. Java: in.readAllBytes(). Go: io.Copy(io.Discard, conn). C#: while (s.Receive(buf) > 0);
finding-cure-sent-into-closed = Stop sending when recv() gives 0, and be ready for EPIPE. C: send(fd, p, n, MSG_NOSIGNAL) or signal(SIGPIPE, SIG_IGN). Python: except BrokenPipeError. Java: catch IOException. Go: check err. C#: catch SocketException
finding-cure-short-write = Send in a loop until all is sent, or use a call that does. C: a loop over what send() returned. Python: sendall(). Java: OutputStream.write() sends all; with a SocketChannel loop while buffer.hasRemaining(). Go: conn.Write() sends all. C#: NetworkStream.Write() sends all
finding-cure-no-reuseaddr = Set SO_REUSEADDR before bind(). C: setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one). Python: socket.create_server() or setsockopt(). Java: setReuseAddress(true). Go and C# on Linux do so for listeners themselves
finding-cure-bound-to-loopback = Bind to all addresses, or to the one that clients use. C: INADDR_ANY. Python: ("", port). Java: new ServerSocket(port). Go: ":7070". C#: IPAddress.Any
finding-cure-swapped-port = In sockaddr_in the port stands in network byte order. C: addr.sin_port = htons(7070). Python, Java, Go and C# take the number as it is; there it must not be swapped again
finding-cure-listen-missing = Call listen() after bind(). C: listen(fd, SOMAXCONN). Python: s.listen(). Java's ServerSocket, Go's net.Listen and C#'s TcpListener.Start() do so themselves
finding-cure-nobody-listens = Compare the port in the server's bind() with the one in the client's connect(), and see whether the server has ended or never came as far as listen()
finding-cure-listen-late = Have the server listen before anything tells clients of it, or let the client try again after a pause
finding-cure-spins = Wait until the socket is ready. C: poll(). Python: select.select() or the selectors module. Java: Selector. Go: blocking calls in goroutines do. C#: Poll(), or await ReceiveAsync()
finding-cure-ignores-end = Take 0 from recv() as the end, and close. C: if (n == 0). Python: if not data. Java: if (n == -1). Go: err == io.EOF. C#: if (n == 0)
finding-cure-both-wait = Decide in the protocol who speaks first and where a message ends: a length before it, or a line's end. Who has said all calls shutdown(SHUT_WR). Set a time-out to receives: SO_RCVTIMEO, settimeout(), setSoTimeout(), SetReadDeadline(), ReceiveTimeout
finding-cure-datagram-cut = Give recvfrom() a buffer for the largest datagram that may come (65,507 bytes over IPv4), or ask for MSG_TRUNC. Python: recvfrom(65535). Java: new DatagramPacket(new byte[65535], 65535). Go: a larger slice for ReadFrom(). C#: ReceiveFrom() throws instead
finding-cure-part-taken = Receive in a loop until the whole message is there: to a length that comes before it, or to its end mark. C: a loop around recv() or MSG_WAITALL. Python: conn.makefile("rb").read(n). Java: DataInputStream.readFully(). Go: io.ReadFull(). C#: ReadExactly()
finding-cure-two-messages = Keep what is behind the first message, and look there for the next one before receiving again. C: a buffer per connection. Python: conn.makefile("rb").readline(). Java: BufferedReader.readLine(). Go: bufio.Reader. C#: StreamReader.ReadLine()
finding-cure-half-close-unanswered = When recv() gives 0, the other side has said all and can still read: send the answer, then close. If the protocol has no answer, nothing is wrong
finding-cure-waits-for-ever = Give receives a time-out, and decide in the protocol who speaks next. C: SO_RCVTIMEO or poll(). Python: settimeout(). Java: setSoTimeout(). Go: SetReadDeadline(). C#: ReceiveTimeout
finding-cure-unbound-receive = Call bind() before receiving. C: bind() with sin_port = htons(port). Python: s.bind(("", port)). Java: new DatagramSocket(port). Go: net.ListenUDP(). C#: new UdpClient(port)
finding-cure-backlog-full = Accept in a loop and leave the work with a connection to threads or to an event loop; give listen() a larger number. C: listen(fd, SOMAXCONN). Python: s.listen(). Java: new ServerSocket(port, 128). Go does so itself. C#: listener.Start(128)
finding-cure-nagle-delay = Hand a whole message to one send; where that cannot be, switch the algorithm off. C: writev(), or setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, …). Python: sendall(head + body). Java: BufferedOutputStream, setTcpNoDelay(true). Go: bufio.Writer (TCP_NODELAY is on). C#: NoDelay = true
finding-cure-connection-per-message = Keep the connection and send the next message on it; the protocol then has to say where a message ends. Where a protocol wants it so (HTTP/1.0), nothing is wrong
finding-cure-left-open = Close what you opened, also when something fails. C: close(fd). Python: with. Java: try with resources. Go: defer conn.Close(). C#: using

## section: note

note-syn = SYN: { $from } asks to open a connection and gives its initial sequence number, x.
note-syn-why = connect() made the kernel send it.
note-syn-why-send = { $call } made the kernel send it: connect() had left the SYN to the first data.
note-by-hand = { $call } on a raw socket handed over the segment as it is, with its header: the kernel's TCP was not involved.
note-checksum-steps = Its checksum, step by step, in words of 16 bits (hexadecimal). The pseudo-header, which is both addresses, protocol and length: { $pseudo } = { $first }. The segment, with 0 where the checksum will stand: { $header } = { $second }. Together { $total }; what is above 16 bits is added at the low end: { $folded }. Every bit inverted: { $complement }, the checksum field.
note-syn-data =
    { $len ->
        [one] It already carries the first byte of data (Fast Open).
       *[other] It already carries the first { $len } bytes of data (Fast Open).
    }
note-syn-data-plain =
    { $len ->
        [one] It already carries 1 byte of data. No Fast Open cookie is seen: without one, data in a SYN is handed on only when the handshake is through.
       *[other] It already carries { $len } bytes of data. No Fast Open cookie is seen: without one, data in a SYN is handed on only when the handshake is through.
    }
note-ecn-offer = ECE and CWR in a SYN report no congestion: they offer ECN.
note-ecn-accept = ECE in a SYN ACK accepts ECN.
note-syn-next = Next: a SYN ACK, or a RST if nobody listens there.
note-syn-again-why = While no round trip has been measured, the timer begins at 1 s.
note-syn-again-untimed = A SYN of the same connection once more. The clock of this capture stepped back in between: how long after, and so what made it go again, does not show.
note-syn-ack-again-untimed = A SYN ACK of the same connection once more. The clock of this capture stepped back in between: how long after does not show.
note-syn-time-wait = The same endpoints as a connection before, which { $to } closed first: it may still be in TIME-WAIT. There a SYN with an older timestamp ({ $stamp }, and { $from } had been at { $last }) is dropped without an answer.
note-syn-again = The same SYN again, { $ms } ms after the last one: no answer had come.
note-syn-again-cleared = The same SYN again, { $ms } ms after the last one: that one had met an older connection, which the RST in between was to end.
note-syn-again-bare = The SYN again, { $ms } ms after the last one, without the data that it had carried: no answer had come, and something on the way may not let a SYN with data or its option pass.
note-syn-crossing = SYN: { $from } asks to open the connection as well, while { $to }'s own SYN is in flight (a simultaneous open).
note-syn-ack = SYN ACK: { $from } accepts. ack=x+1 says that x has arrived (a SYN takes one sequence number); its own initial sequence number is y.
note-syn-ack-short = SYN ACK: { $from } accepts; its own initial sequence number is y.
note-syn-ack-data =
    { $len ->
        [one] SYN ACK: { $from } accepts. ack=x+{ $ack } says that x has arrived (a SYN takes one sequence number) and the byte with it; its own initial sequence number is y.
       *[other] SYN ACK: { $from } accepts. ack=x+{ $ack } says that x has arrived (a SYN takes one sequence number) and the { $len } bytes with it; its own initial sequence number is y.
    }
note-syn-ack-not-its = A SYN ACK, but ack=x+{ $ack } does not answer this SYN: it acknowledges what was never sent here. If { $to } gets it, it answers with a RST.
note-syn-ack-why = The kernel answers by itself, because the socket is listening; accept() is not involved.
note-syn-ack-next = Next: { $to }'s ACK of y.
note-syn-ack-crossing = SYN ACK: { $from }'s SYN again, now with the acknowledgement of { $to }'s (a simultaneous open).
note-opened-simultaneous = opened from both sides at once: { $segments } segments
note-dsack =
    { $first ->
        [0] A D-SACK: { $from } has received the SYN twice.
       *[other] A D-SACK: { $from } has received sequence numbers { $first } to { $last } twice.
    }
note-syn-ack-again-copy = The same SYN ACK again: a copy of { $to }'s SYN has come, and is answered as the first was.
note-syn-ack-again-soon = The same SYN ACK again, { $ms } ms after the last one. What made it go again, the capture does not show.
note-syn-ack-again = The same SYN ACK again, { $ms } ms after the last one: { $from } has not received an ACK of it.
note-syn-ack-another = A SYN ACK with another number of its own ({ $isn }), { $ms } ms after the last: not the same one again. Two hosts answer, or something on the way does (a SYN proxy, say), or { $from } has forgotten the first. Which one { $to } takes, its ACK says.
note-syn-ack-again-asked = The same SYN ACK again: { $to }'s SYN came again, so no answer had reached it by then.
note-handshake-ack = ACK of y: the third segment. { $from } has been ESTABLISHED since the SYN ACK arrived; { $to } becomes so when this one arrives.
note-handshake-ack-takes = Of { $to }'s SYN ACKs it takes the one whose own number is { $isn }.
note-handshake-ack-short = ACK of y: the third segment.
note-handshake-ack-why = The kernel sends it by itself.
note-window-scaled = win={ $window }: { $field } in the header, shifted left by { $shift } bits (times { $factor }); the shift { $shift } is what { $from }'s SYN announced (wscale). A SYN's own window is never scaled.
note-opened = opened: { $segments } segments, 1 round trip ({ $ms } ms)
note-opened-calls = opened: { $segments } segments; connect() took 1 round trip ({ $ms } ms)
note-opened-waited = opened: { $segments } segments; SYN to SYN ACK took 1 round trip ({ $ms } ms), and connect() had begun { $before } ms before its SYN left
note-opened-no-rtt = opened: { $segments } segments
note-linux-syn-linear = the first SYNs are sent again at equal distances ({ $ms } ms here; tcp_syn_linear_timeouts); RFC 6298 would double the wait each time.

note-data =
    { $len ->
        [one] 1 byte of data, sequence number { $first }.
       *[other] { $len } bytes of data, sequence numbers { $first } to { $last }.
    }
note-data-why-send = { $call } handed them to the kernel, which sent them.
note-data-why-first-part = The first segment of what { $call } handed over; the rest follows in others.
note-data-why-part = Segment { $part } of what that { $call } handed over.
note-data-why-arrival = They had been waiting in the kernel; what just arrived from { $to } allowed the kernel to send them.
note-kept-back-cwnd = The congestion window had held them back: as many segments were in flight as it allows ({ $cwnd }).
note-kept-back-nagle = Nagle's algorithm had held them back: they fill less than a full segment ({ $mss } bytes), and earlier data was unacknowledged.
note-kept-back-window = The receiver's window had held them back: it had room for { $window } bytes, including those in flight.
note-data-acks = Its ack={ $ack } also acknowledges what had arrived from { $to } { $ms } ms before: the acknowledgement is piggybacked.
note-data-acks-untimed = Its ack={ $ack } also acknowledges what had arrived from { $to }: the acknowledgement is piggybacked.
note-urgent = URG: the urgent pointer marks a place in the stream; the bytes stay in order.
note-data-next = Next: an ACK, ack={ $next }, the sequence number that { $to } will expect next.
note-linux-psh = PSH does not mark a message: it is set on the last segment of what a send() handed over, and at times on an earlier one. recv() at { $to } does not see it.
note-resend =
    { $len ->
        [one] The same byte again, sequence number { $first }, { $ms } ms after the last time.
       *[other] The same { $len } bytes again, sequence numbers { $first } to { $last }, { $ms } ms after the last time.
    }
note-resend-unseen =
    { $len ->
        [one] 1 byte, sequence number { $first }, sent again: here it is seen for the first time.
       *[other] { $len } bytes, sequence numbers { $first } to { $last }, sent again: here they are seen for the first time.
    }
note-resend-fin = The same FIN again.
note-resend-timeout = The retransmission timer expired, as the kernel reports, for the { $times ->
        [1] first time
        [2] second time in a row
        [3] third time in a row
       *[other] { $times }th time in a row
    }: it had been set to { $rto } ms (the smoothed round-trip time is { $srtt } ms) and is now doubled to { $next } ms.
note-resend-after-timeout = A timer had expired; what has counted as lost since then is sent again as acknowledgements arrive.
note-resend-rest = A timer had expired (packet { $frame }); what had been sent after that packet is sent again, too, as acknowledgements arrive.
note-resend-timer = No acknowledgement had arrived, and a timer expired.
note-resend-fast =
    { $dups ->
        [one] A fast retransmit, after 1 duplicate ACK and before any timer expired.
       *[other] A fast retransmit, after { $dups } duplicate ACKs and before any timer expired.
    }
note-resend-too-big = The ICMP message made the kernel segment the data anew and send it at once: no timer expired.
note-resend-partial = The acknowledgement before it covered only a part of what was in flight when the loss was noticed: what it expects next counts as lost as well, and is sent again at once.
note-resend-sack = SACK blocks had said that { $heard }{ $fin ->
        [1] { " " }(the FIN)
        [2] { " " }(the last is the FIN)
       *[other] { "" }
    } arrived, after it: it counts as lost and is sent again, before the retransmission timer expires.
note-resend-sack-waited = SACK blocks had said that { $heard }{ $fin ->
        [1] { " " }(the FIN)
        [2] { " " }(the last is the FIN)
       *[other] { "" }
    } arrived, after it: it counted as lost already, and the congestion window allows it only now.
note-resend-syn-data = The SYN had carried them, and what answered it covered the SYN alone: they are sent again at once, as ordinary data.
note-resend-sack-seen = SACK blocks had said that { $heard }{ $fin ->
        [1] { " " }(the FIN)
        [2] { " " }(the last is the FIN)
       *[other] { "" }
    } arrived, after it: it counts as lost, before the retransmission timer expires.
note-resend-sack-unseen = A selective acknowledgement (packet { $frame }) had shown the gap.
note-resend-late = SACK blocks had said that { $heard }{ $fin ->
        [1] { " " }(the FIN)
        [2] { " " }(the last is the FIN)
       *[other] { "" }
    } arrived, after it. It might have been overtaken only, so its kernel waited a little; { $ms } ms after the last acknowledgement it counts as lost.
note-resend-probe = The probe timer expired, which is never longer than the retransmission timer: no acknowledgement had arrived within about twice the smoothed round trip ({ $srtt } ms). The last segment is sent again, to provoke one (a tail-loss probe).
note-resend-probe-alone = The probe timer expired, which replaces the retransmission timer and never expires later: no acknowledgement had arrived within about twice the smoothed round trip ({ $srtt } ms), and some time more, for it was alone in flight and its acknowledgement might have been a delayed one. It is sent again, to provoke one (a tail-loss probe).
note-congestion-loss =
    { $ssthresh ->
        [0] Its kernel counts everything in flight that was not selectively acknowledged as lost: cwnd { $cwnd } (it was { $before }), in segments; ssthresh is not set. Slow start begins again.
       *[other] Its kernel counts everything in flight that was not selectively acknowledged as lost: cwnd { $cwnd } (it was { $before }), ssthresh { $ssthresh }, in segments. Slow start begins again.
    }
note-congestion-loss-part =
    { $ssthresh ->
        [0] Its kernel counts { $lost } of the { $unacked } segments in flight as lost: cwnd { $cwnd } (it was { $before }); ssthresh is not set. Slow start begins again.
       *[other] Its kernel counts { $lost } of the { $unacked } segments in flight as lost: cwnd { $cwnd } (it was { $before }), ssthresh { $ssthresh }. Slow start begins again.
    }
note-congestion-recovery =
    { $ssthresh ->
        [0] Its kernel takes the loss as a sign of congestion: cwnd { $cwnd } (it was { $before }), in segments; ssthresh is not set.
       *[other] Its kernel takes the loss as a sign of congestion: ssthresh { $ssthresh }, cwnd { $cwnd } (it was { $before }), in segments.
    }
note-linux-recovery = ssthresh is computed from cwnd, by Reno as half of it, by CUBIC as 0.7 of it (RFC 9438), and cwnd falls to it gradually, by what is delivered (proportional rate reduction, RFC 9937). RFC 5681 halves what is in flight: with { $flight } segments, ssthresh { $half } and cwnd { $cwnd } (3 more). Textbooks set both ssthresh and cwnd to half of cwnd at once.
note-congestion-over =
    { $ssthresh ->
        [0] { $from }'s kernel leaves the recovery: cwnd { $cwnd } segments, ssthresh not set yet.
       *[other] { $from }'s kernel leaves the recovery: cwnd { $cwnd }, ssthresh { $ssthresh }, in segments.
    }
note-congestion-too-big = This loss is no sign of congestion: cwnd stays { $cwnd } segments.
note-congestion-undone = { $from }'s kernel undoes the slowdown, because what it had retransmitted was not lost: cwnd { $cwnd } segments.
note-resend-probe-likely = No acknowledgement had arrived, and a timer expired: most likely that of a tail-loss probe, which a sender that supports it uses first for its last segment; else the retransmission timer.
note-came-copied = The same packet a second time, as packet { $frame }: a copy made on the way (or by the capture), not sent again.
note-came-copied-ttl = The same packet a second time, as packet { $frame } with another TTL: it was captured on both sides of a router. It is not sent again.
note-came-copied-vlan = The same packet a second time, as packet { $frame } with another VLAN tag: it was captured at two places. It is not sent again.
note-came-copied-hop = The same packet a second time, as packet { $frame } but for what hops on the way change: it was captured at two places. It is not sent again.
note-came-late-original =
    { $len ->
        [one] 1 byte of data, sequence number { $first }, as packet { $frame } has it, which was sent again: the first one comes only now.
       *[other] { $len } bytes of data, sequence numbers { $first } to { $last }, as packet { $frame } has them, which was sent again: the first ones come only now.
    }
note-first-seen-behind =
    { $len ->
        [0] Here for the first time, { $ms } ms behind packet { $frame }, which follows it in the stream. Whether it was overtaken, or lost before this place and sent again, the capture does not show.
        [one] 1 byte of data, sequence number { $first }: here for the first time, { $ms } ms behind packet { $frame }, which follows it in the stream. Whether it was overtaken, or lost before this place and sent again, the capture does not show.
       *[other] { $len } bytes of data, sequence numbers { $first } to { $last }: here for the first time, { $ms } ms behind packet { $frame }, which follows them in the stream. Whether they were overtaken, or lost before this place and sent again, the capture does not show.
    }
note-acknowledged-before-it-came =
    { $len ->
        [0] Packet { $frame } had acknowledged this already. Either the packets are in the file in an order other than that in which they were sent, or the first one is not in the file and this is sent again.
        [one] 1 byte of data, sequence number { $first }, which packet { $frame } had acknowledged already. Either the packets are in the file in an order other than that in which they were sent, or the first one is not in the file and this is sent again.
       *[other] { $len } bytes of data, sequence numbers { $first } to { $last }, which packet { $frame } had acknowledged already. Either the packets are in the file in an order other than that in which they were sent, or the first ones are not in the file and these are sent again.
    }
note-below-the-highest =
    { $len ->
        [0] It is below the highest number that was seen. Whether it was sent before, the capture does not show.
        [one] 1 byte, sequence number { $first }, below the highest number that was seen. Whether it was sent before, the capture does not show.
       *[other] { $len } bytes, sequence numbers { $first } to { $last }, below the highest number that was seen. Whether they were sent before, the capture does not show.
    }
note-before-the-first =
    { $len ->
        [0] It stands { $before } before the first sequence number of its sender that this capture shows. Whether it was sent before, the capture does not show.
        [one] 1 byte, { $before } before the first sequence number of its sender that this capture shows. Whether it was sent before, the capture does not show.
       *[other] { $len } bytes, from { $before } before the first sequence number of their sender that this capture shows. Whether they were sent before, the capture does not show.
    }
note-numbers-missing =
    { $len ->
        [one] Before it 1 sequence number is missing, { $first }: up to here it is not in this capture.
       *[other] Before it { $len } sequence numbers are missing, from { $first } to { $last }: up to here they are not in this capture.
    }
note-acks-unseen =
    { $len ->
        [one] With that, sequence number { $first } is acknowledged, which is not in this capture up to here: it arrived, so the network did not lose it.
       *[other] With that, { $len } sequence numbers are acknowledged (the first of them { $first } to { $last }) that are not in this capture up to here: they arrived, so the network did not lose them.
    }
note-resend-unexplained = Why it went again, the capture does not show.
note-resend-prompted = Most likely what had just come (packet { $frame }) made its kernel send: its FIN was not acknowledged yet, and goes with the answer. No timer expired.
note-came-other-numbers = Its sequence numbers are none of this connection's, as far as that was seen: they lie { $apart } away, and no window is larger than 1073741824. They count from another initial number, as on the other side of a device that changes them.
note-came-twin = The same SYN ACK as packet { $frame }, to the last bit: a copy, or a second answer to a SYN that came twice. Nothing in it says which.
note-came-twin-numbered = The same packet as packet { $frame }, its IP identification too: a copy, or sent again under the same number, as a host may do. Nothing in it says which.
note-came-late =
    { $len ->
        [one] 1 byte of data, sequence number { $first }: sent before the segment above, and overtaken on the way. It is not sent again.
       *[other] { $len } bytes of data, sequence numbers { $first } to { $last }: sent before the segment above, and overtaken on the way. They are not sent again.
    }
note-came-late-ack = An older ACK (ack={ $ack }), overtaken on the way: it says nothing new.
note-came-needless = This was unnecessary: { $to } already had all of it.
note-shows-needless = This shows that packet { $frame } was unnecessary: what it repeats was not lost.

note-ack = ACK: everything up to sequence number { $last } has arrived, { $ack } is expected next. { $from }'s kernel reports this; it does not say whether the program has read the data.
note-ack-short = ACK: everything up to sequence number { $last } has arrived.
note-ack-unseen-syn = ACK: what { $to } had sent has arrived, its SYN ACK at least, which is not in this capture up to here. For { $from } the connection is open.
note-ack-begun-before = An ACK of a connection whose opening is not in this capture up to here. What { $from } expects next is counted as number 1 of { $to }.
note-ack-at-once = It was sent at once.
note-ack-after = It was sent { $ms } ms after what it acknowledges had arrived.
note-ack-gap = What had arrived filled a gap, or part of one: that must be acknowledged at once.
note-ack-quickack = setsockopt(TCP_QUICKACK) made the kernel send it, { $ms } ms after what it acknowledges had arrived.
note-ack-delayed = It was sent { $ms } ms after the data arrived: the kernel held it back, in case it could be piggybacked on outgoing data (a delayed ACK).
note-ack-again = An ACK that says nothing new: ack={ $ack } as before.
note-fin-again-ack = ack={ $ack } again: { $to }'s FIN has arrived again, and { $from } acknowledges it again.
note-fin-again-ack-time-wait = ack={ $ack } again: { $to }'s FIN has arrived again, so { $to } has not received the ACK of it. { $from } can repeat the ACK because it is in TIME-WAIT: that is what TIME-WAIT is for.
note-challenge-ack = This does not acknowledge the SYN: { $from } still has an older connection with the same endpoints, and says what that one expects (a challenge ACK). If { $to } has no such connection, it answers with a RST, and that ends the old one.
note-challenge-ack-reset = ack={ $ack } again, although a RST has arrived: its sequence number is not exactly the one that { $from } expects, so { $from } does not accept it and says which number it expects (a challenge ACK).
note-linux-quick-ack = a receiver may delay its ACKs a little, so that fewer are needed; this one was not delayed. On Linux a connection begins with quick ACKs.
note-linux-delayed-ack = a delayed ACK usually waits at least 40 ms; RFC 9293 allows any delay below 500 ms.
note-dup-ack = Duplicate ACK { $n }: { $from } still expects sequence number { $ack }; data after it was sent (packet { $frame }).
note-dup-ack-old = ACK of { $ack } again (duplicate { $n }): packet { $frame } brought { $from } nothing new, and is answered with what it expects next.
note-dup-ack-bare = ACK of { $ack } again (duplicate { $n }). What made { $from } repeat it, the capture does not show.
note-dup-ack-early = Duplicate ACK { $n }: { $came } came, but { $from } still expects sequence number { $ack }. It holds { $held }{ $fin ->
        [1] { " " }(the FIN)
        [2] { " " }(the last is the FIN)
       *[other] { "" }
    } until the gap is filled.
note-dup-ack-early-several = Duplicate ACK { $n }, for { $segments } segments that came ({ $came }): { $from } still expects sequence number { $ack }. It holds { $held }{ $fin ->
        [1] { " " }(the FIN)
        [2] { " " }(the last is the FIN)
       *[other] { "" }
    } until the gap is filled.
note-linux-sack-compression = one ACK for several that came before their turn: they are kept back for a moment and put together (SACK compression, tcp_comp_sack_delay_ns). By RFC 5681 each is to be acknowledged at once.
note-dup-ack-held = Duplicate ACK { $n }: { $from } still expects sequence number { $ack } and holds { $held }{ $fin ->
        [1] { " " }(the FIN)
        [2] { " " }(the last is the FIN)
       *[other] { "" }
    } until the gap is filled.
note-ack-syn-again = The SYN ACK had come again, and so { $from } acknowledges it again.
note-dup-ack-why = Data that arrives out of order is acknowledged at once, so that its sender learns of the gap early.
note-gap-ack = ack={ $ack } again: { $from } still expects that number, and holds { $held }{ $fin ->
        [1] { " " }(the FIN)
        [2] { " " }(the last is the FIN)
       *[other] { "" }
    } until the gap is filled.
note-gap-ack-window = The window has changed too ({ $window }), so by RFC 5681's definition this is no duplicate; who reads SACK blocks counts it as one.
note-gap-covered = With that a gap is filled: { $held }{ $fin ->
        [1] { " " }(the FIN)
        [2] { " " }(the last is the FIN)
       *[other] { "" }
    } had been held by { $from }.
note-gap-filled = the gap is filled: { $to } has all up to sequence number { $last }; { $held }{ $fin ->
        [1] { " " }(the FIN)
        [2] { " " }(the last is the FIN)
       *[other] { "" }
    } had waited for this, { $ms } ms at most
note-gap-filled-in-part = a gap is filled: { $to } has all up to sequence number { $last }; { $rest }{ $fin ->
        [1] { " " }(the FIN)
        [2] { " " }(the last is the FIN)
       *[other] { "" }
    } still waits behind another
note-window-update = Window update: { $from } has room for { $window } bytes; ack={ $ack } as before.
note-window-update-recv = Window update: recv() made room; { $from } can now take { $window } bytes; ack={ $ack } as before.
note-zero-window = Window 0: { $from } has no room left; { $to } must stop sending.
note-window-probe = A window probe: { $from } asks whether { $to } has room again.
note-linux-window-probe = this probe carries no data and an old sequence number ({ $seq }), which the receiver must answer. RFC 9293 asks for at least one byte, and textbooks show a probe of one byte. Wireshark calls it a keep-alive.
note-window-probe-zero = The answer to the probe: { $from } still has no room.
note-window-probe-ack = The answer to the probe: { $from } has room for { $window } bytes.
note-probe-byte = It carries one byte, sequence number { $first }: it is accepted only if there is room for it.
note-window-probe-taken = Its byte was accepted: { $from } has room again, for { $window } bytes more.
note-probe-byte-again = It carries the same byte as the probe before it, sequence number { $first }, which { $to } had not accepted.
note-probe-byte-sent = 1 byte, sequence number { $first }: the one that the window probe in packet { $frame } carried, and that { $to } has not acknowledged so far.
note-probe-byte-old = It carries one byte, sequence number { $first }, which { $to } has acknowledged already: it is there to be answered.
note-keep-alive = A keep-alive probe: { $from } asks whether { $to } is still there.
note-keep-alive-ack = { $from } is still there: the answer to a keep-alive probe.

note-fin = FIN: { $from } has nothing more to send. The FIN takes a sequence number, { $number }.
note-fin-data =
    { $len ->
        [one] FIN, with the last byte: { $from } has nothing more to send. The FIN takes a sequence number, { $number }.
       *[other] FIN, with the last { $len } bytes: { $from } has nothing more to send. The FIN takes a sequence number, { $number }.
    }
note-fin-crossing = FIN: { $from } closes too, before { $to }'s FIN has been received: it does not acknowledge it. It takes a sequence number, { $number }.
note-fin-answered-before = FIN: { $from } has nothing more to send. { $to }'s FIN, which stands before it, acknowledges its number, { $number }: this one was sent first, and the packets stand in the file in another order.
note-fin-held = FIN: { $from } closes too. { $to }'s FIN has come, but waits behind a gap and does not count yet. This one takes a sequence number, { $number }.
note-fin-second = FIN: { $from } has nothing more to send either. The FIN takes a sequence number, { $number }.
note-fin-second-data =
    { $len ->
        [one] FIN, with the last byte: { $from } has nothing more to send either. The FIN takes a sequence number, { $number }.
       *[other] FIN, with the last { $len } bytes: { $from } has nothing more to send either. The FIN takes a sequence number, { $number }.
    }
note-fin-acks = Its ack={ $ack } is also the acknowledgement of { $to }'s FIN.
note-fin-why = { $call } made the kernel send it.
note-fin-why-later = { $call } had asked for it; it is sent only now, after the data.
note-fin-waits =
    { $bytes ->
        [0] The kernel is in { $state } already, but its FIN waits until what is in flight is acknowledged.
        [one] The kernel is in { $state } already, but its FIN queues behind 1 byte that has not left yet.
       *[other] The kernel is in { $state } already, but its FIN queues behind { $bytes } bytes that have not left yet.
    }
note-fin-waits-seen =
    { $bytes ->
        [0] { $host }'s kernel is in { $state } by now, and its FIN has not left yet: the program has closed the socket, or ended, and the FIN waits until what is in flight is acknowledged.
        [one] { $host }'s kernel is in { $state } by now, and its FIN has not left yet: the program has closed the socket, or ended, and the FIN queues behind 1 byte that has not left.
       *[other] { $host }'s kernel is in { $state } by now, and its FIN has not left yet: the program has closed the socket, or ended, and the FIN queues behind { $bytes } bytes that have not left.
    }
note-listens-by-now = It is listening by now; since when was not recorded.
note-fin-why-program = The program at { $from } closed the socket (its last descriptor) or shut it down for writing, or ended.
note-fin-why-end = The program at { $from } ended, and its kernel closed the socket.
note-fin-given-up = { $from }'s program has given up the socket: data that arrives now would be answered with a RST.
note-fin-next = Next: its ACK, ack={ $next }. { $from } can still receive, and { $to } may go on sending until it closes too.
note-fin-next-closed = Next: its ACK, ack={ $next }, and { $to }'s own FIN once its program closes.
note-fin-next-crossing = Next: its ACK, ack={ $next }.
note-fin-next-last = Next: the last ACK, ack={ $next }.
note-fin-ack = ACK of the FIN: ack={ $ack }, one more than the FIN's number.
note-fin-ack-delayed = It was sent alone: for { $ms } ms { $from }'s program sent nothing on which it could have been piggybacked.
note-fin-ack-next = Half-closed: { $to } has closed its direction; { $from } can still send until its program closes.
note-fin-ack-next-closed = Next: { $from }'s own FIN, once its program closes.
note-fin-ack-next-waits = { $from } has closed its direction as well: its kernel is in { $state }, and its own FIN waits behind data that has not come through yet.
note-last-ack = ACK of the second FIN, ack={ $ack }. When it arrives, both directions are closed.
note-crossed-fin-ack = ACK of the other FIN, which { $from }'s own had not acknowledged, ack={ $ack }.
note-closed-four = closed in four segments: FIN, ACK, FIN, ACK
note-closed-four-quickack = Four, because { $passive }'s program set TCP_QUICKACK after the FIN had arrived: the ACK was sent alone after { $ack_ms } ms, the second FIN after { $fin_ms } ms.
note-closed-four-busy = Four, because { $passive }'s program closed { $fin_ms } ms after the FIN had arrived; the ACK could not wait that long and was sent alone after { $ack_ms } ms.
note-closed-four-early = Four, because { $passive }'s kernel had acknowledged the FIN after { $ack_ms } ms, before its program closed ({ $fin_ms } ms).
note-closed-three = closed in three segments: FIN, FIN ACK, ACK
note-closed-three-why = The acknowledgement of the first FIN was piggybacked on the second.
note-linux-closed-three = textbooks show four. { $passive } closed { $ms } ms after the FIN had arrived, before its kernel had acknowledged it: the ACK, held back as a delayed ACK, was piggybacked on the second FIN. None was skipped.
note-closed-half = half-closed, then closed: after { $active }'s FIN, { $passive } went on sending until its own
note-closed-simultaneous = closed from both sides at once: each FIN was sent before the other had been received
note-closed-out-of-order = closed: { $active }'s FIN, then { $passive }'s, which stands before it in the file
note-closed-held = closed from both sides: the second FIN left while the first still waited behind a gap
note-closed-reset = reset by { $from }
note-time-wait = { $active } must wait in TIME-WAIT: its FIN was the first.
note-time-wait-seen = { $active } waits in TIME-WAIT: its FIN was the first.
note-time-wait-both = Both sides must wait in TIME-WAIT.
note-linux-time-wait = 60 s, a constant of this kernel (TCP_TIMEWAIT_LEN). RFC 9293, and textbooks after it, ask for 2 MSL with an MSL of 2 minutes: 4 minutes in all.

note-reset =
    { $queued ->
        [1] RST: { $from } aborts the connection. A RST is not acknowledged. Its program closed the socket with unread bytes or with SO_LINGER at 0 s, or ended, or closed the listening socket before it had accepted the connection; or its kernel gave up. Which, does not show here.
       *[other] RST: { $from } aborts the connection. A RST is not acknowledged. Its program closed the socket with unread bytes or with SO_LINGER at 0 s, or ended; or its kernel gave up. Which, does not show here.
    }
note-reset-unread-end =
    { $bytes ->
        [one] RST instead of a FIN: { $from }'s program ended with 1 byte unread. It tells { $to } that data was lost.
       *[other] RST instead of a FIN: { $from }'s program ended with { $bytes } bytes unread. It tells { $to } that data was lost.
    }
note-reset-gone = RST: what { $to } sent came to a socket that { $from } has closed.
note-reset-shut = RST: what { $to } sent came to a socket whose both directions { $from } has shut down.
note-reset-finished =
    { $frame ->
        [0] RST: the answer to what has just come. { $from } has sent its FIN, and accepts nothing more: its program has closed the socket, or shut down both directions, or ended.
       *[other] RST: by its number the answer to packet { $frame }. { $from } has sent its FIN, and accepts nothing more: its program has closed the socket, or shut down both directions, or ended.
    }
note-reset-over =
    { $frame ->
        [0] RST: the answer to what has just come. Both directions were closed already, and { $from } no longer knows the connection.
       *[other] RST: by its number the answer to packet { $frame }. Both directions were closed already, and { $from } no longer knows the connection.
    }
note-reset-time-wait = If { $to } is in TIME-WAIT still, a RST can end that before its time: Linux lets it, unless tcp_rfc1337 is set.
note-reset-again =
    { $frame ->
        [0] RST again: each segment that was in flight to { $from } is answered by one of its own.
       *[other] RST again: each segment that was in flight to { $from } is answered by one of its own, this is the answer to packet { $frame }.
    }
note-reset-syn-sent =
    { $frame ->
        [0] RST: the answer to what has just come. { $from } has sent a SYN, and this ACK does not acknowledge it: it belongs to an older connection, which the RST ends. { $from } stays in SYN-SENT.
       *[other] RST: the answer to packet { $frame }. { $from } has sent a SYN, and this ACK does not acknowledge it: it belongs to an older connection, which the RST ends. { $from } stays in SYN-SENT.
    }
note-reset-syn-ack =
    { $frame ->
        [0] RST: the answer to the SYN ACK. No socket at { $from } waits for it: it is closed by now, or the SYN was not its kernel's own work (that of a scanner, say), or the SYN ACK acknowledges something else.
       *[other] RST: the answer to the SYN ACK (packet { $frame }). No socket at { $from } waits for it: it is closed by now, or the SYN was not its kernel's own work (that of a scanner, say), or the SYN ACK acknowledges something else.
    }
note-reset-answer =
    { $frame ->
        [0] RST: its number is the ack of what has just come, which it answers then: at { $from } there is no socket for it (it was never there, or is closed by now), or that ack is none that { $from } can accept.
       *[other] RST: its number is the ack of packet { $frame }, which it most likely answers: at { $from } there is no socket for it (it was never there, or is closed by now), or that ack is none that { $from } can accept.
    }
note-reset-no-ack =
    { $frame ->
        [0] RST: the answer to what has just come, which has no ACK flag to take a number from: so it has number 0, and acknowledges that. At { $from } there is no socket for it.
       *[other] RST: the answer to packet { $frame }, which has no ACK flag to take a number from: so it has number 0, and acknowledges that. At { $from } there is no socket for it.
    }
note-reset-ttl = Its TTL is { $ttl } here, that of { $from }'s other packets { $usual }: it came another way, or something on the way made it in { $from }'s name, or { $from } gives its RSTs a TTL of their own.
note-reset-number = Its number ({ $number }) lies before the next one of { $from } ({ $next }), and no packet here asked for a RST with it: { $from }'s own would have the next one as a rule. Something on the way may have made it.
note-reset-goes-on = { $from } goes on, as if it had sent no RST (packet { $frame }): that one was made by something on the way, or { $from } had sent this before.
note-reset-unanswered =
    { $times ->
        [one] RST: the last keep-alive was not answered, { $from }'s kernel gives the connection up.
       *[other] RST: the last { $times } keep-alives were not answered, { $from }'s kernel gives the connection up.
    }
note-reset-refused = RST: nobody listens on port { $port } at { $from }.
note-reset-refused-seen = RST: { $from } refuses; most likely nobody listens on port { $port } there.
note-reset-linger = RST instead of a FIN: { $from } had set SO_LINGER to 0 s, which makes close() abort. What was not sent yet is thrown away.
note-reset-unread =
    { $bytes ->
        [one] RST instead of a FIN: { $from } closed with 1 byte unread. It tells { $to } that data was lost.
       *[other] RST instead of a FIN: { $from } closed with { $bytes } bytes unread. It tells { $to } that data was lost.
    }
note-reset-unknown = RST: to { $from }'s kernel this SYN ACK answers nothing. The SYN was a program's own work; no connection of the kernel's TCP belongs to it.
note-refused = refused: no connection

note-recv-eof = 0 bytes: the end of the stream. The other side has sent its FIN, and all data before it has been read.
note-datagram-cut =
    { $lost ->
        [one] The datagram has { $len } bytes, the buffer holds { $room }: the other byte is discarded.
       *[other] The datagram has { $len } bytes, the buffer holds { $room }: the other { $lost } bytes are discarded.
    }
note-errno-connect-refused = ECONNREFUSED: the SYN was answered with a RST.
note-errno-refused = ECONNREFUSED: an ICMP error had arrived; no program has that port open.
note-errno-reset = ECONNRESET: the other side aborted the connection with a RST.
note-errno-pipe = EPIPE: this connection can no longer be written to.
note-errno-timeout = ETIMEDOUT: nothing answered, and the kernel gave up.
note-errno-msgsize = EMSGSIZE: too large for one datagram.
note-errno-in-use = EADDRINUSE: the port is in use, or a connection of it still waits in TIME-WAIT.
note-errno-in-progress = EINPROGRESS: the socket does not block; the handshake goes on in the kernel.
note-errno-interrupted = EINTR: sockscope ended this call because the run was over.
note-errno-again-waited = EAGAIN: there was nothing to read within the receive time-out.
note-errno-again = EAGAIN: the call does not block, and there is nothing to do right now.
note-errno-again-room = EAGAIN: the call does not block, and the send buffer has no room right now.
note-errno-again-room-waited = EAGAIN: there was no room in the send buffer within the send time-out.

note-datagram =
    { $len ->
        [one] A datagram: 1 byte behind a header of 8. No connection, no sequence number, no acknowledgement: UDP itself tells nobody whether it arrives.
       *[other] A datagram: { $len } bytes behind a header of 8. No connection, no number, no acknowledgement: UDP itself tells nobody whether it arrives.
    }
note-datagram-short =
    { $len ->
        [one] A datagram of 1 byte.
       *[other] A datagram of { $len } bytes.
    }
note-group-query-all = Membership query: { $from } asks who on this link wants what goes to which group.
note-group-query = Membership query: { $from } asks whether anybody on this link wants what goes to { $group }.
note-group-report = Membership report: { $from } wants what goes to { $group }.
note-group-leave = { $from } no longer wants what goes to { $group }.
note-group-senders = Membership report: { $from } says from which senders it wants what goes to { $group }.
note-group-more =
    { $n ->
        [one] And the same for 1 group more.
       *[other] And the like for { $n } groups more.
    }
note-datagram-again-group = The same bytes again, { $ms } ms after packet { $frame }.
note-datagram-again = The same bytes again, { $ms } ms after packet { $frame }: in this capture nothing had come back from { $to } in between.
note-datagram-again-answered = The same bytes again, { $ms } ms after packet { $frame }, though packet { $back } had come back in between.
note-datagram-back = It is the first one the other way since packet { $frame }, { $ms } ms after it. UDP itself pairs nothing: whether it answers that, only the programs know.
note-datagram-back-short = The first one the other way since packet { $frame }, { $ms } ms after it.
note-same-unnumbered = The same as packet { $frame }, { $ms } ms after it: a copy, or sent twice. It has no number that would say which.
note-arp-request-again = ARP: { $sender } asks again who has { $target }, { $ms } ms after the last time. No answer was seen in between.
note-piece-first = It is a piece of a { $protocol } packet from port { $sport } to port { $dport }, identification { $id }: all its pieces have that.
note-piece-first-portless = All pieces of that packet have the identification { $id }. Its ports are in the first of them.
note-piece =
    { $frame ->
        [0] Piece { $n } of the { $protocol } packet { $id }, from port { $sport } to port { $dport }.
       *[other] Piece { $n } of the { $protocol } packet { $id }, from port { $sport } to port { $dport }; packet { $frame } was the first.
    }
note-piece-portless =
    { $frame ->
        [0] Piece { $n } of the { $protocol } packet { $id }.
       *[other] Piece { $n } of the { $protocol } packet { $id }; packet { $frame } was the first.
    }
note-piece-completes = With it all { $n } pieces of the { $protocol } packet { $id } are there: { $whole } bytes from port { $sport } to port { $dport }.
note-piece-completes-portless = With it all { $n } pieces of the { $protocol } packet { $id } are there: { $whole } bytes.
note-icmp-echo-request = An ICMP echo request: it asks whether the host can be reached. It has no port; its id tells requests apart.
note-icmp-echo-reply = The echo reply: the same bytes back. The kernel answers by itself.
note-icmp-port = ICMP port unreachable: { $from } reports that no program there has port { $port } open. It quotes the datagram that caused it.
note-icmp-too-big = ICMP from { $from }: too big for the next hop, which takes { $mtu } bytes.
note-icmp-unreachable = ICMP destination unreachable, code { $code }.
note-icmp-time = ICMP time exceeded, code { $code }.
note-icmp-time-pieces = ICMP time exceeded, code 1: the fragments of a packet did not all come in time, and { $from } has thrown away those that had.
note-icmp = ICMP type { $type }, code { $code }.
note-arp-request = ARP: { $sender } asks every host on the link who has { $target }. Before an IP packet can be sent, the hardware address of the next hop must be known.
note-arp-reply = ARP: { $sender } tells { $target } its hardware address.
note-nd-solicitation = Neighbour solicitation: who has { $target }? It does for IPv6 what ARP does for IPv4.
note-nd-advertisement = Neighbour advertisement: { $target } tells its hardware address.
note-nd-router-solicitation = Router solicitation: is there a router?
note-nd-router-advertisement = Router advertisement.
note-nd-redirect = Redirect: there is a better way to { $target }.
note-fragment = A fragment: { $len } bytes of a larger IP packet, from offset { $offset }; more follow. Only the first one has ports.
note-fragment-last = The last fragment: { $len } bytes from offset { $offset }.

note-header-short = Its header says that it has { $bytes } bytes: 20 is the least there can be. A receiver drops it.
note-header-long = Its header claims more bytes than the { $bytes } of the segment. A receiver drops it.
note-options-malformed = The length of one of its options can’t be: what follows that is not read. The segment counts all the same.
note-compressed = Compressed (IPComp): what it carries is not read here, and counts neither as seen nor as missing.

note-lost = Lost on the wire{ $rule }: it never arrives.
note-fragment-lost = Without this fragment the packet cannot be reassembled: the receiver's kernel delivers nothing of it, and drops the other fragments after a while.
note-rule-unused = The rule “{ $rule }” matched no frame and did nothing.
note-lost-queue = Dropped{ $rule }: the wire's queue was full.
note-lost-too-big = Dropped{ $rule }: larger than the { $mtu } bytes that the next hop takes.
note-delayed = The wire holds it back for { $ms } ms{ $rule }.
note-duplicated = The wire delivers it { $times } times{ $rule }.
note-reordered = The wire lets a later frame overtake it{ $rule }.
note-corrupted =
    { $bits ->
        [one] The wire flips 1 bit of it{ $rule }.
       *[other] The wire flips { $bits } bits of it{ $rule }.
    }
note-corrupted-dropped = Its checksum is now wrong: the receiver's kernel drops it silently, as if it had been lost.
note-copy-lost = the copy for { $host } ends on the wire{ $rule }; the others are not touched by that
note-copy-delayed = the copy for { $host } comes { $ms } ms later{ $rule }
note-broadcast = It is addressed to everybody on the link: it was sent once, the switch hands each of the others a copy, and every kernel looks for a socket that wants it.
note-multicast = It is addressed to a group: it was sent once, the switch hands each of the others a copy, and kernels where no socket has joined the group drop it silently.
note-copy = Copy { $copy } of the same frame: the wire delivered it again.
note-hole =
    { $frames ->
        [one] A sniffer missed 1 frame: a gap in the recording, not a loss on the wire.
       *[other] A sniffer missed { $frames } frames: a gap in the recording, not a loss on the wire.
    }
note-hole-late =
    { $frames ->
        [one] The machine was busy, and 1 frame reached a sniffer only after something younger had been told: it stands too far down. Its time is right.
       *[other] The machine was busy, and { $frames } frames reached a sniffer only after something younger had been told: they stand too far down. Their times are right.
    }
note-untold = More happened than the reader of this output could take: a gap in the story, not a loss on the wire. A saved recording has all of it. The story starts afresh here, and explains nothing by what came before.
note-unsaved = More happened than could be saved in time: a gap in the recording, not a loss on the wire. The story starts afresh here, and explains nothing by what came before.
note-drop-accept-queue = { $to }'s kernel drops it: the accept queue of port { $port } is full ({ $waiting } connections wait for accept(), backlog { $backlog }). It says nothing; it counts ListenOverflows.
note-drops-accept-queue = { $to }'s kernel dropped { $count } of the { $among } packets that reached it in the last { $ms } ms: the accept queue of port { $port } was full ({ $waiting } wait, backlog { $backlog }; ListenOverflows).
note-drop-syn-queue = { $to }'s kernel drops it: port { $port } has as many half-open connections as it takes (TCPReqQFullDrop).
note-drops-syn-queue = { $to }'s kernel dropped { $count } of the { $among } packets that reached it in the last { $ms } ms: port { $port } had as many half-open connections as it takes (TCPReqQFullDrop).
note-drop-receive-buffer = It reached { $to }, whose kernel drops it: there is no room for it in the receive buffer of port { $port } (RcvbufErrors). The wire did not lose it.
note-drops-receive-buffer = { $to }'s kernel dropped { $count } of the { $among } packets that reached it in the last { $ms } ms: the receive buffer of port { $port } had no room (RcvbufErrors). The wire did not lose them.
note-drop-checksum = { $to }'s kernel drops it: its checksum is wrong (InCsumErrors).
note-drops-checksum = { $to }'s kernel dropped { $count } of the { $among } packets that reached it in the last { $ms } ms: a checksum was wrong (InCsumErrors).
note-drop-paws = { $to }'s kernel drops it: its timestamp is older than the last one (PAWS).
note-drops-paws = { $to }'s kernel dropped { $count } of the { $among } packets that reached it in the last { $ms } ms: a timestamp was older than the last one (PAWS).
note-silence = Nothing for { $span } s before this.
note-our-ending = sockscope had just ended { $from }'s program: its kernel closes its sockets then. The program itself had not closed this connection.
note-gave-up = { $from }'s kernel gives up: { $count ->
        [one] its SYN was
       *[other] { $count } SYNs were
    } not answered, and { $ms } ms after the last the next was due. connect() fails with ETIMEDOUT.
note-end-syn-sent = At the end: { $flow }{ $from } is in SYN-SENT ({ $span } s); nobody has answered its SYN.
note-end-syn-received = At the end: { $flow }{ $from } is in SYN-RECEIVED ({ $span } s); the ACK of its SYN ACK is still to come, or to be taken.
note-end-fin-unacked = At the end: { $flow }{ $from } is in { $state } ({ $span } s): it has closed, and its FIN is not acknowledged. Its kernel goes on by itself.
note-end-half-open = At the end: { $flow }{ $from } is in { $state } ({ $span } s), half open: { $to } is CLOSED and no longer knows this connection. { $from } learns of it when it sends, or by a keep-alive.
note-end-fin-wait-2 = At the end: { $flow }{ $from } is in FIN-WAIT-2 ({ $span } s): it has closed and waits for { $to }'s FIN.
note-end-not-called = At the end: { $flow }{ $from } is in { $state } ({ $span } s): its program has not called close() or shutdown().
note-end-not-closed = At the end: { $flow }{ $from } is in { $state } ({ $span } s): its program has not closed the connection.
note-end-more =
    { $n ->
        [one] One more connection is not over either.
       *[other] { $n } more connections are not over either.
    }

## section: summary

summary-comma = { " · " }
summary-segments =
    { $n ->
        [one] 1 segment
       *[other] { $n } segments
    }
summary-datagrams =
    { $n ->
        [one] 1 datagram
       *[other] { $n } datagrams
    }
summary-packets =
    { $n ->
        [one] 1 packet
       *[other] { $n } packets ({ $segments } TCP segments, { $datagrams } UDP datagrams)
    }
summary-packets-copies = { $n } packets, { $copies ->
        [one] 1 of them a copy
       *[other] { $copies } of them copies
    } ({ $segments } TCP, { $datagrams } UDP)
summary-bytes = { $payload ->
        [one] 1 byte
       *[other] { $payload } bytes
    } of payload, { $headers } of headers ({ $share } %)
summary-round-trips = first to last packet about { $n } round-trip times (of { $span })
summary-missed = not whole: the sniffers missed { $n ->
        [one] 1 frame
       *[other] { $n } frames
    }
summary-unsaved = not whole: the disk was too slow for { $n ->
        [one] 1 frame
       *[other] { $n } frames
    }, neither told nor saved
summary-untold = with gaps: whoever read this was too slow for { $n ->
        [one] 1 frame
       *[other] { $n } frames
    }
summary-late-wire = the wire was up to { $span } late ({ $n ->
        [one] 1 arrival
       *[other] { $n } arrivals
    }): this machine is busy
summary-late-hosts = a host's program was kept waiting for a processor for up to { $span }: this machine is busy
summary-lost = { $lost } of { $host }'s { $frames } frames lost on the wire
summary-time = { $span } in all

summary-carried =
    { $taken ->
        [one] 1 frame came onto the wire
       *[other] { $taken } frames came onto the wire
    } · { $delivered } handed over · { $lost } lost on it

## section: bytes

bytes-quoted = quoted in the error
bytes-payload = payload
bytes-padding = padding of the frame
bytes-cut = the rest of a header that is not whole
bytes-reserved = reserved
bytes-checksum = checksum
bytes-port-src = source port
bytes-port-dst = destination port
bytes-option-kind = option
bytes-option-length = length of the option
bytes-option-body = value of the option
bytes-option-padding = padding of the options
bytes-eth-dst = destination MAC address
bytes-eth-src = source MAC address
bytes-eth-type = ethertype
bytes-eth-length = length
bytes-vlan-priority = priority
bytes-vlan-drop = drop eligible
bytes-vlan-id = VLAN
bytes-vlan-type = ethertype
bytes-llc-dsap = destination service access point
bytes-llc-ssap = source service access point
bytes-llc-control = control
bytes-llc-organisation = organisation
bytes-sll-packet-type = which way
bytes-sll-hardware = kind of interface (ARPHRD)
bytes-sll-interface = interface
bytes-sll-address-length = length of the address
bytes-sll-address = link address of the sender
bytes-sll-protocol = ethertype
bytes-null-family = address family
bytes-ppp-version = version and type
bytes-ppp-code = code
bytes-ppp-session = session
bytes-ppp-length = length
bytes-ppp-address = address
bytes-ppp-control = control
bytes-ppp-protocol = protocol
bytes-mpls-label = label
bytes-mpls-class = traffic class
bytes-mpls-bottom = bottom of the stack
bytes-mpls-ttl = time to live
bytes-mpls-control = control word
bytes-gre-flags = flags and version
bytes-gre-protocol = ethertype
bytes-gre-key = key
bytes-gre-seq = sequence number
bytes-gre-ack = acknowledgement number
bytes-header = the rest of the header
bytes-tunnel-flags = flags
bytes-tag-service = service
bytes-tunnel-policy = reserved, or a group’s policy
bytes-tunnel-network = network
bytes-tunnel-options = length of the options
bytes-arp-hardware = kind of link
bytes-arp-protocol = kind of address
bytes-arp-hardware-length = length of a hardware address
bytes-arp-protocol-length = length of a protocol address
bytes-arp-operation = operation
bytes-arp-sender-mac = sender’s MAC address
bytes-arp-sender = sender’s IP address
bytes-arp-target-mac = target’s MAC address
bytes-arp-target = target’s IP address
bytes-ip-version = version
bytes-ip-header-length = header length, in 32-bit words
bytes-ip-dscp = DSCP: class of service
bytes-ip-ecn = ECN: congestion
bytes-ip-total-length = total length
bytes-ip-id = identification
bytes-ip-df = DF: don’t fragment
bytes-ip-mf = MF: more fragments
bytes-ip-fragment-offset = fragment offset, in units of 8 bytes
bytes-ip-ttl = time to live
bytes-ip-protocol = protocol
bytes-ip-src = source address
bytes-ip-dst = destination address
bytes-ip-flow-label = flow label
bytes-ip-payload-length = payload length
bytes-ip-next-header = next header
bytes-ip-hop-limit = hop limit
bytes-ip-extension-length = length of the extension header
bytes-ip-extension = extension header
bytes-udp-length = length
bytes-icmp-type = type
bytes-icmp-code = code
bytes-icmp-id = identifier
bytes-icmp-seq = sequence number
bytes-icmp-unused = unused
bytes-icmp-rest = rest of the header
bytes-icmp-mtu = MTU of the next hop
bytes-icmp-gateway = better router
bytes-icmp-target = target address
bytes-icmp-router = R: is a router
bytes-icmp-solicited = S: was asked for
bytes-icmp-override = O: overrides what was known
bytes-icmp-source-mac = MAC address of the source
bytes-icmp-target-mac = MAC address of the target
bytes-icmp-hop-limit = hop limit to use
bytes-icmp-flags = flags
bytes-icmp-lifetime = lifetime of the router, in seconds
bytes-icmp-reachable = reachable time, in milliseconds
bytes-icmp-retransmit = retransmission timer, in milliseconds
bytes-tcp-seq = sequence number
bytes-tcp-ack = acknowledgement number
bytes-tcp-data-offset = data offset, in 32-bit words
bytes-tcp-ae = AE: accurate ECN
bytes-tcp-cwr = CWR: congestion window reduced
bytes-tcp-ece = ECE: ECN echo
bytes-tcp-urg = URG: urgent pointer counts
bytes-tcp-ack-flag = ACK: acknowledgement counts
bytes-tcp-psh = PSH: push
bytes-tcp-rst = RST: reset
bytes-tcp-syn = SYN: synchronize
bytes-tcp-fin = FIN: no more data
bytes-tcp-window = window
bytes-tcp-urgent = urgent pointer
bytes-tcp-mss = maximum segment size
bytes-tcp-scale = window scale: shift count
bytes-tcp-sack-left = left edge of a SACK block
bytes-tcp-sack-right = right edge of a SACK block
bytes-tcp-tsval = timestamp value
bytes-tcp-tsecr = timestamp echo reply
bytes-tcp-timeout-unit = in minutes
bytes-tcp-timeout = user timeout
bytes-tcp-mptcp = Multipath TCP subtype
bytes-tcp-cookie = Fast Open cookie
bytes-tcp-signature = signature
bytes-tcp-ao-key = key identifier
bytes-tcp-ao-next = next key identifier
bytes-tcp-ao-code = authentication code
bytes-tcp-ect0 = bytes with ECT(0)
bytes-tcp-ce = bytes with CE
bytes-tcp-ect1 = bytes with ECT(1)
bytes-means-follows = { $name } follows
bytes-means-words = { $bytes } bytes
bytes-means-header-and-payload = { $header } bytes of header and { $payload } of payload
bytes-means-before-segmentation = captured before the interface cut it into segments and wrote the length
bytes-means-broadcast = to everybody on this link
bytes-means-multicast = to a group on this link
bytes-means-sll-to-us = to us
bytes-means-sll-broadcast = to everybody
bytes-means-sll-multicast = to a group
bytes-means-sll-to-others = from somebody else to somebody else
bytes-means-sll-from-us = from us
bytes-means-arp-protocol = { $name } addresses
bytes-means-arp-request = request: who has the target’s IP address?
bytes-means-arp-reply = reply: the sender has it
bytes-means-arp-unknown = not known yet: that is the question
bytes-means-checksum-right = right
bytes-means-checksum-offloaded = the pseudo-header’s sum only: left to the interface to finish (offload), no error
bytes-means-checksum-wrong = wrong: the receiver drops it
bytes-means-checksum-none = none was computed
bytes-means-ecn-not = the sender does not use ECN
bytes-means-ecn-capable = routers may mark congestion here instead of dropping
bytes-means-ecn-congested = a router on the way met congestion
bytes-means-ttl = at most { $hops } more hops
bytes-means-df = a router that would have to fragment it drops it and says so
bytes-means-mf = more fragments of this datagram follow
bytes-means-mf-not = the last fragment, or the whole
bytes-means-fragment = belongs at byte { $bytes } of the datagram
bytes-means-icmp-echo-request = echo request: answer me with the same data
bytes-means-icmp-echo-reply = echo reply
bytes-means-icmp-unreachable = destination unreachable
bytes-means-icmp-redirect = redirect: there is a better router
bytes-means-icmp-time-exceeded = time exceeded
bytes-means-icmp-parameter = a field of the header is wrong
bytes-means-icmp-net = no route to that network
bytes-means-icmp-host = that host cannot be reached
bytes-means-icmp-protocol = that host does not speak this protocol
bytes-means-icmp-port = nobody listens on that port
bytes-means-icmp-too-big = too big for the next hop, and it may not be fragmented
bytes-means-icmp-prohibited = forbidden by a filter
bytes-means-icmp-hops = its hops were used up on the way
bytes-means-icmp-reassembly = not all fragments came in time
bytes-means-icmp-router-solicitation = router solicitation: which routers are here?
bytes-means-icmp-router-advertisement = router advertisement
bytes-means-icmp-neighbour-solicitation = neighbour solicitation: who has the target address?
bytes-means-icmp-neighbour-advertisement = neighbour advertisement: here is my link address
bytes-means-isn = the initial sequence number: the SYN itself takes this one, the first byte the next
bytes-means-seq = of the first payload byte; without payload, the next one to be sent
bytes-means-ack = every byte before this one has arrived
bytes-means-ack-not = not valid: ACK is not set
bytes-means-ae = accurate ECN feedback
bytes-means-cwr = the sender has slowed down
bytes-means-ece = the other side was told of congestion (in a SYN: able to use ECN)
bytes-means-urg = part of the data is urgent
bytes-means-ack-flag = the acknowledgement number is valid
bytes-means-psh = asks the receiver to deliver the data soon; not a message boundary
bytes-means-rst = the connection ends at once
bytes-means-syn = sets the sequence number to count from
bytes-means-fin = the sender has no more data
bytes-means-window-syn = room for { $window } bytes; never scaled in a SYN
bytes-means-window = room for { $window } units: bytes, unless both SYNs carried the window scale option; then shifted left by the sender’s shift
bytes-means-urgent = the urgent data end { $bytes } bytes from here
bytes-means-nop = aligns what follows
bytes-means-mss = send me at most { $bytes } bytes of payload in a segment
bytes-means-scale = my windows from now on count { $factor } bytes a unit
bytes-means-sack-permitted = you may acknowledge selectively
bytes-means-sack = { $bytes } bytes have arrived out of order
bytes-means-tsval = the sender’s clock
bytes-means-tsecr = the latest value from the other side: measures the round trip
bytes-means-cookie-asked = asks for a cookie
bytes-means-cookie = proves that the server has seen this client before: data may come with the SYN
bytes-means-signature = a digest of the segment and a secret of both ends
bytes-means-ao-key = the key that the code was made with
bytes-means-ao-next = the key that the sender is ready to receive
bytes-means-ect0 = bytes that came marked ECT(0), modulo 2²⁴
bytes-means-ce = bytes that came marked CE (congestion), modulo 2²⁴
bytes-means-ect1 = bytes that came marked ECT(1), modulo 2²⁴


## section: many

many-broadcast = broadcast
many-multicast = multicast
many-tcp = { $receivers } TCP connections
many-calls = send calls
many-put = sent
many-put-of =
    { $frames ->
        [one] { $frames } packet, { $bytes } bytes
       *[other] { $frames } packets, { $bytes } bytes
    }
many-copies = the wire handed over
many-back = returned to the sender
many-connections = connections
many-connections-of = { $count }
many-kept = state in the sender
many-kept-for = { $ms } ms
many-kept-waits = { $ms } ms, then { $count } × TIME-WAIT (60 s on Linux)
many-members = group memberships
many-members-of = { $count }, one in each receiver
many-receiver = { $host } got
many-bytes = { $bytes } bytes, in order
many-cut =
    { $of ->
        [one] the message, cut short: { $bytes } of { $meant } bytes
       *[other] { $of } messages, cut short: { $bytes } of { $meant } bytes
    }
many-got = { $what } ({ $ms } ms)
many-all-after = all had it after
many-never = never
many-note = A datagram to everybody or to a group leaves its sender once; the switch makes the copies, one for each other host, whether a program there wants it or not. A TCP connection has exactly two ends, so each receiver needs one of its own. Membership reports (IGMP, MLD) are left out here: this switch does not listen to them.
many-note-ipv6 = IPv6 has no broadcast; a group takes its place. [RFC 4291 §2]


## section: compare

compare-packets = packets on the wire
compare-packets-of = { $all }, { $data } of them with data
compare-bytes = bytes on the wire
compare-headers = of them headers
compare-headers-of = { $bytes } ({ $share } %)
compare-first-byte = first byte read after
compare-last-byte = last byte read after
compare-spent = { $ms } ms ({ $trips } RTT)
compare-sent = sends
compare-received = recvs returned
compare-boundaries = message boundaries
compare-boundaries-nothing = nothing arrived
compare-boundaries-same = as they were sent
compare-boundaries-different = not as they were sent
compare-boundaries-incomplete = bytes are missing
compare-order = what arrived
compare-order-nothing = nothing
compare-order-stream = all { $of } bytes, in order
compare-order-stream-part = { $bytes } of { $of } bytes
compare-order-all =
    { $of ->
        [one] the message
       *[other] all { $of } messages, in order
    }
compare-order-numbers = messages { $numbers } of { $of }
compare-kept = state in the kernels
compare-kept-none = none
compare-kept-for = { $host } { $ms } ms
compare-kept-waits = { $host } { $ms } ms, then TIME-WAIT (60 s on Linux)
compare-comma = { ", " }
compare-noticed = who noticed the loss
compare-noticed-nobody = nobody
compare-noticed-timer = the sender after { $ms } ms: its retransmission timer
compare-noticed-acks = the sender after { $ms } ms: ACKs that showed the gap
compare-noticed-probe = the sender after { $ms } ms: a tail-loss probe
compare-noticed-sender = the sender after { $ms } ms
compare-late = the lost data arrived
compare-late-never =
    { $count ->
        [one] never
       *[other] never ({ $count } times)
    }
compare-late-by = { $ms } ms late
compare-lost = lost on the wire
compare-lost-frames = frames lost, both ways
compare-resent = sent again
compare-each = What each receiving call returned
compare-more = … and { $count } more
compare-cut = (cut: MSG_TRUNC)
compare-with = with { $name }
compare-without = without { $name }
compare-busiest-tcp =
    { $count ->
        [one] { $name }: its TCP connection 0, { $opener } – { $acceptor }
       *[other] { $name }: TCP connection { $n }, the busiest of { $count }, { $opener } – { $acceptor }
    }
compare-busiest-udp =
    { $count ->
        [one] { $name }: its UDP conversation 0, { $opener } – { $acceptor }
       *[other] { $name }: UDP conversation { $n }, the busiest of { $count }, { $opener } – { $acceptor }
    }

## section: difference

difference-title = Both stories, line by line
difference-signs = Only in one: < { $left }, > { $right }.
difference-unlike = ≠ In both, but not the same: first as in <, then as in >.
difference-later-sign = ~ In both, but from here on more than { $ms } ms earlier or later than before.
difference-without-calls = Only one of the two knows of calls: they are left out.
difference-left-out =
    { $count ->
        [one] { $name }: 1 line more was not compared.
       *[other] { $name }: { $count } lines more were not compared.
    }
difference-folded =
    { $count ->
        [one] 1 line, the same in both
       *[other] { $count } lines, the same in both
    }
difference-more = … and { $count } more lines, { $differ } of which differ
difference-earlier = { $ms } ms earlier in >
difference-later = { $ms } ms later in >
difference-lost = lost on the wire
difference-duplicated = duplicated by the wire
difference-reordered = held back by the wire
difference-corrupted = corrupted by the wire
difference-none = No line differs: { $same } are the same in both.
difference-counts = { $same } lines are the same in both, { $unlike } in both but not the same; { $only_left } only in < ({ $left }), { $only_right } only in > ({ $right }).

## section: grid

grid-title =
    { $count ->
        [one] 1 message
       *[other] { $count } messages
    } per run, { $runs ->
        [one] 1 run
       *[other] { $runs } runs each: median, lower to upper quartile
    }
grid-size =
    { $size ->
        [one] 1 byte
       *[other] { $size } bytes
    }
grid-goodput = goodput
grid-took = last byte read after
grid-delivered = delivered
grid-runs = { $count } of { $of } runs so far
grid-late =
    { $count } of { $of } runs had not ended after { $limit }: { $count ->
        [one] it counts
       *[other] they count
    } as longer
grid-nothing = in { $count } of { $of } runs nothing arrived
grid-failed = { $count } of { $of } runs failed with { $errno }
grid-not-whole = { $count } of { $of } runs left out: the machine was too busy, and the wire missed frames
grid-unread =
    { $count ->
        [one] at least one datagram
       *[other] at least { $count } datagrams
    } in all reached the server's host but not its program: as a rule, the receive buffer was full
grid-what-goodput = Goodput: the bits that the server's program got, over the time from the client's first call (connect, sendto) to the last byte that was read.
grid-what-loss = The percentage is how many of all frames the wire loses, in both directions. With the same seed it is the same ones: if a host's fifth frame is lost over TCP, so is its fifth over UDP. TCP sends again what was lost, which takes its time; UDP does not, and what was lost never comes.
grid-across = across: frames that the wire loses
grid-longer = half of the runs or more took longer than { $limit }
grid-caption = { $size }: { $what }


## section: lesson

lesson-mistake-range-compare = a range stands behind “=” only
lesson-mistake-number = “{ $found }” is neither a number nor a symbol of a run
lesson-mistake-time = “{ $found }” is not a time: write a number with its unit (20ms, 1.5s), delay, or rtt
lesson-mistake-ends = a pattern begins with sender and receiver: client > server
lesson-mistake-host = there is no host “{ $found }” here; there are { $hosts }, and any, all
lesson-mistake-key = “{ $found }” is not the name of a number in a frame
lesson-mistake-pattern-word = “{ $found }” is not a flag, a protocol or a property of a frame
# A host's script and its mistakes.
lesson-script-open-string = the string has no closing quote
lesson-script-escape = “\{ $found }” is no escape; there are \n \r \t \0 \" \\
lesson-script-unknown-verb = there is no verb “{ $found }”
lesson-script-want-verb = a verb is needed here
lesson-script-want-name = a name is needed here: a letter, then letters, digits, - or _
lesson-script-want-number = a number from { $min } to { $max } is needed here
lesson-script-want-time = a time is needed here: 250us, 100ms or 1.5s
lesson-script-want-target = a port is needed here, or a host and a port: 7070, server:7070, any:7070
lesson-script-want-data = data is needed here: "text", 5000 bytes, 5000 bytes chunk 100, or hex 00 ff
lesson-script-want-hex = pairs of hexadecimal digits are needed here: 00 ff
lesson-script-want-value = a value is needed here
lesson-script-want-word = one of these is needed here: { $choices }
lesson-script-want-end = the step should end before this
lesson-script-label = “{ $verb }” does not act on a socket, so it cannot have a name before it
lesson-script-field = there is no field “{ $found }”; there are { $choices }
lesson-script-stray-end = there is no repeat or spawn for this “end”
lesson-script-open-block = this has no “end”
lesson-script-too-deep = blocks are nested too deeply here
lesson-script-too-long = the script is too long
lesson-mistake-call = “{ $found }” is not a socket call
lesson-mistake-bracket = this bracket is never closed
lesson-mistake-call-clause = after a call write “= RESULT” or “took CONDITION”, not “{ $found }”
lesson-mistake-call-value = “{ $found }” is not a result of a call: write a number, "text", ok, an errno's name, a flag, or a host
lesson-mistake-close = “{ $found }” is not a way to close; the ways are { $words }
lesson-mistake-finding = “{ $found }” is not a finding; there are { $words }
lesson-mistake-state = “{ $found }” is not a TCP state
lesson-mistake-event = an event is “client > server SYN”, “arrived client > server SYN”, “client calls connect”, “client returns connect = 0”, or “client is SYN-SENT”
lesson-short-frames = these frames did not come in this order
lesson-short-exactly = expected exactly these frames
lesson-short-count = expected { $is } such frames, but there were { $found }
lesson-short-none = expected no such frame
lesson-short-findings = expected that this would not be found, but it was
lesson-short-unseen = not all calls of the program were seen, so this is not known
lesson-short-states = the states of { $host } are not as expected
lesson-short-calls = the calls of { $host } are not as expected
lesson-short-close = the connection did not close that way
lesson-short-order = not all of this happened in this order
lesson-short-time = expected a time of { $is } between them, but it was { $took }
lesson-short-delivered = what was received is not what was sent
lesson-mistake-toml = this cannot be read as TOML: { $why }
lesson-mistake-not-text = a text in quotes is expected here, not a value of type { $found }
lesson-mistake-not-texts = a text, or a list of texts, is expected here, not a value of type { $found }
lesson-mistake-not-boolean = true or false is expected here, not a value of type { $found }
lesson-mistake-not-integer = a whole number is expected here, not a value of type { $found }
lesson-mistake-not-condition = a number, or a condition in quotes (">= 2", "2..4"), is expected here, not a value of type { $found }
lesson-mistake-not-table = a table is expected here, not a value of type { $found }
lesson-mistake-missing = “{ $key }” is missing here
lesson-mistake-empty = this list is empty
lesson-mistake-range = a number from { $min } to { $max } is expected here
lesson-mistake-span = “{ $found }” is not a time: write a number with its unit, as in "20ms" or "1.5s"
lesson-mistake-unknown-key = there is no key “{ $found }” here; known are { $words }
lesson-mistake-place = there is no place “{ $found }”: a run takes place on the “wire” or the “loopback”
lesson-mistake-hosts = more hosts than this machine should be asked for: at most { $most }, client and server included
lesson-mistake-sysctl = a lesson may not set “{ $found }”: it sets what a host has of its own, below net.ipv4. and net.ipv6., and of that what lessons/README.md of the project lists
lesson-mistake-sysctl-number = { $name } takes a whole number from { $min } to { $max } in plain digits, not “{ $found }”
lesson-mistake-sysctl-sizes = { $name } takes three numbers of bytes, each from 1 to { $max }, as in "4096 131072 6291456", not “{ $found }”
lesson-mistake-sysctl-ports = { $name } takes two ports from 1 to 65535, the lower one first, as in "32768 60999", not “{ $found }”
lesson-mistake-sysctl-congestion = { $name } takes the name of a congestion control that the kernel has, as "reno" or "cubic", not “{ $found }”
lesson-mistake-host-name = “{ $found }” is not a name for a host: use lower-case letters, digits and hyphens, at most 15; any, all and broadcast are taken
lesson-mistake-twice = “{ $id }” appears twice
lesson-mistake-no-claim = this expectation expects nothing: it needs frames, count, none, calls, states, close, delivered, order or time
lesson-mistake-no-expect = a lesson needs at least one [[expect]]
lesson-mistake-id = “{ $found }” is not a name: use lower-case letters, digits and hyphens, with a letter first
lesson-mistake-of = “of” says which frames or calls are looked at; it needs frames, count or calls beside it
lesson-mistake-draws-nothing = draw needs several [[act]] to draw from
lesson-mistake-options = the list has { $items } items, and the question has { $options } options
lesson-mistake-no-answer = this question has no answer: it needs number and of, count, sum, flags, choice or order
lesson-mistake-reference = there is no expectation “{ $found }”
lesson-mistake-no-file = { $file } is missing
lesson-mistake-name-taken = a lesson cannot be called “{ $found }”: sockscope lesson { $found } means something else
lesson-mistake-version = this lesson has format { $found }, and this program reads formats up to { $newest }
lesson-mistake-no-title = the narration needs a title: a first line “# Title”
lesson-mistake-part = there is no part “{ $found }”; there are { $words }
lesson-mistake-outside = this is before the first part: a part begins with a line like “## before”
lesson-mistake-part-missing = “{ $part }” is missing; it is there in { $file }
lesson-mistake-part-alone = this part is not in { $file }: both languages must have the same parts
lesson-mistake-part-needed = “{ $part }” is missing
lesson-mistake-part-of = there is no act and no question “{ $found }”
lesson-mistake-long = this part takes { $rows } rows of a screen; it may take { $most }
lesson-mistake-unproved = nothing proves this: { $claims } needs an expectation, named in { "{" }#…{ "}" }, or a source (RFC, manual page)
lesson-mistake-not-proved-by = { $claims } is claimed here, but is not in { $ids }
lesson-mistake-nearest = perhaps { $nearest }
lesson-list-progress = { $done } of { $of } done. Continue: sockscope lesson next
lesson-all-done = All lessons are done. To start over: sockscope lesson forget
lesson-forgotten = forgotten: { $path }
lesson-forget-prompt = Your progress in all lessons ({ $path }) will be erased. Go on? (y or n)
lesson-progress-not-kept = Your progress is not kept: { $why }
lesson-report-written = hand-in written: { $path }. To see what your teacher will see: sockscope lesson verify { $path }
lesson-verify-wrong = { $question } The answer was { $given }; in this run it should be { $answer }.
lesson-verify-sum = { $right } of { $of } right
lesson-verify-fits = Answers, recording and lesson fit together.
lesson-verify-no-proof = This is a check of consistency; who answered and who recorded, it does not prove.
lesson-misfit-lesson = there is no lesson “{ $name }” here
lesson-misfit-recording = { $path }: { $why }
lesson-misfit-large = it is larger than 64 MiB when unpacked, and no run of a lesson is
lesson-misfit-full = it holds more than can be marked, and no run of a lesson holds so much
lesson-misfit-runs = it has more runs than the lesson, which has { $of }: none was marked
lesson-misfit-twice = { $name } is the recording of two runs: it was marked once
lesson-misfit-edition = the hand-in is of another edition of the lesson; it was marked by this one
lesson-misfit-act = the lesson has no run “{ $name }”
lesson-misfit-changed = { $name } is not the recording that was handed in: its hash differs
lesson-misfit-other = { $name } is not a recording of this lesson
lesson-misfit-times = { $name } was not recorded between the times of the hand-in
lesson-misfit-marked = question “{ $ask }”: the hand-in's mark is not what the recording says
lesson-misfit-edited = question “{ $ask }”: the answer was changed after it was given
lesson-misfit-archive = { $path } is an archive without a hand-in
lesson-misfit-missing = question “{ $ask }” is missing in the hand-in
lesson-misfit-same = it has the same recording as { $other }; which of them was first, this does not show
lesson-archive-written = { $path }: { $count ->
        [one] 1 hand-in
       *[other] { $count } hand-ins
    } of { $student }, { $files } files in all
lesson-archive-twice = two files are called { $name }: give the recordings different names
lesson-student-prompt = Your name or number, as your teacher knows it (it is kept for the next time):
lesson-student-unknown = nobody is named as the student
lesson-student-unknown-try = --student "Ada L., 4711"
lesson-handout-questions = Questions
lesson-handout-answer = Answer:
lesson-handout-no-answer = none in this run
lesson-class-name = name
lesson-class-lesson = lesson
lesson-class-right = right
lesson-class-began = began (UTC)
lesson-watching = Waiting for the next save; Ctrl-C ends.
lesson-list-right = { $right }/{ $of } right
lesson-list-takes = { $seconds } s
lesson-list-after = after { $lessons }
lesson-list-other = Your own lessons
lesson-list-signs = ✓ done · ★ all answers right · a time: how long the lesson's runs take
lesson-mistake-course = { $path } is not a course file: { $why }
lesson-list-try = Run one: sockscope lesson NAME
lesson-list-exercises = Exercises for a program of your own: sockscope exercise
lesson-ask-too-early = question “{ $ask }” is asked before what it is about was told
lesson-ask-told = question “{ $ask }” is asked after its answer ({ $answer }) was told
lesson-ask-prompt = Your answer (h: a hint, Enter: skip)
lesson-begin-prompt = Enter: run it
lesson-ask-form-number = Please type a whole number in digits: 1460, 1,460 or 0x5b4.
lesson-ask-form-flags = Please type the names of the flags, with blanks between them, for example: RST ACK
lesson-ask-form-choice = Please type one letter: { $letters }.
lesson-ask-form-order = Please type the letters of all { $count }, each once, in their order.
lesson-ask-hint-frame = Hint: look for the first frame like this: { $pattern }
lesson-ask-hint-count = Hint: count the frames like this: { $pattern }
lesson-ask-hint-watch = Hint: look at what is told on both sides, and in which order.
lesson-ask-answer = Answer of this run: { $answer }
lesson-ask-option = { $letter } (“{ $option }”)
lesson-ask-soon-right = That is right.
lesson-ask-soon-wrong = That is not right. Keep watching.
lesson-ask-right = { $question } Right: { $answer }
lesson-ask-wrong = { $question } You said { $given }; in this run it was { $answer }.
lesson-ask-look = see { $ms } ms: { $line }
lesson-ask-look-from = count from the first, at { $ms } ms: { $line }
lesson-ask-again-prompt = Another try, with a new run? (y or n)
lesson-ask-again = Another try, with a new run: sockscope lesson { $name }
lesson-ask-none = Standard input has ended: going on without questions.
lesson-ask-unanswered = { $question } Not answered; in this run it was { $answer }.
lesson-ask-unknown = { $question } This run has no answer to it.
lesson-ask-no-more-hints = There are no more hints.
lesson-heading-ask = Question
lesson-heading-marks = Your answers
lesson-drawn = Drawn with --seed { $seed }. To draw another: sockscope lesson { $name }
lesson-exercise = An exercise on it: sockscope exercise { $name }
lesson-next = Next: sockscope lesson { $name }
lesson-made = made; now: sockscope lesson check { $path }
lesson-from-config = lessons of { $folder } are used, as { $config } says
lesson-checked = { $held } of { $of } expectations held, { $ms } ms
lesson-checked-too-busy = { $held } of { $of } expectations held, { $undecided } not judged: this machine was too busy, run it again; { $ms } ms
lesson-too-busy = this machine was too busy: it was { $span } late here, and that accounts for it. Run it again.
lesson-expected = expected:
lesson-seen = seen:
lesson-left-out = and { $count } more
lesson-heading-before = Watch for
lesson-heading-after = What was seen
lesson-heading-pitfalls = Pitfalls
lesson-heading-rfc = Further reading
## section: exercise
exercise-mistake-fails = no expectation is called “{ $found }”
exercise-mistake-program = “{ $found }” is not a program of this folder that can be started (.py, .c)
exercise-mistake-role = an exercise has one run, and the host of its role has no script
exercise-mistake-lesson = there is no lesson “{ $found }”
exercise-heading-task = Your task
exercise-heading-expected = What is expected
exercise-heading-marks = Your marks: { $held } of { $of }
exercise-lessons = Lessons about it:
exercise-begin = A beginning, in c, python, rust, java or go:
exercise-how = Run your program, and mark it:
exercise-list-try = Read a task: sockscope exercise hello
exercise-no-sandbox = The lab is no sandbox: programs in it run as you, and reach your files.
exercise-next = Next: sockscope exercise { $name }
exercise-made = { $path } was made, a copy of the exercise hello. Try it: sockscope exercise check { $path }
exercise-checked = { $name }: { $program } { $any ->
    [no] holds everything
   *[yes] fails { $failed }
}

## section: explain

explain-size =
    { $packets ->
        [one] 1 packet
       *[other] { $packets } packets
    }, { $bytes }
explain-size-in =
    { $packets ->
        [one] 1 packet
       *[other] { $packets } packets
    }, { $bytes }, in { $span } · { $first } to { $last } UTC
explain-links = link types
explain-link-number = type { $number }
explain-carried = carries
explain-fragments = fragments
explain-unread = not read
explain-checksums = checksums
explain-sum-right = { $n } right
explain-sum-offloaded = { $n } left to the interface
explain-sum-wrong = { $n } wrong
explain-sum-unchecked = { $n } not checked
explain-seen = seen
explain-resent = { $n } resent
explain-disordered = { $n } out of order
explain-duplicates =
    { $n ->
        [one] 1 duplicate ACK
       *[other] { $n } duplicate ACKs
    }
explain-holes =
    { $n ->
        [one] 1 hole before a segment
       *[other] { $n } holes before segments
    }
explain-unseen =
    { $n ->
        [one] 1 ACK of what was not captured
       *[other] { $n } ACKs of what was not captured
    }
explain-zero-windows =
    { $n ->
        [one] 1 zero window
       *[other] { $n } zero windows
    }
explain-full-windows =
    { $n ->
        [one] 1 window filled
       *[other] { $n } windows filled
    }
explain-keep-alives =
    { $n ->
        [one] 1 keep-alive or window probe
       *[other] { $n } keep-alives or window probes
    }
explain-reused =
    { $n ->
        [one] 1 port used again
       *[other] { $n } ports used again
    }
explain-not-whole = packets
explain-cut = { $n } cut by the capture
explain-tunnelled = { $n } in tunnels
explain-reassembled = { $n } datagrams put together from fragments
explain-problems = faults
explain-problem = { $name }: { $n } (first: packet { $packet }, offset { $offset })
# What is wrong with a frame: the names that JSON has for it.
explain-fault-ethernet-cut = Ethernet header cut short
explain-fault-vlan-cut = VLAN tag cut short
explain-fault-link-cut = link header cut short
explain-fault-mpls-cut = MPLS label cut short
explain-fault-ppp-cut = PPP header cut short
explain-fault-pppoe-length = PPPoE length longer than the frame
explain-fault-tag-cut = bridge's tag or header cut short
explain-fault-gre-cut = GRE header cut short
explain-fault-arp-cut = ARP packet cut short
explain-fault-ip-version = neither IPv4 nor IPv6
explain-fault-ip-version-differs = IP of another version than the header before it names
explain-fault-ip-options-malformed = IP options that cannot be walked: a receiver drops the packet
explain-fault-ip-header-cut = IP header cut short
explain-fault-ip-header-length = IP header length below 20 bytes
explain-fault-ip-length-long = IP length longer than the frame
explain-fault-ip-length-short = IP length shorter than the headers
explain-fault-ip-extension-cut = IP extension header cut short
explain-fault-tunnels-too-deep = too many tunnels inside each other
explain-fault-icmp-cut = ICMP message cut short
explain-fault-tcp-header-cut = TCP header cut short
explain-fault-tcp-header-length = TCP header length below 20 bytes: a receiver drops the segment
explain-fault-tcp-header-long = TCP header longer than the segment: a receiver drops it
explain-fault-tcp-options-malformed = malformed TCP options: what follows them is not read
explain-fault-udp-header-cut = UDP header cut short
explain-fault-udp-length = impossible UDP length
explain-tcp =
    { $n ->
        [one] 1 TCP connection
       *[other] { $n } TCP connections, the oddest first
    }
explain-udp =
    { $n ->
        [one] 1 UDP conversation
       *[other] { $n } UDP conversations
    }
explain-all-opened = { $n } opened
explain-all-running = { $n } open before
explain-all-unfinished = { $n } half opened
explain-all-refused = { $n } refused
explain-all-unanswered = { $n } not answered
explain-all-closed = { $n } closed
explain-all-reset = { $n } reset
explain-all-open = { $n } not closed
explain-all-troubled = { $n } with trouble
explain-rest =
    { $n ->
        [one] and 1 more (--all)
       *[other] and { $n } more (--all)
    }
explain-opened = opened
explain-opened-in = opened in { $span }
explain-opened-simultaneous = opened by both at once
explain-opened-unanswered = not answered
explain-opened-refused = refused
explain-opened-unfinished = handshake not finished
explain-opened-before = open before
explain-opened-again = {", "}same endpoints as before
explain-closed-four = closed in four segments
explain-closed-three = closed in three segments
explain-closed-half = half closed, data went on, then closed
explain-closed-simultaneous = closed by both at once
explain-closed-reset = reset by { $end }
explain-closed-one = closed by one side only
explain-closed-not = not closed
explain-waits = {", "}TIME-WAIT at { $end }
explain-both-wait = {", "}TIME-WAIT at both
explain-copies = { $n ->
        [one] { $n } copy
       *[other] { $n } copies
    } of a segment
explain-opened-one-side = opened; one side's packets alone are in this file
explain-all-one-sided = { $n } of one side only
explain-judged-joint = {" "}
explain-judged-other-copies =
    { $n ->
        [one] 1 other packet (UDP, ICMP, ARP) is a copy
       *[other] { $n } other packets (UDP, ICMP, ARP) are copies
    }, { $span } behind the first at most (packet { $packet } is a copy of { $original }): none of their bytes count.
explain-judged-copied-all = Every TCP segment is in this file twice: { $n } of { $of } are copies, { $span } behind the first at most (packet { $packet } is a copy of { $original }). Nothing was sent again because of that: copies count neither as resent nor as payload.
explain-judged-copied = { $n ->
        [one] 1 of { $of } TCP segments is a copy
       *[other] { $n } of { $of } TCP segments are copies
    }, { $span } behind the first at most (packet { $packet } is a copy of { $original }). They were not sent again, and count neither as resent nor as payload.
explain-judged-copied-router = They differ in { $differs }: the capture stands on both sides of a router.
explain-judged-copied-vlan = They differ in { $differs }: the capture has frames with a tag and without it, as a mirror of two ports gives them.
explain-judged-copied-same = They are the same in all that is compared: sniffed at two interfaces of one host (-i any, a bridge), or at two ports of a mirror, or copied by the network.
explain-judged-copied-places = They differ in { $differs }: the same segments were seen at two places.
explain-judged-one-way = Of { $n ->
        [one] 1 TCP connection
       *[other] { $n } TCP connections
    } one direction alone is in this file (the first: #{ $stream }). The other side did answer: { $acked } of its sequence numbers behind the SYN are acknowledged. What it sent is not here to be told.
explain-judged-acks-first = { $n ->
        [one] 1 segment stands
       *[other] { $n } segments stand
    } behind an acknowledgement that covers it, { $span } at most (packet { $packet } behind { $ack }): the order of this file is not that of the wire, or the first of them were missed.
explain-judged-clock-back = { $n ->
        [one] The clock steps back once
       *[other] The clock steps back { $n } times
    }, the furthest at packet { $packet }: by { $span }. Times across such a step say nothing.
explain-judged-unseen = { $bytes ->
        [one] 1 number was acknowledged and is
       *[other] { $bytes } bytes were acknowledged and are
    } not in this file, in { $n ->
        [one] 1 place
       *[other] { $n } places
    } (first: numbers { $from }–{ $to }, acknowledged in packet { $ack }). They arrived, so the network did not lose them: the sniffer missed them, or a filter, another path or another interface kept them from it.
explain-judged-dropped = The sniffer's own statistics say that it dropped { $n ->
        [one] 1 packet
       *[other] { $n } packets
    }: what is missing may be among them.
explain-judged-cut = { $n ->
        [one] 1 packet is
       *[other] { $n } packets are
    } cut to { $len } bytes or fewer (first: { $packet }): what stood behind that, and whether the checksum fits, is not known.
explain-judged-syn-cut = { $n ->
        [one] 1 SYN is
       *[other] { $n } SYNs are
    } cut within the options (first: packet { $packet }): the window scale is not known. A window shown as a number may be that number times a power of 2, up to 16384.
explain-judged-begun = { $n ->
        [one] 1 TCP connection was
       *[other] { $n } TCP connections were
    } open before this file begins (the first: #{ $stream }): relative numbers count from what was seen first, and the window scale is not known. A window shown as a number may be that number times a power of 2, up to 16384.
explain-judged-merged = { $n ->
        [one] 1 segment carries
       *[other] { $n } segments carry
    } more than the MSS: merged by the interface, or not cut by it yet (offload).
explain-judged-sums = { $n ->
        [one] 1 checksum is
       *[other] { $n } checksums are
    } not filled in yet (offload): taken on the host that sent the packet.
explain-judged-interfaces = From { $n } interfaces (index: packets): { $each }.
explain-judged-near-opener = Taken next to who opens connections, by { $n ->
        [one] its handshake
       *[other] { $n } handshakes
    } (#{ $stream }: { $there } from SYN to SYN ACK, { $back } from there to the ACK).
explain-judged-near-acceptor = Taken next to who accepts connections, by { $n ->
        [one] its handshake
       *[other] { $n } handshakes
    } (#{ $stream }: { $there } from SYN to SYN ACK, { $back } from there to the ACK).
explain-judged-near-neither = Taken between the ends, by { $n ->
        [one] a handshake
       *[other] { $n } handshakes
    } (#{ $stream }: { $there } from SYN to SYN ACK, { $back } from there to the ACK).
explain-judged-near-several = Of { $n } handshakes { $opener } were seen next to who opens, { $acceptor } next to who accepts, { $between } in between (#{ $stream }: { $there } from SYN to SYN ACK, { $back } from there to the ACK).
explain-more = More: --stream N (a connection's ladder), --frame N (a packet, byte by byte), --filter "…", --all
explain-warning = { $path }, packet { $packet }, offset { $offset }: { $what }
explain-warning-cut-off = the file ends in the middle of this; only what was before it, if anything, is shown
explain-warning-packet-too-long = a record claims { $len } bytes, more than any frame has; nothing behind it can be read
explain-warning-block-length = a block claims an impossible length of { $len }; nothing behind it can be read
explain-warning-block-damaged = a block is damaged and left out
explain-warning-no-interface = a packet names interface { $len }, which the file does not describe
explain-warning-compressed = the compressed data are damaged or end early: { $text }
explain-warning-version = version { $len } of the format is not known
explain-warning-fact-unreadable = a fact of a recording could not be read and is left out
explain-no-stream = { $path } has no TCP connection { $n }
explain-no-stream-why = it has { $count }, numbered from 0
explain-none-passes = { $path }: no packet passes the filter
explain-no-frame = { $path } has no packet { $n }
explain-no-frame-why = it has { $count }, numbered from 1
explain-filter = the filter cannot be read
explain-filter-word = '{ $word }' cannot begin a condition
explain-filter-after = '{ $word }' follows without and, or
explain-filter-end = something is missing at the end
explain-filter-bracket = a closing bracket is missing
explain-filter-deep = brackets are too deep
explain-filter-address = '{ $word }' is not an IP address; names are not looked up
explain-filter-net = '{ $word }' is not a network such as 10.0.0.0/8, 192.168, fd00::/8
explain-filter-number = '{ $word }' is not a number that fits here
explain-filter-range = '{ $word }' is not a range of ports such as 8000-8099
explain-filter-flags = of TCP's bytes only the flags can be tested: tcp[tcpflags]
explain-filter-compare = '{ $word }' is not a comparison: write == or !=
explain-filter-flag = '{ $word }' is not a TCP flag: tcp-syn, tcp-ack, tcp-fin, tcp-rst, tcp-push, tcp-urg


## section: live

live-waited = the exchange had to wait at times, because the reader of this output was slower (a gap in its time, not on the wire)
live-too-long = The story goes on: too long for a terminal. A summary follows; --all shows all.
live-left-out = { $rows ->
    [one] 1 event is not shown above (--all)
   *[other] { $rows } events are not shown above (--all)
}
live-recording = recording the run
live-recording-about = recording the run, about { $seconds } s
live-overview = What passed the sniffer
live-not-whole = { $frames ->
    [one] This run is not whole: a sniffer could not follow and missed 1 frame
   *[other] This run is not whole: sniffers could not follow and missed { $frames } frames
}
live-without-sentences = { $path } is saved and whole, but without the sentences as packet comments: there was no time for them. explain --save adds them

## section: why

why-packet = Packet { $n }: { $line }
why-no-segment = It is no TCP segment: causes are weighed of those alone.
why-seen-whole = All its numbers had been seen before.
why-seen-part = Some of its numbers had been seen before.
why-seen-first = Its numbers are seen here for the first time, behind packet { $frame }, which stands behind them.
why-repeats-old = It answers packet { $frame }, which brought nothing new: what is old is answered with what is expected.
why-repeats-beyond = Packet { $frame } holds something behind the number that it waits for.
why-flagged = Wireshark's analysis: { $names }.
why-none-told = Nothing is claimed: the capture rules each cause out, or shows nothing for it.
why-ordinary-rst = Nothing is unusual about its place: a RST, and causes are weighed of what is sent again.
why-ordinary-syn = Nothing is unusual about it: a SYN whose number had not been seen.
why-ordinary-fin = Nothing is unusual about it: a FIN right behind all that its side had sent.
why-ordinary-data = Nothing is unusual about it: the next { $len ->
        [one] byte
       *[other] { $len } bytes
    } of its side.
why-ordinary-ack = Nothing is unusual about it: an acknowledgement without data that says something new, or the first.
why-told = told
why-behind = possible
why-excluded = ruled out
why-copied = a copy of a packet
why-late = overtaken on the way
why-needless = sent again without need
why-other-numbers = counted from another beginning
why-syn-retry = timer of the SYN
why-passed = resend, passed by later ones
why-after-timeout = the rest after a timeout
why-prompted = FIN with an answer
why-tail-loss-probe = tail-loss probe
why-timeout = retransmission timer
why-sack = selective acknowledgement
why-fast-retransmit = fast retransmit
why-partial-ack = partial acknowledgement
why-some-timeout = a timer, as nothing else fits
why-window-probe = window probe
why-keep-alive = keep-alive
why-for-timeout = since packet { $frame }, { $ago } before, nothing had come that makes its sender send; try { $tries } of these bytes
why-for-after-timeout = packet { $frame } was sent by the timer; what had been sent before it is sent again, too
why-for-syn-retry = the last one was packet { $frame }, { $ago } before; try { $tries }
why-for-fast-retransmit = { $count ->
        [one] one acknowledgement repeats
       *[other] { $count } acknowledgements repeat
    } packet { $frame } and ask for it
why-for-sack = a block in packet { $frame } covers something behind it
why-for-sack-within = a block in packet { $frame } covers a part of it
why-for-partial-ack = packet { $frame }, { $ago } before, acknowledged a part of what was under way when a loss had been noticed
why-for-prompted = packet { $frame } had come { $ago } before, and no timer can have run out
why-for-tail-loss-probe = the last segment again, { $ago } after packet { $frame }: longer than two round trips, and not longer than a probe waits
why-for-window-probe = packet { $frame } had closed the window
why-for-keep-alive = no byte, one before the next number, which packet { $frame } had reached
why-for-keep-alive-byte = its byte had been acknowledged in packet { $frame }
why-for-copied = the same as packet { $frame }, { $ago } before, in all that hops do not change
why-for-other-numbers = its numbers lie { $apart } away from those before it, farther than any window
why-for-twin = the same as packet { $frame }, { $ago } before, to the last bit: a copy, or sent a second time just the same
why-for-copied-but = the same as packet { $frame }, { $ago } before, but for { $differs }
why-for-late-stamp = its sender's count or clock says that it was sent before packet { $frame }
why-for-late-ack = it acknowledges less than packet { $frame } had, and acknowledgements never go back
why-for-late-soon = none of it had been seen, and packet { $frame } came { $ago } before: too short a time for anybody to have asked
why-for-late-original = packet { $frame } was the same, sent again; this is the first one
why-for-needless-acked = packet { $frame } had acknowledged all of it
why-for-needless-sacked = packet { $frame } had acknowledged all of it selectively
why-for-needless-seen = packet { $frame } held all of it, seen here next to the receiver
why-for-needless-syn = the SYN had come twice, the second time in packet { $frame }: this is its second answer
why-not-no-twin = none of the last packets of its side is the same
why-not-overtaken = no stamp, no acknowledgement and no time says that it was sent before what had been seen
why-not-held = no acknowledgement covers it, and it was not seen next to its receiver
why-not-on-the-way = it is a copy: its sender sent it once
why-not-other-kind = it has not the flags for that
why-not-shown-lost = nothing of it had been seen, and nothing shows that it had been sent
why-not-too-soon = it came sooner than that would have sent it
why-not-too-late = it came later than that would have sent it
why-not-begun = nothing of the kind had been going on
why-not-another-segment = that would have sent another segment
why-not-sacked = no selective acknowledgement covers anything behind it
why-not-repeated = no acknowledgement was repeated
why-not-prompted = an acknowledgement made its sender send just then
## section: viewer
viewer-title = sockscope
viewer-place = { $at }/{ $of }  { $keys }
viewer-all = space, ↑ ↓ · s segment · t state · / search · ? help · q leave
viewer-goes-on = it goes on · space, ↑ ↓ · s segment · / search · ? help · q leave
viewer-recording = space, ↑ ↓ read · q leave
viewer-question = question at the end: Enter · space, ↑ ↓ read · ? help · q leave
viewer-go = { $does } · space, ↑ ↓ read · ? help · q leave
viewer-go-answer = Enter: the answer
viewer-full = more than can be kept here: q tells the rest on the normal screen
viewer-steps = { $at }/{ $of }  → next · ← back · s segment · t state · p play · ? help · q leave
viewer-playing = { $at }/{ $of }  playing · space stop · → next · ← back · q leave
viewer-no-more = There is none further on.
viewer-not-found = Not found: { $text }
viewer-nothing-sought = Type / and a text first.
viewer-help-keys = Any other key: back
viewer-help =
    ↑ ↓  k j         a row up, down (the row with ▸ is selected)
    space f PgDn     a screen on
    b PgUp           a screen back
    → ←              the next moment, the one before
    s S              the next segment, the one before
    t T              the next change of state, the one before
    / n N            search, the next place, the one before
    g G Home End     the beginning, the end
    Enter            answer the question at the end; Esc while you type: back to reading
    q                leave: what was told stays on the normal screen
    Ctrl-Z Ctrl-C    to the shell and back with fg; stop
    The line at the top has the hosts and their states at the selected row.
viewer-help-steps =
    → space Enter    tell the next moment
    ← Backspace      take the last one back
    s S              tell up to the next segment; back to the one before
    t T              tell up to the next change of state; back to the one before
    g G Home End     to the first moment; tell all
    p space          play; stop playing
    ↑ ↓ PgUp PgDn    scroll (b and f as well)
    / n N            search, the next place, the one before
    Enter            answer the question at the end; Esc while you type: back to reading
    q                leave: what was told stays on the normal screen
    Ctrl-Z Ctrl-C    to the shell and back with fg; stop
    The line at the top has the hosts and their states at the selected row.

## section: pace


## section: progress


## section: rule

rule-mistake-empty = a rule begins with one of { $acts }
rule-mistake-act = a rule cannot begin with “{ $found }”; it begins with one of { $acts }
rule-mistake-kind = “{ $found }” is not a kind of frame; the kinds are: { $kinds }
rule-mistake-no-kind = this rule must say what kind of frame it is for: { $kinds }; or a share of all frames, such as 10%
rule-mistake-ordinal = “{ $found }” is not a count: write 1 or more, or a range such as 3-5
rule-mistake-host = there is no host “{ $found }” here; there are { $hosts }
rule-mistake-time = “{ $found }” is not a time: write a number with its unit, such as 300ms, 1.5s, 200us, at most 1 hour
rule-mistake-by = how long is missing: “by 300ms”
rule-mistake-percent = “{ $found }” is not a share: write 0% to 100%
rule-mistake-seed = “{ $found }” is not a seed: write a whole number
rule-mistake-swap = the second of two that change places comes later than the first; “{ $found }” does not
rule-mistake-cut = a cut says when: “cut from 1s to 4s”
rule-mistake-cut-order = a cut ends after it began; “{ $found }” does not
rule-mistake-after-kind = “{ $found }” cannot stand here; “from HOST”, “to HOST” (lose, delay), “by TIME” (delay), “N times” or “always” could
rule-mistake-to = only “lose” and “delay” can be meant for one receiver; “{ $found }” cannot stand here
rule-mistake-left-over = the rule was complete before “{ $found }”

## section: plot

plot-sequence = time–sequence
plot-throughput = throughput
plot-round-trip = round-trip time
plot-windows = windows
plot-queue = queue on the wire
plot-waiting = frames that wait
plot-dropped = dropped: the queue is full
plot-lost = lost
plot-data = new data
plot-again = sent again
plot-late = out of order
plot-acked = acknowledged
plot-allowed = allowed by the receiver
plot-sacked = SACK
plot-measured = data to its acknowledgement
plot-window = receive window
plot-in-flight = in flight
plot-congestion = cwnd (kernel)
plot-threshold = ssthresh (kernel)
plot-title = { $from } → { $to }

## section: topic

topic-list = Topics
topic-list-more = sockscope help TOPIC explains one of them; sockscope COMMAND --help explains a command.
topic-comparison-about = What compare compares, and how its tables are read
topic-settings-about = What compare --with and --without know
topic-grid-about = The grid of runs: compare --sizes
topic-faults-about = What the wire can do to frames: --fault
topic-filters-about = Which packets explain shows: --filter
topic-notation-about = How frames, calls and states are written down
topic-script-about = What a host of a lesson can do, verb by verb
topic-sysctl-about = Kernel settings that a lesson may set
topic-class-about = Hand-ins, your own lessons, a projector
topic-programs-about = Programs of yours in the lab, and how much it carries
topic-json-about = What --format json prints, member by member
topic-outputs-about = Files that a run is written into, and their rules
topic-exit-codes-about = What the exit code says
topic-setup-about = Where no lab can be made at once, and the cures
topic-security-about = Whose rights are used, and what is done about hostile input
topic-outputs =
    # What there is
    Each is a file of its own, and any number of them go together; the story is told on standard output all the same, as --format says: ladder, lines, bytes, json, markdown (a table), mermaid (a sequence diagram in text, which many pages draw).

    ||

    # Which goes with what
    tcp, lesson, lab and explain take all of them. udp has no graphs and no states: --plot, --chart and --svg-states are refused there, with the reason. compare takes --svg, --svg-states, --html, --perfetto and --cast: both stories are in one picture, beside each other, in one page, below the table, in one trace, and in one recording, one after the other. A lesson's acts are in one picture and one page too, its graphs are those of the first act with a TCP connection. compare --sizes draws the grid with --plot.
    explain --stream N writes of that connection alone. --frame, --why and --filter look at packets, and write nothing.

    # Which for what
    --plot and --chart follow the bytes of one TCP connection over time: sequence numbers, windows, round trips. --svg shows the whole run on one slide, --svg-states the path through the states. --html has all of that, and the bytes, to be kept, read and handed in. --perfetto is for large runs and for measuring: the Perfetto UI zooms, searches, and sums up what is selected. It has a track for each host, program and connection; the first 16 connections have counters. --cast plays the story in a terminal (asciinema play FILE), at the pace at which it happened, with a marker at each milestone. --save keeps what everything else can be made from again: sockscope explain FILE.

    # The report
    One file without anything from elsewhere: it opens without a network and without scripts, also in a frame that a learning platform puts it in. Both languages are in it. With scripts an arrow opens what its frame says, every byte with its field; larger, smaller, a part of the time, and a picture to save. Each moment has an address (#m0-12). It prints.
    Up to 20000 frames are in it; 500 are drawn, and 500 rows are there without scripts.

    # How outputs behave
    All files are opened before anything happens, and changed only when there is something to put there. No two of them may be one file. What is there and was not made here is not overwritten without --force. A pipe that somebody reads will do: --svg >(rsvg-convert > run.png).

topic-comparison =
    # TCP and UDP
    compare sends the same messages over TCP and over UDP, on the same kind of wire and under the same fates, and puts both side by side: packets, bytes, the headers' share, time to the first byte and to the last, what came and in which order, who noticed a loss and what it cost, what state was kept where and for how long. --ladders tells both stories before the table.

    # One sender, many receivers
    --to-many sends to three receivers (--receivers N: 2 to 9) by broadcast, by multicast, and over a TCP connection to each. They are named server, server2, server3; a rule may take one receiver's copy: --fault "lose data 2 to server2". IPv6 has no broadcast.

    # Two stories, line by line
    With two files, or with the name of a setting (sockscope help settings), two stories are laid beside each other.
    | < and > || in the first or in the second alone
    | ≠ || in both, but not the same: first as in <, then as in >
    | ~ || in both, but from here on more than 10 ms earlier or later than before

    What is compared is what a call or a segment is (the call, its arguments and what it gave; direction, flags, relative numbers, length, options, fate), not when it came: what two hosts do within one round trip often comes in another order the next time. Each host's calls keep their order, and so do the frames that it sends. Initial sequence numbers, ports that the kernel chose and the size of the window do not count.

    Of a capture that is no recording of ours, the busiest connection is taken. Two files take at most 128 MiB of memory: some 50,000 connections.

topic-settings =
    compare --with SETTING --without SETTING runs the same TCP exchange twice; the runs differ in this setting alone, and their stories are compared line by line. The client sends one message after the other, then waits for an answer.

    ||

    Everywhere else TCP_NODELAY is set, so that each send is a segment of its own as long as the windows have room for it.

        sockscope compare --with nagle --without nagle --message a --message b
        sockscope compare --without loss --with loss --bytes 8000 --chunk 1000 \
            --fault "lose data 3 from client"
topic-settings-nodelay = TCP_NODELAY on both sockets
topic-settings-nagle = Nagle's algorithm: the same, the other way round
topic-settings-sack = selective acknowledgements (RFC 2018; net.ipv4.tcp_sack); see it where something is lost
topic-settings-timestamps = the timestamp option (RFC 7323 §3; net.ipv4.tcp_timestamps)
topic-settings-window-scaling = the window scale option (RFC 7323 §2; net.ipv4.tcp_window_scaling); see it with --bytes 1000000
topic-settings-ecn = explicit congestion notification, asked for (RFC 3168; net.ipv4.tcp_ecn)
topic-settings-tail-loss-probe = tail-loss probes (RFC 8985 §7; net.ipv4.tcp_early_retrans); needs --fault
topic-settings-loss = the rules given with --fault

topic-grid =
    compare --sizes makes a grid of runs: messages of each size, at each rate of loss, with several seeds, over TCP and over UDP. --format json gives every run, --plot draws the grid.

        sockscope compare --sizes 1,100,1400,9000 --losses 0,1,5,10 --plot grid.svg
        sockscope compare --sizes 1400 --losses 0,2 --count 100 --rate 10mbit

    - One run sends --count messages (20) of one size, one right after the other: more make rare losses show, and take longer. TCP has Nagle's algorithm off, so that a message leaves at once, as a segment of its own while the windows have room; each message is handed to recv() with a buffer that takes it whole.
    - goodput: what the server's program got (of datagrams each message once), over the time from the beginning of connect or of the first sendto to the last byte read. Opening a connection counts, closing it does not.
    - last byte read after: that time. delivered: what of it came.
    - A cell shows the median and the quartiles of its runs.
    - The wire loses frames of both directions with the probability of --losses (percent). The seeds are --seed (0) and the numbers after it. With the same seed the n-th frame of a host has the same fate over either transport, whatever the size. --fault, --delay, --rate and the like apply to all runs; rules of --fault come first.
    - A run that has not ended after --within (10s) counts as longer (>10 s), its goodput is what came in that time; one in which nothing came has no last byte (∞). Both are said below their row, and are part of the median and the quartiles, as the longest.
    - UDP sockets have a receive buffer of 416 KiB. What reached the host and found no room is said as well: that is no loss of the wire.
    - Several labs run at once, three for each processor. Figures are from real kernels in real time: a busy machine makes them longer. Ctrl-C shows what is known so far.

topic-faults =
    --fault RULE says what the wire does to which frame, chosen by what the frame means. Rules stand in order; the first that matches a frame decides its fate. Units are counted from 1, and by default a rule means the first time that a unit is sent, not its resends.

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

    | 2 times || … and its first resend too
    | always || … and every resend
    | every data 3 || the third frame with data, resends counted like any other
    | resend 1 || the first segment that is sent again, whichever it is
    | after 300ms || the copy arrives so much later
    | to HOST || the copy for one host alone (of rules that lose or delay)
    | 10% || each frame with that probability; the seed is the rule's own, else that of --seed
    | jitter || each frame later by up to that much; order is kept
    | swap || the first goes behind the second; what stands between them passes
    | cut || nothing passes in that time, from the run's first frame on

    Actions and units:
    ||

    --rate and --queue make a slow link with a queue that drops what is too much. The same seed and the same traffic give the same fates; each fate is recorded.
topic-faults-actions = actions
topic-faults-units = units

topic-filters =
    --filter takes the words of pcap-filter(7), as far as hosts, ports, protocols and TCP flags go. Names are not looked up. What is asked is asked of the innermost packet, and of a datagram as a whole once its fragments are together.

        host 10.0.0.1 and not port 22
        tcp dst port 80 or 443
        net 192.168.0.0/16 and (udp or icmp)
        tcp[tcpflags] & (tcp-syn|tcp-fin) != 0

    | host, net, port, portrange || of either end; src or dst before it: of that one
    | tcp, udp, icmp, icmp6, arp, ip, ip6, vlan || a protocol; before port: of that one
    | less N, greater N || at most, at least so long on the link
    | and, or, not, ( ) || as everywhere; a value alone repeats the words before it

    Numbers and flags of what is shown are those of the whole file: nothing is renumbered.

topic-notation =
    One notation says what is on the wire: --format lines prints it, lessons claim in it, and whatever is said to have been seen instead is written in it.

        client > server  SYN
        server > client  SYN ACK  ack=client.isn+1
        client > server  TCP len>0
        any > any  FIN …

    # Frames
    Sender > receiver first (a host, any, or all for a group address), then in any order:
    | flags || SYN FIN RST PSH ACK URG ECE CWR AE: an exact set, unless … stands in the line
    | protocol || TCP UDP ICMP ARP IP
    | what is true of it || data, resend, dup-ack, out-of-order, keep-alive, zero-window, …
    | numbers || seq, ack, len, win, mss, ttl, … with = != < <= > >= or a range: len=3..5

    Sequence numbers are relative. A number may be a sum: client.isn is an initial sequence number, client.fin the number that a FIN took, client.sent the payload sent, client.mss the MSS announced.

    # Calls and states
        client calls connect
        connect = 0 took>=rtt
        recv(1024) = 5 "hello"
        server is CLOSE-WAIT

    States are spelt as in RFC 9293 §3.3.2. In the ladder x and y stand for the initial sequence numbers of client and server.

    # In the ladder
    | ● || a call
    | ○ || a call that waits; the thick line is how long
    | ─▶ || a segment that arrived undisturbed, with the time it took: +20.2
    | ╌ || where something else happened while it was under way: a row where it leaves and one where it arrives
    | ▪ || an explanation, a milestone

    All words, with what each means: lessons/README.md of the project.

topic-script =
    A host's script in lesson.toml has one step a line. A step acts on the host's current socket; NAME: before it means the socket of that name, and makes it. A step that ends with “fails ERRNO” must fail with that errno, any other must not fail. Behind # stands a comment.

    ||

    DATA is "text" (with my.ip, my.port, peer.ip, peer.port in braces filled in), 5000 bytes (a readable pattern), 5000 bytes chunk 100 (the same in many calls), or hex 00 ff.

    sockscope lesson new makes a folder that runs at once, with comments; lessons/README.md of the project explains every key.

topic-sysctl =
    A lesson is run by people who did not write it. So the sysctl of its hosts takes what a host has of its own and nothing else, and these are all; where * stands, write all, default or lo. Three numbers are the least, the usual and the most; of two ports the lower one comes first. A congestion control must be one that the kernel has already. A setting that a kernel does not have is left out there.

    ||

topic-class =
    # In front of a class
    | --step || one moment per key, forwards and back; s: next segment, t: next state
    | --slow 3x || played, three times slower than it was
    | --project || for a projector: room between the moments, high contrast, no colours
    | --teacher || the answers to a lesson's questions, found in this run
    | --no-ask || without the questions

    # Hand-ins
    Students hand in their answers with the recording, and the teacher marks them again from it.

        sockscope lesson raw --save ada.pcapng --report ada.json
        sockscope lesson hand-in ada.json --student "Ada L., 4711"
        sockscope lesson verify ./class
        sockscope lesson verify ./class --format csv > marks.csv

    A lesson of several runs writes a recording for each; hand-in puts answers and recordings into one archive. verify goes down folders, reads hand-ins and archives, and finds each answer again in the recording: what was answered, what is right, and what does not fit. Equal recordings name each other, and nobody is blamed.

    It is a check of consistency. It finds an answer that was changed in a file afterwards, a mark that is not what the recording says, and a recording of another lesson or another time. It cannot show who answered, whether somebody helped, or that a file was not made by a program that computes all of this anew.

    # Exercises
        sockscope exercise echo --save ada.pcapng --report ada.json -- ./server
        sockscope lesson verify ada.json
        sockscope exercise new my-exercise
        sockscope exercise check ./my-exercise

    A student's program is run against ours, and each expectation is marked. A hand-in is marked again from its recording; verify runs no program. Programs run as you, and the lab is no sandbox: the student's own, and, with exercise check, those of an exercise's folder. A program has the time that the exercise gives, 30 s of a processor, files of 32 MiB, 1024 open files, 256 KiB on each of its outputs; its user has 4096 processes and threads.

    An exercise is a folder: exercise.toml, the task in two languages, programs that are right, and for each expectation one that fails it (lessons/README.md of the project). exercise check runs them all.

    # Sheets
        sockscope lesson handout handshake > sheet.md
        sockscope lesson handout all --format html > sheets.html
        sockscope lesson handout handshake --key

    A sheet has what to watch for, the questions with room for answers, the pitfalls and where to read; --key has the answers instead, from a run made for it. (Some answers, such as sequence numbers, differ from run to run.)

    # Your own lessons
        sockscope lesson new my-lesson
        sockscope lesson check ./my-lesson
        sockscope lesson watch ./my-lesson
        sockscope lesson --lessons ~/course

    A lesson is TOML and Markdown, no Rust. A course.toml in that folder gives your own chapters and order, and may name built-in lessons as well (lessons/README.md of the project). Lessons in your own folder come before the built-in ones; lessons = "/home/me/course" in $XDG_CONFIG_HOME/sockscope/config.toml (else ~/.config) does the same without the flag.

    What was done is kept in $XDG_DATA_HOME/sockscope/progress.json (else ~/.local/share); sockscope lesson forget erases it.

topic-programs =
    lab runs any program in a host, with the sniffers on; the names client and server resolve there. Without programs it is a shell with job control.

        sockscope lab -4 --server "python3 -m http.server 80" \
            --client "curl -s http://server/"
        sockscope lab --bare --delay 10ms --fault "lose 1%" \
            --server "iperf3 -s -1" --client "iperf3 -c server"

    The names stand for both addresses of a host, and many programs try IPv6 first: -4 and -6 leave one. Without --client the client has a shell (beside --server, if somebody can type). The run is over when the client's program has ended: the server's is ended then, which is told, and so is what its kernel closes because of that. --wait both waits for both; --within 10s ends what still runs then, with exit code 1. At the end, each connection that is not over is listed with the state that its kernel reports, and which side has to act.

    What the programs print stands below the segment that carried it, where story and programs are on the same terminal, with escape sequences shown as what they are (--raw-output: as it comes); down a pipe it goes unchanged.

    # The programs' calls
    Each socket call of the programs stands beside its segments, as C spells it, with its descriptor, what it gave, and how long it waited; where several threads call, the thread's number stands before it. It is seen by ptrace, in any language, and a call then takes some 20 µs longer. What a program does with files is not looked at. Where many calls come on one socket, those that move data are counted. A program that is traced gains no rights by sudo or su, a debugger cannot be attached to it, and LeakSanitizer is switched off in it; so an interactive shell is traced only with --trace yes. --trace no leaves the programs alone.

    At the end stands what the programs did: mistakes first, each with the calls, segments and states that it rests on, and its cure. --check makes a mistake the exit code 1. sockscope explain FILE tells it again.

    --bare is the wire alone: nothing is sniffed, told or saved, so that what a program measures is the network and not the watching. Two processors then carry more than 2 Gbit/s. The story follows some 30,000 frames a second on a processor of its own; what its sniffers miss beyond that is told as a gap in the recording. A frame that the wire itself missed is told too: such a run is not whole, and its exit code is 1.

topic-json =
    --format json prints one object per line, one per moment. sockscope help json --schema prints the JSON Schema of all of them. moment says what it is:

    | begin || settings: everything that the run was made with (program, kernel, hosts, delay, MTU, kernel settings, scripts, seed)
    | call || host, id, socket, label, name, args, phase (whole, begun, returned), began, ended, value, errno, out, text (as the C API spells it), states; kept_waiting_before_ms, kept_waiting_ms: how long its thread had no processor since its last call returned, and since this one began, where that was a millisecond or more
    | packet || see below
    | state || states: changes that belong to no row above, with time and flow
    | hole || vantage, frames: a sniffer missed that many; with late: true, that many stand above this, but too far down; with untold: n, whoever reads was too slow, and that many frames of the saved vantage and n other facts are in the file only; with unsaved: n, the disk was too slow, and they are nowhere
    | program || host, status (its own end) or ended_by_run (others-ended, interrupted, out-of-time)
    | process || host, process, program, event: a signal, its end (status, open: sockets that were still open), unseen: what cannot be seen of it, busy and calm: calls that are only counted
    | findings || behind the summary of a run of programs: found (kind, grade, host, program, text, evidence, cure, lesson), looked_for, partly_blind (not all calls were seen)
    | end || troubles: what kept the run from its plan; empty when nothing did
    | summary || packets, segments, datagrams, copies (segments that the network or the capture made: none of their bytes count), payload_bytes, header_bytes, round_trips, round_trip_ms, took_ms; of a run of ours also sent (of each host: frames that left it, lost: those of them that the wire lost); of a capture of somebody's also capture, see below; where the machine was busy also late: frames that were late, wire_ms and hosts_ms: how late at most, and how long a program had no processor
    | capture, connection, conversation || what --summary prints: the whole, then each TCP connection and each UDP conversation; see below
    | expectation || of a lesson, behind each act's summary, or of an exercise, at the end: act, id, result (held, failed, too-busy: this machine was late by late_ms, which accounts for it); where it did not hold, what was expected, each with found, and what was seen

    | states || everywhere: host, local, remote, state, before (the state before it), time_ns, info (TCP_INFO)
    | site || of a program's call: process, thread, program, fd, unread (bytes that it left unread where it closes); made_fd: the descriptor that it made; ends: local, remote, cookie (SO_COOKIE)
    | args, out || a list of word, int, data (len, head: its beginning) and endpoint (addr, port)

    What does not apply is absent or null.

    # A packet
    | number || from 1, in the order of the saved file; exactly one object per packet of the saved vantage has it (one without tells the other end of a journey that took two rows)
    | time || seconds since 1970, nine decimals
    | src, dst, sport, dport, proto || addresses, ports, protocol
    | interface, vlan || of a capture the index of its interface; the ids of its tags, outermost first
    | stream, udp_stream || its conversation, from 0, as Wireshark numbers them
    | flags || words: "SYN ACK"
    | seq, ack, seq_abs, ack_abs || relative and absolute
    | len, window || payload bytes; window in bytes, scaled
    | analysis || Wireshark's flags of sequence analysis: retransmission, duplicate_ack, …; with them dup_ack_num, completeness. dup_ack_num, and dup= in lines, count as Wireshark does, copies of an acknowledgement included
    | checksum, problems || right, offloaded, wrong, unchecked; what is wrong with the frame
    | why || where something is unusual; see below
    | notes || kind (what, why, next, linux, milestone, caution), key, text (in your language), rfc; --quiet leaves the sentences out

    # A summary
    | capture || packets, bytes, first, last (seconds), links, carried, checksums, seen (by cause), cut, tunnelled, reassembled, problems (name, count, packet, offset), outcomes (all, opened, open_before, unfinished, one_sided, refused, unanswered, closed, reset, not_closed, troubled), capture
    | connection || stream, opened (handshake, simultaneous, unanswered, refused, unfinished, before, one-side), rtt_ms, reused, closed (four-segments, three-segments, half-close, simultaneous, reset, one-side, not), reset_by, time_wait (opener or acceptor), took_ms, opener, acceptor
    | conversation || udp_stream, opener, acceptor
    | opener, acceptor || addr, port, packets, bytes; of a connection also mss, wscale, resent, out_of_order, holes, duplicate_acks, zero_windows, acks_of_unseen, copies

    # A packet of a run of ours
    | from, to, sent, arrived || hosts and times
    | phase || whole, left, arrived, lost, copy-lost, seen
    | fate, rule, copy || what the wire did, by which rule; which copy, where the wire duplicated it
    | sender_states, receiver_states || changes of state, with TCP_INFO
    | sender_info, receiver_info || TCP_INFO of the sender just after it had left, of the receiver just after it had arrived (cwnd, ssthresh, srtt, rto, unacked, ca_state, …; time_ns: when the kernel was asked)
    | receiver_drop || what the receiver's kernel dropped when it had arrived: reason (accept-queue-full, syn-queue-full, receive-buffer-full, checksum, paws), count, among (of how many that were delivered since), certain (it was this one), socket, queue (of a listener: who waits, its backlog)
    | flow || its conversation's number within the story; calls have it too

    # why
    | recovery || what made its sender send it again: timeout, syn-retry, fast-retransmit, sack, sack-within, partial-ack, prompted, tail-loss-probe, window-probe, keep-alive; tries: how often
    | came || how it came there: copied on the way or by the capture, twin (a copy, or sent a second time just the same), late because it was overtaken, late-original behind its own resend, needless because it had arrived before, other-numbers (none of its connection’s)
    | evidence || what both rest on, by packet numbers: silence_since and silence_us (nothing had come for so long), timer (the packet that the timer sent), duplicates and duplicates_of, sack with left_abs and right_abs, partial_ack, prompted_by, closed (the window), acknowledged, idle_since; copy_of, copy_us, differs (ttl, traffic-class, vlan, mac, mss); sent_before, acknowledges_less_than, overtaken_by and overtaken_us, resent_in; acknowledged_in, sacked_in, arrived_in, answers_syn; numbers_apart
    | seen, behind || of what begins below the highest number: whole, part, or first, and then the packet that came before it and stands behind it
    | answers_old, beyond || of a duplicate acknowledgement: the packet that brought nothing new, or the one that is behind what it waits for
    | needless || packets that it shows to have been needless
    | before, before_us || the packet that these bytes were in, and how long ago
    | dup_acks, answered, missing, merged || the numbers behind that

    # explain --why
    The packet's object has candidates, a list of all causes that were weighed: name, standing (told; behind: it would stand, but what is more certain is told; excluded), with evidence as above, or objection: what rules it out.

    # What a capture shows of itself
    summary has capture, a list: judgement, caution (true: read the story with that in mind), text (in your language), and what it rests on, by numbers of packets (packet, first), of connections (stream), and times in microseconds.

    | copies || copies of so many segments; packet is a copy_of that one; differs: in what most differ; longest_us after the first
    | other-copies || copies of packets that are no TCP segments; packet is a copy_of that one; longest_us after the first
    | one-way || connections with one direction alone; acknowledged: so many numbers of the absent sides
    | acks-first || segments that stand behind what acknowledges them: packet behind acknowledged_in, longest_us
    | clock-back || steps back of the clock, the first, and the largest: packet, by_us
    | unseen || bytes that were acknowledged and are not there, in so many holes; the first: from, to (relative numbers), acknowledged_in
    | dropped || packets that the sniffers' own statistics count as dropped
    | cut, syn-cut || packets that are cut, longest: the most bytes of one; syns whose options are cut
    | begun || connections that were open before
    | offloaded || merged segments of more than an MSS, checksums not filled in yet
    | interfaces || interfaces: interface, packets of each
    | near || handshakes seen next to the opener, the acceptor, or between; of connection stream to_acceptor_us and to_opener_us

    # compare
    Each object has side: tcp or udp; of two stories left or right, and behind them come

    | difference || one line of both: mark (same, unlike: in both with a difference, left, right: in one only), left and right (ms, text, of a call host, of a frame fate), later_ms: from here on the right one is that much later
    | compared || left, right: their names; same, unlike, left_only, right_only, later: so many lines; left_out: entries of each that were too many; without_calls

    # compare --sizes
    One object per run, then one per cell (a size, a loss, a transport). grid says which:

    | run || size, loss_percent, transport (TCP, UDP), seed, count; ended (done, out-of-time, failed with errno, not-whole: the relay missed frames); sent_bytes (to be sent), bytes (got), delivered (0–1), last_byte_ms (null: nothing came), goodput_bit_s, unread (datagrams that reached the host and no call gave, at least); frames and lost, each of client and server: how many it sent, and which of them the wire took away, from 1
    | cell || size, loss_percent, transport, count; runs that count, of so many, among them out_of_time (after limit_ms), nothing_came, failed; not_whole (do not count), unread; goodput_bit_s, last_byte_ms, delivered, each with low, median, high (quartiles; null: longer than the limit, or never)

topic-exit-codes =
    | 0 || done
    | 1 || an expectation failed; the run was not whole (the wire or a sniffer missed frames, the disk was too slow for --save: the summary says so first); something could not be written
    | 2 || bad usage, bad input, or a missing privilege
    | 3 || of a lesson: this machine was too busy to say whether some expectation holds, and all others held; run it again
    | 130 || Ctrl-C: the story so far is shown, and a saved file is valid

    A story with gaps because whoever reads it is too slow has code 0: what is saved with --save is whole none the less.

    An error has a line that says what could not be done, one that says why, and one for each thing to try. It goes to standard error.

topic-setup =
    sockscope doctor tries everything for real and prints the cure; the same text appears when a command is refused. As an ordinary user sockscope makes a user namespace of its own; where that is forbidden, sudo does the same. Only --on lo, the machine's own loopback, needs sudo everywhere.

    | Ubuntu 23.10 and later || AppArmor restricts user namespaces: sudo, or a profile, see below
    | Docker, Podman || the default seccomp profile denies unshare, and /proc/sys is read-only: docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt systempaths=unconfined …, or --privileged
    | WSL 1 || no packet sockets: wsl --set-version DISTRIBUTION 2
    | hardened kernels || user.max_user_namespaces or kernel.unprivileged_userns_clone is 0: sudo, or set it

    # The AppArmor profile
        sudo install -m 755 target/release/sockscope /usr/local/bin/
        sudo cp scripts/apparmor-sockscope /etc/apparmor.d/sockscope
        sudo apparmor_parser -r /etc/apparmor.d/sockscope

    Then run that one. The profile names /usr/local/bin/sockscope and /usr/bin/sockscope alone, which only root can write; a build elsewhere needs a line of your own in /etc/apparmor.d/local/sockscope-paths:

        @{"{"}sockscope{"}"} += /home/me/sockscope/target/debug/sockscope

    A lab runs any program, so this profile opens user namespaces to every local user again; the programs themselves run without the right to make more of them. Where that must not be, use sudo. (The profile was read by a parser, but not yet tried on a kernel with AppArmor.)

topic-security =
    sockscope runs programs and lessons of strangers, reads their captures and marks their hand-ins. What it does about that:

    # Whose rights
    Everything is done with the rights of who called. Under sudo, doas and pkexec the program becomes who called as its first act, for good: ids, groups, home, shell and environment (XDG_*, TMPDIR, SHELL and HOME of root's session do not count). Of root's rights it keeps the capabilities SYS_ADMIN, NET_ADMIN and NET_RAW for a lab, NET_RAW for --on lo until its sockets are open, and none for anything else. None of them opens a file: files are read, written and owned as if there had been no sudo. If it is not sure who called (SUDO_UID without SUDO_GID, a number that is none), nothing is done. A setuid binary refuses. Root itself, whom nobody called, stays root.

    # Programs in lab
    They run as who called (those of lab and of exercise NAME -- CMD), with descriptors 0 to 2 and nothing else of ours. They may do anything with the lab's network, which is their own, and outside what you may do: the lab is no sandbox, a program reaches your files. Under sudo too they have no rights outside; where the kernel makes no user namespaces they start without any capability, and that is said. Only root's own programs run as root. Each runs in a PID namespace of its own and sees only what it started itself; what it leaves in the background lives until the run is over, and no longer, however sockscope ends, kill -9 included. (Where the kernel allows no PID namespaces, which doctor says, its processes are ended one by one, and a program that sets out to can escape that.)

    # Lessons
    A lesson sets kernel settings of its hosts' own network namespaces, from a list (sockscope help sysctl), with bounded values, and nothing else: this is checked when it is read and again when it is written. No setting of the machine is ever written, and no lesson makes the kernel load a module for congestion control. A lesson has no programs. An exercise's folder has some, and exercise.toml can name no command: exercise check alone runs them, .py files by python3 and .c files compiled by cc, as who called; a hand-in is marked from its recording and never run. Under sudo, lessons that come from the config file are named on standard error.

    # What comes from outside
    Captures, recordings, hand-ins, lessons, names of files, what programs print: shown with control characters and bidi controls made visible. --raw-output passes on what programs print as it is. Hand-ins and compared files take at most 128 MiB of memory, whatever they hold: a hand-in's recording of more than 64 MiB (unpacked) and a file that would need more is refused with the reason. Where a file is expected (hand-ins, their recordings, lessons, the config), pipes and devices are refused at once; explain and compare read pipes.

    # Outputs
    What is at an output's path stays until there is something to write. A picture, a hand-in or a copy replaces it as a whole; a recording grows and can be opened at any moment, also when the disk becomes full (exit code 1). A file that holds something else than what is written there is not overwritten without --force. No file can be two outputs, or an output and what is read or printed; only explain X --save X replaces its own input. Outputs are files, pipes that somebody reads, or devices such as /dev/null; never block devices or terminals.

    # Never done
    No connection to anywhere, no update, no telemetry; no interface, route, rule or setting of the machine is changed; no file of yours is read that was not named, but the config file and the learner's progress.

    # A way around any of this
    Please tell the maintainers in private before you tell others, with the command, the input and what sockscope --version and sockscope doctor say.
## section: trace
trace-calls = calls
trace-others = other frames
trace-milestones = milestones
trace-findings = findings
trace-congestion = congestion window { $ends }
trace-in-flight = in flight { $ends }
trace-window = receive window for { $ends }
trace-queue = queue of the wire
trace-cut = { $n ->
        [one] The trace lacks 1 frame: it holds the first 20000.
       *[other] The trace lacks { $n } frames: it holds the first 20000.
    }
trace-cast-cut = { $n ->
        [one] The terminal recording lacks 1 moment: it holds the first 60000.
       *[other] The terminal recording lacks { $n } moments: it holds the first 60000.
    }
## section: svg
svg-title = What { $command } put on the wire
svg-title-capture = What a capture holds
svg-about = A space-time diagram: time runs downwards, each host has a vertical line, each frame is an arrow from where it was sent to where it arrived.
svg-states-about = The states of a TCP connection (RFC 9293, Figure 5). The paths that both ends walked are lit.
svg-lost = lost
svg-lost-by = lost: { $rule }
svg-queue-full = dropped: the queue is full
svg-too-big = dropped: larger than { $mtu } bytes
svg-silence = { $span } of silence, folded
svg-scale = to scale: 1 ms is { $px } px
svg-spread = a thick line at the left: time is spread there, so that words have room
svg-semicolon = {"; "}
svg-left-out = { $n } frames are not drawn
svg-syn = SYN
svg-data = data
svg-ack = ACK alone
svg-fin = FIN
svg-rst = RST
svg-again = sent again
svg-udp = datagram
svg-other = other frame
svg-not-in-figure = { $host }, step { $n }: { $from } → { $to } is not drawn in the figure
svg-no-states = No kernel said anything about states here.
## section: page
page-contents = contents
page-diagram = Space–time diagram
page-findings = What to look at
page-story = The story, row by row
page-states = The states of both ends
page-stream = Where the bytes went
page-graphs = Graphs
page-caption = Every call, frame and change of state in order. A row of a frame opens to its sentence, its evidence and its bytes.
page-who = who
page-what = what
page-lost = lost
page-arrives = arrives:
page-payload = payload
page-padding = padding
page-byte = byte
page-bits = bits
page-field = field
page-value = value and meaning
page-info-sender = TCP_INFO of the sender, when it had left
page-info-receiver = TCP_INFO of the receiver, when it had arrived
page-stream-counts = { $bytes } bytes: { $sends ->
    [0] no recorded send()
    [one] { $sends } send()
   *[other] { $sends } sends
}, { $segments ->
    [one] { $segments } segment
   *[other] { $segments } segments
}, { $receives ->
    [0] no recorded recv()
    [one] { $receives } recv()
   *[other] { $receives } receives
}. Their boundaries are nobody's but their own.
page-sends = send()
page-segments = segments
page-receives = recv()
page-drawn = The first { $drawn } frames are drawn; { $n } more stand in the table.
page-first-rows = Without scripts the first { $shown } of { $n } rows are here.
page-left-out = { $n } further frames found no room in this page.
page-fields-need-script = Without scripts each frame's bytes are here, and its fields are not: sockscope explain FILE --frame N has them.
page-program = program
page-kernel = kernel
page-command = command
page-delay = one-way delay
page-mtu = MTU
page-rate = rate
page-seed = seed
page-rule = fault
page-made = Made by sockscope from one run or one capture. Nothing here is drawn from a textbook: every arrow, state and byte was observed.
page-previous = previous
page-next = next
page-close = close
page-zoom-in = larger
page-zoom-out = smaller
page-png = save as PNG
page-from = from
page-to = to
page-frames = frames
page-bytes = bytes of payload
page-losses = lost
## section: serve
serve-here = The classroom page is at { $address } (Ctrl-C ends it)
serve-also = others reach it at { $address }
serve-opens = Others can reach this address. Whoever has this link may run labs here as you and read what they show; without TLS, whoever listens on the network can read the link's token as well.
serve-i-am = I am:
serve-client-says = client:
serve-skip = To the content
serve-pages = Pages
serve-made = Everything shown here was observed in a run of this machine's kernel.
serve-home = Start
serve-home-title = What socket calls put on the wire
serve-home-about = Each run is a real conversation between two TCP/IP stacks of this kernel, in a network of its own. Both ends are captured, and both kernels are asked for their states. What happens is shown here while it happens.
serve-openapi = All addresses of this server, as an OpenAPI document
serve-article = Two endpoints
serve-article-short = A server that listens and a client that calls it, each started by one request.
serve-article-about = The server listens on port 7070 with a backlog of 5, reads up to 1024 bytes and prints them as UTF-8. The client connects, sends one message, shuts down both directions and closes.
serve-article-hosts = The two programs run on different hosts: the server on 10.0.0.2, the client on 10.0.0.1. So 127.0.0.1 would be the wrong address for the client: each host has a loopback of its own.
serve-start-server = Start the server
serve-start-server-about = socket, bind, listen, accept. A second one finds the port taken.
serve-start-client = Run the client
serve-start-client-about = socket, connect, send, shutdown, close. Without a server it is refused.
serve-stop-server = Stop
serve-stop-server-about = Ends both programs and takes the hosts down.
serve-article-get = The same by GET, and why that is a mistake
serve-article-get-about = These two addresses start something when they are merely fetched. A GET is meant to be safe: browsers fetch links ahead, a page of somebody else's can fetch them by an image, and what fails is fetched again [RFC 9110 §9.2.1]. Here they answer only to this machine, and not to pages of other sites. The buttons use POST.
serve-listening = listening, receiving data from clients
serve-success = success
serve-server-in-use = { $errno }: on host server, bind(10.0.0.2:7070) failed. Another socket listens on this address and port already.
serve-server-failed = { $errno }: on host server, a call of the listening server failed.
serve-client-refused = { $errno }: on host client, connect(10.0.0.2:7070) failed. Nobody listens there: the server's kernel answered the SYN with a RST.
serve-client-failed = { $errno }: on host client, a call of the client failed.
serve-stopped = stopped
serve-not-there = there is no server to stop
serve-too-often = this server has been called too often: stop it, then start it again
serve-whole-story = This story on a page of its own
serve-run = A run
serve-run-tcp = TCP
serve-run-tcp-short = One exchange over TCP, from the handshake to the close.
serve-run-udp = UDP
serve-run-udp-short = The same messages as datagrams.
serve-run-compare = Compare
serve-run-compare-short = The same bytes over TCP and over UDP, on the same wire and with the same faults.
serve-lessons = Lessons
serve-lessons-short = A run with what to watch for, questions, and what was seen.
serve-lessons-about = A lesson says what to watch for, makes its run, and asks before it shows. Its text appears as on a terminal; answers are typed below it.
serve-explain = Explain a capture
serve-explain-short = A capture file of your own, packet by packet.
serve-explain-about = A file of at most { $mb } MB: pcap or pcapng, also compressed with gzip or zstd. It is read by a process that can reach nothing else, and deleted after a while.
serve-explain-file = Capture file
serve-explain-go = Explain it
serve-empty-upload = the file is empty
serve-needs-script = This needs scripts, which are switched off here. The report that is there at the end needs none.
serve-more-fields = More settings
serve-one-per-line = One per line.
serve-go = Run
serve-reset = Reset
serve-rule = Put a fault together
serve-rule-action = what happens
serve-rule-kind = to which segments
serve-rule-number = the how manyth
serve-rule-from = from which host
serve-rule-time = by how much time
serve-rule-add = Add it
serve-command = The command that does the same:
serve-copy = Copy
serve-copied = Copied
serve-again = Change it and run again
serve-stop = End this run
serve-results = Results
serve-file-report = The report: diagram, every byte, states, graphs
serve-file-pcapng = The recording (pcapng)
serve-file-json = The story as JSON
serve-file-svg = The diagram (SVG)
serve-reload = Load this page again
serve-story = The story
serve-said = What the run prints
serve-picture = The run to scale of time
serve-live = live
serve-over = The run is over.
serve-lost = A part of the story is no longer kept here; the report has it.
serve-left-out = Rows that are in the report only:
serve-played = played slower by
serve-player = Play the told story again
serve-step = Step
serve-step-back = Back
serve-play = Play
serve-pause = Pause
serve-slower = slower by
serve-scrub = moment
serve-answer = Your answer
serve-answer-go = Answer
serve-answer-about = Nothing: skip it. h: a hint.
serve-asks-nothing = this run asks nothing now
serve-no-answer = The server does not answer.
serve-join = Enter
serve-join-title = This page needs a link
serve-join-about = Whoever started the server has a link with a token in it. Open that link, or type the token here.
serve-join-token = Token
serve-join-plain = Over plain HTTP everybody on the same network can read the token.
serve-refused-host = this server is not known under that name
serve-refused-site = this was asked by a page of another site
serve-refused-origin = this was asked by a page of another origin
serve-refused-get = by GET this is done for this machine's own users only
serve-refused-method = this is done by GET or POST
serve-refused-token = the token of the server's link is missing
serve-refused-form = the form's token is missing: load the page again
serve-refused-kind = this kind of content is not taken here
serve-not-found = there is nothing here
serve-too-large = this is larger than may be
serve-too-slow = this took longer than it may
serve-too-many = too many runs at once: try again in a moment
serve-too-long = The run was ended: it may take { $s } s.
serve-lab-broken = the run failed: { $error }
serve-api-about = The classroom page of sockscope: every address, what it takes and what it gives. What changes something takes the token of /api/token, in a header or in the form.
serve-api-home = The first page
serve-api-file = A file of the pages
serve-api-openapi = This document
serve-api-token = The token that forms and requests carry which change something
serve-api-session = Exchanges the token of the server's link for a cookie, where one is needed
serve-api-article = The page with both endpoints
serve-api-server = Starts the listening server. By GET only from this machine, and not from pages of other sites
serve-api-client = Runs the client against it. By GET only from this machine, and not from pages of other sites
serve-api-stop = Stops the server and takes its lab down
serve-api-form = The form of tcp, udp or compare; what stands behind the question mark is filled in
serve-api-run = Starts a run of what was filled in
serve-api-story = The page of a run
serve-api-events = What a run tells, as server-sent events; goes on behind Last-Event-ID
serve-api-download = A file that a run left: report.html, run.pcapng, story.json, diagram.svg
serve-api-end = Ends a run
serve-api-answer = Answers the question of a lesson
serve-api-lessons = The list of lessons
serve-api-lesson = Starts a lesson
serve-api-upload = The page where a capture is uploaded
serve-api-explain = Explains the capture that is sent
serve-status-200 = Done
serve-status-202 = Begun; the answer says where it is told
serve-status-204 = Done, and there is nothing to say
serve-status-303 = Begun; it is told at the address in Location
serve-status-403 = Refused: by its host, its origin, or for want of a token
serve-status-404 = There is no such thing
serve-status-405 = Not by this method
serve-status-408 = The body took too long
serve-status-409 = Not as things stand: the port is taken, nobody listens, or nothing is asked
serve-status-413 = The body is too large
serve-status-415 = A kind of content that is not taken
serve-status-422 = What was filled in or sent makes no run
serve-status-429 = Too many at once, or too often
serve-status-500 = The run failed
