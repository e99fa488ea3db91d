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
expect 6 B incident report --to harbour --title "before the words" --stage early-warning --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "soc@example.org"
tells 'not verified: compare the ten words first, with "partner verify"'
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
tells 'hint: give --valid 7d'
expect 9 A partner invite --name toolate --valid 0s
tells 'over already'
tells 'hint: give --valid 7d'
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

# Who listens on all addresses has not said at which one a partner would find it: "0.0.0.0" in a token leads its reader to his own machine.
for all in 0.0.0.0 '[::]'; do
	port=$(free_port)
	stop C
	start C --listen "$all:$port"
	expect 6 C partner invite --name other
	tells 'no address where a partner could reach it'
	tells 'hint: .*--advertise HOST:PORT'
	stop C
	start C --listen "$all:$port" --advertise "127.0.0.1:$port"
	ok C partner invite --name other
	ok C status
	says "reachable at: +127.0.0.1:$port$"
	ok C partner withdraw other
done
