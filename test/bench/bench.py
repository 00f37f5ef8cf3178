#!/usr/bin/python3
"""./run bench: sysbench directly against MariaDB, through two HAProxies (TCP mode, one behind the
other), and through Sluice (unsharded, and two shards), in interleaved rounds on one machine.
"floor" is two hops that do nothing (relay_floor.c): what gate and tablet would take at least.

For each workload it prints queries per second, the median and 95th percentile of latency, the CPU
microseconds per query of each process group (time on a processor, from /proc), and gate + tablet
against the two HAProxies. Absolute numbers depend on the machine; the ratios are what counts."""
import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TICK = os.sysconf("SC_CLK_TCK")
RANGE = ["--skip_trx=on", "--point_selects=0", "--simple_ranges=1", "--sum_ranges=0", "--order_ranges=0",
         "--distinct_ranges=0"]
TEXT = ["--db-ps-mode=disable"]
DELAYED = os.path.join(HERE, "delayed_point_select.lua")
# name: (script, options, largest accepted ratios by number of clients). The servers of "delayed" need
# --server-delay microseconds more for each statement.
WORKLOADS = {
    "point_select": ("oltp_point_select", [], {1: 0.75, 4: 0.65, 32: 0.33}),
    "point_select_text": ("oltp_point_select", TEXT, {32: 0.38}),
    "delayed": (DELAYED, [], {32: 0.45}),
    "delayed_text": (DELAYED, TEXT, {}),
    "range_100": ("oltp_read_only", RANGE + ["--range_size=100"], {32: 0.50}),
    "range_1000": ("oltp_read_only", RANGE + ["--range_size=1000"], {32: 0.35}),
    "read_only": ("oltp_read_only", [], {32: 0.42}),
    "read_write": ("oltp_read_write", [], {}),
}
PAIR_LIMITS = {"range_100": {32: 0.8}}
WAYS = ["direct", "haproxy x2", "floor", "sluice", "sluice 2 shards"]
IDLE_LIMIT = 0.1  # per cent of a processor
SCHEMA = """CREATE TABLE sbtest1 (id INT NOT NULL, k INT NOT NULL DEFAULT 0, c CHAR(120) NOT NULL DEFAULT '',
 pad CHAR(60) NOT NULL DEFAULT '', PRIMARY KEY (id), KEY k_1 (k)) ENGINE=InnoDB;
"""
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}},
           "tables": {"sbtest1": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}


def say(text):
    print(text, flush=True)


def cpu_us(pids):
    """CPU microseconds of the processes' threads so far."""
    total = 0
    for pid in pids:
        for task in os.listdir(f"/proc/{pid}/task"):
            try:
                with open(f"/proc/{pid}/task/{task}/schedstat") as f:
                    total += int(f.read().split()[0])
            except FileNotFoundError:
                pass
    return total // 1000


class Sluice:
    """A cluster with an unsharded keyspace "single" and a two-shard one "pair"."""

    def __init__(self, build, work, io, rpc):
        self.build, self.dir = build, os.path.join(work, "c")
        spec = {"topo": "embedded", "gates": 1, "io": io, "rpc": rpc, "users": {"bench": ""},
                "keyspaces": {"single": {"shards": ["-"], "replicas": 0, "schema": "s.sql", "vschema": "single.json"},
                              "pair": {"shards": ["-80", "80-"], "replicas": 0, "schema": "s.sql",
                                       "vschema": "pair.json"}}}
        for name, text in (("s.sql", SCHEMA), ("single.json", json.dumps({"sharded": False, "tables": {}})),
                           ("pair.json", json.dumps(VSCHEMA)), ("spec.json", json.dumps(spec))):
            with open(os.path.join(work, name), "w") as f:
                f.write(text)
        self.ctl("up", "--spec", os.path.join(work, "spec.json"))
        with open(os.path.join(self.dir, "cluster.json")) as f:
            self.info = json.load(f)
        self.port = self.info["gates"][0]["mysql_port"]

    def ctl(self, *args):
        subprocess.run([os.path.join(self.build, "bin/sluicectl"), "cluster", args[0], "--dir", self.dir, *args[1:]],
                       check=True)

    def down(self):
        self.ctl("down")

    def tablets(self, keyspace):
        return [t for t in self.info["tablets"] if t["keyspace"] == keyspace]

    def groups(self, keyspace):
        t = self.tablets(keyspace)
        return {"gate": [self.info["gates"][0]["pid"]], "tablet": [x["pid"] for x in t],
                "mysqld": [x["mysqld_pid"] for x in t]}


class HAProxy:
    """Two in TCP mode, the first in front of the second."""

    def __init__(self, work, target_port, ports):
        self.procs = []
        for i, (port, to) in enumerate(((ports[0], ports[1]), (ports[1], target_port))):
            path = os.path.join(work, f"haproxy{i}.cfg")
            with open(path, "w") as f:
                f.write("global\n  nbthread 1\n  maxconn 4000\ndefaults\n  mode tcp\n  timeout connect 5s\n"
                        "  timeout client 1h\n  timeout server 1h\n"
                        f"listen l\n  bind 127.0.0.1:{port}\n  server s 127.0.0.1:{to}\n")
            self.procs.append(subprocess.Popen(["haproxy", "-db", "-q", "-f", path]))
        self.port = ports[0]
        time.sleep(0.5)

    def pids(self):
        return [p.pid for p in self.procs]

    def stop(self):
        for p in self.procs:
            p.terminate()
            p.wait()


class Floor:
    """Two hops that do nothing, with the sockets and waits of gate and tablet (relay_floor.c)."""

    def __init__(self, build, io, work, mysqld_socket, port):
        link = f"unix:{work}/floor.sock"
        self.port, self.procs = port, []
        for side, listen, target in (("back", link, f"unix:{mysqld_socket}"), ("front", f"127.0.0.1:{port}", link)):
            p = subprocess.Popen([os.path.join(build, "test/bench/relay_floor"), side, io, listen, target],
                                 stdout=subprocess.PIPE)
            self.procs.append(p)
            p.stdout.readline()  # it listens

    def groups(self):
        return {"front": [self.procs[1].pid], "back": [self.procs[0].pid]}

    def stop(self):
        for p in self.procs:
            p.terminate()
            p.wait()


def sysbench(script, port, db, action, options, seconds, threads, rows):
    cmd = ["sysbench", script, "--db-driver=mysql", "--mysql-host=127.0.0.1", f"--mysql-port={port}",
           "--mysql-user=bench", f"--mysql-db={db}", "--tables=1", f"--table-size={rows}", "--auto_inc=off",
           f"--threads={threads}", *options]
    cmd += [f"--time={seconds}", "--report-interval=0", "--histogram=on"]
    run = subprocess.run(cmd + [action], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if run.returncode != 0:
        raise SystemExit(f"sysbench {script} {action} on port {port} failed:\n{run.stdout}")
    return run.stdout


def number(pattern, text):
    m = re.search(pattern, text)
    if not m:
        raise SystemExit("sysbench's output is not understood:\n" + text)
    return float(m.group(1))


def median_ms(out):
    """The median latency of sysbench's histogram."""
    bars = [(float(m[1]), int(m[2])) for m in re.finditer(r"^\s*([\d.]+) \|\**\s+(\d+)$", out, re.M)]
    left = sum(n for _, n in bars) / 2
    for ms, n in bars:
        left -= n
        if left <= 0:
            return ms
    raise SystemExit("sysbench printed no histogram:\n" + out)


def busy_us():
    """CPU microseconds of everything on the machine so far."""
    with open("/proc/stat") as f:
        fields = [int(x) for x in f.readline().split()[1:]]
    return (sum(fields[:3]) + sum(fields[5:7])) * 1000000 // TICK


def children_us():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return int((used.ru_utime + used.ru_stime) * 1e6)


def wait_for_quiet():
    """Until others take less than a tenth of a processor, at most a minute."""
    for _ in range(120):
        before = busy_us()
        time.sleep(0.5)
        if busy_us() - before < 50000:
            return


def one_run(way, script, options, clients, args):
    """A timed run; once more, up to five times, when others took more than a tenth of a processor."""
    for _ in range(1 if args.busy else 5):
        if not args.busy:
            wait_for_quiet()
        everything = busy_us() - children_us()
        run = timed_run(way, script, options, clients, args)
        ours = sum(run.pop("us").values())
        run["others"] = (busy_us() - children_us() - everything - ours) / 1e6 / args.seconds
        if run["others"] < 0.1:
            break
    return run


def timed_run(way, script, options, clients, args):
    """Queries per second, latencies, CPU per query by group and in all."""
    before = {g: cpu_us(p) for g, p in way["groups"].items()}
    out = sysbench(script, way["port"], way["db"], "run", options, args.seconds, clients, args.rows)
    after = {g: cpu_us(p) for g, p in way["groups"].items()}
    queries = number(r"queries:\s+(\d+)", out)
    return {"qps": queries / args.seconds, "p50": median_ms(out),
            "p95": number(r"95th percentile:\s+([\d.]+)", out),
            "us": {g: after[g] - before[g] for g in before},
            "cpu": {g: (after[g] - before[g]) / queries for g in before}}


def mysql(socket, sql):
    subprocess.run(["mariadb", "--no-defaults", "-uroot", f"--socket={socket}", "-e", sql], check=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--build", required=True, help=argparse.SUPPRESS)
    ap.add_argument("--rounds", type=int, default=8)
    ap.add_argument("--seconds", type=int, default=4)
    ap.add_argument("--clients", default="32", help="numbers of clients, as 1,4,32 (default: 32)")
    ap.add_argument("--rows", type=int, default=10000)
    ap.add_argument("--workload", action="append", choices=sorted(WORKLOADS) + ["idle", "sql"],
                    help="(default: all)")
    ap.add_argument("--way", action="append", choices=WAYS, help="(default: all)")
    ap.add_argument("--server-delay", type=int, default=150, metavar="US",
                    help="how much longer a statement of the delayed workloads takes the server")
    ap.add_argument("--io", default="auto", choices=["auto", "epoll", "uring"], help="of gate and tablets")
    ap.add_argument("--rpc", default="unix", help="between gate and tablets: unix, tcp or unix,tcp")
    ap.add_argument("--busy", action="store_true", help="do not wait for others to leave the machine alone")
    ap.add_argument("--check", action="store_true", help="fail when a ratio is above its limit")
    args = ap.parse_args()
    if args.workload == ["sql"]:
        raise SystemExit(subprocess.run([os.path.join(args.build, "test/bench/bench_sql")] + ["--check"] * args.check).returncode)
    failed = []
    for rpc in args.rpc.split(","):
        failed += bench(rpc, args)
    if failed and args.check:
        raise SystemExit("above the limit: " + ", ".join(failed))


def bench(rpc, args):
    """All workloads on a cluster of its own; returns those above their limits."""
    work = tempfile.mkdtemp(prefix="slb", dir="/tmp")
    sluice = haproxy = floor = None
    failed = []
    say(f"RPC over {rpc}")
    try:
        sluice = Sluice(args.build, work, args.io, rpc)
        single = sluice.tablets("single")[0]
        if not args.workload or "idle" in args.workload:
            failed += idle(sluice)
        for t in sluice.info["tablets"]:
            mysql(t["mysqld_socket"], "SET sql_log_bin=0; CREATE USER IF NOT EXISTS bench@'%'; "
                                      "GRANT ALL ON *.* TO bench@'%'")
        haproxy = HAProxy(work, single["mysqld_port"], (14806, 14807))
        floor = Floor(args.build, args.io, work, single["mysqld_socket"], 14808)
        for db in ("single", "pair"):
            load(sluice.port, db, args.rows)
        ways = {
            "direct": {"port": single["mysqld_port"], "db": "single", "groups": {"mysqld": [single["mysqld_pid"]]}},
            "haproxy x2": {"port": haproxy.port, "db": "single",
                           "groups": {"haproxy": haproxy.pids(), "mysqld": [single["mysqld_pid"]]}},
            "floor": {"port": floor.port, "db": "single",
                      "groups": {**floor.groups(), "mysqld": [single["mysqld_pid"]]}},
            "sluice": {"port": sluice.port, "db": "single", "groups": sluice.groups("single")},
            "sluice 2 shards": {"port": sluice.port, "db": "pair", "groups": sluice.groups("pair")},
        }
        ways = {w: ways[w] for w in WAYS if not args.way or w in args.way}
        for name in args.workload or list(WORKLOADS):
            if name == "idle":
                continue
            for clients in args.clients.split(","):
                failed += measure(name, ways, int(clients), args)
    finally:
        for other in (haproxy, floor):
            if other:
                other.stop()
        if sluice:
            sluice.down()
        shutil.rmtree(work, ignore_errors=True)
    return failed


def idle(sluice, settle=5, seconds=20):
    """What the processes of a cluster without clients take, in per cent of a processor."""
    pids = {"keeper": sluice.info["keeper"]["pid"], "gate": sluice.info["gates"][0]["pid"],
            "tablet": sluice.tablets("single")[0]["pid"]}
    time.sleep(settle)
    before = {p: cpu_us([pid]) for p, pid in pids.items()}
    time.sleep(seconds)
    share = {p: (cpu_us([pid]) - before[p]) / seconds / 1e4 for p, pid in pids.items()}
    say(f"idle, per cent of a processor (limit {IDLE_LIMIT}): " + "  ".join(f"{p} {x:.3f}" for p, x in share.items()))
    return [f"idle {p} {x:.3f}" for p, x in share.items() if x > IDLE_LIMIT]


def load(port, db, rows):
    """Fills sbtest1 through the gate."""
    import pymysql
    c = pymysql.connect(host="127.0.0.1", port=port, user="bench", database=db, autocommit=True)
    with c.cursor() as cur:
        for start in range(1, rows + 1, 500):
            values = ",".join(f"({i},{i * 7919 % rows},'{i:011d}-{'x' * 107}','{i:011d}-{'y' * 47}')"
                              for i in range(start, min(start + 500, rows + 1)))
            cur.execute(f"INSERT INTO sbtest1 (id,k,c,pad) VALUES {values}")
        cur.execute("SELECT COUNT(*) FROM sbtest1")
        assert cur.fetchone()[0] == rows
    c.close()


def measure(name, ways, clients, args):
    script, options, limits = WORKLOADS[name]
    if script == DELAYED:
        options = options + [f"--delay_us={args.server_delay}"]
    limit = {"sluice": limits.get(clients), "sluice 2 shards": PAIR_LIMITS.get(name, {}).get(clients)}
    runs = {w: [] for w in ways}
    for w in ways:  # warm up
        sysbench(script, ways[w]["port"], ways[w]["db"], "run", options, 1, clients, args.rows)
    for _ in range(args.rounds):
        for w in ways:
            runs[w].append(one_run(ways[w], script, options, clients, args))
    med = statistics.median
    say(f"\n{name}, {clients} clients (medians of {args.rounds} rounds of {args.seconds} s)")
    say(f"  {'way':<16}{'qps':>9}{'p50 ms':>9}{'p95 ms':>9}   CPU us per query")
    for w, rs in runs.items():
        cpu = "  ".join(f"{g} {med([x['cpu'][g] for x in rs]):.1f}" for g in rs[0]["cpu"])
        say(f"  {w:<16}{med([x['qps'] for x in rs]):>9.0f}{med([x['p50'] for x in rs]):>9.3f}"
            f"{med([x['p95'] for x in rs]):>9.2f}   {cpu}")
    say(f"  (others took {max(x['others'] for rs in runs.values() for x in rs):.2f} processors at most)")
    bad = []
    for w in ("floor", "sluice", "sluice 2 shards"):
        if w not in runs or "haproxy x2" not in runs:
            continue
        ratios = [sum(s["cpu"][g] for g in s["cpu"] if g != "mysqld") / h["cpu"]["haproxy"]
                  for s, h in zip(runs[w], runs["haproxy x2"])]
        note = f" (limit {limit[w]})" if limit.get(w) else ""
        say(f"  against two HAProxies, {w}: {med(ratios):.2f}{note}")
        if limit.get(w) and med(ratios) > limit[w]:
            bad.append(f"{name}, {clients} clients, {w} {med(ratios):.2f}")
    return bad


if __name__ == "__main__":
    main()
