#!/bin/sh
# The test vectors are those that the program makes now. Needs build/san/vectors, which `make check` builds before.
set -u
vectors=${BUILD:-build}/san/vectors
if [ ! -x "$vectors" ] || [ -n "$(find keys proto node tests/gen -name '*.[ch]' -newer "$vectors" | head -n 1)" ]; then
	echo "the generator is not built; make check builds it"
	exit 77
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
"$vectors" "$folder" || exit 1
bad=0
for file in "$folder"/*.json tests/vectors/*.json; do
	name=${file##*/}
	cmp -s "$folder/$name" "tests/vectors/$name" || {
		echo "tests/vectors/$name is not current: make vectors, and say in the commit why bytes on the wire have changed"
		bad=1
	}
	grep -q "\`$name\`" tests/vectors/README.md || { echo "tests/vectors/README.md does not name $name"; bad=1; }
done
exit $bad
