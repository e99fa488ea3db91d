#!/bin/sh
# A file is one idea, a function one screen, a line one look.
set -u
# shellcheck disable=SC2046
awk '
	function limit(file) { return file ~ /\.h$/ ? 150 : file ~ /^tests\// ? 1000 : 500 }
	function over(text) { print text; bad = 1 }
	function ended() { if (lines > limit(last)) over(last ": " lines " lines, at most " limit(last)) }
	FNR == 1 { if (last) ended(); last = FILENAME; begun = 0 }
	{ lines = FNR }
	length($0) > 150 { over(FILENAME ":" FNR ": line of " length($0) " characters, at most 150") }
	/[ \t]$/ { over(FILENAME ":" FNR ": blanks at the end of the line") }
	/^\{/ { begun = FNR }
	/^\}/ && begun { if (FNR - begun > 80) over(FILENAME ":" FNR ": function of " FNR - begun " lines, at most 80"); begun = 0 }
	END { ended(); exit bad }' $(ls keys/*.[ch] proto/*.[ch] store/*.[ch] node/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/gen/*.[ch] \
	tests/bench/*.[ch] 2>/dev/null)
