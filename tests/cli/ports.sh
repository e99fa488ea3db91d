# Tests that run at the same time get different ports (tests/port).
. "$(dirname "$0")/lib.sh"

for _ in 1 2 3 4 5 6 7 8; do
	(for _ in $(seq 20); do free_port; done) &
done >ports
wait
[ "$(sort -u ports | wc -l)" = 160 ] || fail "of 160 ports $(sort ports | uniq -d | wc -l) were handed out again"
