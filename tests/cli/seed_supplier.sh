# A supplier with two customers: equal requirements are one line, one answer serves both, and nothing goes to anybody who was not shown first.
# seed: E12
. "$(dirname "$0")/lib.sh"
listening S "Brackwater Logistics"
node A "Harbour Foods"
node C "Coldline Hosting"
start S
start A
start C
pair S A harbour brackwater
pair S C coldline brackwater
printf 'rid,title,text,mappings\nR1,Locks,Lock the doors.,ISO 27001=A.7.1\nR2,Logs,Keep logs for a year.,\nR3,Pets,No pets.,\n' >one.csv
printf 'rid,title,text,mappings\nD-9,Doors,Every door has a lock.,ISO 27001=A.7.1\nL-4,Logging,keep  LOGS for a year.,\nX-1,Other,Something else.,\n' >two.csv
ok A requirement import one.csv --name one-set
ok A requirement assign one-set --to brackwater --due 2030-01-31 --wait 10s
first=$out
ok C requirement import two.csv --name two-set
ok C requirement assign two-set --to brackwater --due 2029-01-31 --wait 10s
second=$out
ok S requirement owed
[ "$(grep -c . <<<"$out")" = 5 ] || fail "six questions are not four lines"
says "^${first:0:12}:R1 +Locks +harbour R1 open, coldline D-9 open +2029-01-31 +open"
says "^${first:0:12}:R2 +Logs +harbour R2 open, coldline L-4 open"

# One answer for both: shown first, sent on request, and only to whom it should go.
expect 2 S requirement reuse --as "accepted: x"
tells 'an answer is for one question'
expect 2 S requirement reuse "${first:0:12}:R1" --as "accepted-with-exception: x"
expect 5 S requirement reuse "${first:0:12}:R7" --as "accepted: x"
ok S requirement reuse "${first:0:12}:R1" --as "accepted: doors lock by themselves"
says '^harbour +[0-9a-f]+ +R1 .*accepted +doors lock by themselves'
says '^coldline +[0-9a-f]+ +D-9 .*accepted +doors lock by themselves'
tells 'nothing is sent yet'
ok A requirement matrix one-set
silent 'doors lock'
ok S requirement reuse "${first:0:12}:R1" --as "accepted: doors lock by themselves" --to harbour --send
silent '^coldline'
until_true 10 shows 'R1 .*accepted .*doors lock by themselves' A requirement matrix one-set
ok C requirement matrix two-set
silent 'doors lock'

# What was answered to one is offered for the other; other answers stay as they are.
ok S requirement ack "$first" --accept R1 --accept R3 --decline "R2=three months only" --wait 10s
ok S requirement owed
says "^${second:0:12}:X-1 |^.*coldline X-1 open"
says 'declined \(to harbour, R2\) +three months only'
ok S requirement reuse --send
says '^coldline +[0-9a-f]+ +D-9 +Doors +accepted +harbour R1'
says '^coldline +[0-9a-f]+ +L-4 +Logging +declined +three months only +harbour R2'
until_true 10 shows 'L-4 .*declined .*three months only' C requirement matrix two-set
ok C requirement matrix two-set
says 'D-9 .*accepted'
says 'X-1 .*unanswered'
ok S requirement owed
[ "$(grep -c . <<<"$out")" = 2 ] || fail "more than one is open"
says 'X-1'
ok S requirement owed --all
says ' harbour R1, coldline D-9 .*answered'
ok S requirement reuse
tells 'no open question is equal'
