# A supplier's incident: the clocks of its author and of its customer, by files, by law and by contract; matched, asked on, answered.
# seed: S2
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"

# The clocks are files.
ok A clock list
says '^nis2 +early warning +aware \+ 24 h +early-warning +authority +own'
says '^dora +initial notification +classified \+ 4 h or aware \+ 24 h'
printf 'title Ours\nuse own\nowed authority\nclock call: detected + 1 week; met by early-warning\n' >ours.clock
expect 9 A clock check ours.clock
tells 'ours.clock:4: expected h, d or month'
tells 'hint: .*tally help clock check'
ok A help clock check
says 'met by STAGE'
expect 5 A clock check nowhere.clock
tells 'nowhere.clock: '
cp ours.clock A/clocks/
expect 9 A up --background
tells 'ours.clock:4'
rm A/clocks/ours.clock
start A
start B
pair A B brackwater harbour

# What the contract asks for, both sides print alike.
ok A contract offer --supplier brackwater --reference C-7 --type bespoke --clauses-clock "stage=early-warning, hours=12" --wait 10s
ok B contract agree "$out" --wait 10s
ok B incident report --to harbour --stage early-warning --title "Ransomware in the warehouse" --aware 2026-01-31T09:00:00Z --malicious yes \
	--cross-border no --contact soc@brackwater.example --service "cold-chain transport" --action "Reset API keys" --wait 10s
notice=$out
for n in A B; do
	ok "$n" report overdue --json
	ok "$n" incident show "$notice" --json
	says '"profile": "C-7"'
	says '"due": "2026-01-31T21:00:00Z"'
	says '"due": "2026-02-01T09:00:00Z"'
done

# At the customer it opens clocks of its own, provisionally; the receipt says since when.
ok A incident show "$notice" --json
says '"state": "provisional, running"'
says '"receipt": \{'
ok A report owed
says ' me +an authority +early warning .*provisional'
silent ' brackwater .*provisional'
ok B incident show "$notice"
silent 'provisional'
expect 2 A incident dismiss "$notice"
ok A incident dismiss "$notice" --reason "no stock of ours is there"
ok A incident show "$notice"
silent 'provisional'
says 'no stock of ours is there'
ok A incident confirm "$notice" --aware 2026-01-31T12:00:00Z
ok A incident confirm "$notice" # once more: nobody becomes aware a second time
ok A incident show "$notice"
says '2026-02-01T12:00:00Z|2026-02-01 12:00Z'
ok A incident told "$notice" --stage early-warning --at 2026-01-31T20:00:00Z --authority CERT --reference 26-1
ok A incident told "$notice" --stage notification --at 2026-01-31T23:00:00Z
ok A incident show "$notice" --json
says '"due": "2026-02-28T23:00:00Z"'
expect 6 B incident confirm "$notice"

# Straight from the early warning to the end, as the help shows it: what the notification asks for is asked for then too.
expect 9 B incident close "$notice" --root-cause malicious-action
tells 'severity, determination are required'
tells 'hint: .*--severity'
ok B help incident close
example=$(sed -n 's/^.*tally incident close [0-9a-f]* \(--.*\)$/\1/p' <<<"$out")
[ -n "$example" ] || fail "the help of incident close shows no example"
eval "ok B incident close $notice $example --wait 10s"
until_true 10 shows 'closed' A incident list
