#!/bin/sh
# Functions that are used wrongly more often than rightly, marks of unfinished work, and switches that hide a forgotten case.
set -u
bad=0
sources=$(ls keys/*.[ch] proto/*.[ch] store/*.[ch] node/*.[ch])
complain() { echo "$1"; bad=1; }
# shellcheck disable=SC2086
{
	grep -nE '(^|[^A-Za-z0-9_>.])(sprintf|vsprintf|strcpy|strncpy|strcat|strncat|strtok|gets|atoi|atol|atof|rand|srand|random|alloca|system|popen|mktemp|tmpnam|signal)\(' \
		$sources && complain "banned; see docs/design.md"
	grep -nE '(^|[^_A-Za-z])assert\(' $sources && complain "no assert: a check that may fail is an error to return"
	grep -nE 'default:' $sources | grep -vE 'default:.*/\*' && complain "default: in a switch needs its reason in a comment on the same line"
	marks='TO''DO|FIX''ME|XX''X|HA''CK'
	grep -rnwE "$marks" $sources tests docs deploy Makefile README.md && complain "marks of unfinished work: finish it, or write an issue"
	grep -nE '^[^*/]*[^:"]//[^"]*$' $sources && complain "comments are /* ... */"
}
exit $bad
