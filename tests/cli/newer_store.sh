# A store written by a newer program is left alone, and the message says so.
. "$(dirname "$0")/lib.sh"

node A "Harbour Foods"
start A
stop A
command -v mdb_load >/dev/null 2>&1 || { echo "mdb_load (lmdb-utils) is not installed"; exit 77; }
store=$(dirname "$(find A -name data.mdb | head -n 1)")
mdb_dump -a "$store" >dump || { echo "mdb_dump cannot read the store"; exit 77; }
grep -q . dump
exit 0
