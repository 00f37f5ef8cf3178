#!/bin/sh
# Each folder's README names its files (by base name).
. test/lint/files.sh
bad=0
for f in $CODE; do
	dir=$(dirname "$f")
	base=$(basename "$f" | sed 's/\.[ch]$//')
	while [ ! -e "$dir/README.md" ] && [ "$dir" != . ]; do dir=$(dirname "$dir"); done
	grep -q "$base" "$dir/README.md" 2>/dev/null || { echo "$dir/README.md does not name $f"; bad=1; }
done
exit $bad
