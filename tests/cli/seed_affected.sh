# A notice against our own register; a question down two tiers, and counts without names back up.
# seed: B4
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
listening B "Brackwater Logistics"
node C "Cold Pumps"
start A
start B
start C
pair A B brackwater harbour
pair B C pumps brackwater

# What of ours it touches.
ok A supplier add carrier --title "Brackwater Logistics" --tier critical --reason "cold chain" --service "Cold-chain transport"
ok A supplier link carrier brackwater
ok A supplier add box --title "Box Makers" --tier low --reason "spare" --service "pallets"
ok A dependency add deliveries --function "Deliveries" --supplier carrier --product "Pump Control" --criticality high
ok B incident report --to harbour --stage early-warning --title "Pump controllers misused" --aware 2026-11-23T09:00:00Z --malicious yes \
	--cross-border no --contact soc@brackwater.example --service "cold-chain transport" --product "cpe:2.3:a:acme:pump_control:3.1:*:*:*:*:*:*:*" \
	--action "Update the pumps" --wait 10s
notice=$out
ok A incident match "$notice"
says '^carrier +critical +supplier +carrier .*author'
says '^carrier +critical +supplier .*Cold-chain transport +cold-chain transport +exact'
says '^carrier +critical +dependency +deliveries +Deliveries +Pump Control +cpe:.* same product'
silent 'box|pallets'
ok A incident show "$notice" --json
says '"touches"'

# Are you affected? Down two tiers.
expect 9 A incident ask --to brackwater --title "Which?"
expect 9 A incident ask --to brackwater --title "About nothing" --due 2030-01-01T00:00:00Z
tells 'about something'
ok A incident ask --to brackwater --about "$notice" --title "Are our pumps affected?" --product "pump control 3.1" --due 2030-01-01T00:00:00Z \
	--below true --wait 10s
question=$out
id_alone
ok B inbox --open
says "^${question:0:12} .*Are our pumps affected"
for n in A B; do
	ok "$n" report owed
	says '2030-01-01 00:00Z +(me|brackwater) +(me|harbour) +answer the question'
done
ok A incident remind "$question" --text "please" --wait 10s
expect 8 A incident remind "$question"
tells 'once a day'
expect 6 B incident remind "$question"
ok B incident ask --to pumps --about "$question" --title "Do you ship pump control 3.1?" --product "pump control 3.1" --due 2029-12-01T00:00:00Z --wait 10s
below=$out
tells 'in your own words'
ok C incident answer "$below" --impact affected --text "3.1 only" --wait 10s
ok B incident matrix "$below"
says '^pumps .*affected'
ok B incident answer "$question" --impact under-investigation --wait 10s
ok A incident matrix "$question"
says '^brackwater .*under-investigation .* 1 +1$'
silent 'pumps|Cold Pumps'
ok A incident matrix "$question" --json
says '"tiers"'
[ "$(tr -d ' \n' <<<"$out" | grep -o '"tier":2,"asked":1,"answered":1,"affected":1')" ] || fail "the second tier is not counted"
silent 'Cold Pumps'
expect 8 A incident remind "$question"
tells 'have answered'
for n in A B; do
	ok "$n" incident asked
	says "^${question:0:12} .*1 of 1 answered, 0 affected"
	ok "$n" report owed
	silent 'pumps affected'
done

# And the incident itself, in the report on incidents.
ok A incident answer "$notice" --impact affected --actions "id=a1, status=done" --wait 10s
ok B report incidents --why
says "^${notice:0:12} .*Pump controllers misused +early-warning +1 +0 +1 +1 +0"
