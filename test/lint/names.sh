#!/bin/sh
# File base names are unique, so that a function prefix tells the file; struct tags of headers are too;
# nothing is called *_t.
. test/lint/files.sh
bad=0
dup=$(echo "$CODE" | grep '\.c$' | sed 's,.*/,,' | sort | uniq -d)
[ -z "$dup" ] || { echo "used by more than one file: $dup"; bad=1; }
dup=$(grep -hoE '^struct [a-z_0-9]+ \{' $(echo "$CODE" | grep '\.h$') | sort | uniq -d)
[ -z "$dup" ] || { echo "defined in more than one header: $dup"; bad=1; }
grep -nE '^typedef (struct|enum)|^typedef .*_t;' $CODE && bad=1
exit $bad
