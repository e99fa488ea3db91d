# Keys under a passphrase: typed at a terminal or read from a file, never taken without; and the ten words are asked for when left out.
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || { echo "no script(1) here"; exit 77; }

# typing LINES COMMAND: runs it on a terminal of its own, where somebody answers each prompt by the next line
answers() {
	local line size=0
	while read -r line; do
		until [ "$(stat -c %s "$work/.screen")" -gt $size ] && [ "$(tail -c 2 "$work/.screen")" = ": " ]; do
			read -r -t 0.05 <> <(:) || true
		done
		size=$(stat -c %s "$work/.screen")
		printf '%s\n' "$line"
	done
}
typing() {
	local lines=$1
	shift
	: >"$work/.screen"
	# shellcheck disable=SC2059
	printf "$lines" | answers | timeout 60 script -qefc "$*" /dev/null | tee "$work/.screen"
}
A="$tally --home $work/A"

ok typing 'open sesame\nopen sesame\n' "$A init 'Harbour Foods' --recovery-out $work/kit --listen 127.0.0.1:$(free_port) --passphrase"
says 'Passphrase of the keys: '
says 'The same again: '
silent 'open sesame'
grep -rqa 'open sesame' "$work/A" && fail "the passphrase rests on the disk"
expect 2 typing 'one\ntwo\n' "$tally --home $work/X init X --passphrase"
says 'was typed in two ways'
[ ! -e "$work/X/store" ] || fail "a node was made all the same"

expect 6 $A up --background --no-input
tells 'passphrase'
expect 2 setsid -w $A up --background
tells 'there is no terminal; give --passphrase-file'
expect 6 typing 'wrong\n' "$A up --background"
says 'wrong or missing passphrase'
ok typing 'open sesame\n' "$A up --background"
pids+=("$(member pid "$($A status --json)")")
ok $A down
printf 'open sesame\n' >"$work/file"
A() { "$tally" --home "$work/A" "$@"; }
start A --passphrase-file "$work/file"

node B "Brackwater Logistics"
start B
ok A partner invite --name brackwater
ok B partner join "$out" --name harbour
words=$(B card show --words)
expect 2 A partner verify brackwater
tells 'words is missing'
ok typing "$words\n" "$A partner verify brackwater"
says 'type the ten words that they read out'
