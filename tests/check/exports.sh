#!/bin/sh
# What a .c file does not keep to itself stands in a header of its room. (Definitions begin in the first column, their brace alone.)
set -u
for room in keys proto store node; do
	ls "$room"/*.c >/dev/null 2>&1 || continue
	headers=$(ls "$room"/*.h)
	# shellcheck disable=SC2086
	cat $headers | tr -c 'A-Za-z0-9_(' '\n' | sed -n 's/^\([a-z_][A-Za-z0-9_]*\)(.*/\1/p' | sort -u >"${TMPDIR:-/tmp}/tally-exports.$$"
	awk -v known="${TMPDIR:-/tmp}/tally-exports.$$" '
		BEGIN { while ((getline name < known) > 0) declared[name] = 1; declared["main"] = 1 }
		FNR == 1 { said = "" }
		/^[a-z]/ { said = $0; line = FNR; next }
		/^\{/ && said != "" {
			if (said !~ /^static / && said !~ /^(struct|enum|union) [a-z_]+$/ && said ~ /\(/) {
				name = said
				sub(/\(.*/, "", name)
				sub(/.*[ *]/, "", name)
				if (!(name in declared)) { print FILENAME ":" line ": " name " is neither static nor in a header of its room"; bad = 1 }
			}
			said = ""
			next
		}
		/^[^\t ]/ || /;$/ { said = "" }
		END { exit bad }' "$room"/*.c || touch "${TMPDIR:-/tmp}/tally-exports.$$.bad"
	rm -f "${TMPDIR:-/tmp}/tally-exports.$$"
done
if [ -e "${TMPDIR:-/tmp}/tally-exports.$$.bad" ]; then
	rm -f "${TMPDIR:-/tmp}/tally-exports.$$.bad"
	exit 1
fi
exit 0
