# A supplier with nothing but "tally init" is asked in a file and answers in a file: typed, from CSV, from JSON. Later it starts a node, and the same logs go on.
. "$(dirname "$0")/lib.sh"

listening C "Customer"
node S "Small Supplier"
start C
ok S card export -o s.card
ok S card show --words
words_s=$out
ok C card show --words
words_c=$out
"$tally" requirement example >set.json
ok C requirement import set.json --name base
expect 6 C bundle request base --to s.card --name small --due 2027-01-31 -o ask.tally
tells 'small is not verified'
ok C bundle request base --to s.card --words "$words_s" --due 2027-01-31 -o ask.tally

# Nobody has called the customer yet: nothing is answered to who may be anybody.
expect 6 S bundle answer ask.tally -o back.tally
tells 'ten words .* not compared'
[ ! -e back.tally ] || fail "an answer was made"
ok S bundle answer ask.tally --words "$words_c" --name customer --form form.csv
step="cat form.csv" out=$(cat form.csv)
says '^record,rid,kind,title,question,due,answers,answer,text,until'
says ',R1,requirement.assign,.*accepted, accepted-with-exception'
expect 8 S bundle answer ask.tally --form form.csv

# Typed: a word that is none of them is asked for again. Enter at the beginning, or the end before all is answered, leave the assignment open.
typed() { "$tally" --home S bundle answer ask.tally -o "$1" >out.txt 2>err.txt || fail "typed answers are not taken: $(cat err.txt)"; }
step="nothing typed"
typed receipt.tally </dev/null
err=$(cat err.txt)
tells 'left open: R1 '
printf '\n' | typed again.tally
printf 'accepted\nby telephone\naccepted\n' | typed half.tally
ok C bundle import half.tally
ok C requirement matrix base
says 'R1 .* unanswered'
step="all typed"
{
	printf 'yes\naccepted\nby telephone, at any hour\n\naccepted-with-exception\nold scanners\n2027-06-30\n'
	for i in 3 4 5 6 7 8; do printf 'accepted\n\n'; done
} | typed back.tally
grep -q 'left open' err.txt && fail "something is left open: $(cat err.txt)"
ok C bundle import back.tally
says 'requirement.ack'
ok C requirement matrix base
says 'R1 .* accepted +by telephone'
says 'R2 .* accepted-with-exception +2027-06-30 +old scanners'

# From the form, once more: what is empty stays as it was said. And JSON.
awk -F, -v OFS=, '$2 == "R4" || $2 == "R5" { sub(/,,,\r?$/, ",declined,we have none,") } 1' form.csv >filled.csv
ok S bundle answer ask.tally --answers filled.csv -o second.tally
printf '[{"record": "%s", "rid": "R6", "answer": "not-applicable", "text": "no backups"}]' "$(awk -F, '$2 == "R6" { print $1 }' form.csv)" >answers.json
ok S bundle answer ask.tally --answers answers.json -o third.tally
# The second is lost: the third has it all.
ok C bundle import third.tally
ok C requirement matrix base
says 'R1 .* accepted +by telephone'
says 'R4 .* declined +we have none'
says 'R6 .* not-applicable +no backups'
expect 9 S bundle answer ask.tally --answers form.csv -o fourth.tally
tells 'no answer is given'
printf '[{"record": "%064d", "answer": "accepted"}]' 0 >unknown.json
expect 5 S bundle answer ask.tally --answers unknown.json -o fourth.tally
printf 'rid,answer\nR1,accepted\n' >nameless.csv
expect 9 S bundle answer ask.tally --answers nameless.csv -o fourth.tally
[ ! -e fourth.tally ] || fail "a bundle was made"

# A notice, answered by what it means.
ok C record new incident.notice --title "Pumps stand still" --stage early-warning --malicious yes --cross-border no --aware 2026-11-24T08:00:00Z \
	--contact soc@c.example
notice=$out
ok C bundle export --to small --record "$notice" -o notice.tally
printf 'not-affected\nno pumps here\n' | "$tally" --home S bundle answer notice.tally -o reply.tally >out.txt 2>err.txt || fail "$(cat err.txt)"
ok C bundle import reply.tally
ok C incident show "$notice"
says 'not-affected'

# Now with a node: an invitation links the two, nothing begins anew, and what is said next goes over the line.
start S
ok C partner invite --name linked
ok S partner join "$out" --name harbour
ok S reply "$notice" acknowledged --wait 20s
is_linked() { C partner show small --json | grep -q '"linked": true'; }
until_true 20 is_linked
ok C partner list
says '^small '
ok S partner list
says '^customer +Customer +active +linked'
ok S store check
ok C store check
stop S
stop C
