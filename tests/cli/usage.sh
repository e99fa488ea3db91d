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
# A program that asked for JSON gets JSON of a failure too, in one line on stderr, wherever --json stands.
for line in "incident report --titel x --json" "--json" "--json nonsense" "help --json" "completion bash --json" "up --help --json"; do
	expect 2 "$tally" $line
	tells '^\{"schema":"tally/error/1","error":"ERR_USAGE","exit":2,"text":".*","hint":".*"\}$'
	[ -z "$out" ] || fail "something on stdout"
done
# And the help of those that are only words does not offer it.
for line in "help" "completion bash"; do
	ok "$tally" help $line
	silent '--json'
done
ok "$tally" help status
says '--json'

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
expect 3 A down # who wants it ended is not told to start it
tells 'hint: there is nothing to end$'
expect 9 A up --log-level loud
tells 'error: --log-level: expected one of error, warn, info$'
expect 3 A partner show nosuch --json
tells '^\{"schema":"tally/error/1","error":"ERR_NO_DAEMON","exit":3,.*up --background"\}$'
ok A config show
says 'map_size'
echo 'lisen = {"127.0.0.1:7400"}' >>A/tally.conf
expect 9 A config show
tells "tally.conf:[0-9]+: "
sed -i '$d' A/tally.conf
named() { # what is printed with --json is one document that says what it is
	ok "$@" --json
	says '^  "schema": "tally/[a-z._]+/1",?$'
	[ "$(grep -c '^[{}]$' <<<"$out")" = 2 ] || fail "not one document"
}
named A up --background
pids+=("$(member pid "$out")")
named A status
named A down
named A config show
named A store check
named "$tally" version
named "$tally" --home C init "C" --recovery-out kit-C
start A
expect 4 A up --background
stop A
ok A init --help
expect 5 "$tally" proof verify nothing-here.tally
tells "hint: check the file's name and path$"
expect 2 A up --dry-run
tells 'error: tally up takes no --dry-run$'
expect 2 A backup create copy --dry-run
tells 'error: tally backup create takes no --dry-run$'
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

# What help marks as required can be given, and nothing it does not offer must be.
ok "$tally" help incident close
[ "$(grep -c required <<<"$out")" = 0 ] || fail "help of close requires what stands already: $out"
for hidden in "incident close --stage" "incident forward --index" "incident forward --statement" "incident forward --relation" \
	"supplier add --name" "supplier edit --created" "supplier add --changed"; do
	set -- $hidden
	ok "$tally" help "$1" "$2"
	! grep -qE "^ +$3 " <<<"$out" || fail "help of $1 $2 offers $3"
done
ok "$tally" help record new
! grep -qE '^ +(log\.open|pair) ' <<<"$out" || fail "help offers kinds that only the node makes"

# Completion knows the words of a vocabulary, and offers no file where a word is wanted.
completes() { # LINE... WANTED: the last word is the one being typed
	local wanted=${*: -1}
	COMP_WORDS=("${@:1:$#-1}")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_tally
	grep -qx -- "$wanted" <<<"$(printf '%s\n' "${COMPREPLY[@]}")" || fail "${*:1:$#-1} completes to: ${COMPREPLY[*]}"
}
"$tally" completion bash >completion.bash
# shellcheck disable=SC1091
. ./completion.bash
completes tally incident report --stage "" early-warning
completes tally incident report --tlp am amber
completes tally supplier add x --factors-substitutability "" high
completes tally supplier li list
completes tally incident close x --root- --root-cause
completes tally --home A inc incident
completes tally inbox --o --open

# Without any home there is nothing to look up: where the node is has to be said.
expect 5 env -u HOME -u XDG_STATE_HOME "$tally" status
tells 'hint: name the node.s folder: --home DIR$'
