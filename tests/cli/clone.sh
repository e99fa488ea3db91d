# Somebody copies a node's folder and starts both: what both sign at one place is proven to all three, as a file that verifies without a node; nobody is
# called a liar for it, and after one yes the one that stays goes on.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
node B "Brackwater Logistics"
node D "Dockside"
start A
start B
start D
pair A B brackwater harbour
pair A D dockside harbour
say() { # NODE, TITLE
	ok "$1" incident report --to harbour --stage early-warning --title "$2" --aware 2026-11-23T09:00:00Z --malicious no --cross-border no \
		--contact "soc@example.org"
}
meet() { stop "$1"; start "$1"; }

say B "before the copy"
until_true 30 shows 'before the copy' A inbox
stop B
cp -a B C
C() { "$tally" --home C "$@"; }
nodes+=(C)

# Both speak while nobody is there to hear them.
kill_hard A
start B
say B "by the one"
stop B
start C
say C "by the copy"
stop C
start A
start B
until_true 60 shows 'by the one' A inbox
stop B
start C
until_true 60 shows 'two entries' A evidence list
until_true 60 shows 'two entries' C evidence list
stop C
start B
until_true 60 shows 'two entries' B evidence list

# In words, at the partner: two branches, with what each of them says.
ok A evidence list --json
id=$(member id "$out")
[[ $id =~ ^[0-9a-f]{64}$ ]] || fail "no id in the list"
ok A evidence show "${id:0:12}"
says 'two different entries at place [0-9]+ of its log to me'
says 'two branches, not intent'
says 'by the one'
ok A partner show brackwater
says 'two different entries'
"$tally" --home A doctor >doctor.txt || true
grep -q 'It proves two branches, not intent' doctor.txt || fail "doctor says nothing of it"

# As a file, to anybody.
ok A evidence export "$id" -o fork.tally
expect 0 "$tally" --home nowhere evidence verify fork.tally
says 'two entries'
says 'Brackwater Logistics'
flip fork.tally 700 changed
expect 10 "$tally" --home nowhere evidence verify changed
head -c 200 fork.tally >cut
expect 10 "$tally" --home nowhere evidence verify cut
expect 5 "$tally" --home nowhere evidence verify nothing
ok B evidence export "$id" -o same.tally
cmp fork.tally same.tally || fail "both sides do not hold the same evidence"

# A third party learns of it by the operator alone.
meet D
until_true 30 shows 'linked' A partner list
ok D evidence list
silent 'two entries'
ok A evidence tell "$id" --to dockside
expect 0 D evidence list
silent 'two entries' # it knows nobody of that name, so it keeps nothing

# One yes, and it goes on.
ok B partner reopen harbour --yes
say B "as always"
until_true 60 shows 'as always' A inbox
for n in A B; do ok "$n" store check; done
