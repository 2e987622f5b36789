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


## section: explain


## section: progress


