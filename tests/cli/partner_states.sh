# Suspended and removed partners: nothing flows, nothing is lost, and everybody is told.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
report() {
	B incident report --to harbour --stage early-warning --title "$1" --aware 2026-11-23T09:00:00Z --malicious no --cross-border no \
		--contact "soc@brackwater.example" "${@:2}"
}

ok report "before" --wait 10s

# A rehearsal changes nothing, neither in the store nor among the keys nor on the line.
before=$(ls A/keys)
ok A partner remove brackwater --yes --dry-run
ok A partner suspend brackwater --dry-run
ok A partner invite --name third --dry-run
[ "$(ls A/keys)" = "$before" ] || fail "a rehearsal changed the keys: $(ls A/keys)"
ok report "after the rehearsal" --wait 10s
ok A incident report --to brackwater --stage early-warning --title "ours" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "a@harbour.example" --wait 10s
ours=$out
ok A partner suspend brackwater
until_true 10 shows '^brackwater .*suspended' A partner list
expect 8 A partner suspend brackwater
expect 6 A incident report --to brackwater --stage early-warning --title "x" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "a@harbour.example"
expect 7 report "while suspended" --wait 2s
tells 'harbour'
ok A inbox
silent 'while suspended'
ok B outbox --waiting
says 'while suspended'
until_true 20 shows 'problem: +they have suspended us: call them' B partner show harbour
expect 10 B doctor
says 'not linked: harbour \(they have suspended us'
# What is withdrawn meanwhile is told when it can be.
ok A record retract "$ours" --reason "sent in error"
gone=$out
ok A partner resume brackwater
ok A record retract "$ours" --reason "sent in error" --wait 10s
[ "$out" = "$gone" ] || fail "it was withdrawn by another record: $out"
ok B record show "$ours" --json
says 'withdrawn by its author'
expect 8 A record retract "$ours" --reason "once more"
tells 'all who have it were told'
tells "hint: see: tally .*record show ${ours:0:12}\$"
expect 6 B incident forward "$ours" --to harbour --as customer --basis "x"
tells 'withdrawn'
until_true 30 shows 'while suspended' A inbox
until_true 30 lacks 'while suspended' B outbox --waiting

expect 2 A partner remove brackwater --no-input
ok A partner remove brackwater --yes
tells "their node is not told"
until_true 10 shows '^brackwater .*removed' A partner list
ok A record list
says 'before'
expect 7 report "after the end" --wait 2s
ok A inbox
silent 'after the end'
expect 5 A incident report --to brackwater --stage early-warning --title "x" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "a@harbour.example"
ok A store check
ok B store check
