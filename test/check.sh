#!/bin/sh
# ./run check: runs the parts asked for (default: all) and sums them up in one last line.
set -u
top=$1
build=$2
shift 2
[ $# -gt 0 ] || set -- lint unit asan cluster fault compare cluster-asan
passed=0
failed=0
failures=

# part NAME COMMAND...: runs it, adds the passes and failures that its output tells of.
part() {
	name=$1
	shift
	log=$build/check-$name.log
	printf '==> check %s\n' "$name"
	"$@" >"$log" 2>&1
	rc=$?
	counts=$(/usr/bin/python3 "$top/test/lib/count.py" "$log")
	p=${counts% *}
	f=${counts#* }
	if [ $rc != 0 ] && [ "$f" = 0 ]; then f=1; fi
	if [ $rc = 0 ] && [ "$p" = 0 ]; then
		echo "    $name ran no test" >&2
		f=1
	fi
	passed=$((passed + p))
	failed=$((failed + f))
	if [ "$f" != 0 ]; then
		failures="$failures $name"
		tail -n 100 "$log"
	fi
	printf '    %s: %s passed, %s failed (%s)\n' "$name" "$p" "$f" "$log"
}

unit() { make -C "$1" -s -j"$(nproc)" check-unit; }

asan_build() {
	mkdir -p "$build-asan"
	[ -e "$build-asan/Makefile" ] ||
		(cd "$build-asan" && "$top/configure" -q --enable-sanitizers CFLAGS=-O1) || return 1
	make -C "$build-asan" -s -j"$(nproc)" all
}

asan() { asan_build && unit "$build-asan"; }

# The suite of clusters waits more than it computes: two files of it at a time.
cluster() {
	two=
	[ "$2" != cluster ] || two="-n 2 --dist loadfile"
	# shellcheck disable=SC2086
	SLUICE_IO=${3:-auto} SLUICE_BIN=$1/bin SLUICE_BUILD=$1 PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q -x --maxfail=5 $two \
		-p no:cacheprovider "$top/test/$2"
}

for what in "$@"; do
	case $what in
	lint) part lint make -C "$build" -s check-lint ;;
	unit) part unit unit "$build" ;;
	asan) part asan asan ;;
	cluster | fault | compare) part "$what" cluster "$build" "$what" ;;
	cluster-asan) asan_build && part cluster-asan cluster "$build-asan" cluster epoll ;;
	image) part image cluster "$build" image ;; # docker/Dockerfile in a chroot; takes minutes
	distcheck) part distcheck make -C "$build" -s distcheck ;;
	*)
		echo "unknown part \"$what\"" >&2
		exit 2
		;;
	esac
done

[ -z "$failures" ] || printf 'failed:%s\n' "$failures"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
