# What is owed and overdue, the same at both ends; where each line comes from; tables as CSV.
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
ok A supplier add carrier --title "Brackwater Logistics" --tier high --reason "cold chain"
# The partner's pet name does for the row it is linked to, wherever a supplier is named.
expect 5 A supplier rank brackwater --tier critical --reason x
tells 'no supplier of the register is linked to it'
tells 'supplier link NAME brackwater'
expect 5 A supplier rank nobody --tier critical --reason x
tells 'no supplier "nobody"'
expect 5 A map exposed brackwater
tells 'linked'
ok A supplier link carrier brackwater
ok A supplier add other --title "Other"
expect 8 A supplier link other brackwater
tells '"carrier" is linked'
expect 8 A supplier edit other --partner brackwater
ok A supplier remove other --yes
ok A supplier rank brackwater --factor "data sensitivity=critical" --reason "holds addresses"
ok A dependency add cold --function "cold chain" --criticality high --supplier brackwater
ok A dependency list --supplier brackwater
says '^cold .* carrier'
ok A map exposed brackwater
says '^cold chain .*carrier'
ok A supplier show brackwater
says 'tier: +critical'
# A sheet undoes no rank, unless it says why.
printf 'name,title,tier\ncarrier,Brackwater Ltd,low\n' >again.csv
ok A supplier import again.csv
tells 'carrier\).*the rank stays'
ok A supplier list
says '^carrier +Brackwater Ltd +critical'
printf 'name,title,tier,reason\ncarrier,Brackwater Ltd,high,fewer addresses\n' >again.csv
ok A supplier import again.csv
silent 'rank stays'
ok A supplier list
says '^carrier +Brackwater Ltd +high'
A requirement example >baseline.json
ok A requirement import baseline.json --name baseline
ok A requirement assign baseline --to brackwater --level basic --due 2020-01-31 --wait 10s
assign=$out
# What is open of one record is one line.
ok A supplier offboard brackwater --dry-run
says 'answer R1 and [0-9]+ more +'"${assign:0:12}"
silent 'answer R2'
ok A supplier offboard brackwater --dry-run --all
says 'answer R1 +'"${assign:0:12}"
says 'answer R2 +'"${assign:0:12}"
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
