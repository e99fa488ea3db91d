# The end of a relationship: what is held is stated, confirmed, disposed of and accepted; both ends print the same, and it does not close before.
# seed: E16
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour

printf 'id;class;description;locations\nbooks;document;Delivery books;"NL, site A"\nlaptop;hardware;Laptop 7;\n' >held.csv
ok B asset declare --to harbour --contract C-1 --item "id=db, class=data, description=Orders, locations=DE; NL" --sheet held.csv --wait 10s
held=$out
id_alone
printf 'id,class,description\nx,document,T\xfcren\n' >latin.csv
expect 9 B asset declare --to harbour --contract C-2 --sheet latin.csv
ok B asset declare --to harbour --contract C-2 --sheet latin.csv --encoding windows-1252 --dry-run
ok A inbox --open
says 'asset.held'
ok A asset list
says 'brackwater +me +C-1 +db +data +Orders +held'
ok A asset list --json
says '"NL"'
# The customer's own list of what it gave away: the same thing is not counted twice, what was forgotten is added.
ok A asset declare --to brackwater --holder brackwater --contract C-1 --item "id=db, class=data, description=Orders" \
	--item "id=vpn, class=credential, description=VPN of the depot" --wait 10s
mirror=$out
ok A asset confirm "$held" --wait 10s
ok B asset confirm "$mirror" --wait 10s
ok A exit status
says '^brackwater .* 4 +0 +in force'

ok A termination give --to brackwater --contract C-1 --effective 2020-03-31 --reason "end of term" --wait 10s
ends=$out
ok B report overdue
says '^2020-03-31 23:59Z +me +harbour +dispose of db'
ok A report overdue
says '^2020-03-31 23:59Z +brackwater +me +dispose of vpn'
ok A exit status
says '^brackwater +C-1 +2020-03-31 +4 +0 +ended 2020-03-31, not closed: 4 held, 0 retained'
ok B exit status
says '^harbour +C-1 +2020-03-31 +0 +4 +ended 2020-03-31, not closed: 4 held, 0 retained'

expect 9 B disposition attest "$ends" --deleted tapes=purge
tells 'no item "tapes"'
expect 2 B disposition attest "$ends"
ok B disposition attest "$ends" --deleted db=purge --standard "NIST SP 800-88" --returned "laptop=A. Bell" --not-held "vpn=never set up" \
	--retained "books=tax law, until 2099-12-31" --by "E. Ray" --subcontractors-held 2 --subcontractors-disposed 1 --wait 10s
first=$out
ok A asset list
says ' db .*deleted, not accepted yet'
expect 2 A disposition dispute "$first"
tells 'say why'
ok A disposition dispute "$first" --text "what about the second subcontractor?" --wait 10s
ok B asset list
says ' db .*deleted, disputed'
ok B disposition attest "$ends" --supersedes "$first" --deleted db=purge --returned "laptop=A. Bell" --not-held "vpn=never set up" \
	--retained "books=tax law, until 2099-12-31" --subcontractors-held 2 --subcontractors-disposed 2 --wait 10s
second=$out
ok A disposition accept "$second" --wait 10s
for n in A B; do
	ok "$n" exit status
	says ' 1 +0 +ended 2020-03-31, not closed: 0 held, 1 retained| 0 +1 +ended 2020-03-31, not closed: 0 held, 1 retained'
	ok "$n" report exit --why
	says 'books +document +Delivery books +retained, until 2099-12-31 .*'"${second:0:12}"
	silent ' db '
	ok "$n" report owed
	says '^2099-12-31 23:59Z .*delete books'
done
ok A disposition list
says "^${first:0:12} +brackwater +me .*replaced"
says "^${second:0:12} +brackwater +me .*accepted"
# Deleted before its time: only when that is accepted, it closes.
ok B disposition attest "$held" --deleted books=destroy --wait 10s
third=$out
ok A exit status
says 'not closed: 1 held'
ok A disposition accept "$third" --wait 10s
for n in A B; do
	ok "$n" exit status
	says ' 0 +0 +closed'
	ok "$n" report exit
	tells 'nothing is held'
	ok "$n" report owed
	tells 'nothing is to be done'
done
# Two contracts end: what is attested goes by the list, the termination or the contract that is named.
for k in 2 3; do
	ok B asset declare --to harbour --contract "C-$k" --item "id=thing$k, class=data, description=Thing $k" --wait 10s
	lists[$k]=$out
	ok A termination give --to brackwater --contract "C-$k" --effective 2020-03-31 --reason "end of term" --wait 10s
	ends[$k]=$out
done
ok B disposition attest "${lists[2]}" --deleted thing2=purge --wait 10s
ok B disposition attest "${ends[3]}" --deleted thing3=purge --wait 10s
ok A asset list
says ' thing2 .*deleted, not accepted yet'
says ' thing3 .*deleted, not accepted yet'
# What is held under a contract that goes on is in the lists of both. Only a list to the same partner is worth replacing.
ok B asset declare --to harbour --contract C-7 --item "id=ftp, class=account, description=Transfer account" --wait 10s
! grep -qE -- "supersedes" <<<"$err" || fail "stderr says: $err"
for n in A B; do
	ok "$n" asset list
	says 'C-7 +ftp +account .*held'
	ok "$n" exit status
	says ' C-7 .* in force'
	says ' C-1 .*closed'
done
listening C "Coldline"
start C
pair C B brackwater coldline
ok B asset declare --to coldline --item "id=van, class=hardware, description=Van"
! grep -qE -- "supersedes" <<<"$err" || fail "stderr says: $err"
ok B asset declare --to harbour --contract C-7 --item "id=ftp2, class=account, description=x" --dry-run
tells 'supersedes'
ok B asset declare --to coldline --item "id=van2, class=hardware, description=x" --dry-run
tells 'supersedes'
# A supplier without a node: our own rows say what it has, and what it says became of it.
ok A supplier add paperco --title "Paper & Co" --tier low --reason stationery
ok A access add pc-list --supplier paperco --what "Customer list" --class data --since 2026-01-15
ok A access add pc-key --supplier paperco --what "Gate key" --class physical --since 2026-01-15
ok A asset list --held
says '^paperco +me .*pc-key +physical +Gate key +held|paperco +me +pc-key +physical +Gate key +held'
silent 'thing9'
ok A exit status
silent paperco
ok A supplier offboard paperco
for of in "" paperco; do
	ok A exit status $of
	says '^paperco .* 2 .*exiting, not closed: 2 held, 0 retained'
done
expect 9 A access edit pc-list --outcome deleted --revoked 2026-11-20
tells 'method'
ok A access edit pc-list --outcome retained --basis "tax law" --retained-until 2099-12-31 --proof "letter of 20 November"
ok A access edit pc-key --outcome returned --revoked 2026-11-20
ok A report exit --supplier paperco --why
says 'pc-list +data +Customer list +retained, until 2099-12-31 .*access:pc-list'
silent 'pc-key'
ok A exit status paperco
says 'exiting, not closed: 0 held, 1 retained'
ok A access edit pc-list --outcome deleted --method purge --revoked 2026-11-21 --clear retained-until --clear basis
ok A supplier offboard paperco --finish
ok A exit status paperco
says '^paperco .* closed'
ok A asset list paperco
says 'pc-list .*deleted 2026-11-21'
ok A report exit --supplier paperco
tells 'nothing is held'
