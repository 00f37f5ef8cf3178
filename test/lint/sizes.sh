#!/bin/sh
# Files over 800 lines, functions over 100 lines, lines over 100 columns (a tab counts 8).
. test/lint/files.sh
awk '
FNR == 1 { if (file && n > 800) { print file ": " n " lines (at most 800)"; bad = 1 } file = FILENAME; start = 0 }
{ n = FNR }
{ line = $0; col = 0
  for (i = 1; i <= length(line); i++) { c = substr(line, i, 1); col = c == "\t" ? int(col / 8) * 8 + 8 : col + 1 }
  if (col > 110 && FILENAME !~ /\.def$/) { print FILENAME ":" FNR ": " col " columns"; bad = 1 } }
/^{/ { start = FNR }
/^}/ { if (start && FNR - start > 100) { print FILENAME ":" start ": function of " FNR - start " lines (at most 100)"; bad = 1 } start = 0 }
END { exit bad }' $(echo "$CODE" | grep -v '_table\.[ch]$')
