#!/bin/sh
# Each row of a table in docs/security.md names tests, as do the defects of docs/reliability.md, and each test that is named is there and is run.
set -u
bad=0
complain() { echo "$page: $1"; bad=1; }

awk '/^\|/ && !/^\|(---\|)+$/ && !/\| shown by \|$/ && !/`tests\/[^`]+` *\|$/ { print FILENAME ":" FNR ": this row names no test"; bad = 1 } END { exit bad }' docs/security.md || bad=1

tab=$(printf '\t')
for page in docs/security.md docs/reliability.md; do
	named=$(grep -oE '`tests/[a-z]+/[a-z_0-9]+\.(c|sh|py)(: [a-z_0-9, ]+)?`' $page | tr -d '`' | sort -u | sed "s/: /$tab/")
	[ -n "$named" ] || complain "names no test"
	while IFS=$tab read -r file tests; do
		[ -e "$file" ] || { complain "there is no $file"; continue; }
		case $file in
		tests/unit/* | tests/fuzz/* | tests/cli/* | tests/check/* | tests/interop/* | tests/kill/* | tests/hostile/*) ;; # families of tests/run
		*) complain "$file is run by nobody" ;;
		esac
		for test in $(echo "$tests" | tr -d ,); do
			grep -qE "(cmocka_unit_test[a-z_]*|TEST)\($test[,)]" "$file" || complain "$file runs no $test"
		done
	done <<END
$named
END
done
[ "$(grep -o '`tests/' docs/security.md | wc -l)" = "$(grep -oE '`tests/[a-z]+/[a-z_0-9]+\.(c|sh|py)(: [a-z_0-9, ]+)?`' docs/security.md | wc -l)" ] ||
	{ page=docs/security.md; complain "a test is not named as \`tests/FAMILY/FILE: TEST, TEST\`"; }
exit $bad
