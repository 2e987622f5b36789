## section: cli


## section: help


## section: doctor


## section: error

error-line = error: { $what }
error-why = { "  " }why: { $why }
error-try = { "  " }try: { $cure }
error-range = { $value } is not between { $min } and { $max }

## section: ladder


## section: note


## section: summary


## section: bytes


## section: compare


## section: lesson


## section: explain


## section: progress


