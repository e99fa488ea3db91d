# A node reminds partners by itself only where it was told to, once a day, and not again after a restart.
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
ok A config show
says '^remind +off +default'
start A
start B
pair A B brackwater harbour
ok A incident ask --to brackwater --title "Do you run pump 3.1?" --product "pump 3.1" --due "$(date -u -d '+1 hour' +%FT%TZ)" --wait 10s
question=$out
ok A incident ask --to brackwater --title "And pump 4?" --product "pump 4" --due "$(date -u -d '+9 days' +%FT%TZ)" --wait 10s
later=$out
stop A
start A
ok A incident matrix "$question" --json # several turns later
silent 'reminders'
stop A
printf 'remind = "yes"\n' >>A/tally.conf
expect 9 A up --background
tells 'remind: expected one of off, on'
sed -i 's/"yes"/"on"/' A/tally.conf
start A
until_true 10 shows '"reminders": 1' A incident matrix "$question" --json
grep -q 'event=reminded questions=1' A/tally.log || fail "the log does not say so"
until_true 15 shows 'reminder' B inbox
stop A
start A
ok A status
ok A incident matrix "$question" --json
says '"reminders": 1'
ok A incident matrix "$later" --json
silent 'reminders'
