#!/bin/sh
# Every test that is written is run, and every module has one.
set -u
bad=0
for file in tests/unit/test_*.c; do
	[ -e "$file" ] || continue
	grep -q 'cmocka_run_group_tests' "$file" || { echo "$file: runs nothing"; bad=1; }
	awk '
		match($0, /^static void [a-z_0-9]+\(void \*\*/) {
			name = $3
			sub(/\(.*/, "", name)
			written[name] = FNR
			next
		}
		{
			line = $0
			while (match(line, /[a-z_][a-zA-Z_0-9]*/)) { named[substr(line, RSTART, RLENGTH)] = 1; line = substr(line, RSTART + RLENGTH) }
		}
		END { for (name in written) if (!(name in named)) { print FILENAME ":" written[name] ": " name " is never run"; bad = 1 } exit bad }' \
		"$file" || bad=1
done
for file in tests/fuzz/fuzz_*.c; do
	[ -e "$file" ] || continue
	name=$(basename "$file" .c)
	[ -n "$(ls "tests/fuzz/corpus/$name" 2>/dev/null)" ] || { echo "$file: tests/fuzz/corpus/$name is empty"; bad=1; }
done
for header in keys/*.h proto/*.h store/*.h; do
	case $header in */inside.h | *_state.h | *_work.h | *_parts.h) continue ;; esac # inner parts
	stem=$(basename "$header" .h)
	grep -qE "(include \"$header\"|(^|[^a-z_])($stem|$(echo "$stem" | tr a-z A-Z))_[A-Za-z])" tests/unit/*.[ch] ||
		{ echo "$header: no unit test uses it"; bad=1; }
done
exit $bad
