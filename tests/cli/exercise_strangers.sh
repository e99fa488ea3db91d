# An exercise between a leader and two participants who are strangers to each other: whoever aborts it reaches the leader alone, and is told so; one
# command of the leader's tells all the others why. Injects go by the plan, and the leader's report counts what only the leader sees.
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
node C "Cold Store"
start A
start B
start C
pair A B brackwater harbour
pair A C coldstore harbour
early=(--stage early-warning --aware 2026-11-23T09:00:00Z --malicious no --cross-border no --contact soc@example.org)
planned() {
	ok A exercise plan --title "$1" --objective "reach the duty officer" --participant brackwater --participant coldstore \
		--starts 2026-12-01T08:00:00Z --ends 2026-12-01T16:00:00Z "${@:2}" --wait 10s
	plan=$out
	expect 8 B exercise stop "$plan" --abort
	tells 'hint: decline it with: tally .*reply '
	ok A exercise start "$plan" --wait 10s
	tells 'outside the time that was planned'
}

# Injects: only those of the plan, to whom the plan says.
planned "Cold night" --inject "id=i1, to=brackwater" --inject "id=i2"
ok B reply "$plan" accepted --wait 10s
expect 5 A exercise inject "$plan" --inject i9 --text "The depot is dark."
tells 'the plan has no inject "i9": it has i1, i2'
ok A exercise inject "$plan" --inject i1 --text "The depot is dark." --wait 10s
ok A exercise inject "$plan" --inject i1 --text "Still dark." --to brackwater --wait 10s
tells 'fed in before'
ok B exercise show "$plan"
says 'The depot is dark'
ok C exercise show "$plan"
silent 'The depot is dark'
says '^  [0-9a-f]+ .*says so to who leads it alone'

ok B incident report --to harbour --exercise "$plan" --title "Outage of the depot" "${early[@]}" --wait 10s

ok A inbox --open
says 'Outage of the depot .*EXERCISE, not real: unanswered'

# Aborted by hand: the leader alone hears of it, and passes it on.
ok B exercise stop "$plan" --abort --text "our pumps fail" --wait 10s
tells '^tally: .*[0-9a-f]{8} is not told: no active partner'
tells 'told so: harbour$'
tells 'the others hear of it from harbour'
ok A exercise list
says "^${plan:0:12} .*aborted .*our pumps fail"
ok C exercise list
says "^${plan:0:12} .*running"
ok A inbox --open --json
says '1 not told'
says "tally exercise stop ${plan:0:12}"
ok A exercise show "$plan" --json
says '"coldstore"'
ok A exercise stop "$plan" --wait 10s
tells 'told so: coldstore$'
until_true 10 shows "^${plan:0:12} .*aborted .*our pumps fail" C exercise list
ok A inbox --open --json
silent 'not told'
silent 'Outage of the depot' # nothing more can be said in it
ok A inbox
says 'Outage of the depot .*EXERCISE, not real: it is over'
expect 8 A exercise stop "$plan"
tells 'it is aborted'
expect 8 C incident report --to harbour --exercise "$plan" --title "Late" "${early[@]}"
tells 'it is aborted'

# The leader's report says how many reacted, to those who cannot see it.
ok A exercise report "$plan" --text "The call came." --lesson "a second number" --wait 10s
ok C exercise show "$plan" --json
says '"participants": 2'
says '"accepted": 1'
says '"reacted": [1-9]'

# Something real at one of them, and then at the leader, who thereby passes it on too.
planned "Warm night"
expect 0 A exercise inject "$plan" --inject i1 --text "x" --wait 10s
tells 'the plan names no injects'
ok C incident report --to harbour --title "Fire in the depot" "${early[@]}" --wait 10s
tells 'is aborted: this incident is real; told so: harbour$'
ok B exercise list
says 'Warm night .*running'
ok A incident report --to coldstore --title "Fire here too" "${early[@]}" --wait 10s
tells 'this incident is real; told so: brackwater$'
until_true 10 shows "^${plan:0:12} .*aborted .*a real incident" B exercise list
