# Passing a notice on: customer <- supplier <- subcontractor, as far as its TLP allows, refused at both ends beyond.
. "$(dirname "$0")/lib.sh"

listening A "Harbour Foods"
listening B "Brackwater Payroll"
node C "Coldline Hosting"
node D "Dunmore Logistics"
start A
start B
start C
start D
pair A B brackwater harbour
pair B C coldline brackwater
pair B D dunmore brackwater

notice() { # TLP, title
	ok C incident report --to brackwater --stage early-warning --title "$2" --aware 2026-11-23T09:00:00Z --malicious yes \
		--cross-border no --contact "soc@coldline.example" --tlp "$1" --wait 10s
	id_alone
	id=$out
}

notice amber "amber one"
ok B incident forward "$id" --to harbour --as customer --basis "contract, clause 14" --wait 10s
ok A inbox
says 'amber one'
ok A inbox --json
says 'Coldline Hosting|coldline|[0-9a-f]{64}'
expect 6 B incident forward "$id" --to dunmore --as supplier --basis "curiosity"
tells '^tally: error: .*(TLP|amber)'
tells 'customers only'
ok D inbox
silent 'amber one'

ok B incident forward "$id" --to harbour --as customer --basis "again" --wait 10s
tells 'warning: it was passed on to harbour before'
expect 8 B incident forward "$id" --to coldline --as customer --basis "back"
tells 'coldline is its author'

notice amber+strict "strict one"
expect 6 B incident forward "$id" --to harbour --as customer --basis "contract"
tells 'amber\+strict'
notice green "green one"
ok B incident forward "$id" --to dunmore --as supplier --basis "consent" --wait 10s
ok D inbox
says 'green one'
ok A inbox
silent 'strict one'

# Red names its recipients, and nobody else gets it.
ok C incident report --to brackwater --stage early-warning --title "red one" --aware 2026-11-23T09:00:00Z --malicious yes \
	--cross-border no --contact "soc@coldline.example" --tlp red --wait 10s
id=$out
expect 6 B incident forward "$id" --to harbour --as customer --basis "contract"
tells 'red'
# What is said about it is as red as it is; and who answers what was withdrawn is told so.
ok B incident answer "$id" --impact not-affected --text "not our version" --wait 10s
ok C record show "$out" --json
says '"tlp": "red"'
ok C record retract "$id" --reason "sent in error" --wait 10s
ok B incident answer "$id" --impact not-affected --text "all the same" --wait 10s
tells 'warning: its author has withdrawn it'
ok A store check
ok B store check
