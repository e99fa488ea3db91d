# People are told by a program of theirs: what came, what is due, alarms; again when it fails, killed when it hangs, after a restart too, and nobody
# waits for it.
. "$(dirname "$0")/lib.sh"
cat >told.sh <<'S'
#!/bin/bash
dir=$(dirname "$0")
env >"$dir/env"
ls /proc/self/fd >"$dir/fds"
[ -e "$dir/hang" ] && { touch "$dir/hangs"; sleep 300; }
[ -e "$dir/fail" ] && { cat >/dev/null; touch "$dir/failed"; echo "no mail today" >&2; exit 3; }
cat >>"$dir/told"
S
chmod +x told.sh
listening A "Harbour Foods"
node B "Brackwater Logistics"
printf 'notify = "%s/told.sh"\n' "$work" >>B/tally.conf
ok B config show
says '^notify +/.*told.sh +tally.conf'
start A
start B
pair A B brackwater harbour
notice() {
	ok A incident report --to brackwater --title "$1" --stage early-warning --aware "$(date -u +%FT%TZ)" --malicious unknown --cross-border no \
		--contact "soc@example.org" "${@:2}" --wait 10s
}
notice "Phishing wave"
first=$out
until_true 15 shows "Phishing wave" cat told
out=$(cat told)
says "\"id\":\"record/$first\""
says '"schema":"tally/notice/1"'
says '"title":"Phishing wave"'
says '"next":"tally reply '
silent '"kind":"pair"'
# What docs/notify.md shows is what the program gets.
members() { grep -o '"[a-z_]*":' | sort -u; }
sample=$(sed -n '/^```json/,/^```$/p' "$top/docs/notify.md" | members)
[ "$sample" = "$(head -n 1 told | members)" ] || fail "docs/notify.md shows other members: $sample"
# An environment of its own, and nothing open but what it needs.
out=$(cat env)
says '^PATH=/usr/local/sbin:'
silent 'TALLY|XDG|ASAN'
out=$(cat fds)
silent '^([5-9]|[1-9][0-9]+)$'

# What fails is told again, and the log says why.
touch fail
notice "Second wave"
until_true 15 test -e failed
until_true 15 grep -q 'notify-failed.*ended with 3: no mail today' B/tally.log
[ "$(grep -c 'Second wave' told)" = 0 ] || fail "told although it failed"
rm fail
until_true 15 grep -q 'Second wave' told

# Of what is TLP:RED only that it came.
notice "Nobody may know" --tlp red
until_true 15 grep -q '"tlp":"red"' told
! grep -q 'Nobody may know' told || fail "a title of TLP:RED was told"

# While the program hangs the node serves everybody; at its end the program goes too, and after the restart it is told, once.
touch hang
notice "Third wave"
until_true 15 test -e hangs
notice "Fourth wave"
ok B inbox
says 'Fourth wave'
stop B
rm hang
start B
until_true 15 grep -q 'Fourth wave' told
[ "$(grep -o '"title":"Third wave","exercise"' told | wc -l)" = 1 ] || fail "told twice"
! pgrep -f "$work/told.sh" >/dev/null || fail "the program is still there"

# A deadline that is over, once; and not again after another restart.
ok A concern raise --to brackwater --topic process --source audit --title "Old keys" --text x --wait 10s
A requirement example >baseline.json
ok A requirement import baseline.json --name baseline
ok A requirement assign baseline --to brackwater --level basic --due 2020-01-31 --wait 10s
stop B
start B
until_true 15 grep -q '"event":"overdue"' told
out=$(cat told)
says '"what":"answer R1"'
notice "Between" # one after the other: when this is told, it is noted that the other was
until_true 15 grep -q Between told
n=$(grep -o '"event":"overdue"' told | wc -l)
stop B
start B
notice "Fifth wave"
until_true 15 grep -q 'Fifth wave' told
[ "$(grep -o '"event":"overdue"' told | wc -l)" = "$n" ] || fail "overdue told again"
stop B
sed -i 's,^notify.*,notify = "told.sh",' B/tally.conf
expect 9 B up --background
tells 'expected an absolute path'
