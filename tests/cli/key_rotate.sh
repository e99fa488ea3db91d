# An organisation changes its keys: the kit is used up and renewed, partners hear of it by themselves, and what was under way arrives.
. "$(dirname "$0")/lib.sh"

phrase_of() { sed -nE 's/^    ([a-z]+( [a-z]+){11})$/\1/p' <<<"$err"; }
notice() { # FROM TO TITLE
	ok "$1" incident report --to "$2" --stage early-warning --title "$3" --aware 2026-11-23T09:00:00Z --malicious no --cross-border no --contact "soc@one.example" "${@:4}"
}

listening A "Harbour Foods"
phrase_of >phrase-A
[ -s phrase-A ] || fail "no phrase was shown"
node B "Brackwater Logistics"
phrase_of >phrase-B
start A
start B
pair A B brackwater harbour
notice B harbour "under the old key" --wait 10s
id_old=$out

# What cannot be.
rotate() { "$1" key rotate --reason "$2" --recovery-in "$3" --recovery-out "$4" --phrase-file "$5" "${@:6}"; }
expect 6 rotate A routine kit-A new-kit phrase-B
tells 'does not open with this phrase'
expect 8 rotate B routine kit-A new-kit phrase-A
tells 'another organisation'
expect 5 rotate A routine no-kit new-kit phrase-A
expect 2 A key rotate --reason routine --recovery-in kit-A </dev/null
expect 9 rotate A routine phrase-A new-kit phrase-A
tells 'is no recovery kit'
touch there
expect 8 rotate A routine kit-A there phrase-A
tells 'choose another with --recovery-out'
ok rotate A routine kit-A new-kit phrase-A --dry-run
[ ! -e new-kit ] || fail "a rehearsal wrote a kit"
ok A key show
says 'kseq: +0'

# The change, with the supplier away; it dials.
stop B
ok rotate A routine kit-A kit-A2 phrase-A
id_alone
tells 'destroy the old kit'
phrase_of >phrase-A2
ok A key show
says 'kseq: +1'
says 'reason: +routine'
expect 8 rotate A routine kit-A kit-A3 phrase-A
tells 'has been used up'
expect 10 A doctor
says "recovery kit is still on this machine: .*/kit-A2"
start B
until_true 40 shows 'linked' B partner list
notice B harbour "after it" --wait 20s
notice A brackwater "under the new key" --wait 20s
ok A record show "$id_old"

# And again, by both at once, while they are apart; killed in between.
stop B
ok rotate A compromise kit-A2 kit-A3 phrase-A2
kill_hard A
start B
ok rotate B routine kit-B kit-B2 phrase-B
kill_hard B
start A
start B
until_true 60 shows 'linked' B partner list
until_true 60 shows 'linked' A partner list
notice B harbour "both have changed" --wait 30s
notice A brackwater "both have changed, back" --wait 30s
ok A key show --json
says '"kseq": 2'
until_true 10 lacks 'notice' B outbox --waiting
ok A store check
ok B store check
expect 10 A doctor
says 'alarms +good'
