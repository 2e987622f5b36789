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

lesson-mistake-range-compare = a range stands behind “=” only
lesson-mistake-number = “{ $found }” is no number and no symbol of a run
lesson-mistake-time = “{ $found }” is no time: a number with its unit (20ms, 1.5s), delay, or rtt
lesson-mistake-ends = a pattern begins with sender and receiver: client > server
lesson-mistake-host = there is no host “{ $found }” here; there are { $hosts }, and any, all
lesson-mistake-key = “{ $found }” is no number that a frame has
lesson-mistake-pattern-word = “{ $found }” is no flag, no protocol and no property of a frame

## section: explain


## section: progress


