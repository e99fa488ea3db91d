# Proofs by file: valid as exported, invalid after any change of a byte, cut, or with something added.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
ok B incident report --to harbour --stage early-warning --title "Ransomware" --aware 2026-11-23T09:00:00Z --malicious yes \
	--cross-border no --contact "soc@brackwater.example" --wait 10s
notice=$out
until_true 10 A record show "$notice"
ok A proof export "$notice" -o a.tally
ok B proof export "$notice" -o b.tally
tells 'the file holds in full'
expect 8 B proof export "$notice" -o a.tally
tells 'hint: .*--force'
[[ $err != *'the file holds'* ]] || fail "it tells what is in a file that was not written"
ok B proof export "$notice" --dry-run -o never.tally
tells 'the file holds in full'
[ ! -e never.tally ] || fail "a rehearsal wrote a file"
expect 5 A proof export 0123456789ab
stop B
# A is told at once that nobody holds it yet when it would not wait at all; and whoever gives up waiting, that nothing is lost by it.
expect 7 A reply "$notice" acknowledged --wait 0s
env --default-signal=INT "$tally" --home A reply "$notice" acknowledged --wait 60s >reply.out 2>reply.err &
waiter=$!
until_true 10 test -s reply.out
kill -INT $waiter
rc=0
wait $waiter || rc=$?
err=$(cat reply.err)
[ $rc = 130 ] || fail "an interrupted --wait ended with $rc"
tells 'goes on by itself'
stop A
for file in a.tally b.tally; do
	ok "$tally" proof verify $file
	says 'Brackwater Logistics'
	ok "$tally" proof verify $file --json
	says '"schema"'
done
"$tally" proof verify - <a.tally >from-stdin || fail "a proof on stdin is not read: $(cat from-stdin)"
size=$(stat -c %s a.tally)
# Forty places over the whole file, both ends among them.
for i in $(seq 0 39); do
	flip a.tally $((i * (size - 1) / 39)) bad.tally
	rc=0
	"$tally" proof verify bad.tally >changed 2>&1 || rc=$?
	step="one bit at $((i * (size - 1) / 39)) of $size"
	[ $rc = 10 ] || [ $rc = 11 ] || fail "a changed proof ends with $rc: $(cat changed)"
done
for cut in 0 1 16 $((size / 2)) $((size - 1)); do
	head -c "$cut" a.tally >cut.tally
	expect 10 "$tally" proof verify cut.tally
done
{ cat a.tally; printf 'x'; } >long.tally
expect 10 "$tally" proof verify long.tally
cat a.tally a.tally >twice.tally
expect 10 "$tally" proof verify twice.tally
