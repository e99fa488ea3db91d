#!/bin/sh
# A file is one idea, a function one screen, a line one look.
set -u
# shellcheck disable=SC2046
awk '
	function limit(file) { # an inner header (_state, _parts, _work) is common ground of several modules
		if (file ~ /^tests\//) return file ~ /\.h$/ ? 400 : 1200
		if (file ~ /\.h$/) return file ~ /_(state|parts|work)\.h$/ ? 200 : 150
		return 500
	}
	function screen(file) { return file ~ /^tests\// ? 120 : 80 }
	function over(text) { print text; bad = 1 }
	function ended() { if (lines > limit(last)) over(last ": " lines " lines, at most " limit(last)) }
	FNR == 1 { if (last) ended(); last = FILENAME; begun = 0 }
	{ lines = FNR }
	length($0) > 150 { over(FILENAME ":" FNR ": line of " length($0) " characters, at most 150") }
	/[ \t]$/ { over(FILENAME ":" FNR ": blanks at the end of the line") }
	/^\{/ { begun = FNR }
	/^\}/ && begun { if (FNR - begun > screen(FILENAME)) over(FILENAME ":" FNR ": function of " FNR - begun " lines, at most " screen(FILENAME)); begun = 0 }
	END { ended(); exit bad }' $(ls keys/*.[ch] proto/*.[ch] store/*.[ch] node/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/gen/*.[ch] \
	tests/bench/*.[ch] tests/kill/*.[ch] tests/hostile/*.[ch] tests/world/*.[ch] tests/sim/*.[ch] 2>/dev/null)
