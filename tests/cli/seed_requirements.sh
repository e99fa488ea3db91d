# Requirements as both sides live with them: in proportion, explained, challenged, put off, met by a certificate. After each step the other node is asked.
# seed: E8 E9 E10 E11 E13
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
node C "Coldline Hosting"
start A
start B
start C
pair A B brackwater harbour
pair A C coldline harbour
ok A supplier add brackwater --title "Brackwater" --tier low --reason "parcels"
ok A supplier link brackwater brackwater
ok A supplier add coldline --title "Coldline" --tier low --reason "a web page"
ok A supplier link coldline coldline

# A spreadsheet becomes a set; its mistakes are named by line and column.
printf 'rid,title,text,rationale,levels,family\nR1,Locks,Lock the doors.,thieves,basic;standard,Doors\nR2,Logs,,,standard,Logs\n' >bad.csv
expect 9 A requirement import bad.csv --name doors
tells 'line 3, column 3 \(text\).*is required'
printf 'rid,title,text,rationale,levels,family\nR1,Locks,Lock the doors.,thieves,basic;standard,Doors\nR2,Logs,Keep logs.,,standard,Logs\n' >doors.csv
ok A requirement import doors.csv --name doors --title "Doors and logs"
tells '1 of 2 requirements give no reason'
printf 'rid,text\nR1,T\xfcren\n' >latin.csv
expect 9 A requirement import latin.csv --name latin
tells 'line 2: not UTF-8 text.*--encoding'
ok A requirement import latin.csv --name latin --encoding windows-1252 --dry-run
ok A report unexplained
says '^Doors and logs +R1 .*guidance$'
says '^Doors and logs +R2 .*reason and guidance$'

# In proportion, and alike for equals.
ok A requirement assign doors --to brackwater --level standard --due 2030-01-31 --wait 10s
tells 'tier low: this level may be disproportionate; "basic" would do'
assign=$out
ok A requirement assign doors --to coldline --level basic --due 2020-01-31 --wait 10s
tells 'brackwater is of the same tier and was asked "standard"'
late=$out
ok A report proportion --why
says '^brackwater .*low +standard +basic +above .*coldline +basic.*supplier:brackwater'
says '^coldline .*low +basic +basic +in proportion .*brackwater +standard'

# The supplier asks for guidance; the time stands still at both ends, and an answer lets it run.
ok C report overdue
says 'answer R1 .*overdue by'
ok C requirement challenge "$late" R1 --kind guidance-missing --text "Which locks?" --wait 10s
tells 'R1 stands still from when it is stored there'
challenge=$out
for n in A C; do
	ok "$n" report overdue
	tells 'nothing is overdue'
	ok "$n" report owed
	says 'answer R1 .*stopped'
	says 'answer challenge R1 .*running'
	ok "$n" requirement list
	says "^${late:0:12} .*unanswered, clock stopped for 1$"
done
ok A inbox --open
says "^${challenge:0:12} .*challenge .*R1: Which locks\\? +not answered"
ok A guidance add doors --rid R1 --title "Good locks" --text "Any lock with a key." --language en --wait 10s
guidance=$out
ok C record show "$guidance"
says 'Any lock with a key'
ok B record show "$guidance"
ok C requirement show "$late" --json
says '"guidance_text": "Any lock with a key."'
expect 6 C requirement answer "$challenge" accepted --text "We answer ourselves."
tells 'our own: the other side decides'
ok A requirement answer "$challenge" done --text "See the guidance." --wait 10s
for n in A C; do
	ok "$n" requirement challenges
	says "^${challenge:0:12} .*guidance-missing .*answered +done +See the guidance"
	ok "$n" report overdue
	says '^2020-02-01 23:59Z .*answer R1 .*overdue by'
done
ok A report unexplained
silent ' R1 '

# A certificate counts for what its reader says it does.
ok A equivalence add doors --scheme "ISO/IEC 27001:2022" --full R1 --partial "R2=the log of the gate" --expires 2035-12-31 --wait 10s
ok B equivalence list
says '^[0-9a-f]+ +harbour +Doors and logs +ISO/IEC 27001:2022 +R2 +partial +the log of the gate .*2035-12-31 +current$'
ok B guidance list
says '^[0-9a-f]+ +harbour +Doors and logs +R1 +Good locks +Any lock with a key\.'
ok B requirement ack "$assign" --answer "R1=met-by-equivalence: ISO/IEC 27001:2022, certificate 4711" \
	--exception "R2=no clock, until 2031-06-30" --wait 10s
tells 'longer than a year'
ok A requirement matrix doors --json
says '"equivalence": "full"'
ok B requirement ack "$assign" --answer "R1=met-by-equivalence: SOC 2" --decline "R2=no clock" --dry-run
tells 'harbour has not said that this certificate meets R1'

# Exceptions end by themselves, and are decided by the other side.
ok C exception request "$late" R1 --reason "door is being built" --until "$(date -u -d '+20 days' +%F)" --wait 10s
request=$out
ok A report exceptions
says '^....-..-.. +....-..-.. +brackwater +me +R2 .*running'
says 'coldline +me +R1 .*asked'
ok A exception decide "$request" granted --wait 10s
for n in A C; do
	ok "$n" report exceptions
	says ' R1 .*ends soon'
done
ok C report exceptions --why
says "${late:0:12}"

# What stands in the way, and what certificates save.
ok A report barriers
says '^R2 +Logs +1 +0 +0 +1 +100 +0 +0 +none$'
says '^R1 +Locks +2 +0 +1 +1 +50 +1 +1 +yes$'

# A clause of a contract is challenged the same way: it stops no clock, and the answer is owed within 30 days.
ok A contract offer --supplier brackwater --reference C-9 --type bespoke --start 2026-01-01 --title "Parcels" --clauses-audit "any day, unannounced" --wait 10s
contract=$out
ok B requirement challenge "$contract" --clause audit --kind disproportionate --text "We are three people." --wait 10s
clause=$out
for n in A B; do
	ok "$n" report owed
	says 'answer challenge .*audit: We are three people'
done
ok A requirement answer "$clause" accepted --text "With a week's notice." --wait 10s
ok B requirement challenges
says "^${clause:0:12} +me +harbour +disproportionate .*answered +accepted +With a week's notice"
