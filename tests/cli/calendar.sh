# Deadlines in a file that calendars read.
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
ok A concern raise --to brackwater --topic process --source audit --title "Two keys, one drawer" --text x --wait 10s
ok B calendar export -o owed.ics
grep -q $'^SUMMARY:answer the concern: Two keys\\\\, one drawer (to harbour)\r$' owed.ics || fail "no event in owed.ics"
grep -q $'^TRIGGER:-P1D\r$' owed.ics || fail "no alarm in owed.ics"
uid=$(grep ^UID owed.ics)
expect 8 B calendar export -o owed.ics
ok B calendar export --force -o owed.ics
[ "$(grep ^UID owed.ics)" = "$uid" ] || fail "another UID"
ok A calendar export
silent VEVENT
ok A calendar export --both --todo
says 'SUMMARY:brackwater: answer the concern'
