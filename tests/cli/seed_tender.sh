# A tender in two stages with two bidders who do not learn of each other: asked, answered, decided with reasons; the deadline is the same at both ends.
# seed: E1 E7
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
node C "Coldline Hosting"
start A
start B
start C
pair A B brackwater harbour
pair A C coldline harbour
printf 'rid,title,text,levels\nR1,Locks,Lock.,basic;standard\nR2,Restore,Test restoring.,standard\n' >set.csv
ok A requirement import set.csv --name cold
expect 2 A tender open --title "Cold chain" --set cold --stage "sometime=2030-01-01" --to brackwater
tells 'a stage is one of market-engagement, selection'
expect 9 A tender open --title "Cold chain" --set cold --stage "award=2030-02-28, standard" --stage "selection=2029-12-15, basic" --to brackwater
tells 'comes after a later stage'
ok A tender open --title "Cold chain" --reference T-9 --set cold --stage "selection=2029-12-15, basic: a certificate; a reference" \
	--stage "award=2030-02-28, standard" --to brackwater --to coldline --wait 10s
tender=$out
for n in B C; do
	ok "$n" tender show "$tender"
	says '^me +selection +2029-12-15 +basic +a certificate, a reference +open'
	[ "$(grep -c . <<<"$out")" = 3 ] || fail "a bidder sees more than its own two stages"
	ok "$n" inbox --open
	says 'tender .*Cold chain'
	ok "$n" report owed
	says '^2029-12-15 23:59Z .*bid: selection'
done
ok A report owed
[ "$(grep -c 'bid: selection' <<<"$out")" = 2 ] || fail "not two bids are owed"
ok B reply "$tender" accepted --wait 10s
expect 8 A tender decide "$tender" brackwater pass
tells 'has answered nothing that is still to be decided'

ok A tender ask "$tender" --wait 10s
assign=$out
expect 8 A tender ask "$tender"
ok B requirement ack "$assign" --accept-all --wait 10s
ok C requirement ack "$assign" --decline "R1=no locks" --wait 10s
ok A tender show "$tender"
says '^brackwater +selection .*answered, to decide'
expect 2 A tender decide "$tender" coldline fail
tells 'say why'
ok A tender decide "$tender" coldline fail --reason "R1=locks are needed" --wait 10s
ok A tender decide "$tender" brackwater pass --wait 10s
ok C tender show "$tender"
says '^me +selection .*fail +R1: locks are needed'
says '^me +award .*out$'
ok C report owed
silent 'bid:'
ok B tender show "$tender"
says '^me +selection .*pass'
ok B report owed
says '^2030-02-28 23:59Z .*bid: award'

ok A tender ask "$tender" --wait 10s
award=$out
expect 5 C record show "$award"
ok B requirement ack "$award" --accept R1 --exception "R2=next spring, until 2030-06-30" --wait 10s
ok A tender decide "$tender" brackwater conditional --reason "R2=a restore test first" --conditions "a test before the first delivery" --wait 10s
ok B tender show "$tender" --json
says '"state": "conditional"'
says '"R2: a restore test first"'
says '"conditions": "a test before the first delivery"'
ok A tender list
says "^${tender:0:12} .*Cold chain +T-9 +2 +1$"
