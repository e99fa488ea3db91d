# A bid pack that names no customer, and the file that both sides of a relationship can hold against each other.
# seed: B2 B6
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
expect 5 B posture pack -o bid.tally
tells 'hint: .*--unpublished'
B posture example >posture.json
ok B posture publish --file posture.json --to harbour --wait 10s
ok B certification add --scheme "ISO/IEC 27001" --number IS-4711 --body "Cert Ltd" --scope all --issued 2026-01-01 --expires 2030-12-31 --unpublished
cert=$out
ok B certification add --scheme "Old one" --body "Cert Ltd" --scope all --issued 2020-01-01 --expires 2023-12-31 --unpublished
ok B posture pack -o bid.tally
tells 'names none of our partners'
tells 'IS-4711'

# A buyer without a node, who has never heard of either.
buyer() { "$tally" --home "$work/nowhere" "$@"; }
ok buyer proof verify bid.tally
says '^VALID: 2 records'
says 'Brackwater Logistics said to whoever is shown this: certification'
says 'said to whoever is shown this: posture.attestation'
says "$(B card show --words | cut -d' ' -f1-3)"
silent 'Old one'
silent 'Harbour'
! grep -q "$(A card show --json | sed -n 's/.*"id": "\(.*\)".*/\1/p' | head -c 12)" <(od -An -tx1 bid.tally | tr -d ' \n') || fail "the pack names a customer"
flip bid.tally 900 bad.tally
expect 10 buyer proof verify bad.tally

# Everything between the two, from both ends.
ok A incident report --to brackwater --stage early-warning --title "Ransomware" --aware 2026-11-23T09:00:00Z --malicious yes --cross-border no \
	--contact soc@harbour.example --wait 10s
notice=$out
ok B incident answer "$notice" --impact affected --wait 10s
ok A partner file brackwater -o ours.tally
tells '3 records'
words=$(sed -n 's/.*gives these words: \([a-z ]*\);.*/\1/p' <<<"$err")
ok B partner file harbour -o theirs.tally
tells "these words: $words;"
ok buyer proof verify ours.tally
says '^VALID: 3 records'
ok buyer partner compare ours.tally theirs.tally
tells '3 records in both'
ok A incident update "$notice" --stage notification --severity high --determination confirmed --wait 10s
update=$out
ok A partner file brackwater -o newer.tally
expect 10 buyer partner compare newer.tally theirs.tally
says "^newer.tally +${update:0:12} +incident.notice +Harbour Foods"
tells '3 records in both'
expect 10 buyer partner compare theirs.tally newer.tally
says '^newer.tally'
flip theirs.tally 700 bad.tally
expect 10 buyer partner compare ours.tally bad.tally
tells 'is no valid proof'
expect 5 buyer partner compare ours.tally missing.tally
expect 5 A partner file brackwater --since 2100-01-01 -o none.tally
