# Puts the grammar together: awk -f assemble.awk keywords.def context.def head.y parts...
# Prints head.y, the tokens of the keywords that the parts use, %%, the parts, and the rule of the
# non-reserved ones among them, followed by a table for sql/parse/parse_token.c.
FILENAME ~ /keywords\.def$/ && /^K\(/ {
	split(substr($0, 3), part, /, */)
	code[part[1]] = 300 + count
	cls[part[1]] = part[2]
	order[count++] = part[1]
}
FILENAME ~ /context\.def$/ && /^CONTEXT\(/ {
	split(substr($0, 9), part, /,/)
	context[part[1]] = 1
}
FILENAME ~ /head\.y$/ { head = head $0 "\n" }
FILENAME ~ /\.y$/ && FILENAME !~ /head\.y$/ {
	if ($0 ~ /^%/)
		types = types $0 "\n"
	else
		rules = rules $0 "\n"
	line = $0
	# Keywords are upper-case words outside of actions, which fill the rest of a line or lines of
	# their own behind a lone "{".
	if (depth == 0)
		note(before_brace(line))
	depth += gsub(/{/, "{", line) - gsub(/}/, "}", line)
	quoted = $0
	depth -= gsub(/'{'/, "", quoted)
	depth += gsub(/'}'/, "", quoted)
}
function before_brace(s, t) {
	t = s
	gsub(/'.'/, "   ", t)
	sub(/\/\*.*\*\//, "", t)
	sub(/{.*/, "", t)
	sub(/%prec.*/, "", t)
	return t
}
function note(s, w, i, n) {
	n = split(s, w, /[^A-Za-z0-9_]+/)
	for (i = 1; i <= n; i++)
		if (w[i] in code)
			used[w[i]] = 1
}
END {
	printf "%s", head
	for (i = 0; i < count; i++) {
		w = order[i]
		if (w in used)
			printf "%%token %s %d\n", w, code[w]
	}
	printf "%s\n%%%%\n%s\nnonreserved:\n", types, rules
	sep = " "
	for (i = 0; i < count; i++) {
		w = order[i]
		if ((w in used) && cls[w] != "R" && !(w in context)) {
			printf "%s\t%s\n", sep, w
			sep = "|"
		}
	}
	printf ";\n%%%%\n"
	print "/* How each keyword reaches the grammar: 0 as a name, 1 as itself. */"
	print "const uint8_t parse_int_keyword_used[] = {"
	for (i = 0; i < count; i++)
		printf "\t%d, /* %s */\n", ((order[i] in used) || cls[order[i]] == "R") ? 1 : 0, order[i]
	print "};"
}
