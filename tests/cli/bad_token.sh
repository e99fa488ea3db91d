# Invitations that must not work: mistyped, of a node that never made it, used by a second node, expired.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
node B "Brackwater Logistics"
node C "Coldline Hosting"
start A
start B
start C

ok A partner invite --name brackwater
token=$out
expect 9 B partner join "${token}x" --name harbour
tells '^tally: error: '
last=${token: -1}
other=a
[ "$last" != a ] || other=b
expect 9 B partner join "${token%?}$other" --name harbour
expect 9 B partner join "hello" --name harbour
expect 2 B partner join
ok B partner list
silent 'harbour'

ok B partner join "$token" --name harbour
expect 6 C partner join "$token" --name harbour
tells 'hint: .*invite'
ok A partner list
says '^brackwater '
[ "$(A partner list --json | grep -c '"org"')" = 1 ] || fail "a second node came in on one token"

ok A partner invite --name late --valid 1s
token=$out
until_true 10 test "$(($(date +%s) + 1))" -le "$(date +%s)" -o -n "$(read -r -t 1.2 <> <(:) || echo over)"
expect 9 C partner join "$token" --name harbour
tells 'expired'
tells 'hint: .*invite'
expect 9 A partner invite --name toolong --valid 30d
tells "seven days"
ok A partner list
silent '^late .*active'

# Open invitations can be seen and withdrawn: then their token opens nothing.
ok A partner invite --name third
token=$out
ok A partner invitations
says '^third '
says '^brackwater .*brackwater' # used, not compared yet
ok A partner withdraw third --dry-run
ok A partner withdraw third
ok A partner invitations
silent '^third '
expect 6 C partner join "$token" --name harbour
expect 5 A partner withdraw third
tells 'hint: .*tally .*partner invitations'
[ "$(ls A/keys | grep -c '^invite-')" = 2 ] || fail "secrets of invitations: $(ls A/keys)"
