# Reads tests/sim/mutations. -v want=NAME -v root=DIR: changes the file of that mutation under DIR. -v want=: says each name and whether it applies.
function trim(s) { sub(/^[ \t]+/, "", s); sub(/[ \t]+$/, "", s); return s }
function finish(   i, k, n, at, hits, line, lead) {
	if (name == "") return
	n = 0
	while ((getline line < (root file)) > 0) text[++n] = line
	close(root file)
	hits = 0
	for (i = 1; i + olds - 1 <= n && olds; i++) {
		for (k = 1; k <= olds && trim(text[i + k - 1]) == old[k]; k++);
		if (k > olds) { hits++; at = i }
	}
	if (hits != 1) { print name ": its lines stand " hits " times in " file; bad = 1 }
	else if (want == name) {
		match(text[at], /^[ \t]*/)
		lead = substr(text[at], 1, RLENGTH)
		for (i = 1; i < at; i++) print text[i] > (root file)
		for (i = 1; i <= news; i++) print lead new[i] > (root file)
		for (i = at + olds; i <= n; i++) print text[i] > (root file)
		close(root file)
		done = 1
	} else if (list) print name
	name = ""; olds = news = 0
}
/^#/ { next }
/^[a-z0-9-]+: / { finish(); name = $1; sub(/:$/, "", name); if (want != "" && want != name) name = ""; next }
name == "" { next }
/^file / { file = $2; next }
/^- / { old[++olds] = trim(substr($0, 3)); next }
/^\+ / { new[++news] = trim(substr($0, 3)); next }
END { finish(); exit bad || (want != "" && !done) }
