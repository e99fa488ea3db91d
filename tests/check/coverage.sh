#!/bin/sh
# Every row of tests/coverage has a command that there is and a scenario that says it proves the row, or neither.
set -u
bad=0
say() {
	echo "tests/coverage: $*"
	bad=1
}
tab=$(printf '\t')
rows=0
while IFS=$tab read -r id asks commands scenario rest; do
	case $id in '#'*) continue ;; esac
	rows=$((rows + 1))
	[ -n "$scenario" ] && [ -z "$rest" ] && [ -n "$asks" ] || { say "$id: four columns are wanted"; continue; }
	[ "$commands" != - ] || { [ "$scenario" = - ] || say "$id: a scenario without a command"; continue; }
	if [ ! -f "$scenario" ]; then
		say "$id: there is no $scenario"
	elif ! sed -n 's/^# seed://p' "$scenario" | tr ' ' '\n' | grep -qx "$id"; then
		say "$id: $scenario has no line \"# seed:\" that names it"
	fi
	printf '%s\n' "$commands" | sed 's/; /\n/g' | sed 's/^tally //' >"${TMPDIR:-/tmp}/coverage.$$"
	while read -r noun verb _; do
		grep -qx "### $noun $verb" docs/commands.md || { [ -z "$verb" ] && grep -qx "## $noun" docs/commands.md; } || say "$id: no command \"$noun${verb:+ $verb}\""
	done <"${TMPDIR:-/tmp}/coverage.$$"
	rm -f "${TMPDIR:-/tmp}/coverage.$$"
done <tests/coverage
[ $rows = 39 ] || say "$rows rows instead of 39"
[ "$(grep -v '^#' tests/coverage | cut -f 1 | sort -u | grep -c .)" = 39 ] || say "an id stands twice"
exit $bad
