# A node comes back from a backup that was made beside it while it ran: what partners sent since comes again, what it says goes into new logs, and no
# place of its old ones is ever signed twice.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
notice() { # NODE, TO, TITLE
	ok "$1" incident report --to "$2" --stage early-warning --title "$3" --aware 2026-11-23T09:00:00Z --malicious no --cross-border no \
		--contact "soc@example.org" "${@:4}"
}
# Who dials begins anew, so that nobody waits for the pause between two dials.
meet() { stop B; start B; }
all_at() { until_true 60 shows "$2" "$1" inbox; }

notice A brackwater "from A, before" --wait 20s
notice B harbour "from B, before" --wait 20s
head -c 300000 /dev/urandom >report.pdf
ok A evidence add report.pdf --type report --to brackwater --wait 20s
evidence=$out
hash=$(b2sum -l 256 report.pdf | cut -d' ' -f1)
ok A supplier add brackwater --title "Brackwater" --tier high --type bespoke --reason "runs our cold chain"
(for i in 1 2 3 4 5; do "$tally" --home B incident report --to harbour --stage early-warning --title "from B, meanwhile $i" --aware \
	2026-11-23T09:00:00Z --malicious no --cross-border no --contact "soc@example.org" >/dev/null; done) &
ok A backup create copy
wait $!
[ "$(stat -c %a copy)" = 600 ] || fail "others may read a backup"
expect 8 A backup create copy
tells 'is there already'
ok A backup verify copy
says 'problems: +0'
flip copy 5000 flipped
expect 10 A backup verify flipped
tells 'damaged: it was cut or changed'
cp "A/files/$hash" kept
flip "A/files/$hash" 1000 changed && cp changed "A/files/$hash"
ok A backup create copy.changed
expect 10 A backup verify copy.changed
tells "evidence file ${hash:0:12} in it does not fit its hash"
cp kept "A/files/$hash"
head -c 20000 copy >cut
expect 10 A backup verify cut
expect 9 A backup verify A/tally.conf
tells 'is no backup'
expect 5 A backup verify nothing
tells "hint: check the file's name and path$"
expect 8 A backup create cut
expect 5 "$tally" --home nowhere backup create none
tells 'there is no node here'
[ ! -e none ] || fail "a backup that failed was left there"
[ -z "$(find . -maxdepth 1 -name '*.part')" ] || fail "a backup left a part of itself"

notice A brackwater "from A, lost" --wait 20s
notice A brackwater "from A, lost too" --wait 20s
notice B harbour "from B, after" --wait 20s
kill_hard A
mv A A.gone

expect 2 A backup restore copy
expect 10 A backup restore flipped --yes
tells 'hint: use an older one'
mkdir -p A/store.part/stray
expect 8 A backup restore copy --yes
tells 'store.part is in the way'
rm -r A
cp -a B C
rm -r C/store
expect 8 "$tally" --home C backup restore copy --yes
tells 'keys there are those of another node'
[ ! -e C/store ] && [ ! -e C/store.part ] || fail "something was restored beside the keys of another node"
[ ! -e A/store ] || fail "something was restored from a damaged backup"
ok A backup restore copy --yes
expect 8 A backup restore copy --yes
tells 'there is a store'
notice_early() { "$tally" --home A incident report --to brackwater --stage early-warning --title "from A, restored" --aware 2026-11-23T09:00:00Z \
	--malicious no --cross-border no --contact "soc@example.org"; }
[ "$(stat -c %a "A/files/$hash")" = 600 ] || fail "the evidence file was not restored for us alone"
start A
ok A evidence get "$evidence" -o restored.pdf
cmp report.pdf restored.pdf || fail "the evidence file is not the same"
ok notice_early
meet
all_at B 'from A, restored'
for text in 'before' 'meanwhile 1' 'meanwhile 5' 'after'; do all_at A "from B, $text"; done
ok A supplier show brackwater
notice A brackwater "from A, as always" --wait 20s
notice B harbour "from B, as always" --wait 20s
for n in A B; do
	grep -E 'event=alarm' "$n/tally.log" && fail "$n raised an alarm"
	ok "$n" store check
	"$n" doctor >doctor.txt || true
	grep -E 'stopped|alarm +look|log +look' doctor.txt && fail "doctor of $n sees a log that stopped"
done
ok B inbox
[ "$(grep -c 'from A' <<<"$out")" = 5 ] || fail "B has not every notice of A once"

# An old copy of the folder, put back by hand: nobody told the node, its partner does.
notice A brackwater "from A, to be copied" --wait 20s
stop A
cp -a A A.old
start A
meet
notice A brackwater "from A, after the copy" --wait 20s
kill_hard A
rm -r A
mv A.old A
start A
meet
until_true 60 grep -q 'has stopped' A/tally.log
notice A brackwater "from A, waiting"
expect 7 A incident report --to brackwater --stage early-warning --title "from A, waiting too" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "soc@example.org" --wait 2s
tells 'our log to brackwater has stopped'
tells 'gets nothing before you decide'
ok A outbox --waiting
says 'our log to them has stopped'
expect 10 A doctor
says 'brackwater holds of our log what this node has lost'
ok A partner list
says 'stopped'
ok A partner reopen brackwater --yes
all_at B 'from A, waiting too'
expect 8 A partner reopen brackwater --yes
ok B inbox
[ "$(grep -c 'from A, waiting' <<<"$out")" = 2 ] || fail "what waited is not there once"
grep -E 'different entries|refused' B/tally.log && fail "B saw a fork"

# A damaged store beside keys that are well: the keys stay.
stop A
mv A/store store.damaged
before=$(cksum <A/keys/keyring)
ok A backup restore copy --yes
[ "$(cksum <A/keys/keyring)" = "$before" ] || fail "the keys were changed"
start A
meet
notice A brackwater "from A, once more" --wait 40s
notice B harbour "from B, once more" --wait 40s
ok A store check
ok B store check
