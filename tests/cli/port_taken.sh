# The port is taken: the second node says so at once and says what to do; the first is not disturbed.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
start A
node B "Brackwater Logistics" --listen "127.0.0.1:$port_A"
expect 1 B up --background
tells '^tally: error: .*'"$port_A"
expect 3 B status
ok B up --background --listen "127.0.0.1:$(free_port)"
pids+=("$(pid_of B)")
ok A status
ok B down
# The same home twice.
expect 4 A up
tells 'run'
ok A status
stop A
start A
