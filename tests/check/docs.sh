#!/bin/sh
# The generated pages are those that the tables give now. Needs build/san/gendocs, which `make check` builds before.
set -u
gendocs=${BUILD:-build}/san/gendocs
if [ ! -x "$gendocs" ] || [ -n "$(find keys proto store node tests/gen -name '*.[ch]' -newer "$gendocs" | head -n 1)" ]; then
	echo "the generator is not built; make check builds it"
	exit 77
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
tests/gen/docs "$gendocs" "$folder" || exit 1
bad=0
for page in "$folder"/*.md "$folder"/*.txt; do
	name=${page##*/}
	cmp -s "$page" "docs/$name" || {
		diff -u "docs/$name" "$page" | head -n 20
		echo "docs/$name is not current: make docs"
		bad=1
	}
done
exit $bad
