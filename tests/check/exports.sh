#!/bin/sh
# What a .c file does not keep to itself stands in a header of its room, and another .c file of the program uses it. (Definitions begin in the
# first column, their brace alone.) What only tests use is listed here, each with its reason.
set -u
allowed='
api_each            the tests walk the table of calls
api_explain         used through api_fail() of its header
api_run_row         the tests give the dispatcher rows of their own
cli_home            where a home folder is found: tried alone
config_source       where a setting comes from: tried alone
kinds_document      made into docs/kinds.md
message_each        tests, fuzzing and vectors walk the table of messages
messages_document   made into docs/messages.md
noise_done          the tests drive a handshake step by step
records_drop        the program keeps all bodies; the tests make nodes that no longer have one
report_document     made into docs/reports.md
sign_pae            what is signed, for the test vectors
vault_memory        the vault of tests and simulator
'
list=${TMPDIR:-/tmp}/tally-exports.$$
trap 'rm -f "$list"' EXIT
for room in keys proto store node; do
	cat "$room"/*.h | tr -c 'A-Za-z0-9_(' '\n' | sed -n "s/^\([a-z_][A-Za-z0-9_]*\)(.*/$room \1/p"
done | sort -u >"$list"
printf '%s' "$allowed" | awk -v known="$list" '
	FILENAME == "-" { if ($1 != "") allowed[$1] = 1; next }
	FILENAME == known { declared[$1, $2] = 1; next }
	FNR == 1 { room = FILENAME; sub(/\/.*/, "", room); said = "" }
	{
		text = $0
		while (match(text, /[A-Za-z_][A-Za-z0-9_]*/)) {
			word = substr(text, RSTART, RLENGTH)
			if (!((FILENAME, word) in seen)) { seen[FILENAME, word] = 1; files[word]++ }
			text = substr(text, RSTART + RLENGTH)
		}
	}
	/^[a-z]/ { said = $0; line = FNR; next }
	/^\{/ && said != "" {
		if (said !~ /^static / && said !~ /^(struct|enum|union) [a-z_]+$/ && said ~ /\(/) {
			name = said
			sub(/\(.*/, "", name)
			sub(/.*[ *]/, "", name)
			if (name != "main") { where[name] = FILENAME ":" line; of[name] = room }
		}
		said = ""
		next
	}
	/^[^\t ]/ || /;$/ { said = "" }
	function bad(text) { print text; failed = 1 }
	END {
		for (name in where) {
			if (!((of[name], name) in declared)) bad(where[name] ": " name " is neither static nor in a header of its room")
			else if (files[name] == 1 && !(name in allowed)) bad(where[name] ": " name " is used by no other file: make it static, or drop it")
			else if (files[name] > 1 && name in allowed) bad("tests/check/exports.sh: " name " is used by the program now")
		}
		for (name in allowed) if (!(name in where)) bad("tests/check/exports.sh: there is no " name)
		exit failed
	}' - "$list" keys/*.c proto/*.c store/*.c node/*.c
