# What a person types wrongly, and what the program says then.
. "$(dirname "$0")/lib.sh"

ok "$tally" version
says '^tally [0-9]+\.[0-9]+\.[0-9]+$'
ok "$tally" help
says 'incident'
ok "$tally" help incident report
says 'tally incident report'
says '--cross-border'
ok "$tally" incident report --help
says '--to'
expect 2 "$tally" incdent report
tells '^tally: error: '
tells '"incident"'
expect 2 "$tally" incident reprot
tells 'report'
expect 2 "$tally" incident report --titel x
tells 'title'
expect 2 "$tally"
ok "$tally" completion bash
says 'complete'

expect 5 "$tally" --home nowhere status
tells "hint: .*init"
expect 5 "$tally" --home nowhere up
tells 'init'
expect 9 "$tally" --home bad init "Bad" --listen not-an-address
[ ! -e bad ] || [ -z "$(ls -A bad)" ] || fail "a node was made although its address is none"

node A "Harbour Foods"
expect 8 A init "Harbour Foods again"
expect 3 A inbox
tells "hint: .* up --background"
ok A config show
says 'map_size'
echo 'lisen = {"127.0.0.1:7400"}' >>A/tally.conf
expect 9 A config show
tells "tally.conf:[0-9]+: "
sed -i '$d' A/tally.conf
start A
expect 4 A up --background
stop A
ok A init --help
expect 5 "$tally" proof verify nothing-here.tally
echo "not a proof" >junk.tally
expect 10 "$tally" proof verify junk.tally
: >empty.tally
expect 10 "$tally" proof verify empty.tally

# A bad name is told by itself, and leaves nothing behind.
for bad in "" "$(printf 'x%.0s' {1..201})" $'Kel\e[31m' $'Kel\u202ez'; do
	expect 9 "$tally" --home deep/er/kz init "$bad" --recovery-out kit-kz
	tells '^tally: error: name: '
	[ ! -e deep ] && [ ! -e kit-kz ] || fail "a refused name left something behind"
done

# The same option twice in the settings: neither wins in silence.
printf 'listen = {"127.0.0.1:1"}\nlisten = {"127.0.0.1:2"}\n' >A/tally.conf
expect 9 A up --background
tells 'tally.conf:2: listen is given twice'
