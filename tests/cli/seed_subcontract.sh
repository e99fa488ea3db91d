# Subcontractors that a supplier discloses and asks for, support that it states, and the one list of what to work on.
# seed: U3 U12 E14 E15 B1
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
ok A supplier add brackwater --title "Brackwater Logistics" --type bespoke --tier critical --state active --reason "the cold chain"
ok A supplier add paperco --title "Paper & Co" --type commodity --tier low --reason "stationery"
pair A B brackwater harbour --supplier brackwater
ok A contract offer --supplier brackwater --reference C-7 --type bespoke --title "Cold chain" --country DE --country NO \
	--clauses-subcontracting prior-approval --wait 10s
contract=$out
ok B contract agree "$contract" --wait 10s

# U3: first nobody has told us; then he has, and both see it.
ok A report subcontractors
says '^brackwater +critical +never disclosed'
silent 'paperco'
expect 2 B subcontractor disclose --as-of 2026-11-24 --complete yes
tells 'hint: .*--contract'
ok B subcontractor disclose --contract "$contract" --as-of 2026-11-20 --complete yes --item "name=Northdata, service=data centre, rank=2, critical=yes" \
	--item "name=Icepower, service=power, rank=3, parent=Northdata" --wait 10s
disclosure=$out
ok A report subcontractors --why
says "^brackwater +critical +disclosed +2026-11-20 +2 +1 +Icepower, Northdata .*${disclosure:0:12}"
ok A map exposed Icepower
ok A dependency add cold --function "cold chain" --criticality critical --supplier brackwater --substitutability hard --substitutability-reason "no other" \
	--product ColdTrack --version 4 --used-until 2029-12-31
ok A map exposed Icepower
says '^cold chain +critical +brackwater +3 +brackwater > Northdata > Icepower'

# U12: the contract asks for approval: without it a breach, at both ends; silence grants nothing.
ok A report subcontracting --why
says "^brackwater +Northdata +2 .*nobody asked for it.*${contract:0:12}"
ok B subcontractor disclosures
says "Northdata .*nobody asked for it"
ok B subcontractor request --contract "$contract" --subcontractor Northdata --service "data centre" --reason "ours closes" --answer-by 2026-01-31 --wait 10s
request=$out
ok A inbox --open
says "^${request:0:12} .*Northdata"
ok A report overdue
says 'decide on a subcontractor'
ok A report subcontracting
says '^brackwater +Northdata .*the request is not decided'
expect 6 B subcontractor decide "$request" granted
ok A subcontractor decide "$request" granted --until 2030-12-31 --conditions "no copies outside the EU" --wait 10s
ok B subcontractor requests
says "^${request:0:12} .*granted +2030-12-31 +no copies outside the EU"
for n in A B; do
	ok "$n" subcontractor disclosures
	says 'Northdata .*approved: the request is granted'
	says 'Icepower .*nobody asked for it'
done
ok B subcontractor disclose --contract "$contract" --as-of 2026-11-21 --complete yes --wait 10s \
	--item "name=Northdata, service=data centre, rank=2, critical=yes" --item '{"name": "Northdata", "service": "copies", "rank": 2, "countries": ["US"]}'
ok A report subcontracting
says '^brackwater +Northdata +2 +copies .*country that the contract does not name: US'
silent 'Icepower'
ok A subcontractor add hidden --supplier brackwater --subcontractor Quickhaul --service lorries --source "seen at the gate"
ok A report subcontracting
says '^brackwater +Quickhaul .*missing in a disclosure that says it is complete'

# E14 E15: used until, against what the vendor, or a community, says.
ok A report unsupported
says '^ColdTrack +4 .*nobody stated that it is supported'
ok B support state --to harbour --product ColdTrack --version 4 --support vendor --end-of-fixes 2028-06-30 --successor "ColdTrack 5" --wait 10s
ok A report unsupported
says '^ColdTrack +4 +cold chain +critical +vendor +2029-12-31 +2028-06-30 +used until 2029-12-31, security fixes end 2028-06-30'
ok A dependency edit cold --used-until 2028-01-31
ok A report unsupported
silent 'ColdTrack'
ok A dependency add till --function tills --supplier paperco --product Tillix
ok A support add tillix --product tillix --support community --end-of-fixes 2020-01-31
ok A report unsupported
says '^Tillix .*community .*no security fixes since 2020-01-31'

# B1: one list: an open incident, what is overdue, breaches, what is unsupported, weighed by tier.
ok A report priorities --json
before=$(member points "$out")
ok B incident report --to harbour --title "Ransomware in dispatch" --stage early-warning --aware 2026-11-23T09:00:00Z --malicious yes --cross-border no \
	--contact soc@brackwater.example --wait 10s
notice=$out
ok A report priorities --why
says "^brackwater +critical +[0-9]+ +1 .*${notice:0:12}"
says '^paperco +low +2 +0 +0 +0 +0 +1 '
ok A report priorities --json
[ "$(member points "$out")" -ge $((before + 20)) ] || fail "an open incident at a critical supplier weighs 20"
ok B report priorities
silent 'brackwater'

# The end: what is still held and open, before it is over.
ok A access add bw-vpn --supplier brackwater --what "VPN to the warehouse" --class network --since 2026-01-15
ok A supplier offboard brackwater
says 'state: +exiting'
says 'access +bw-vpn +VPN'
says 'contract .*C-7'
says 'dependency +cold'
expect 8 A supplier offboard brackwater --finish
ok A access edit bw-vpn --revoked 2026-11-24 --revoked-by ann
ok A supplier offboard brackwater
silent 'bw-vpn'
ok A supplier offboard brackwater --finish --despite
ok A supplier offboard brackwater
says 'state: +former'
ok A supplier list
says 'paperco' && [ "$(sed -n 2p <<<"$out" | cut -d' ' -f1)" = paperco ] || fail "former ones come last"
