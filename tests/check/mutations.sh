#!/bin/sh
# Every mistake that the simulator is tried with still fits the code: else it would try nothing.
set -u
awk -v want= -v root= -f tests/sim/mutate.awk tests/sim/mutations || exit 1
n=$(awk -v want= -v root= -v list=1 -f tests/sim/mutate.awk tests/sim/mutations | grep -c .)
[ "$n" -ge 10 ] || { echo "only $n mutations"; exit 1; }
