#!/bin/sh
# No writable global variables visible outside their file.
bad=0
for lib in "$top_builddir"/lib*.a; do
	case $lib in */libproto.a) continue ;; esac
	out=$(nm -o -g --defined-only "$lib" 2>/dev/null | awk '$2 ~ /^[BDCG]$/ && $3 !~ /^(__|yy|_binary)/ { print $1, $3 }' | grep -v asan)
	[ -z "$out" ] || { echo "$out"; bad=1; }
done
exit $bad
