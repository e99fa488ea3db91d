# Two organisations that no line joins, one of them without a node: a card, the words by telephone, a bundle there and one back with the receipt.
. "$(dirname "$0")/lib.sh"

node C "Customer"
node S "Small Supplier"
start C
ok S card export -o s.card
ok S card show --words
words_s=$out
ok C card show --words
words_c=$out
ok C card show s.card
says 'Small Supplier'
grep -q "$words_s" <<<"$out" && fail "the words of a card are shown before they are compared"
ok C record new incident.notice --title "Pumps stand still" --stage early-warning --malicious yes --cross-border no --aware 2026-11-24T08:00:00Z \
	--contact soc@c.example
notice=$out

# Nothing leaves before the words are compared; what to do is said.
expect 6 C bundle export --to s.card --name small --record "$notice" -o out.tally
tells 'not compared'
tells 'hint: .*partner verify small'
[ ! -e out.tally ] || fail "a file was made"
expect 9 C bundle export --to s.card --words "$words_c x" --record "$notice" -o out.tally
ok C partner verify small --words "$words_s"
ok C bundle export --to s.card --record "$notice" -o out.tally
expect 8 C bundle export --to small -o out.tally
grep -q "Pumps" out.tally && fail "the bundle can be read"

# Opened at the supplier's, where no node runs; it looks first, then compares, then takes.
ok S bundle inspect out.tally
says 'Customer'
says 'incident.notice.*Pumps stand still.*yes +no'
expect 10 S bundle import out.tally --name customer
tells 'nothing was taken'
ok S record list --kind incident.notice
says '^$'
ok S bundle import out.tally --words "$words_c"
says 'incident.notice +Pumps stand still'
ok S record list
says 'incident.notice +customer .*Pumps stand still'
expect 3 S inbox # what needs a running node says so
ok S bundle export --to customer -o back.tally
ok C outbox --waiting --json
says 'Pumps'
ok C bundle import back.tally
ok C outbox
says 'Pumps stand still +stored'
ok C partner show small
says 'state: +active'

# The wrong ones, each in words.
expect 6 C bundle import out.tally
tells 'this bundle is our own'
expect 9 C bundle import s.card
tells 'this is no bundle'
expect 9 C partner add out.tally
tells 'is not a card'
expect 5 C bundle import nowhere.tally
flip back.tally 400 bad.tally
expect 6 C bundle import bad.tally
tells 'changed on its way'
head -c 300 back.tally >cut.tally
expect 6 C bundle import cut.tally
# While its node runs, the same commands go through it.
start S
ok S bundle import out.tally
tells 'no record in it that was not here'
stop S
stop C
