#!/bin/sh
# Links and file names in the documents lead somewhere.
set -u
bad=0
for page in README.md docs/*.md; do
	[ -e "$page" ] || continue
	folder=$(dirname "$page")
	for link in $(awk '/^```/ { code = !code } !code' "$page" | grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//'); do
		case $link in http://* | https://* | mailto:*) continue ;; esac
		file=${link%%#*}
		anchor=
		case $link in *'#'*) anchor=${link#*#} ;; esac
		target=$page
		[ -z "$file" ] || target=$folder/$file
		[ -e "$target" ] || { echo "$page: $link leads nowhere"; bad=1; continue; }
		[ -z "$anchor" ] || sed -n 's/^##* //p' "$target" | tr 'A-Z' 'a-z' | sed 's/[^a-z0-9 _-]//g; s/ /-/g' | grep -qxF "$anchor" ||
			{ echo "$page: $link: no such heading"; bad=1; }
	done
	# Files named in backquotes: `proto/pack.c`.
	for file in $(grep -oE '`(keys|proto|store|node|tests|deploy|docs)/[a-z0-9_/.-]+\.(c|h|sh|md|svg|service)`' "$page" | tr -d '`' | sort -u); do
		[ -e "$file" ] || { echo "$page: there is no $file"; bad=1; }
	done
done
# Sections of the protocol that the code speaks of.
for number in $(grep -hoE 'docs/protocol\.md section [0-9]+' keys/*.[ch] proto/*.[ch] store/*.[ch] node/*.[ch] | grep -oE '[0-9]+$' | sort -un); do
	grep -q "^## $number\. " docs/protocol.md || { echo "docs/protocol.md has no section $number"; bad=1; }
done
# Functions named in the map exist: `pack_encode()`.
if [ -e docs/map.md ]; then
	for name in $(grep -oE '`[a-z_0-9]+\(\)`' docs/map.md | tr -d '`()' | sort -u); do
		grep -qE "(^|[ *])$name\(" keys/*.[ch] proto/*.[ch] store/*.[ch] node/*.[ch] || { echo "docs/map.md: there is no $name()"; bad=1; }
	done
fi
exit $bad
