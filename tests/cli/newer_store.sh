# A store that a newer program wrote is left alone, and the message says so.
. "$(dirname "$0")/lib.sh"

node A "Harbour Foods"
start A
ok A supplier add brackwater --title "Brackwater" --tier high --type bespoke --reason "runs our cold chain"
stop A
store=$(dirname "$(find A -name data.mdb | head -n 1)")
"$BUILD/san/newstore" "$store"
before=$(cksum <"$store/data.mdb")
expect 8 A up --background
tells '^tally: error: .*newer'
expect 8 A store check
[ "$(cksum <"$store/data.mdb")" = "$before" ] || fail "the store was changed"
expect 3 A status
