#!/bin/sh
# Each header is guarded by FOLDER_FILE_H and compiles alone.
. test/lint/files.sh
bad=0
for h in $(echo "$CODE" | grep '\.h$'); do
	guard=$(echo "$h" | sed -E 's,^(.*/)?([a-z0-9_]+)/([a-z0-9_]+)\.h$,\2_\3_H,' | tr 'a-z' 'A-Z')
	grep -q "^#ifndef $guard\$" "$h" || { echo "$h: the guard should be $guard"; bad=1; }
	printf '#include "%s"\n' "$h" | $CC -I"$top_srcdir" -I"$top_builddir" $CPPFLAGS $CFLAGS -Wno-error \
		-Wno-unused-function -fsyntax-only -x c - 2>/tmp/headers.$$ || { echo "$h does not compile alone"; head -3 /tmp/headers.$$; bad=1; }
done
rm -f /tmp/headers.$$
exit $bad
