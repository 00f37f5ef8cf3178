#!/bin/sh
# No include knots in gate/ and tablet/: a module (x.c and x.h) is never included, directly or through others, by one
# that it includes.
. test/lint/files.sh
bad=0
for part in gate tablet; do
	edges=$(for f in $(echo "$CODE" | grep "^$part/"); do
		me=${f%.[ch]}
		for to in $(sed -nE "s,^#[ ]*include \"($part/[^\"]+)\.h\".*,\1,p" "$f"); do
			[ "$me" = "$to" ] || echo "$me $to"
		done
	done)
	knot=$(echo "$edges" | tsort 2>&1 >/dev/null)
	[ -z "$knot" ] || { echo "$part: $knot"; bad=1; }
done
exit $bad
