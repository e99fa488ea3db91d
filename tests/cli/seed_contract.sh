# A contract is offered, countered, agreed by one hash, changed and ended; both ends show the same.
# seed: U6
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
expect 2 A contract offer --reference C-7 --type bespoke
tells 'hint: .*--supplier'
ok A contract offer --supplier brackwater --reference C-7 --type bespoke --title "Cold chain" --start 2026-01-01 --end 2030-12-31 --notice-days 90 \
	--service "cold-chain transport" --function "deliveries" --clauses-clock "stage=early-warning, hours=12" --clauses-audit "once a year" \
	--clauses-subcontracting prior-approval --answer-by 2026-01-31 --wait 10s
offer=$out
id_alone
ok B inbox --open
says "^${offer:0:12} .*C-7: Cold chain .*offered, waits for us"
for n in A B; do
	ok "$n" report overdue
	says 'answer the offer'
done
expect 6 A contract agree "$offer"
tells 'our own'
ok B contract amend "$offer" --end 2029-12-31 --wait 10s
counter=$out
expect 8 B contract agree "$offer"
ok A contract list
says "^${counter:0:12} .*brackwater .*customer .*2029-12-31 .*waits for us"
ok A contract agree "$offer" --wait 10s # the thread: what is newest in it is theirs
tells "${counter:0:12}"
for n in A B; do
	ok "$n" contract list
	says "^${counter:0:12} +C-7 .*Cold chain .*2029-12-31 +agreed$"
	ok "$n" contract show "$counter" --json
	says '"subcontracting": "prior-approval"'
	says '"hours": 12'
	says '"functions"'
	ok "$n" report overdue
	silent 'answer the offer'
done
expect 8 A contract agree "$counter"
ok B contract amend "$counter" --notice-days 30 --wait 10s
change=$out
ok A contract list
says "agreed, change ${change:0:12} waits for us"
ok A contract decline "$change" --text "three months it is" --wait 10s
ok B contract list
says "2029-12-31 +agreed$"
expect 9 A contract end "$counter" --on 2031-01-01
ok A contract end "$counter" --on 2026-06-30 --text "service withdrawn" --wait 10s
tells 'within the notice period'
for n in A B; do
	ok "$n" contract list
	says "ended 2026-06-30, not closed$"
	ok "$n" contract list --open
	silent 'C-7'
done
expect 8 B contract end "$counter"
# The same reference twice is said; notice shows in the list, and a contract that is closed stays in it.
ok A contract offer --supplier brackwater --reference C-8 --type bespoke --notice-days 30 --wait 10s
eight=$out
ok A contract offer --supplier brackwater --reference C-8 --type bespoke
tells "\"C-8\" with them stands already.*amend ${eight:0:12}"
ok B contract agree "$eight" --wait 10s
# Whoever gives it, who must state what it holds is the supplier of the contract.
ok B termination give --to harbour --contract C-8 --effective 2099-01-31 --reason x --dry-run
says "supplier: +$(member supplier_org "$(A contract list --json)")$"
ok A termination give --to brackwater --contract C-9 --effective 2099-01-31 --reason x --dry-run
tells 'no contract "C-9" was agreed'
ok A termination give --to brackwater --contract C-8 --effective 2099-01-31 --reason x --dry-run
! grep -q "warning:" <<<"$err" || fail "stderr says: $err"
ok A termination give --to brackwater --contract C-8 --effective 2020-01-31 --reason x --dry-run
tells 'within the notice period'
ok A termination give --to brackwater --contract C-8 --effective 2099-01-31 --reason x --wait 10s
first=$out
for n in A B; do
	ok "$n" contract list
	says 'C-8 .* agreed, ends 2099-01-31$'
done
ok A termination give --to brackwater --contract C-8 --effective 2098-01-31 --reason x --dry-run
tells "supersedes ${first:0:12}"
ok A termination give --supersedes "$first" --contract C-8 --effective 2020-01-31 --reason x --wait 10s
tells 'within the notice period'
ok B asset declare --to harbour --contract C-8 --none --wait 10s
for n in A B; do
	ok "$n" contract list
	says 'C-8 .* ended 2020-01-31, closed$'
done
