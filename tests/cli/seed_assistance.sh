# Help: asked for, offered, taken, done with; a standing offer until its day.
# seed: S1
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
expect 9 B assistance offer --to harbour --standing --title "Two analysts" --kind forensics
tells 'expires.* is required'
ok B assistance offer --to harbour --standing --title "Two analysts" --kind forensics --kind staff --capacity "80 hours" --expires 2030-01-01T00:00:00Z \
	--terms "at cost" --wait 10s
standing=$out
ok A assistance list
says "^${standing:0:12} +brackwater +standing-offer +forensics, staff .*80 hours +2030-01-01 00:00Z +open"
ok A incident report --to brackwater --stage early-warning --title "Ransomware" --aware 2026-11-23T09:00:00Z --malicious yes --cross-border no \
	--contact soc@harbour.example --wait 10s
incident=$out
ok A assistance request --about "$incident" --title "Analysts for a week" --kind forensics --wait 10s
request=$out
ok B inbox --open
says "^${request:0:12} .*Analysts for a week"
ok B assistance offer --about "$request" --title "Two of ours, from Monday" --kind forensics --capacity "two people" --wait 10s
offer=$out
ok B inbox --open
silent "^${request:0:12}"
ok A inbox --open
says "^${offer:0:12} .*Two of ours"
expect 6 B assistance accept "$offer"
ok A assistance accept "$offer" --wait 10s
for n in A B; do
	ok "$n" assistance list --open
	says "^${offer:0:12} .*accepted by (me|harbour|Harbour Foods)"
done
ok B assistance close "$offer" --text "report delivered" --wait 10s
ok A assistance close "$request" --wait 10s
for n in A B; do
	ok "$n" assistance list
	says "^${offer:0:12} .*closed$"
	says "^${request:0:12} .*closed$"
	ok "$n" assistance list --open
	says "^${standing:0:12} "
	silent "^${offer:0:12}"
done
expect 8 A assistance accept "$offer"
tells 'no longer open'

# What is over waits for nobody.
ok A assistance request --to brackwater --title "Yesterday" --kind staff --expires 2020-01-01T00:00:00Z --wait 10s
tells 'over already'
ok B inbox
says 'Yesterday .*expired'
ok B inbox --open
silent 'Yesterday'
