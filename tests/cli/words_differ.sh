# The ten words do not match: nothing flows, and the message says what to do.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
ok A partner invite --name brackwater
ok B partner join "$out" --name harbour
tells 'partner verify harbour'

own=$(A card show --words)
right=$(B card show --words)
expect 9 A partner verify brackwater --words "$own"
tells '^tally: error: .*our own words'
expect 6 A partner verify brackwater --words "${own#* } ${own%% *}"
tells '^tally: error: .*words'
tells 'hint: .*on their side.*partner remove brackwater$'
A doctor >doctor.txt || true
grep -q 'tally partner verify brackwater' doctor.txt || fail "doctor does not say with whom to compare"
expect 9 A partner verify brackwater --words "${right% *}"
expect 9 A partner verify brackwater --words "$right nonsenseword"
first=${right%% *}
second=${right#* }
second=${second%% *}
rest=${right#* * }
[ "$first" = "$second" ] || expect 6 A partner verify brackwater --words "$second $first $rest"
ok A partner list
silent '^brackwater .*active'
expect 6 A incident report --to brackwater --stage early-warning --title "x" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "a@b.example"

# One side alone is not enough either; capitals and blanks do not matter.
ok A partner verify brackwater --words "  $(tr a-z A-Z <<<"$right") "
ok A partner list
says '^brackwater .*pending'
expect 7 A incident report --to brackwater --stage early-warning --title "waits for them" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "a@b.example" --wait 1s
tells 'brackwater'
ok B inbox
silent 'waits for them'
expect 6 B incident report --to harbour --stage early-warning --title "x" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "a@b.example"
ok B partner verify harbour --words "$own"
until_true 15 shows '^brackwater .*active' A partner list
until_true 15 shows '^harbour .*active' B partner list
until_true 15 shows 'waits for them' B inbox
