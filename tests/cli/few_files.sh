# A node that may open no more files: it says so, loses nothing, and goes on when it may again.
. "$(dirname "$0")/lib.sh"
command -v prlimit >/dev/null || { echo "there is no prlimit here"; exit 77; }

listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
files() { prlimit --pid "$pid_A" --nofile="$1:"; }
open=$(find "/proc/$pid_A/fd" -type l | wc -l)
before=$(prlimit --pid "$pid_A" --nofile --output SOFT --noheadings | tr -d ' ')

# Enough for the connection of the command itself, not for the file of a secret: exactly how many that is depends on what else is just open.
step="partner invite with few files"
for more in 3 2 1 0 -1 -2; do
	files $((open + more))
	err=$(timeout 10 "$tally" --home A partner invite --name "another$more" 2>&1 >/dev/null) || break
done
tells '^tally: error: .*too many open files'
tells '^tally: hint: .*LimitNOFILE'

# None left: partners that are linked go on; who comes anew waits at the door.
files "$open"
ok B incident report --to harbour --stage early-warning --title "over the link" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "soc@example.org" --wait 20s
files 10
stop B
start B
ok B incident report --to harbour --stage early-warning --title "before the door" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "soc@example.org"
files "$before"
until_true 60 shows 'before the door' A inbox
ok A partner invite --name another
stop A

# Too few to begin with.
few() { (ulimit -n "$1"; A up --background); }
expect 1 few 8
tells '^tally: error: .*(too many open files|cannot)'
start A
ok A store check
