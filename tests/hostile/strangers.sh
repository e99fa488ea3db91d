# Strangers against a running node: not one byte is answered to them, an honest partner links and delivers within two seconds all the same, and the
# node is afterwards as small as before. SCALE=10 tries ten times as much. The last line is the summary; its keys:
#   streams   opened by strangers                     answered  bytes given to them, but for the answer to a replayed first message
#   replayed  first messages said again               rounds    of the honest partner under the storm, restarted each time
#   median_ms, slowest_ms  from its start to the receipt of its record
#   rss_before_kib, rss_after_kib, fds_before, fds_after  of the node attacked
. "$(dirname "$0")/../cli/lib.sh"
tally=$BUILD/tally # memory is measured: without the sanitizers' own
stranger=$BUILD/hostile/stranger
scale=${SCALE:-1}
begun=$(date +%s)

port_A=$(free_port)
line=$(free_port)
node A "Harbour Foods" --listen "127.0.0.1:$port_A" --advertise "127.0.0.1:$line"
node B "Brackwater Logistics"
mkdir recorded
"$BUILD/hostile/between" "$line" "$port_A" recorded & # B reaches A over this line, and what passes is recorded
pids+=($!)
start A
start B
pair A B brackwater harbour
notice() {
	ok B incident report --to harbour --stage early-warning --title "notice $1" --aware 2026-11-23T09:00:00Z --malicious no \
		--cross-border no --contact "soc@brackwater.example" --wait 20s
}
notice 0
stop B
newest=$(ls recorded | sed -n 's/\.up$//p' | sort -n | tail -n 1)
[ "$(head -c 2 "recorded/$newest.up" | od -An -tx1 | tr -d ' ')" = 0048 ] || fail "no first message was recorded"

rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB$/\1/p' "/proc/$pid_A/status"; }
fds() { ls "/proc/$pid_A/fd" | wc -l; }
ms() { echo $(($(date +%s%N) / 1000000)); }
rss_before=$(rss) fds_before=$(fds)

# attack NAME COUNT SECONDS: what it says goes to NAME.said
attack() { "$stranger" "$1" "$port_A" "$2" "$3" "recorded/$newest.up" >"$1.said" || fail "stranger $1 ended with $?"; }
of() { sed -nE "s/.* $1=([0-9]+)( .*)?$/\1/p" "$2.said"; }
# No byte came back, and all that were opened were hung up on.
unanswered() {
	step=$(cat "$1.said")
	[ "$(of answered "$1")" = 0 ] || fail "a stranger was answered"
	[ "$(of opened "$1")" -gt 0 ] || fail "nothing was tried"
	[ "$(of hung_up "$1")" = "$(of opened "$1")" ] || fail "a stranger was not hung up on"
}

for a in garbage http tls first length more; do
	attack "$a" $((300 * scale)) 20
	unanswered "$a"
done
attack replay $((200 * scale)) 60
step=$(cat replay.said)
[ "$(of answered replay)" = $((50 * $(of opened replay))) ] && [ "$(of most replay)" = 50 ] || fail "a replayed first message draws 48 bytes and their length"
attack replay-all $((100 * scale)) 60
unanswered replay-all

fds_back() { [ "$(fds)" -le "$fds_before" ]; }
crowded() { [ "$(fds)" -gt $((fds_before + 50)) ]; }

# Those that keep a node waiting, all at once; each is hung up on in time. Where the system's queue was full, Linux tells a stranger "connected" with a
# SYN cookie and keeps nothing, so that the node never hears of it: a mute one may sit there for ever. So the mute are counted at the node: while they
# still wait, it holds not one of them.
attack half $((200 * scale)) 9 &
half=$!
attack slow 200 9 &
slow=$!
attack mute 500 18 &
mute=$!
until_true 5 crowded
until_true 12 fds_back
wait $half $slow $mute
for a in half slow; do unanswered "$a"; done
step=$(cat mute.said)
[ "$(of answered mute)" = 0 ] || fail "a stranger was answered"
[ "$(of hung_up mute)" -ge 250 ] || fail "mute strangers were not hung up on"

# 500 mute streams kept open, 200 that say a byte a second, and storms of FIN and RST; in the midst of it an honest partner.
seconds=$((9 * scale))
rounds=$((3 * scale))
attack mute 1000000 $seconds &
mute=$!
attack slow 1000000 $seconds &
slow=$!
attack storm 1000000 $seconds &
storm=$!
until_true 5 crowded
times=()
for i in $(seq 1 $rounds); do
	t=$(ms)
	start B
	notice "$i"
	times+=($(($(ms) - t)))
	kill -0 $storm 2>/dev/null || fail "the storm was over before the partner was done"
	stop B
done
wait $mute $slow $storm
for a in mute slow storm; do
	step=$(cat "$a.said")
	[ "$(of answered "$a")" = 0 ] || fail "a stranger was answered"
done
mapfile -t sorted < <(printf '%s\n' "${times[@]}" | sort -n)
median=${sorted[$((rounds / 2))]} slowest=${sorted[-1]}
step="rounds of the honest partner: ${times[*]} ms"
[ "$slowest" -le 2000 ] || fail "the honest partner was held up"

until_true 15 fds_back
rss_after=$(rss) fds_after=$(fds)
step="VmRSS $rss_before kB before, $rss_after kB after"
[ $((rss_after - rss_before)) -lt 4096 ] || fail "strangers made the node grow by 4 MiB or more"
start B
notice last
[ "$(A inbox | grep -c 'notice [0-9l]')" = $((rounds + 2)) ] || fail "not every notice is there exactly once"
[ "$(grep -c . A/tally.log)" -lt $((1000 * scale)) ] || fail "strangers filled the log"
ok A store check

streams=0
for a in *.said; do streams=$((streams + $(of opened "${a%.said}"))); done
replayed=$(of opened replay)
mkdir -p "$BUILD/soak"
echo "hostile result=good seconds=$(($(date +%s) - begun)) streams=$streams answered=0 replayed=$replayed rounds=$rounds median_ms=$median" \
	"slowest_ms=$slowest rss_before_kib=$rss_before rss_after_kib=$rss_after fds_before=$fds_before fds_after=$fds_after" |
	tee "$BUILD/soak/hostile.summary"
