## section: cli


## section: help


## section: doctor


## section: error

error-line = 错误：{ $what }
error-why = { "  " }原因：{ $why }
error-try = { "  " }试试：{ $cure }
error-range = { $value } 不在 { $min } 到 { $max } 之间

## section: ladder


## section: note


## section: summary


## section: bytes


## section: compare


## section: lesson

lesson-mistake-range-compare = 范围只能写在“=”后面
lesson-mistake-number = “{ $found }”不是数字，也不是某次运行里的符号
lesson-mistake-time = “{ $found }”不是时间：要写带单位的数（20ms、1.5s），或者 delay、rtt
lesson-mistake-ends = 模式以发送方和接收方开头：client > server
lesson-mistake-host = 这里没有主机“{ $found }”；有 { $hosts }，还可以写 any、all
lesson-mistake-key = “{ $found }”不是帧里的数值
lesson-mistake-pattern-word = “{ $found }”不是标志位、协议，也不是帧的性质

## section: explain


## section: progress


