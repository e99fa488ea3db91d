# A document and its file: to those it was shown to, checked against the hash, across a stop of the node; one that is asked for, one that stands elsewhere.
. "$(dirname "$0")/lib.sh"
listening A "Harbour Foods"
node B "Brackwater Logistics"
start A
start B
pair A B brackwater harbour
head -c 3000000 /dev/urandom >pentest.pdf
expect 2 B evidence add pentest.pdf
tells 'hint: .*--to'
ok B evidence add pentest.pdf --type test-result --expires 2030-06-30 --rid R3 --classification confidential --to harbour --wait 10s
evidence=$out
id_alone
until_true 15 shows "^${evidence:0:12} .*brackwater .*pentest.pdf .*test-result .*3000000 +attached +yes .*2030-06-30 +current" A evidence list
ok A evidence get "$evidence" -o got.pdf
cmp pentest.pdf got.pdf || fail "the file is not the same"
expect 8 A evidence get "$evidence" -o got.pdf

# It lies under its hash, for us alone; a byte changed on the disk is found out.
hash=$(b2sum -l 256 pentest.pdf | cut -d' ' -f1)
[ "$(stat -c %a "A/files/$hash")" = 600 ] && [ "$(stat -c %a A/files)" = 700 ] || fail "the file or its folder can be read by others"
flip "A/files/$hash" 1000 changed && cp changed "A/files/$hash"
expect 10 A evidence get "$evidence" -o bad.pdf
[ ! -e bad.pdf ] || fail "a changed file was given out"

# What is gone from its author's own disk is found by doctor.
expect 10 B doctor # for the recovery kit
silent 'evidence'
mv "B/files/$hash" kept
expect 10 B doctor
says "evidence .*such as that of ${evidence:0:12}"
mv kept "B/files/$hash"
expect 10 B doctor
silent 'evidence'

# On request, asked for while the other node is down.
echo "the log of May" >may.log
ok B evidence add may.log --type log --availability on-request --to harbour --wait 10s
asked=$out
ok A evidence list
says "^${asked:0:12} .*on-request +no"
expect 5 A evidence get "$asked"
tells 'evidence fetch'
stop B
ok A evidence fetch "$asked"
start B
until_true 20 shows "^${asked:0:12} .*on-request +yes" A evidence list
ok A evidence get "$asked"
says 'the log of May'

# Elsewhere; withdrawn; too large.
ok B evidence add --title "SOC 2 report" --type report --url https://trust.brackwater.example/soc2 --to harbour --wait 10s
ok A evidence list
says 'SOC 2 report .*url'
ok B evidence list
ok B evidence add pentest.pdf --title "the same file" --type test-result --availability on-request --to harbour --wait 10s
same=$out
expect 8 A evidence drop "$evidence"
tells 'that evidence stands'
ok B record retract "$evidence" --reason "wrong client" --wait 10s
expect 8 A evidence get "$evidence"
[ -e "B/files/$hash" ] || fail "a file that another evidence names was deleted"
expect 8 A evidence drop "$evidence"
tells 'another evidence that stands'
ok B record retract "$same" --reason "wrong client, too" --wait 10s
until_true 5 test ! -e "B/files/$hash"
[ -e "A/files/$hash" ] || fail "its author has deleted what was shown to us"
ok A evidence list
says "^${evidence:0:12} .*yes +withdrawn"
ok A evidence drop "$evidence"
[ ! -e "A/files/$hash" ] || fail "the file is still there"
expect 5 A evidence drop "$evidence"
head -c 12582913 /dev/zero >large.bin
expect 9 B evidence add large.bin --to harbour
tells 'at most 12 MiB'
ok A finding raise "$asked" --severity low --text "May is not enough" --wait 10s
ok B finding list
says 'May is not enough'
