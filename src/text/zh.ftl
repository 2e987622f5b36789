## section: cli


## section: help


## section: doctor


## section: error


## section: ladder


## section: note


## section: summary


## section: bytes


## section: compare


## section: lesson


## section: explain


## section: progress


