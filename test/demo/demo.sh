#!/bin/sh
# The demo cluster. Called by ./run as: sh test/demo/demo.sh BUILD start|stop
set -eu
build=$1
what=$2
top=$(cd "$(dirname "$0")/../.." && pwd)
ctl=$build/bin/sluicectl

# The sockets of the mysqlds are in there, and a socket's path has at most 107 bytes.
dir=$top/.run/demo
if [ $((${#dir} + 30)) -gt 107 ]; then
	dir=/tmp/sluice-demo-$(id -u)
	short="(a short directory, since $top is too deep for a socket's path)"
fi

sql() { mariadb --no-defaults -h127.0.0.1 -P15306 -uroot "$@"; }

# Rows to look at, through the gate; once.
load() {
	[ "$(sql -N -e 'SELECT COUNT(*) FROM commerce.product')" = 0 ] || return 0
	echo "loading sample data through the gate"
	sql <"$top/test/demo/data.sql"
}

start() {
	echo "the cluster is in $dir ${short:-}"
	"$ctl" cluster up --spec "$top/test/demo/demo.json" --dir "$dir"
	load
	cat <<TEXT

The demo cluster runs:
  connect    mariadb -h127.0.0.1 -P15306 -uroot
             then for example:  USE customer;  SELECT city, COUNT(*) FROM customer GROUP BY city;
  keyspaces  commerce (unsharded: product, category, product_category)
             customer (two shards, each with a replica: customer, orders)
  web        http://127.0.0.1:15000/ (keeper)   http://127.0.0.1:15001/ (gate)
  status     $ctl cluster status --dir $dir
  stop       ./run stop
TEXT
}

case $what in
start) start ;;
stop)
	if [ ! -d "$dir" ]; then
		echo "there is no demo cluster"
		exit 0
	fi
	exec "$ctl" cluster down --dir "$dir"
	;;
*)
	echo "usage: demo.sh BUILD start|stop" >&2
	exit 2
	;;
esac
