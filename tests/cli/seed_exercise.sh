# An exercise: planned, started, fed, reacted to; nothing of it counts as real, nothing real counts in it, and a real incident ends it.
# seed: S5
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
early=(--stage early-warning --aware 2026-11-23T09:00:00Z --malicious no --cross-border no --contact soc@example.org)
ok A exercise plan --title "Cold night" --objective "reach the duty officer" --participant brackwater --starts 2026-12-01T08:00:00Z \
	--ends 2026-12-01T16:00:00Z --wait 10s
plan=$out
id_alone
ok B inbox --open
says "^${plan:0:12} .*Cold night"
ok B reply "$plan" accepted --wait 10s
expect 8 B incident report --to harbour --exercise "$plan" --title "Too early" "${early[@]}"
tells 'not running: it is planned'
expect 6 B exercise start "$plan"
ok A exercise start "$plan" --wait 10s
ok A exercise inject "$plan" --inject i1 --text "The depot is dark." --wait 10s
expect 6 B exercise inject "$plan" --text "Mine"

# What is said in it says so everywhere, and is in no list, duty or report of what is real.
ok B incident report --to harbour --exercise "$plan" --title "Outage of the depot" "${early[@]}" --wait 10s
drill=$out
for n in A B; do
	ok "$n" incident list
	silent 'Outage'
	ok "$n" incident list --exercise "$plan"
	says "^${drill:0:12} .*Outage .*EXERCISE, not real"
	ok "$n" report owed
	silent 'Outage'
	ok "$n" incident show "$drill" --json
	silent '"profile"'
done
ok A inbox
says 'EXERCISE, not real: unanswered'
expect 6 A incident confirm "$drill"
tells 'an exercise'
ok A incident answer "$drill" --impact affected --wait 10s
ok B incident matrix "$drill"
says '^harbour .*affected'
ok B record show "$drill" --json
says "\"exercise\": \"$plan\""

# How fast: from the receipt of each to that of the answer.
for n in A B; do
	ok "$n" exercise show "$plan" --json
	says '"what": "i1"'
	says '"minutes": 0'
	says '"says": "accepted"'
	ok "$n" report exercises
	says 'Cold night .*i1 .*reacted'
	says 'Cold night .*Outage of the depot .*reacted'
done

# Something real: its notice is real, the exercise is over at both ends, and nothing more can be said in it.
ok B incident report --to harbour --title "Fire in the depot" "${early[@]}" --wait 10s
tells 'the exercise .* is aborted'
for n in A B; do
	until_true 10 shows "^${plan:0:12} .*aborted .*a real incident" "$n" exercise list
	ok "$n" incident list
	says 'Fire in the depot .*open'
	silent 'EXERCISE'
done
expect 8 A incident report --to brackwater --exercise "$plan" --title "Late" "${early[@]}"
tells 'it is aborted'
ok B exercise report "$plan" --text "The call came." --lesson "a second number" --wait 10s
ok A exercise show "$plan"
says 'a second number'
