# lib.sh - sourced by every scenario: nodes in a folder of their own, and sentences to say what is expected of them.
#
#   node A "Harbour Foods" [init flags]   makes a node whose command line is the function A
#   listening A "Harbour Foods"           the same, on a free port of this machine
#   start A; stop A; kill_hard A          background process, orderly end, SIGKILL
#   pair A B NAME-OF-B NAME-OF-A          invitation, join, ten words on both sides
#   expect CODE COMMAND...                runs it; fails unless it ends with CODE; leaves $out and $err
#   says PATTERN / tells PATTERN          $out / $err matches the extended regular expression
#   until_true SECONDS COMMAND...         the command becomes true within so many seconds (no sleep is a test)
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$top/$BUILD ;; esac
tally=${TALLY:-$BUILD/san/tally}
[ -x "$tally" ] || { echo "$tally is not built"; exit 1; }
unset TALLY_HOME NO_COLOR COLUMNS
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:exitcode=99:handle_abort=1}"

work=$(mktemp -d "${TMPDIR:-/tmp}/tally-test.XXXXXX")
cd "$work"
export XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
nodes=()
pids=()
out='' err=''
step=''

finish() {
	local rc=$? n p
	set +e
	trap - EXIT INT TERM
	for p in "${pids[@]}"; do kill -KILL "$p" 2>/dev/null; done
	if [ $rc -ne 0 ]; then
		echo "failed: $step"
		printf 'stdout: %s\nstderr: %s\n' "${out:0:3000}" "${err:0:3000}"
		for n in "${nodes[@]}"; do
			[ -s "$n/tally.log" ] && { echo "--- log of $n"; tail -n 40 "$n/tally.log"; }
		done
	fi
	[ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"
	exit $rc
}
trap finish EXIT
trap 'exit 130' INT TERM

fail() {
	echo "$1"
	exit 1
}

expect() {
	local want=$1 rc=0
	shift
	step=$*
	step=${step:0:200}
	out=$("$@" 2>"$work/.err" </dev/null) || rc=$?
	err=$(cat "$work/.err")
	[ $rc = "$want" ] || fail "ended with $rc instead of $want: $step"
}
ok() { expect 0 "$@"; }
says() { grep -qE -- "$1" <<<"$out" || fail "stdout of \"$step\" does not match: $1"; }
silent() { ! grep -qE -- "$1" <<<"$out" || fail "stdout of \"$step\" must not match: $1"; }
tells() { grep -qE -- "$1" <<<"$err" || fail "stderr of \"$step\" does not match: $1"; }
# The last answer was an id alone on stdout.
id_alone() { [[ $out =~ ^[0-9a-f]{64}$ ]] || fail "stdout of \"$step\" is not an id alone: $out"; }

until_true() {
	local end=$(($(date +%s) + $1))
	shift
	step="until: $*"
	until "$@" >"$work/.until" 2>&1; do
		[ "$(date +%s)" -lt "$end" ] || { out=$(cat "$work/.until"); fail "did not come true: $*"; }
		read -r -t 0.1 <> <(:) || true
	done
}
# shows PATTERN COMMAND...: for until_true
shows() {
	local pattern=$1 text
	shift
	text=$("$@" 2>&1) && printf '%s\n' "$text" && grep -qE -- "$pattern" <<<"$text"
}
lacks() {
	local pattern=$1 text
	shift
	text=$("$@" 2>&1) && printf '%s\n' "$text" && ! grep -qE -- "$pattern" <<<"$text"
}

free_port() { "$top/tests/port"; }

# One member of a JSON document that the program printed: strings and numbers only.
member() { sed -nE 's/^ *"'"$1"'": "?([^",]*)"?,?$/\1/p' <<<"$2" | head -n 1; }

node() {
	local name=$1 title=$2
	shift 2
	eval "$name() { \"\$tally\" --home \"\$work/$name\" \"\$@\"; }"
	nodes+=("$work/$name")
	ok "$name" init "$title" --recovery-out "$work/kit-$name" "$@"
}
listening() {
	local name=$1 title=$2 port
	shift 2
	port=$(free_port)
	eval "port_$name=$port"
	node "$name" "$title" --listen "127.0.0.1:$port" "$@"
}
pid_of() { member pid "$("$1" status --json)"; }
start() {
	local name=$1 pid
	shift
	ok "$name" up --background "$@"
	pid=$(pid_of "$name")
	[ -n "$pid" ] || fail "status of $name names no pid"
	pids+=("$pid")
	eval "pid_$name=$pid"
}
forget() {
	local p kept=()
	for p in "${pids[@]}"; do [ "$p" = "$1" ] || kept+=("$p"); done
	pids=("${kept[@]}")
}
stop() {
	local pid
	eval "pid=\$pid_$1"
	ok "$1" down
	forget "$pid"
}
kill_hard() {
	local pid
	eval "pid=\$pid_$1"
	kill -KILL "$pid"
	while lives "$pid"; do read -r -t 0.05 <> <(:) || true; done
	forget "$pid"
}
# A zombie is dead; whoever should bury it may take seconds.
lives() { [[ "$(cat "/proc/$1/stat" 2>/dev/null)" =~ \)\ ([A-Z]) ]] && [ "${BASH_REMATCH[1]}" != Z ]; }

# pair A B name-of-B-at-A name-of-A-at-B [flags of invite]
pair() {
	local a=$1 b=$2 at_a=$3 at_b=$4 words
	shift 4
	ok "$a" partner invite --name "$at_a" "$@"
	ok "$b" partner join "$out" --name "$at_b"
	words=$("$b" card show --words)
	ok "$a" partner verify "$at_a" --words "$words"
	words=$("$a" card show --words)
	ok "$b" partner verify "$at_b" --words "$words"
	until_true 15 shows "^$at_a .*active" "$a" partner list
	until_true 15 shows "^$at_b .*active" "$b" partner list
}

# One bit of one byte of a file: flip FROM OFFSET TO
flip() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
	{
		head -c "$2" "$1"
		# shellcheck disable=SC2059
		printf "\\$(printf %03o $((byte ^ 1)))"
		tail -c +$(($2 + 2)) "$1"
	} >"$3"
}
