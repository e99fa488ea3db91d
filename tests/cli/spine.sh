# The main job as a user types it, from two empty folders to a proof; after each step the other node is asked what it shows.
# Runs on the program as it is shipped; the other scenarios run on the one with sanitizers.
TALLY=${TALLY:-${BUILD:-build}/tally}
case $TALLY in /*) ;; *) TALLY=$PWD/$TALLY ;; esac
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
[[ $out =~ ^[0-9a-f]{64}$ ]] || fail "init does not print the id alone"
[ -s "$work/kit-A" ] || fail "no recovery kit"
[ "$(stat -c %a "$work/A")" = 700 ] || fail "the home is not 0700"
node B "Brackwater Logistics"
start A
start B

ok A supplier add brackwater --title "Brackwater Logistics" --type bespoke --tier high --reason "runs our cold chain" \
	--service "cold-chain transport"
ok A supplier list
says '^brackwater .*high'
ok A partner invite --name brackwater --supplier brackwater
[ "$(wc -w <<<"$out")" = 1 ] || fail "the token is not alone on stdout"
token=$out
ok B partner join "$token" --name harbour
expect 6 B incident report --to harbour --stage early-warning --title "too early" --aware 2026-11-23T09:00:00Z --malicious yes \
	--cross-border no --contact "soc@brackwater.example"
tells '^tally: error: '
tells '^tally: hint: .*partner'
ok A partner show brackwater
silent '^words:' # they are to come from the other's mouth
ok A inbox
tells 'nothing has come yet$'
ok B card show --words
[ "$(wc -w <<<"$out")" = 10 ] || fail "not ten words: $out"
ok A partner verify brackwater --words "$out"
ok A card show --words
ok B partner verify harbour --words "$out"
until_true 15 shows '^brackwater .*active' A partner list
until_true 15 shows '"state": "active"' B partner list --json
ok A supplier show brackwater
says 'brackwater'

ok A partner show brackwater
says '^words:'
ok B outbox --waiting
tells 'all that was sent is delivered'

# an incident, upward
ok B incident report --to harbour --stage early-warning --title "Ransomware in the warehouse system" --aware 2026-11-23T09:00:00Z \
	--malicious yes --cross-border no --contact "soc@brackwater.example" --tlp amber --wait 10s
id_alone
notice=$out
ok A inbox
says "^${notice:0:12} .*incident\.notice.*amber.*Ransomware in the warehouse"
ok A record show "$notice" --json
says '"cross_border": "no"'
ok A reply "$notice" acknowledged --wait 10s
id_alone
ok A incident answer "$notice" --impact affected --text "Orders for Tuesday at risk" --wait 10s
ok B incident matrix "$notice"
says '^harbour .*20[0-9-]+.* affected .*Orders for Tuesday'
ok B incident update "$notice" --stage notification --severity high --determination confirmed \
	--action "Reset API keys issued before 22 November" --wait 10s
id_alone
update=$out
[ "$update" != "$notice" ] || fail "an update must be a record of its own"
ok A incident show "$notice"
says 'Reset API keys'
says 'confirmed'
ok A incident list
says 'notification'
says 'high'
ok A incident show "${update:0:8}"
expect 5 A incident show 000000000000
expect 9 B incident report --to harbour --stage early-warning --title "without the rest" --tlp amber
tells 'aware'

# requirements, downward
A requirement example >baseline.json
ok A requirement import baseline.json --name baseline
ok A requirement assign baseline --to brackwater --level standard --due 2027-01-31 --wait 10s
id_alone
assign=$out
ok B requirement list --owed
says "^${assign:0:12} .*standard.*2027-01-31"
ok B requirement ack "$assign" --accept-all \
	--exception "R3=legacy scanners until the new depot opens, until 2027-06-30" --wait 10s
id_alone
ack=$out
ok B requirement list --owed
silent "${assign:0:12}"
ok A requirement matrix baseline
says '^brackwater +R3 .*accepted-with-exception'
says "^brackwater +R3 .* ${assign:0:12} " # two assignments of one set are told apart
says '2027-06-30'
says '^brackwater +R1 .* accepted *$'

# posture, upward
B posture example >posture.json
ok B posture publish --file posture.json --to harbour --wait 10s
id_alone
posture=$out
ok A posture list
says "${posture:0:12}.*brackwater"
ok A posture gap brackwater
says 'never-asked|met|partly|not-met|unknown'

# a proof, without node, store or network
ok A proof export "$ack" -o ack.tally
mkdir elsewhere && cp ack.tally elsewhere
( cd elsewhere && env -i "$tally" proof verify ack.tally ) >verified || fail "the proof does not verify elsewhere"
grep -q 'Brackwater Logistics' verified || fail "the proof does not say who said it"
flip ack.tally $(($(stat -c %s ack.tally) / 2)) bad.tally
expect 10 "$tally" proof verify bad.tally

ok A record list
says "${ack:0:12}"
ok A record show "$update" --json
ok B outbox
says 'stored|receipted|delivered'
ok A status
step="A doctor"
A doctor >/dev/null || [ $? = 10 ] || fail "doctor"
ok A store check
ok B store check
ok B record retract "$posture" --reason "superseded" --wait 10s
ok A record show "$posture"
says 'withdrawn|retracted'
ok A partner suspend brackwater
until_true 10 shows '^brackwater .*suspended' A partner list
ok A partner resume brackwater
until_true 15 shows '^brackwater .*active' A partner list
stop A
stop B
expect 3 A status
tells '^tally: hint: .* up --background'
