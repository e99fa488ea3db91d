# A damaged store is neither opened nor written over: "store check" says what is wrong, "up" refuses with a way on, and init makes nothing new of it.
. "$(dirname "$0")/lib.sh"

node A "Harbour Foods"
start A
for i in $(seq 1 40); do
	ok A supplier add "supplier$i" --title "Supplier $i" --tier high --type bespoke --reason "runs part $i of our cold chain"
done
stop A
data=A/store/data.mdb
cp "$data" whole
again() { cp whole "$data"; }
refused() { # by both, with what to do
	expect 10 A store check
	says "$1"
	expect 10 A up --background
	tells '^tally: error: .*the store in .* is damaged; nothing was changed'
	tells '^tally: hint: .*tally .*store check.*backup'
	expect 3 A status
	again
}

# Where the row of supplier 17 is, or was: old pages keep what they held.
places() { grep -abo 'runs part 17 of' whole | cut -d: -f1; }

# Pages of zeros; the first page's own number; half a file.
for at in $(places); do dd if=/dev/zero of="$data" bs=4096 seek=$((at / 4096)) count=1 conv=notrunc status=none; done
refused 'table suppliers: page [0-9]+ holds something else'
flip whole 0 "$data"
refused 'does not begin as a store does'
head -c 20000 whole >"$data"
refused 'beyond the end of the file'
head -c 3000 whole >"$data"
refused 'does not begin as a store does'

# Emptied, or gone, beside keys that are still there: not "no node", and no new one.
: >"$data"
expect 10 A up --background
tells 'the store in .* is gone'
expect 8 A init "Harbour Foods" --recovery-out "$work/kit-again"
tells 'there are keys here, and their store is gone'
[ ! -e "$work/kit-again" ] || fail "a kit of nothing was written"
rm A/store/*
expect 10 A up --background
tells 'the store in .* is gone'
rm -r A/store
way_back() { # what would be done next brings the old store back, and makes no new node
	tells '^tally: hint: .*tally .*backup restore'
	! grep -q 'tally.* init' <<<"$err" || fail "a new node is proposed beside keys: $err"
}
expect 10 A up --background
tells 'the store in .* is gone'
way_back
expect 8 A init "Harbour Foods" --recovery-out "$work/kit-again"
tells 'there are keys here, and their store is gone'
way_back
expect 8 A init "Harbour Foods" --recovery-out "$work/kit-again" --dry-run
tells 'there are keys here, and their store is gone'
expect 10 A store check
way_back
expect 10 A backup create of-nothing
way_back
[ ! -e A/store ] || fail "who was refused left a store behind"

# A store in which nobody lives, as an init that was cut short leaves it, is no node: neither checked with "no problems", nor kept as a backup.
expect 5 "$tally" --home B init "Brackwater" --recovery-out /dev/full/kit
expect 5 "$tally" --home B backup create of-nothing
tells 'there is no node here'
expect 5 "$tally" --home B store check
tells 'nobody lives here'
cp -a B/store A/store
expect 10 A store check
tells 'the store in .* is gone'
way_back
expect 10 A backup create of-nothing
tells 'no backup was made: the store in .* is gone'
way_back
[ ! -e of-nothing ] || fail "a backup of nothing was made"
expect 10 A up --background
tells 'the store in .* is gone'
way_back
again

# One changed letter in a row that is nobody's signature: found, and told to whoever reads it.
for at in $(places); do printf R | dd of="$data" bs=1 seek="$at" conv=notrunc status=none; done
expect 10 A store check
says 'table suppliers: a row is damaged'
start A
expect 10 A supplier list
tells 'damaged'
tells '^tally: hint: .*tally .*store check'
ok A status
stop A
again

# LMDB's lock file is made anew when nobody has it.
head -c 8192 /dev/urandom >A/store/lock.mdb
start A
ok A supplier show supplier40
stop A
ok A store check
