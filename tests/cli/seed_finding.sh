# What a customer finds wanting, the supplier's plan, and the end of it; certificates; both ends show the same.
# seed: U7
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
B posture example >posture.json
ok B posture publish --file posture.json --to harbour --wait 10s
posture=$out
ok A posture list
says "^${posture:0:12} .*brackwater .*current"
ok A finding raise "$posture" --rid R3 --severity high --text "Backups were never tried" --required-by 2026-01-31 --source audit --wait 10s
finding=$out
id_alone
expect 6 B finding raise "$posture" --rid R3 --severity low --text "about ourselves" --to harbour
ok B inbox --open
says "^${finding:0:12} .*R3: Backups were never tried"
for n in A B; do
	ok "$n" report overdue
	says '^2026-01-31 23:59Z .*mend R3'
done
expect 6 A finding plan "$finding" --action "text=theirs, due=2026-02-01"
expect 2 B finding plan "$finding"
tells 'at least one action'
ok B finding plan "$finding" --action "text=Restore test, owner=IT, due=2026-01-15" --support "a test account" --wait 10s
plan=$out
ok A inbox --open
says "^${plan:0:12} .*planned, 0 of 1 done"
ok A inbox --open --json
says "tally reply ${plan:0:12} accepted"
ok A reply "$plan" accepted --wait 10s
for n in A B; do
	ok "$n" finding list
	says "planned, plan accepted, 0 of 1 done"
	ok "$n" report overdue
	says 'action a1'
done
ok B finding plan "$finding" --action "text=Write it down, due=2030-01-15" --done a1 --progress 60 --wait 10s
tells 'action a2 is due after 2026-01-31'
! grep -q 'action a1 is due' <<<"$err" || fail "it warns of what is done"
expect 9 A finding raise "$finding" --severity low --text "about a finding"
ok A finding show "$finding" --json
says '"support": "a test account"'
says '"text": "Write it down"'
says '"progress": 60'
ok A finding list
says '1 of 2 done'
expect 5 B finding plan "$finding" --done a9
ok B finding plan "$finding" --dropped a2 --progress 100 --wait 10s
ok A inbox --open --json
says 'tally finding close'
expect 6 B finding close "$finding"
ok A finding close "$finding" --text "seen it" --wait 10s
for n in A B; do
	ok "$n" finding list
	says "R3 +1 +high .*closed 20"
	ok "$n" finding list --open
	silent 'R3'
	ok "$n" report overdue
	silent 'mend R3'
done
ok A finding raise "$posture" --rid R3 --severity high --text "Again" --wait 10s
ok B finding list
says 'R3 +2 +high +Again'

# A certificate, its registry, and what became of it.
expect 9 B certification add --scheme "ISO/IEC 27001" --body "Cert Ltd" --scope hosting --issued 2026-02-01 --expires 2026-01-31 --to harbour
ok B certification add --scheme "ISO/IEC 27001" --edition 2022 --number IS-4711 --body "Cert Ltd" --scope "cold-chain transport" \
	--issued 2026-02-01 --expires 2030-01-31 --url https://example.org/4711 --common yes --wait 10s
cert=$out
ok A certification list
says "^${cert:0:12} .*brackwater .*ISO/IEC 27001 +2022 +IS-4711 .*2030-01-31 +current"
expect 6 A certification update "$cert" --status withdrawn
ok B certification update "$cert" --status suspended --text "audit missed" --wait 10s
ok A certification list
says "IS-4711 .*suspended"
says "^${cert:0:12} .*superseded"
