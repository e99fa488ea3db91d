# What is said when something is not as it should be names that thing, and what to do; and a rehearsal shows what would happen.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
node B "Brackwater Logistics"

# Starting: the file that is missing, the address that is none, keys that are open to others, gone or cut.
expect 5 A up --background --passphrase-file nosuch
tells '^tally: error: the passphrase file nosuch is not there$'
tells '^tally: hint: put it back, or give --passphrase-file$'
expect 9 A up --background --passphrase-file A
tells 'A: is a folder'
expect 9 A up --listen 192.0.2.1:7400
tells '192.0.2.1:7400: this machine has no such address'
chmod 644 B/keys/keyring
expect 4 B up --background
tells 'chmod -R go= .*/B/keys'
chmod 600 B/keys/keyring
mv B/keys/keyring keyring
expect 10 B up --background
tells 'keys/keyring is gone or damaged'
head -c 10 keyring >B/keys/keyring
chmod 600 B/keys/keyring
expect 10 B up --background
tells 'keys/keyring is gone or damaged'
mv keyring B/keys/keyring

# A rehearsal of init and down.
ok "$tally" --home C init "C" --recovery-out kit-C --dry-run
says 'recovery kit: .*/kit-C'
[ ! -e C ] && [ ! -e kit-C ] || fail "a rehearsed init made something"
expect 8 A init "Harbour Foods" --dry-run
start A
start B
ok A down --dry-run
ok A status
pair A B brackwater harbour

# All that is missing is said at once, and not a piece at each try.
expect 9 B incident report --to harbour --title "Ransomware" --stage early-warning
tells 'error: aware, malicious, cross_border, contact are required from the early warning on'
tells 'hint: .*tally .*help incident report'

# A rehearsal shows the record as it would be.
report=(incident report --to harbour --stage early-warning --title "Ransomware" --aware 2026-11-23T09:00:00Z --malicious yes
	--cross-border no --contact "soc@brackwater.example" --action "Reset API keys")
ok B "${report[@]}" --dry-run
says '^kind: +incident.notice$'
says '^to: +harbour$'
says '^tlp: +amber$'
says 'Reset API keys'
tells 'nothing was changed'
ok B incident list
silent Ransomware
ok B "${report[@]}" --dry-run --json
says '"dry_run": true'
says '"title": "Ransomware"'
ok A supplier add bw --title "Brackwater" --tier high --reason "cold chain" --dry-run
says '^tier: +high$'
ok A partner suspend brackwater --dry-run
says '^would: +stop sending'
expect 5 A supplier show bw

# Names, and ids in capitals.
expect 9 A supplier add dada --title D --tier low --reason d
tells 'could be the first digits of an id: add a hyphen'
expect 9 A partner invite --name fff
tells 'could be the first digits of an id: add a hyphen'
ok B "${report[@]}" --wait 10s
notice=$out
ok A record show "${notice^^}"
says '^kind: +incident.notice'
org=$(member id "$(B card show --json)")
ok A partner show "$(head -c 12 <<<"${org^^}")"
says 'brackwater'

# Files.
expect 9 A supplier import A
tells 'A: is a folder'
expect 5 A supplier export -o nowhere/register.csv
tells 'nowhere/register.csv: no such folder'
head -c 34000000 /dev/zero >big
expect 9 A supplier import big
tells 'is 32.4 MiB, at most 32 MiB: split it'
echo '{}' >empty.json
expect 2 A posture publish --file empty.json
tells 'no field is given, here or in the file'

expect 5 A requirement import nosuch --name x
tells "hint: check the file's name and path$"
expect 5 A proof export 123456
tells 'hint: see: tally --home .*/A record list$'

# A record of another kind than is wanted, and one that is withdrawn.
ok "$tally" requirement example
printf '%s\n' "$out" >set.json
ok A requirement import set.json --name base
set_id=$out
ok A requirement assign base --to brackwater --level standard --wait 10s
expect 9 B requirement ack "$set_id" --accept-all
tells 'that is the set itself'
tells 'hint: .*requirement list --owed'

# A new version adds actions, each once, and replaces other lists; with nothing new there is none. What is unusual is taken, and told.
ok B incident update "$notice" --action "Reset API keys" --action "Tell users" --service web --service mail
notice=$out
ok B record show "$notice"
[ "$(grep -c 'Reset API keys' <<<"$out")" = 1 ] || fail "an action stands twice"
says 'Tell users'
says 'web, mail'
expect 9 B incident update "$notice" --service print --aware 2126-11-23T09:00:00Z
tells 'error: aware lies ahead'
ok B incident update "$notice" --service print --vulnerability log4shell --vulnerability CVE-2021-44228 --country Germany --country FR
tells 'warning: vulnerabilities: log4shell is no number such as CVE'
tells 'warning: countries: Germany is not two letters'
[ "$(grep -c warning <<<"$err")" = 2 ] || fail "a warning too many: $err"
notice=$out
ok B record show "$notice"
says 'print'
silent 'web, mail'
expect 2 B incident update "$notice" --service print
tells 'nothing is changed'
expect 2 B incident update "$notice"
tells 'nothing is changed'
ok A requirement assign base --to brackwater --level standard --due 2020-01-31
tells 'warning: due: 2020-01-31 is over already'
ok A supplier add paperco --title "Paper & Co" --tier low --reason stationery --country Germany
tells 'warning: country: Germany is not two letters'

ok B "${report[@]}"
notice=$out
ok B record retract "$notice" --reason "false alarm" --wait 10s
expect 8 B incident update "$notice" --title "Again"
tells 'withdrawn'
