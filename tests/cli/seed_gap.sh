# What was asked, answered, attested and certified; what leans on what has fallen; what ends soon; who fails again and again.
# seed: U8 U10 E10
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
A requirement example >baseline.json
ok A requirement import baseline.json --name baseline
set=$out
B posture example >posture.json
ok B posture publish --file posture.json --to harbour --wait 10s
posture=$out
ok A posture gap brackwater
says 'R1 .*never-asked .*attested as implemented'
ok A equivalence add baseline --scheme "ISO/IEC 27001" --full R5 --expires 2030-12-31 --to brackwater --wait 10s
ok A requirement assign baseline --to brackwater --level standard --due 2026-01-31 --wait 10s
assign=$out
ok B requirement ack "$assign" --accept-all --answer "R5=met-by-equivalence: ISO/IEC 27001, certificate IS-4711" --wait 10s
ack=$out
ok A posture gap brackwater
says 'R1 .* met .*accepted; attested as implemented'
says 'R5 .* unknown .*not shown'
soon=$(date -u -d '+20 days' +%F)
ok B certification add --scheme "ISO/IEC 27001" --number IS-4711 --body "Cert Ltd" --scope all --issued 2026-01-01 --expires "$soon" \
	--to harbour --wait 10s
cert=$out
ok A posture gap brackwater
says 'R5 .* met .*IS-4711, which is recognised'
ok A report expiring
says "^$soon +brackwater +certificate +ISO/IEC 27001: IS-4711 +ends in (19|20) days"
ok A report expiring --days 5
silent 'IS-4711'

# The certificate is suspended: what leaned on it is stale, and says why.
ok B certification update "$cert" --status suspended --wait 10s
suspended=$out
for n in A B; do
	ok "$n" posture gap "$([ "$n" = A ] && echo brackwater || echo me)"
	says "R5 .* stale .*stale because certification .*\(${suspended:0:12}\) suspended"
done
ok A report gaps --supplier brackwater --why
says "R5 .*${suspended:0:12}"

# A new version of the attestation, and what is different in it.
sed 's/"partially-implemented"/"implemented"/' posture.json >better.json
ok B posture publish --file better.json --supersedes "$posture" --wait 10s
newer=$out
ok A posture diff "$posture"
says '^R3 +changed +status +partially-implemented +implemented'
silent '^R1 '
ok A posture diff "$posture" "$newer" --json
says '"now": "implemented"'
expect 5 A posture diff "$newer"
ok B record retract "$newer" --reason "a mistake" --wait 10s
ok A posture gap brackwater
says 'R1 .* stale .*withdrawn'

# Two findings for one requirement, an answer that is not enough, an assignment that stays open: three records over months.
ok A report failing
tells 'nobody failed'
ok A requirement review "$ack" --insufficient "R2=no evidence" --wait 10s
ok A requirement assign baseline --to brackwater --level standard --due 2026-06-30 --reason "once more" --wait 10s
open=$out
ok A finding raise "$ack" --rid R2 --severity high --text "No evidence" --wait 10s
ok A report failing
tells 'nobody failed'
ok A finding raise "$ack" --rid R2 --severity high --text "Still none" --wait 10s
again=$out
ok A report failing --why
says "^brackwater +[34] +.*${open:0:12}"
says "${again:0:12}"
says "${ack:0:12}"
ok B report failing
tells 'nobody failed'
