#!/bin/sh
# The rooms include downward only, and each library from outside is known in one place only.
set -u
bad=0
complain() { echo "$1"; bad=1; }

upward() { # room, rooms it must not know
	grep -nE "^#include \"($2)/" "$1"/*.[ch] 2>/dev/null && complain "$1/ must not include from: $2"
}
upward keys 'proto|store|node|tests'
upward proto 'store|node|tests'
upward store 'node|tests'
upward node 'tests'

only() { # header as a regular expression, the files that may include it as another
	found=$(grep -nE "^#include <($1)" keys/*.[ch] proto/*.[ch] store/*.[ch] node/*.[ch] 2>/dev/null | grep -vE "^($2):")
	[ -z "$found" ] || { echo "$found"; complain "<$1> belongs into $2 only"; }
}
only 'sodium' 'keys/.*'
only 'msgpack' 'proto/pack\.c'
only 'lmdb' 'store/.*'
only 'nng' 'node/(wire.*)\.[ch]'
only 'jansson' 'node/.*'
only 'csv\.h' 'node/.*'
only 'confuse' 'node/.*'

# Below node/ nothing reads clocks or talks to people or the network.
grep -nE '^#include <(time|sys/socket|netinet/.*|signal|pthread|syslog)\.h>' keys/*.[ch] proto/*.[ch] 2>/dev/null &&
	complain "keys/ and proto/ have no clock, no sockets, no threads"
grep -nE '(^|[^a-z_])(printf|puts|putchar|perror|exit|_exit)\(' keys/*.c proto/*.c store/*.c 2>/dev/null &&
	complain "libraries neither print nor exit"

# Another module's inner parts (foo_state.h, foo_parts.h, foo_work.h) are for foo*.c only.
for header in keys/*_state.h proto/*_state.h store/*_state.h node/*_state.h */*_parts.h */*_work.h; do
	[ -e "$header" ] || continue
	room=${header%/*}
	for other in keys proto store node; do
		[ "$other" = "$room" ] && continue
		grep -nF "#include \"$header\"" "$other"/*.[ch] 2>/dev/null && complain "$header is private to $room/"
	done
done
exit $bad
