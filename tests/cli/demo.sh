# The demo runs to its end, on nodes with sanitizers, and says what it promises.
. "$(dirname "$0")/lib.sh"

mkdir play
expect 0 env FAST=1 NO_COLOR=1 DEMO_DIR="$work/play" bash "$top/deploy/demo" "$tally"
says 'The three organisations are invented'
says 'amber\+strict: stays within'
says 'refused, exit code 6'
says 'VALID: 3 records'
says 'refused, exit code 10'
says 'That was it'
silent 'error: (there is no|internal)'
[ ! -S play/harbour/tally.sock ] || ! "$tally" --home play/harbour status >/dev/null 2>&1 || fail "a node was left running"
