# What a customer wants passed on reaches the subcontractors without its name; the counts come back and are verified without theirs.
# seed: U9 E2
. "$(dirname "$0")/lib.sh"
node A "Harbour Foods"
listening S "Brackwater Logistics"
node B "Coldline Hosting"
node C "Deep Freeze"
start A
start S
start B
start C
pair S A harbour brackwater
pair S B coldline brackwater
pair S C deepfreeze brackwater
printf 'rid,title,text,flow_down,mappings\nR1,Locks,Lock the doors.,require,S=8\nR2,Logs,Keep logs.,inform,S=8\nR3,Pets,No pets.,none,\n' >set.csv
ok A requirement import set.csv --name doors --title "Doors of Harbour"
ok A requirement assign doors --to brackwater --due 2030-01-31 --wait 10s
assign=$out
for n in A S; do
	ok "$n" report flowdown
	says ' R1 +Locks +require .*not reported$'
	silent ' R3 '
done
expect 6 A requirement pass "$assign" --to brackwater
ok S requirement flowdown "$assign" --dry-run
tells 'R1 is passed on to nobody'
ok S requirement pass "$assign" --to coldline --to deepfreeze --due 2029-12-31 --wait 10s
passed=$out
ok B requirement show "$passed" --json
silent '[Hh]arbour'
silent '"R3"'
until_true 10 shows 'R1' B requirement owed
ok B requirement ack "$passed" --accept R1 --exception "R2=new disks, until 2027-03-31" --wait 10s
ack=$out
ok S requirement flowdown "$assign" --wait 10s
ok A report flowdown
says '^brackwater +me +R1 +Locks +require +2 +1 +0 +unanswered +0 .*counts verified$'
says '^brackwater +me +R2 +Logs +inform +2 +1 +1 +2027-03-31 +unanswered .*counts verified$'
silent 'coldline|deepfreeze|Coldline|Deep'
ok C requirement ack "$passed" --accept R1 --decline "R2=no room" --wait 10s
ok S requirement flowdown "$assign" --wait 10s
flow=$out
ok A report flowdown --why
says "^brackwater +me +R1 +Locks +require +2 +2 +0 +accepted .*counts verified +.*${flow:0:12}"
says '^brackwater +me +R2 +Logs +inform +2 +2 +1 +2027-03-31 +declined '
ok A record show "$flow" --json
says "$ack"
expect 5 A record show "$ack"

# Whom we supply is not asked by mistake to meet what a customer wants of suppliers.
ok C requirement import set.csv --name gates
ok C requirement assign gates --to brackwater --wait 10s
ok S requirement pass "$assign" --to deepfreeze --dry-run
tells 'deepfreeze is a customer of ours, and no supplier'
ok S requirement pass "$assign" --to coldline --dry-run
! grep -q 'customer of ours' <<<"$err" || fail "it warned of a supplier"
ok S supplier add deepfreeze --title "Deep Freeze" --partner deepfreeze --tier low --type commodity --reason "ice"
ok S requirement pass "$assign" --to deepfreeze --dry-run
! grep -q 'customer of ours' <<<"$err" || fail "it warned of a supplier"

# One answer is opened, by its author's consent: said again so that it may go one hop further, and passed on unaltered.
expect 6 S record forward "$ack" --to harbour --as customer --basis consent
ok B requirement ack "$passed" --accept R1 --exception "R2=new disks, until 2027-03-31" --tlp amber --wait 10s
opened=$out
ok S requirement flowdown "$assign" --wait 10s
ok S record forward "$opened" --to harbour --as customer --basis "consent of Coldline" --wait 10s
ok A report flowdown
says '^brackwater +me +R2 +Logs +inform +2 +2 +1 +2027-03-31 +declined +1 .*counts verified$'
ok A record show "$opened"
says 'Coldline'

# Counts that the answers do not give are not even said.
echo "{\"about\": \"$assign\", \"as_of\": \"2026-11-24\", \"rows\": [{\"rid\": \"R1\", \"passed\": 2, \"acknowledged\": 2, \"exceptions\": 0}]}" >bad.json
expect 9 S record new flowdown --file bad.json --to harbour
tells 'rows\[0\]\.acknowledged.*is not what the leaves give'
