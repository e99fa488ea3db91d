# Clock profiles are read again at SIGHUP, in the background and in the foreground; one that is wrong leaves the old ones in force, with an alarm.
. "$(dirname "$0")/lib.sh"
node A "Harbour Foods"
start A
rm kit-A
rules() { printf 'title Ours\nuse own\nowed authority\nclock call: aware + %s; met by early-warning\n' "$1" >A/clocks/ours.clock; }
ok A doctor
says '^clocks +good +profiles in use: consortium, contract, dora, nis2$'
rules "1 h"
kill -HUP "$pid_A"
until_true 10 shows 'profiles in use: .*, ours$' A doctor
grep -q 'event=clocks-read$' A/tally.log || fail "the log does not say that the clocks were read"
rules "1 week"
kill -HUP "$pid_A"
until_true 10 grep -q 'event=clocks-not-read' A/tally.log
expect 10 A doctor
says 'ours.clock:4: expected h, d or month'
says 'profiles in use: .*, ours$'
rm A/clocks/ours.clock
kill -HUP "$pid_A"
until_true 10 lacks ', ours$' A doctor --acknowledge
ok A doctor
says '^clocks +good +profiles in use: consortium, contract, dora, nis2$'
stop A

# In the foreground, as a service manager has it.
"$tally" --home A up 2>foreground.log &
pid_A=$!
pids+=("$pid_A")
until_true 10 grep -q event=ready foreground.log
rules "2 h"
kill -HUP "$pid_A"
until_true 10 shows 'profiles in use: .*, ours$' A doctor
kill -TERM "$pid_A"
wait "$pid_A" || fail "SIGTERM did not end it in order"
forget "$pid_A"
