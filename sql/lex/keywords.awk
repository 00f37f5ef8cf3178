# Makes the look-up table of sql/lex/keyword.c from keywords.def and functions.def:
# an open-addressing hash table over all words; the hash is that of keyword_hash().
BEGIN {
	for (i = 32; i < 127; i++)
		ord[sprintf("%c", i)] = i
	n = 0
	size = 4096
}
/^[KF]\(/ {
	line = $0
	sub(/^[KF]\(/, "", line)
	split(line, part, /[,)] */)
	name = part[1]
	if (!(name in id)) {
		id[name] = n
		word[n++] = name
	}
	if (/^K/)
		kw[name] = 1
	else
		fn[name] = 1
}
function at(s, i) {
	return ord[substr(s, i + 1, 1)]
}
function hash(s, len) {
	len = length(s)
	return (at(s, 0) * 7 + at(s, int(len / 2)) * 293 + at(s, len - 1) * 97 + at(s, int(len / 4)) * 1361 + len * 1031) % size
}
END {
	print "/* made by keywords.awk */"
	print "static const struct keyword_word words[] = {"
	print "\t{\"\", 0, 0, 0},"
	for (i = 0; i < n; i++) {
		w = word[i]
		printf "\t{\"%s\", %d, %s, %s},\n", w, length(w), (w in kw) ? "KW_" w : "0", (w in fn) ? "FN_" w : "0"
		h = hash(w)
		while (slot[h])
			h = (h + 1) % size
		slot[h] = i + 1
	}
	print "};"
	printf "static const uint16_t slots[%d] = {", size
	for (i = 0; i < size; i++)
		printf "%s%d,", (i % 20) ? "" : "\n\t", slot[i]
	print "\n};"
}
