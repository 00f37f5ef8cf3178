#!/bin/sh
# Who may include whom: the layer map of doc/architecture.md, made executable.
. test/lint/files.sh
allowed() {
	case $1 in
	src/base) echo ;;
	src/data | src/net) echo src/base ;;
	src/proto) echo src/base ;;
	src/wire) echo src/base src/data src/net ;;
	src/rpc) echo src/base src/net src/proto ;;
	sql) echo src/base src/data ;;
	src/shard) echo src/base src/data src/proto ;;
	topo) echo src/base src/net src/rpc src/proto src/shard ;;
	src/ops) echo src/base src/net src/rpc src/proto src/shard topo ;;
	gate | tablet) echo src/base src/data src/net src/wire src/rpc src/proto src/shard sql topo ;;
	src/keeper) echo src/base src/net src/wire src/rpc src/proto topo src/ops ;;
	src/ctl) echo src/base src/data src/net src/rpc src/proto src/shard sql topo src/ops src/web ;;
	src/cli) echo src/base src/data src/net src/rpc src/proto src/shard sql ;;
	src/main) echo src/base src/data src/net src/wire src/rpc src/proto src/shard sql topo src/ops gate tablet \
		src/keeper src/ctl src/cli src/web ;;
	*) echo ;;
	esac
}
# The floors inside of gate/ and tablet/, from below; each uses only those before it.
GATE_FLOORS="base client vars catalog pick txn conn shardio plan exec local session admin"
TABLET_FLOORS="mysqld pool schema state query manager serve"
floor_allowed() { # PART FOLDER
	[ "$1" = gate ] && floors=$GATE_FLOORS || floors=$TABLET_FLOORS
	for floor in $floors; do
		echo "$1/$floor"
		[ "$1/$floor" = "$2" ] && return
	done
	echo "no-such-floor-$2"
}
layer_of() { echo "$1" | sed -E 's,^(src/[a-z]+|sql|topo|gate|tablet)/.*,\1,'; }
bad=0
for f in $CODE; do
	me=$(layer_of "$f")
	for inc in $(sed -nE 's/^#[ ]*include "([^"]+)".*/\1/p' "$f"); do
		to=$(layer_of "$inc")
		if [ "$me" = "$to" ] && { [ "$me" = gate ] || [ "$me" = tablet ]; }; then
			floor_allowed "$me" "${f%/*}" | grep -qx "${inc%/*}" ||
				{ echo "$f: ${f%/*} may not include $inc"; bad=1; }
		fi
		[ "$me" = "$to" ] && continue
		case " $(allowed "$me") " in
		*" $to "*) ;;
		*)
			echo "$f: $me may not include $inc"
			bad=1
			;;
		esac
	done
done
# Third-party headers have one owner each.
owner() {
	pattern=$1
	shift
	found=$(grep -lE "^#[ ]*include <$pattern" $CODE)
	for f in $found; do
		ok=0
		for o in "$@"; do case $f in $o*) ok=1 ;; esac done
		[ $ok = 1 ] || { echo "$f: <$pattern> belongs to $*"; bad=1; }
	done
}
owner event2/ src/net
owner liburing src/net
owner openssl/ src/net src/base src/shard/vindex_hash
owner cjson/ src/base
owner sqlite3 topo/store_sqlite
owner mysql tablet/mysqld
owner pcre2 sql/eval/eval_regexp
exit $bad
