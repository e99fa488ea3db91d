# A register goes out to a spreadsheet and comes back; a bad line changes nothing.
. "$(dirname "$0")/lib.sh"

node A "Harbour Foods"
start A
ok A supplier list
tells 'no supplier yet' || true
ok A supplier add brackwater --title 'Brackwater "Cold" Logistics, Ltd' --type bespoke --tier high --reason "runs our cold chain" \
	--service "cold-chain transport"
ok A supplier add paperco --title "Paper & Co" --type commodity --tier low --reason "stationery"
expect 8 A supplier add paperco --title "again" --type commodity --tier low --reason "twice"
expect 2 A supplier add other --title "Other" --tier highest --reason "no such tier"
tells 'critical'
ok A supplier export -o register.csv
[ "$(head -n 1 register.csv | grep -c name)" = 1 ] || fail "no heading"
cp register.csv before.csv
ok A supplier import register.csv
ok A supplier export -o after.csv
expect 8 A supplier export -o after.csv
tells 'after.csv: is there already; nothing is written over'
tells 'hint: .*--force'
ok A supplier export -o after.csv --force
ok A supplier export -o /dev/null
cmp before.csv after.csv || fail "out and in again is not the same"

cat >more.csv <<'CSV'
name,title,type,tier,reason,note
coldline,"Coldline ""Hosting"", Inc",bespoke,critical,hosts it,"two
lines"
paperco,Paper & Co,commodity,medium,prices went up,
CSV
ok A supplier import more.csv --dry-run
ok A supplier list
silent 'coldline'
ok A supplier import more.csv
ok A supplier list
says '^coldline .*critical'
says '^paperco .*medium'
[ "$(A supplier list | sed -n 2p | cut -d' ' -f1)" = coldline ] || [ "$(A supplier list | sed -n 1p | cut -d' ' -f1)" = coldline ] ||
	fail "the most critical is not first"
printf 'name,title,type,tier,reason\ngood,Good,bespoke,low,fine\nbad,Bad,bespoke,highest,no such tier\n' >bad.csv
expect 9 A supplier import bad.csv
tells '3'
ok A supplier list
silent '^good '
printf 'name,colour\nx,red\n' >heading.csv
expect 9 A supplier import heading.csv
tells 'colour'

# What is wrong with a file as a whole.
: >none.csv
expect 9 A supplier import none.csv
tells 'the file is empty'
printf 'title,tier\nX,low\n' >nameless.csv
expect 9 A supplier import nameless.csv
tells 'error: line 1: the heading has no column "name"'
printf 'name,title\nx,B\xe4ckerei\n' >latin.csv
expect 9 A supplier import latin.csv
tells 'CSV UTF-8'
