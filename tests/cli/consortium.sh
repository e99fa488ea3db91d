# A consortium of five nodes: two convenors make it, a member that knows one other warns all and goes dark, all answer, and one is removed.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
for n in B C D E; do listening "$n" "Organisation $n"; done
for n in A B C D E; do start "$n"; done
pair A B brackwater harbour
pair A C coldline harbour
pair A D depot harbour
pair A E eastern harbour

# A threshold is more than half of the convenors; red is never a ceiling.
expect 6 A consortium create circle --title "Food Logistics Circle" --convenor brackwater --convenor coldline --threshold 1
tells 'more than half'
tells 'hint: .*--threshold'
expect 6 A consortium create circle --title "Food Logistics Circle" --convenor brackwater --ceiling red

ok A consortium create circle --title "Food Logistics Circle" --convenor brackwater --convenor coldline --threshold 2 --member depot --member eastern
id_alone
ok A consortium list --json
says '"state": "proposed"'
expect 8 A consortium join circle
tells 'not decided'
until_true 15 shows '"to_sign": 1' B consortium list --json
expect 5 D consortium sign circle
tells 'no consortium'
ok B consortium sign circle
expect 5 B consortium sign circle
tells 'nothing of "circle" waits'
for n in A B C D E; do
	until_true 15 shows '"state": "invited"' "$n" consortium list --json
	ok "$n" consortium join circle
done
expect 8 A consortium join circle
synced() { [ "$(member equal "$("$1" consortium status circle --json)")" -ge "$2" ]; }
for n in A B C D E; do until_true 60 synced "$n" 2; done

# The victim says one thing. It is linked with members it never paired with, so any of them may be the one.
ok D incident report --to consortium:circle --stage early-warning --title "Ransomware at the depot" --aware 2026-11-23T09:00:00Z --malicious yes \
	--cross-border no --contact "soc@depot.example" --wait 20s
id_alone
incident=$out
kill_hard D
expect 6 A incident report --to consortium:circle --tlp red --stage early-warning --title "x" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "a@b.example"
tells 'red'
for n in A B C E; do
	until_true 30 shows 'Ransomware at the depot' "$n" inbox
	ok "$n" incident answer "$incident" --impact under-investigation
done
for n in A B C E; do until_true 30 synced "$n" 2; done
ok A store check
start D
answers() { [ "$(D incident matrix "$incident" --json | grep -c '"impact": "under-investigation"')" -ge "$1" ]; }
until_true 60 answers 4
digests() {
	local n
	for n in A B C D E; do member digest "$("$n" consortium status circle --json)"; done | sort -u | wc -l
}
one_digest() { [ "$(digests)" = 1 ]; }
until_true 60 one_digest

# Removal: two of three decide; what was written after it is nothing to who was removed.
expect 6 D consortium propose circle --remove "Organisation E"
tells 'only a convenor'
ok A consortium propose circle --remove eastern --reason left
id_alone
until_true 15 shows '"to_sign": 1' C consortium list --json
ok C consortium show circle --json
says '"reason": "left"'
ok C consortium sign circle
until_true 15 shows '"state": "removed"' E consortium list --json
expect 6 E incident report --to consortium:circle --stage early-warning --title "x" --aware 2026-11-23T09:00:00Z --malicious no \
	--cross-border no --contact "a@b.example"
ok B incident report --to consortium:circle --stage early-warning --title "After the removal" --aware 2026-11-24T09:00:00Z --malicious no \
	--cross-border no --contact "soc@b.example" --wait 20s
for n in A C D; do until_true 30 shows 'After the removal' "$n" inbox; done
ok E inbox
silent 'After the removal'
ok A consortium status circle --json
silent '"name": "Organisation E"'

# Leaving is one's own word.
ok D consortium leave circle --yes
ok D consortium list --json
says '"state": "left"'
expect 8 D consortium leave circle --yes
for n in A B C D E; do ok "$n" down; ok "$n" store check; done
