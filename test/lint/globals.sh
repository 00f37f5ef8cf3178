#!/bin/sh
# No writable global variables visible outside their file. Constant tables of pointers live in
# .data.rel.ro, which nm cannot tell from .data.
bad=0
for lib in "$top_builddir"/lib*.a; do
	case $lib in */libproto.a) continue ;; esac
	out=$(objdump -t "$lib" 2>/dev/null | awk '$2 == "g" && $4 ~ /^(\.data|\.bss|\*COM\*)/ &&
		$4 !~ /^\.data\.rel\.ro/ && $NF !~ /^(__|yy|_binary|asan)/ { print FILENAME, $NF }')
	[ -z "$out" ] || { echo "$lib: $out"; bad=1; }
done
exit $bad
