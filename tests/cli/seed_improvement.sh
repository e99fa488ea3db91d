# Concerns that must be answered and whose effect is checked; issues whose outcome names what changed.
# seed: S3 S4
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour

# The supplier's concern, upward, about the customer's requirement.
ok B concern raise --to harbour --topic requirement --source upward-report --title "R3 asks too much" --text "We are three." --wish "Once a year" --wait 10s
concern=$out
id_alone
ok A concern list --open
says "^${concern:0:12} +brackwater +me +requirement .*raised .*23:59Z +running"
ok A inbox --open
says 'concern .*R3 asks too much'
ok A report owed
says 'answer the concern'
ok B report owed
says '^20.* harbour +me +answer the concern'
expect 6 A concern answer "$concern" effective
tells 'only the author'
expect 8 B concern answer "$concern" effective
tells 'nothing was done'
expect 9 A reply "$concern" granted
ok A concern answer "$concern" acknowledged --wait 10s
ok B concern list
says 'acknowledged'
expect 6 B concern answer "$concern" accepted
ok A concern answer "$concern" accepted --text "once a year from now on" --due 2099-01-31 --wait 10s
ok B report owed
says '^2099-01-31 23:59Z .*act on the concern'
expect 9 A concern answer "$concern" done
tells 'say what changed'
ok A report concerns
says 'accepted +once a year from now on$'
A requirement example >form.json
ok A requirement import form.json --name form --version 1
form=$out
ok A concern answer "$concern" done --text "changed" --changed "$form" --wait 10s
for n in A B; do
	ok "$n" report concerns
	says 'once a year from now on +changed +'
done
ok A report concerns
says 'requirement\.set .*, version 1'
ok B inbox --open
says 'done: changed'
ok B concern answer "$concern" not-effective --text "the form is the same" --wait 10s
ok A concern list --open
says 'done, not effective'
ok A concern answer "$concern" done --text "the form too" --wait 10s
ok B concern answer "$concern" effective --wait 10s
expect 8 B concern answer "$concern" not-effective
tells 'has helped'
expect 8 A concern answer "$concern" declined
for n in A B; do
	ok "$n" report concerns --why
	says "R3 asks too much .*done, effective +the form too .*${concern:0:12}"
	ok "$n" concern show "$concern"
	says 'not-effective'
done
expect 2 B concern raise --topic process --source audit --title x --text x
tells 'nobody to tell'

# What the partner proposes changes the customer's set; the outcome says so, and the partner holds the set it names.
ok B issue share --to harbour --type proposal --title "Ask for signed updates" --text "Found in a test." --proposal "A requirement for it" --wait 10s
issue=$out
A requirement example >baseline.json
ok A requirement import baseline.json --name baseline --version 3
set=$out
expect 9 A issue outcome "$concern" done
tells 'issue is wanted'
ok A issue outcome "$issue" accepted --due 2099-02-28 --wait 10s
expect 9 A issue outcome "$issue" done
tells 'say what changed'
expect 9 A reply "$issue" done
ok A issue outcome --help
silent '[-]-(stage|reasons|until)'
ok A issue outcome "$issue" done --text "R7 asks for it" --changed "$set" --wait 10s
ok B report issues --why
says "Ask for signed updates +done +R7 asks for it +requirement\.set .*, version 3 .*${set:0:12}"
ok B record show "$set"
ok B issue show "$issue" --json
says '"what": "requirement.set '
for n in A B; do
	ok "$n" report owed
	tells 'nothing is to be done'
done
