# A disk of a few megabytes runs full under a node, and is made read-only: clear messages, nothing lost, and it goes on without a restart.
if [ -z "${TALLY_TEST_MOUNTS:-}" ]; then
	for way in "unshare -m" "unshare -rm"; do
		$way mount -t tmpfs -o size=1M tmpfs /tmp 2>/dev/null && TALLY_TEST_MOUNTS=1 exec $way bash "$0"
	done
	echo "no small disk can be mounted here (neither as root nor in a user namespace)"
	[ "${CI:-}" = true ] && exit 1
	exit 77
fi
. "$(dirname "$0")/lib.sh"
mkdir A
trap 'rc=$?; umount -l "$work/A"; (exit $rc); finish' EXIT
mount -t tmpfs -o size=3M,mode=700 tmpfs "$work/A"

listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
big=$(head -c 16000 /dev/zero | tr '\0' 'x')
notice() { # NODE, TO, NUMBER, TEXT
	"$1" incident report --to "$2" --stage early-warning --title "notice $3" --aware 2026-11-23T09:00:00Z --malicious no \
		--cross-border no --contact "soc@example.org" --summary "$4"
}
for i in $(seq 1 180); do ok notice B harbour "$i" "$big$i"; done
until_true 30 shows 'changes +look' sh -c "\"$tally\" --home A doctor || true"

# What the node was asked to store it says it could not; what only reads is answered; doctor tells.
# What came in batches did not fit; a single one still may, and then it is kept.
kept=0
while notice A brackwater "A$kept" "$big" >/dev/null 2>&1; do
	kept=$((kept + 1))
	[ $kept -lt 100 ] || fail "the disk is not full"
done
expect 1 notice A brackwater refused "$big"
tells '^tally: error: no space left'
tells '^tally: hint: free disk space'
expect 1 A partner invite --name another
tells '^tally: error: .*no space left'
ok A status
expect 10 A doctor
says 'disk +look'
ok B outbox --waiting
says 'notice'
ok A store check

# Room: what waited comes, whatever was refused is not there by half.
mount -o remount,size=64M "$work/A"
ok notice A brackwater last "There is room again"
until_true 120 shows 'notice 180' A inbox --limit 500
until_true 60 lacks 'notice' B outbox --waiting
until_true 10 shows 'changes +past .*no space left; again since' sh -c "\"$tally\" --home A doctor || true"
[ "$(A inbox --limit 500 | grep -c 'notice')" = 180 ] || fail "not every notice is there once"
until_true 60 shows 'notice last' B inbox
[ "$(B inbox --limit 500 | grep -c 'notice')" = $((kept + 1)) ] || fail "a notice that was refused arrived all the same"
ok A partner invite --name another

# Killed on a full disk it starts again as it was.
stop A
used=$(du -sk A | cut -f1)
mount -o remount,size="${used}k" "$work/A"
dd if=/dev/zero of=A/filler bs=4096 status=none 2>/dev/null || true
expect 1 A backup create A/copy
tells '^tally: error: .*[Nn]o space left'
[ ! -e A/copy ] || fail "a backup that found no room was left there"
step='up on a full disk'
if A up --background 2>"$work/.err"; then
	ok A status
	ok A down
else
	err=$(cat "$work/.err")
	tells '^tally: error: .*no space left'
fi
rm A/filler

# Read-only: refused with the reason; what only looks still works; writable again, it runs.
mount -o remount,ro "$work/A"
expect 4 A up --background
tells '^tally: error: .*read-only'
ok A store check
ok A backup create "$work/copy"
ok A backup verify "$work/copy"
mount -o remount,rw,size=64M "$work/A"
start A
ok notice B harbour 151 "And on"
until_true 60 shows 'notice 151' A inbox
stop A
stop B
ok A store check
