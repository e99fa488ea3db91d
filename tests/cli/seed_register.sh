# The register: who supplies us, which matter most, what we read about them, and what hangs on them. What is ours alone never reaches the other node.
# seed: U1 U2 U4 U5 E3 E4 E6 B5
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
cat >vendors.csv <<'CSV'
Vendor name;Class;LEI code;Security mail;Remarks;Next review
Brackwater;A - strategic;9695TALLYSTICK000182;soc@brackwater.example;x;31.12.2027
Cloudco;B;;;y;
Paper & Co;C;;;z;
CSV
cat >columns.conf <<'CONF'
make name = "Vendor name"
column "Vendor name" = title
column Class = tier
column "LEI code" = identifiers.LEI
column "Security mail" = contacts.security-24x7.mail
column "Next review" = review_due
others = -
dates = dd.mm.yyyy
fixed type = commodity
word tier "A - strategic" = critical
word tier B = high
word tier C = low
CONF
# U1: the list, out of somebody else's sheet, and what would change is shown before it does.
ok A supplier import vendors.csv --map columns.conf --dry-run
says 'added .*brackwater .*tier .*critical'
ok A supplier list
silent 'cloudco'
ok A supplier import vendors.csv --map columns.conf
ok A supplier list
says '^brackwater +Brackwater +critical'
sed 's/;B;/;A - strategic;/; s/9695TALLYSTICK000182//' vendors.csv >again.csv
ok A supplier import again.csv --map columns.conf --dry-run
says 'changed +cloudco +tier +high +critical'
silent 'changed +brackwater'
ok A supplier import again.csv --map columns.conf
ok A supplier show brackwater
says 'LEI'
sed 's/000182/000183/' vendors.csv >bad.csv
expect 9 A supplier import bad.csv --map columns.conf
tells 'line 2, column LEI code: .*check digits'
printf 'name,title\nx-1,B\xe4ckerei\n' >latin.csv
expect 9 A supplier import latin.csv
tells 'line 2: not UTF-8'
ok A supplier import latin.csv --encoding windows-1252
ok A supplier show x-1
says 'Bäckerei'
printf '\xff\xfen\0a\0m\0e\0\n\0x\0-\0002\0\n\0' >wide.csv
ok A supplier import wide.csv
ok A supplier list --sort name
says '^x-2'
ok A supplier remove x-1 --yes
ok A supplier remove x-2 --yes
ok A supplier history x-1
says 'Bäckerei'

# U2: the tier follows from the factors, with a reason and a review date, and orders every list.
ok A supplier rank cloudco --factor "data sensitivity=low" --factor access-level=medium --reason "holds menus only" --review-due 2027-05-01
says 'tier: +medium'
says 'review due: +2027-05-01'
ok A supplier rank brackwater --factor "function criticality=critical" --factor substitutability=high --reason "the cold chain"
[ "$(A supplier list --json | sed -nE 's/^ *"id": "(.*)",$/\1/p' | tr '\n' ' ')" = "brackwater cloudco paper-co " ] || fail "not by priority"
ok A supplier edit brackwater --type bespoke --state active
ok A supplier edit cloudco --state prospect
ok A report priorities
says '^brackwater +critical'

# U4 U5 E4 E6: commodity suppliers and prospects are read, not asked: what is published, how sure we are of it, and why; terms nobody agreed with us.
ok A requirement example
printf '%s\n' "$out" >set.json
ok A requirement import set.json --name baseline
rid=$(sed -nE 's/^ *"rid": "(.*)",$/\1/p' set.json | head -n 1)
ok A published add cloudco-trust --supplier cloudco --title "Trust page" --retrieved 2026-11-01 \
	--sha256 b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9 --answer "requirement=$rid, where=page 4, text=tells within a day" \
	--assurance self-declared --confidence 40 --confidence-reason "no report seen"
expect 9 A published add cloudco-2 --supplier cloudco --title x --retrieved 2026-11-01 --confidence 40
tells 'confidence_reason'
expect 5 A published add nobody-1 --supplier nobody --title x --retrieved 2026-11-01
ok A report published --why
says '^cloudco .*prospect +1 +1 +[1-9][0-9]* +40 +self-declared +no report seen +2027-11-01 +not sure enough.*published:cloudco-trust'
says '^paper-co .*nothing read yet'
silent '^brackwater'
ok A terms add cloudco-terms --supplier cloudco --title "Customer agreement" --version 3 --read 2026-11-01 --subcontracting notify \
	--responsibility "control=backup, owner=customer, ours=copy what we must not lose"
ok A terms list --supplier cloudco
says 'read-from-terms'

# E3
ok A awareness add buyers --role buyers --topic "security clauses" --form course --date 2025-10-01 --expires 2026-10-01 --people 4
ok A awareness add drivers --role drivers --topic "phishing" --form briefing --date 2026-11-01 --expires 2030-10-01
ok A report awareness
says '^buyers .*expired'
silent 'drivers'

# B5: what hangs on whom, over two tiers, with substitutability and exit plan.
ok A dependency add cold --function "cold chain" --criticality critical --supplier brackwater --substitutability hard \
	--substitutability-reason "no second carrier" --exit-plan-exists no
ok A dependency add menus --function "menus" --criticality low --supplier cloudco --exit-plan-exists yes --exit-plan-tested 2026-05-01
ok A subcontractor add bw-dc --supplier brackwater --subcontractor Northdata --service hosting --source "their web page"
ok A subcontractor add cc-dc --supplier cloudco --subcontractor northdata --service hosting
ok A report concentration --why
says '^Northdata +2 +2 +1 .*brackwater, cloudco +hard +1 .*dependency:cold'
says '^brackwater +1 +1 +1 '
silent '^cloudco'
ok A map exposed NORTHDATA
says '^cold chain +critical +brackwater +2 +brackwater > Northdata +hard +none'
says '^menus .*tested 2026-05-01'
expect 5 A map exposed nobody
ok A map graph --format dot
says '"function: cold chain" -> "brackwater"'
says '"brackwater" -> "Northdata"'
# One of a name, whatever its letters and blanks; who stands above two is drawn once.
ok A subcontractor add cc-dc2 --supplier cloudco --subcontractor NorthData --service backup
ok A subcontractor add pc-1 --supplier paper-co --subcontractor "Ink  &  Co" --service ink
ok A subcontractor add pc-2 --supplier paper-co --subcontractor "ink & co" --service toner
ok A map graph --format dot
[ "$(grep -ci '^.*"northdata" \[shape' <<<"$out")" = 1 ] || fail "several nodes of one name"
[ "$(grep -c -- '-> "NorthData"' <<<"$out")" = 3 ] || fail "its edges go elsewhere"
[ "$(grep -ci '"ink & co" \[shape' <<<"$out")" = 1 ] || fail "several nodes of one name"
[ "$(grep -c '"paper-co" \[shape' <<<"$out")" = 1 ] || fail "drawn twice"
ok A map graph --format json
says '"from": "cloudco"'
for n in cc-dc2 pc-1 pc-2; do ok A subcontractor remove $n --yes; done
ok A report dora --csv
says '^cold chain,critical,Brackwater,9695TALLYSTICK000182,.*,1,'
says '^cold chain,critical,Northdata,.*,2,brackwater,hosting'

# Nothing of it left this node.
pair A B brackwater harbour --supplier brackwater
ok B record list
silent 'Northdata|cloudco|requirement'
ok B supplier list
silent 'brackwater'
expect 8 A supplier remove cloudco --yes
tells 'about it'
