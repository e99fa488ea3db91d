#!/bin/sh
# A function takes at most five parameters, and no two bare bools in a row: what belongs together is a struct, and a call says what it means.
# What truly needs six is listed here, each with its reason.
set -u
allowed='
fieldjson_read  table, JSON, names; arena, result, complaint as every reader has them
inside_put      mdb_put of LMDB, and which of our tables it is
merkle_verify   leaf, index, count, path, length, root: the arguments of RFC 9162
parked_get      the key has three parts, as in parked_put and parked_drop
'
printf '%s' "$allowed" | awk '
	FILENAME == "-" { if ($1 != "") allowed[$1] = 1; next }
	function bad(text) { print text; failed = 1 }
	function parameters(text,    i, c, depth, n) {
		n = 1
		for (i = 1; i <= length(text); i++) {
			c = substr(text, i, 1)
			if (c == "(") depth++
			else if (c == ")") depth--
			else if (c == "," && depth == 1) n++
		}
		return n
	}
	FNR == 1 { said = "" }
	/^[a-z]/ { said = $0; line = FNR; next }
	/^\{/ && said ~ /\(/ {
		gsub(/\/\*[^*]*\*\//, "", said)
		name = said
		sub(/\(.*/, "", name)
		sub(/.*[ *]/, "", name)
		if (parameters(said) > 5) {
			if (name in allowed) used[name] = 1
			else bad(FILENAME ":" line ": " name " takes " parameters(said) " parameters")
		}
		if (said ~ /bool [a-z_]+, *bool [a-z_]+[,)]/) bad(FILENAME ":" line ": " name " takes two bools in a row")
		said = ""
		next
	}
	/^\{/ || /^[^\t ]/ || /;$/ { said = ""; next }
	said != "" { said = said " " $0 }
	END {
		for (name in allowed) if (!(name in used)) bad("tests/check/params.sh: " name " takes no more than five now")
		exit failed
	}' - keys/*.c proto/*.c store/*.c node/*.c
