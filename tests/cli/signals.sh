# What a signal does to a node and to who waits for it.
. "$(dirname "$0")/lib.sh"

node A "Harbour Foods"
start A

# SIGHUP opens the log again, as logrotate wants it, and ends nothing.
mv A/tally.log A/tally.log.1
kill -HUP "$pid_A"
until_true 10 grep -q log-opened-again A/tally.log
ok A status
[ "$(pid_of A)" = "$pid_A" ] || fail "SIGHUP made another node of it"

# In the foreground, where the log is whoever reads stderr, it ends nothing either.
stop A
grep -q event=stopped A/tally.log || fail "the node that was told to end did not say so"
"$tally" --home A up 2>foreground.log &
pid_A=$!
pids+=("$pid_A")
until_true 10 grep -q event=ready foreground.log
kill -HUP "$pid_A"
ok A status
kill -TERM "$pid_A"
wait "$pid_A" || fail "SIGTERM did not end it in order"
forget "$pid_A"
grep -q event=stopped foreground.log || fail "the node did not say that it stopped"

# Killed while somebody waits for its answer: not running, whether that one was connected already or not.
connected() { readlink /proc/$asker/fd/* | grep -q '^socket:'; }
for i in 1 2; do
	start A
	kill -STOP "$pid_A"
	"$tally" --home A status >waiting.out 2>waiting.err &
	asker=$!
	[ "$i" = 1 ] || until_true 10 connected
	kill_hard A
	rc=0
	wait $asker || rc=$?
	err=$(cat waiting.err)
	[ $rc = 3 ] || fail "status of a killed node ended with $rc: $err"
	tells 'is not running'
done
expect 3 A status
