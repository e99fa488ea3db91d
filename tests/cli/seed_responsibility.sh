# Who does what: proposed, countered, agreed on one hash; each side is shown its own part, what it relies on the other for, and what nobody owns.
# seed: B3 U11 E5
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
ok A supplier add brackwater --title "Brackwater" --tier low --reason "parcels"
ok A supplier link brackwater brackwater
printf 'rid,title,text\nR1,Patching,Patch.\nR2,Backups,Back up.\nR3,Accounts,Close accounts.\n' >ops.csv
ok A requirement import ops.csv --name ops
ok A requirement assign ops --to brackwater --wait 10s
ok B report responsibilities
says '^harbour +all that is asked +ops +nobody +asked, and no matrix was proposed'

expect 2 A responsibility propose --to brackwater --contract C-17
tells 'no row is given'
expect 2 A responsibility propose --to brackwater --contract C-17 --row "R1=everybody: x"
tells '"everybody" is no owner'
ok A responsibility propose --to brackwater --contract C-17 --set ops --drop R3 --row "R1=shared: patch the host | patch the guest" --wait 10s
tells '1 of 2 rows have no owner yet'
first=$out
expect 6 A responsibility agree "$first"
tells 'our own proposal'
ok B inbox --open
says "^${first:0:12} .*responsibility.matrix"
ok B responsibility show harbour
says '^C-17 +R2 .*nobody .*nobody owns it +proposed'
says '^C-17 +R1 .*both +patch the host +patch the guest +proposed'
ok B report responsibilities
says '^harbour .*R3 +Accounts +nobody +asked, but in no matrix'

# Countered: each names the other, and both see that nobody would do it.
ok B responsibility counter "$first" --row "R2=customer: | back up the guests" --changes "we have no access to the guests" --wait 10s
second=$out
ok A responsibility counter "$second" --row "R2=supplier: back up the hosts" --wait 10s
third=$out
for n in A B; do
	ok "$n" report responsibilities --why
	says ' R2 .*both think it is the other .*proposed'
done
ok A responsibility list
says '^[0-9a-f]+ +brackwater +C-17 +customer +countered +us +2$'
ok B responsibility counter "$third" --row "R2=shared: back up the hosts | back up the guests" --row "R3=shared: close accounts" --wait 10s
fourth=$out
expect 6 B responsibility agree "$fourth"
ok A responsibility agree "$fourth" --wait 10s
for n in A B; do
	ok "$n" responsibility list
	says "^${fourth:0:12} .* C-17 .*agreed"
done
ok A report responsibilities
says '^brackwater +C-17 +R2 +Backups +both +back up the guests +back up the hosts +agreed$'
says '^brackwater +C-17 +R3 +both +close accounts +shared, but not said by whom what +agreed$'
ok B report responsibilities
says '^harbour +C-17 +R2 +Backups +both +back up the hosts +back up the guests +agreed$'

# What is agreed holds until a change is agreed, too; what would change is marked.
ok B responsibility counter "$fourth" --row "R1=customer: | patch all" --wait 10s
fifth=$out
for n in A B; do
	ok "$n" responsibility list --json
	says "\"agreed\": \"$fourth\""
	says '"state": "changes proposed"'
	ok "$n" report responsibilities
	says ' R1 .*owner +change proposed$'
done
ok A responsibility agree "$fifth" --wait 10s
ok B responsibility list --json
says "\"agreed\": \"$fifth\""
