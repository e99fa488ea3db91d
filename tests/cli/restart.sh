# SIGKILL in the middle of traffic: what was acknowledged is there afterwards, the rest arrives, nothing arrives twice.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour

ids=()
send() {
	ok B incident report --to harbour --stage early-warning --title "notice $1" --aware 2026-11-23T09:00:00Z --malicious no \
		--cross-border no --contact "soc@brackwater.example"
	ids+=("$out")
}
for i in 1 2 3; do send "$i"; done
kill_hard A
for i in 4 5 6; do send "$i"; done
expect 7 B incident report --to harbour --stage early-warning --title "notice 7" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "soc@brackwater.example" --wait 1s
ids+=("$out")
start A
for id in "${ids[@]}"; do until_true 40 A record show "$id"; done
kill_hard B
start B
send 8
kill_hard B
kill_hard A
start A
start B
until_true 40 A record show "${ids[7]}"
until_true 40 lacks 'notice' B outbox --waiting
for i in 1 2 3 4 5 6 7 8; do
	[ "$(A inbox | grep -c "notice $i")" = 1 ] || fail "notice $i is not there exactly once"
done
ok A store check
ok B store check
# An orderly end is told: the supplier sees a stopped node, not a broken line.
stop A
until_true 10 shows 'their node was stopped' B partner show harbour
