# The program as one file, in a folder that holds nothing else: no library, no /etc, no /dev, no /proc. A supplier's part of a bundle, and a node.
. "$(dirname "$0")/lib.sh"

static=$BUILD/tally-static
[ -x "$static" ] || { echo "$static is not built; make static builds it"; exit 77; }
mkdir -p root/media
cp "$static" root/tally
if [ "$(id -u)" = 0 ]; then
	inside() { chroot root /tally --home /media/home "$@"; }
elif unshare -r true 2>/dev/null; then
	inside() { unshare -r chroot root /tally --home /media/home "$@"; }
else
	echo "neither root nor a user namespace: nothing can be shut in"
	exit 77
fi
step="ldd"
ldd "$static" 2>&1 | grep -qE "statically linked|not a dynamic" || fail "it wants libraries: $(ldd "$static")"

node C "Customer"
start C
ok C card show --words
words_c=$out
ok inside version
ok inside init "Small Supplier" --recovery-out /media/kit
ok inside card show --words
words_s=$out
ok inside card export -o /media/s.card
"$tally" requirement example >set.json
ok C requirement import set.json --name base
ok C bundle request base --to root/media/s.card --words "$words_s" -o root/media/ask.tally
ok inside bundle answer /media/ask.tally --words "$words_c" --form /media/form.csv
sed -i '2,$s/,,,*\r*$/,accepted,,/' root/media/form.csv
ok inside bundle answer /media/ask.tally --answers /media/form.csv -o /media/back.tally
ok C bundle import root/media/back.tally
ok C requirement matrix base
says 'R8 .* accepted'
ok inside store check
# It is the whole node: the one who was shut in starts it, and it is there.
ok inside up --background
ok inside status --json
pids+=("$(sed -n 's/.*"pid": \([0-9]*\).*/\1/p' <<<"$out")")
ok inside down
stop C
