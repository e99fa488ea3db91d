# What is owed and overdue, the same at both ends; where each line comes from; tables as CSV.
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
ok A supplier add carrier --title "Brackwater Logistics" --tier high --reason "cold chain"
ok A supplier link carrier brackwater
A requirement example >baseline.json
ok A requirement import baseline.json --name baseline
ok A requirement assign baseline --to brackwater --level basic --due 2020-01-31 --wait 10s
assign=$out
for n in A B; do
	ok "$n" report overdue
	says '^2020-01-31 23:59Z .*answer R1 .*overdue by'
	ok "$n" report overdue --why
	says "${assign:0:12}"
	ok "$n" report overdue --csv
	says '^due,who,to,what,title,state'
	says '^2020-01-31T23:59:59\.999Z,'
done
ok A report gaps --supplier carrier --why
says 'supplier:carrier'
ok A report gaps --json
says '"why"'
ok B requirement ack "$assign" --accept-all --wait 10s
for n in A B; do
	ok "$n" report overdue
	tells 'nothing is overdue'
done
ok A report list
says '^overdue '
expect 2 A report weather
tells 'no command'
expect 2 A status --csv
tells 'print a table'
expect 2 A supplier list --csv --json
ok A supplier add plus --title '=1+2'
ok A supplier list --csv
says "'=1\+2"
