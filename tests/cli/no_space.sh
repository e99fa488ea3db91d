# The disk is full: the node says so, keeps what it had, and works again when there is room.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
node B "Brackwater Logistics"
start A --map-size 2M
start B
pair A B brackwater harbour
big=$(head -c 16000 /dev/zero | tr '\0' 'x')
sent=0
for i in $(seq 1 220); do
	ok B incident report --to harbour --stage early-warning --title "notice $i" --aware 2026-11-23T09:00:00Z --malicious no \
		--cross-border no --contact "soc@brackwater.example" --summary "$big$i"
	sent=$i
done
until_true 30 grep -qE 'space|full' A/tally.log
ok A status
ok B outbox --waiting
says 'notice'
stop A
start A --map-size 64M
until_true 60 shows "notice $sent" A inbox --limit 500
until_true 60 lacks 'notice' B outbox --waiting
ok A store check
