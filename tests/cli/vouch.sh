# One partner says what it knows another by: it stands beside that other with its signer, and nowhere else.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
listening B "Brackwater Logistics"
node D "Dockside"
start A
start B
start D
pair A B brackwater harbour
pair A D dockside harbour
pair B D dockside brackwater
ok B partner vouch --org dockside --basis contract --since 2024-01-01 --expires 2027-06-30 --to harbour --wait 20s
expect 9 B partner vouch --org dockside --basis contract --since 2024-01-01 --expires 2039-06-30 --to harbour
tells 'within two years'
ok A partner show dockside
says 'brackwater'
says 'contract'
says '2027-06-30'
says 'its ten words were compared here on'
ok A partner show brackwater
silent '2027-06-30'
