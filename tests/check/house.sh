#!/bin/sh
# Each room holds only what belongs there, and nothing depends on one machine.
set -u
bad=0
for name in * .[!.]*; do
	case $name in
	Makefile | README.md | LICENSE | node | proto | keys | store | tests | deploy | docs | build) ;;
	.git | .gitignore | .ci | .clang-format | .clang-tidy | .editorconfig) ;;
	*) git check-ignore -q "$name" 2>/dev/null || { echo "$name: not a room of this house"; bad=1; } ;;
	esac
done
for room in keys proto store node; do
	for file in "$room"/*; do
		case $file in *.c | *.h) ;; *) echo "$file: only .c and .h in $room/"; bad=1 ;; esac
	done
done
# Absolute paths only to where a Debian system keeps such things.
find keys proto store node tests deploy docs .ci Makefile README.md -type f ! -path '*/corpus/*' ! -path 'tests/unit/*' -print |
	xargs grep -nHIE '(^|[ "'"'"'=(`])/[a-z][a-z0-9_.-]*/[a-z]' |
	grep -vE '(^|[ "'"'"'=(`])/(etc|usr|var|dev|proc|run|bin|sys|media|tmp|lib)/' && { echo "a path of one machine"; bad=1; }
for header in keys/*.h proto/*.h store/*.h node/*.h; do
	[ -e "$header" ] || continue
	guard=$(sed -n 's/^#ifndef \(TALLY_[A-Z0-9_]*_H\)$/\1/p' "$header" | head -n 1)
	[ -n "$guard" ] && grep -qx "#define $guard" "$header" || { echo "$header: no guard TALLY_..._H"; bad=1; }
	sed -n 1p "$header" | grep -q "^/\* $(basename "$header") - " || { echo "$header: begins with /* $(basename "$header") - what it is"; bad=1; }
done
same=$(sed -n 's/^#ifndef \(TALLY_[A-Z0-9_]*_H\)$/\1/p' keys/*.h proto/*.h store/*.h node/*.h | sort | uniq -d)
[ -z "$same" ] || { echo "guards used twice: $same"; bad=1; }
exit $bad
