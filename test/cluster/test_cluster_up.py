"""The contract of sluicectl cluster up, status, down: doc/cluster-spec.md, doc/operations.md."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

import pymysql
import pytest

from conftest import CTL, Cluster, ctl

SCHEMA = "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(100));"
UNO = {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {"t": {}}}}


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def all_pids(info):
    pids = [g["pid"] for g in info["gates"]] + [info["keeper"]["pid"]]
    pids += [p for t in info["tablets"] for p in (t["pid"], t["mysqld_pid"])]
    return pids + ([info["topo"]["pid"]] if "pid" in info["topo"] else [])


def wait_for(what, seconds=40):
    end = time.monotonic() + seconds
    while True:
        try:
            value = what()
            if value:
                return value
        except (pymysql.MySQLError, OSError):
            pass
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def answers(cluster, sql, db):
    c = cluster.connect(db, connect_timeout=5, read_timeout=5)
    with c.cursor() as cur:
        cur.execute(sql)
        rows = cur.fetchall()
    c.close()
    return rows


def test_cluster_json(cluster):
    info = cluster.info()
    assert info["topo"]["kind"] == "embedded" and info["topo"]["address"].startswith("sqlite:/")
    assert [sorted(g) for g in info["gates"]] == [["mysql_port", "mysql_socket", "name", "pid", "web_port"]]
    assert {"pid", "web_port"} <= set(info["keeper"])
    wanted = {"alias", "keyspace", "shard", "type", "pid", "web_port", "mysqld_pid", "mysqld_port", "mysqld_socket"}
    assert all(wanted <= set(t) for t in info["tablets"])
    places = sorted((t["keyspace"], t["shard"], t["type"]) for t in info["tablets"])
    assert places == [("duo", "-80", "primary"), ("duo", "-80", "replica"), ("duo", "80-", "primary"),
                      ("duo", "80-", "replica"), ("uno", "-", "primary")]
    assert all(alive(p) for p in all_pids(info))
    ports = [g[k] for g in info["gates"] for k in ("mysql_port", "web_port")] + [info["keeper"]["web_port"]]
    ports += [t[k] for t in info["tablets"] for k in ("web_port", "mysqld_port")]
    assert len(set(ports)) == len(ports) and all(1024 <= p < 32768 for p in ports)


def test_web_pages(cluster):
    info = cluster.info()
    for port in [info["keeper"]["web_port"]] + [p["web_port"] for p in info["gates"] + info["tablets"]]:
        for path in ("/", "/metrics", "/debug/vars", "/healthz", "/readyz"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as r:
                assert r.status == 200 and r.read(), path


def test_mysqlds(cluster):
    """root without password over the socket; the database is called as the keyspace."""
    for t in cluster.info()["tablets"]:
        c = cluster.connect_mysqld(t)
        with c.cursor() as cur:
            cur.execute("SELECT DATABASE(), CURRENT_USER()")
            assert cur.fetchone() == (t["keyspace"], "root@localhost")
            cur.execute("SHOW TABLES")
            assert cur.fetchall() == (("t",),)
        c.close()


def test_gate_serves(cluster):
    c = cluster.connect(autocommit=True)
    with c.cursor() as cur:
        for ks in ("uno", "duo"):
            cur.executemany(f"INSERT INTO {ks}.t (id, v) VALUES (%s, %s)", [(i, f"v{i}") for i in range(200)])
            cur.execute(f"SELECT COUNT(*) FROM {ks}.t")
            assert cur.fetchone() == (200,)
    c.close()
    socket = cluster.info()["gates"][0]["mysql_socket"]
    c = pymysql.connect(unix_socket=socket, user="root", database="duo")
    with c.cursor() as cur:
        cur.execute("SELECT v FROM t WHERE id = 7")
        assert cur.fetchone() == ("v7",)
    c.close()


def test_replicas_follow(cluster):
    def same():
        counts = {}
        for t in cluster.info()["tablets"]:
            if t["keyspace"] != "duo":
                continue
            c = cluster.connect_mysqld(t)
            with c.cursor() as cur:
                cur.execute("SELECT COUNT(*) FROM t")
                counts[t["shard"], t["type"]] = cur.fetchone()[0]
            c.close()
        return sum(counts.values()) == 400 and all(
            counts[s, "primary"] == counts[s, "replica"] > 0 for s in ("-80", "80-"))
    wait_for(same, 10)


def test_status(cluster):
    p = cluster.ctl("cluster", "status")
    assert "every keyspace in use is served" in p.stdout and "tablet-zone1-100" in p.stdout
    s = cluster.status()
    assert s["served"] and all(x["alive"] and x["ready"] for x in s["processes"])
    assert ctl("cluster", "status", "--dir", "/nonexistent", check=False).returncode == 1


def test_up_again_is_fine(cluster):
    before = all_pids(cluster.info())
    assert "runs already" in cluster.up().stdout
    assert all_pids(cluster.info()) == before


def test_nouns(cluster):
    def get(*args):
        return json.loads(cluster.ctl(*args, "--json").stdout)
    assert [k["name"] for k in get("keyspace", "list")] == ["duo", "uno"]
    assert get("keyspace", "show", "duo")["shards"] == ["-80", "80-"]
    assert [s["name"] for s in get("shard", "list", "--keyspace", "duo")] == ["-80", "80-"]
    assert get("shard", "show", "duo/-80")["primary"].startswith("zone1-")
    assert len(get("tablet", "list")) == 5 and len(get("tablet", "list", "--keyspace", "uno")) == 1
    assert get("tablet", "show", "zone1-100")["status"]["serving"] is True
    assert get("schema", "show", "--keyspace", "uno")["tables"][0]["name"] == "t"
    assert get("vschema", "show", "--keyspace", "duo")["sharded"] is True
    for args in (("keyspace", "show", "none"), ("shard", "show", "duo/40-"), ("tablet", "show", "zone1-999"),
                 ("tablet", "show", "../x"), ("keyspace", "show", "a/b"), ("schema", "show", "--keyspace", "none")):
        p = cluster.ctl(*args, check=False)
        assert p.returncode == 1 and p.stderr.startswith("sluicectl: ") and not p.stdout, args


def test_keyspace_create_delete(cluster):
    cluster.ctl("keyspace", "create", "extra", "--sharded")
    assert cluster.ctl("keyspace", "create", "extra", check=False).returncode == 1
    assert cluster.ctl("keyspace", "create", "ex tra", check=False).returncode == 1
    cluster.ctl("shard", "create", "extra/-40")
    p = cluster.ctl("shard", "create", "extra/-4000", check=False)
    assert p.returncode == 1 and "exists" in p.stderr
    assert cluster.ctl("shard", "create", "extra/zz-", check=False).returncode == 1
    assert cluster.ctl("shard", "create", "none/-40", check=False).returncode == 1
    p = cluster.ctl("keyspace", "delete", "duo", check=False)
    assert p.returncode == 1 and "has tablets" in p.stderr
    cluster.ctl("keyspace", "delete", "extra")
    assert "extra" not in cluster.ctl("keyspace", "list").stdout
    assert cluster.ctl("shard", "show", "extra/-40", check=False).returncode == 1


def test_schema_apply(cluster, tmp_path):
    f = tmp_path / "more.sql"
    f.write_text("CREATE TABLE u (id BIGINT NOT NULL PRIMARY KEY);\n-- a comment; with a semicolon\n"
                 "CREATE TABLE w (id BIGINT NOT NULL PRIMARY KEY, s VARCHAR(9) DEFAULT ';');\n")
    cluster.ctl("schema", "apply", "--keyspace", "duo", "--sql", str(f))
    names = [t["name"] for t in json.loads(cluster.ctl("schema", "show", "--keyspace", "duo", "--json").stdout)["tables"]]
    assert names == ["t", "u", "w"]
    p = cluster.ctl("schema", "apply", "--keyspace", "duo", "--sql", "CREATE TABLE u (id INT)", check=False)
    assert p.returncode == 1 and "exists" in p.stderr and "-80" in p.stderr
    assert cluster.ctl("schema", "apply", "--keyspace", "duo", "--sql", " ", check=False).returncode == 1
    cluster.ctl("schema", "apply", "--keyspace", "duo", "--sql", "DROP TABLE u; DROP TABLE w")


def test_vschema_apply(cluster, tmp_path):
    good = json.loads(cluster.ctl("vschema", "show", "--keyspace", "duo").stdout)
    bad = tmp_path / "bad.json"
    bad.write_text('{\n "sharded": true,\n "tabels": {}\n}\n')
    p = cluster.ctl("vschema", "apply", "--keyspace", "duo", "--file", str(bad), check=False)
    assert p.returncode == 1 and "line 3" in p.stderr and "tabels" in p.stderr
    bad.write_text('{"sharded": false, "tables": {}}')
    p = cluster.ctl("vschema", "apply", "--keyspace", "duo", "--file", str(bad), check=False)
    assert p.returncode == 1 and "sharded" in p.stderr
    cluster.ctl("schema", "apply", "--keyspace", "duo", "--sql", "CREATE TABLE u (id BIGINT PRIMARY KEY)")
    new = dict(good, tables=dict(good["tables"], u={"column_vindexes": [{"column": "id", "name": "hash"}]}))
    f = tmp_path / "new.json"
    f.write_text(json.dumps(new))
    assert "nothing was written" in cluster.ctl("vschema", "apply", "--keyspace", "duo", "--file", str(f), "--dry-run").stdout
    assert json.loads(cluster.ctl("vschema", "show", "--keyspace", "duo").stdout) == good
    cluster.ctl("vschema", "apply", "--keyspace", "duo", "--file", str(f))
    assert json.loads(cluster.ctl("vschema", "show", "--keyspace", "duo").stdout) == new
    f.write_text(json.dumps(good))
    cluster.ctl("vschema", "apply", "--keyspace", "duo", "--file", str(f))
    cluster.ctl("schema", "apply", "--keyspace", "duo", "--sql", "DROP TABLE u")


@pytest.mark.parametrize("what", ["gate", "tablet", "replica", "mysqld"])
def test_killed_is_restarted(cluster, what):
    def find():
        info = cluster.info()
        if what == "gate":
            return info["gates"][0], "pid"
        tablets = cluster.tablets("duo", "replica" if what == "replica" else "primary")
        return tablets[0], "mysqld_pid" if what == "mysqld" else "pid"
    before, key = find()
    os.kill(before[key], signal.SIGKILL)
    wait_for(lambda: find()[0][key] not in (0, before[key]))
    after, _ = find()
    assert {k: v for k, v in after.items() if "pid" not in k} == {k: v for k, v in before.items() if "pid" not in k}
    if what == "tablet":
        assert after["mysqld_pid"] == before["mysqld_pid"], "the mysqld was not taken over"
    wait_for(lambda: answers(cluster, "SELECT COUNT(*) FROM t", "duo") == ((200,),))
    wait_for(lambda: cluster.status()["served"])


def test_keeper_killed_nothing_else_dies(cluster):
    info = cluster.info()
    os.kill(info["keeper"]["pid"], signal.SIGKILL)
    wait_for(lambda: not alive(info["keeper"]["pid"]))
    others = [p for p in all_pids(info) if p != info["keeper"]["pid"]]
    assert all(alive(p) for p in others)
    assert answers(cluster, "SELECT COUNT(*) FROM t", "duo") == ((200,),)
    assert not cluster.status()["served"]
    cluster.up()
    new = cluster.info()
    assert sorted(set(all_pids(new)) - {new["keeper"]["pid"]}) == sorted(others)
    # The new keeper looks after what it did not start.
    os.kill(new["gates"][0]["pid"], signal.SIGKILL)
    wait_for(lambda: cluster.info()["gates"][0]["pid"] not in (0, new["gates"][0]["pid"]))
    wait_for(lambda: cluster.status()["served"])


def test_takeover_of_a_cluster_in_trouble(cluster):
    """A keeper that takes over a cluster starts again what dies meanwhile, and looks after what is not ready."""
    info = cluster.info()
    tablet, gate = info["tablets"][0]["pid"], info["gates"][0]["pid"]
    os.kill(info["keeper"]["pid"], signal.SIGKILL)
    os.kill(tablet, signal.SIGSTOP)
    up = subprocess.Popen([CTL, "cluster", "up", "--dir", cluster.data], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_for(lambda: cluster.info()["keeper"]["pid"] != info["keeper"]["pid"] or "event=" in open(cluster.data + "/log/keeper.log").read())
    os.kill(gate, signal.SIGKILL)  # supervised although the first tablet is waited for
    wait_for(lambda: gate_answers(cluster))
    os.kill(tablet, signal.SIGKILL)
    text = up.communicate(timeout=60)[0]
    assert up.returncode == 0, text
    wait_for(lambda: cluster.status()["served"])

    info = cluster.info()
    tablet = info["tablets"][0]["pid"]
    os.kill(info["keeper"]["pid"], signal.SIGKILL)
    os.kill(tablet, signal.SIGSTOP)
    try:
        p = cluster.ctl("cluster", "up", check=False)
        assert p.returncode == 1 and "is not ready" in p.stdout and "the keeper looks after it" in p.stderr, p.stdout + p.stderr
    finally:
        os.kill(tablet, signal.SIGCONT)
    assert alive(cluster.info()["keeper"]["pid"]) and cluster.info()["tablets"][0]["pid"] == tablet
    wait_for(lambda: cluster.status()["served"])


def gate_answers(cluster):
    try:
        cluster.connect().close()
        return True
    except pymysql.MySQLError:
        return False


def test_down_and_up_keeps_data(cluster):
    before = cluster.info()
    pids = all_pids(before)
    cluster.down()
    left = [open(f"/proc/{p}/cmdline").read() for p in pids if alive(p)]
    assert not left
    assert cluster.ctl("cluster", "status", check=False).returncode == 1
    assert "nothing of it runs" in cluster.down().stdout
    cluster.ctl("cluster", "up")  # without --spec: as it was
    after = cluster.info()

    def strip(info):
        return json.loads(json.dumps(info), object_hook=lambda o: {k: v for k, v in o.items() if "pid" not in k})
    assert strip(after) == strip(before)
    assert answers(cluster, "SELECT COUNT(*) FROM t", "duo") == ((200,),)
    assert answers(cluster, "SELECT COUNT(*) FROM t", "uno") == ((200,),)


def test_etcd(start_cluster):
    c = start_cluster({"topo": "etcd", "keyspaces": {"uno": UNO}})
    topo = c.info()["topo"]
    assert topo["kind"] == "etcd" and alive(topo["pid"])
    conn = c.connect("uno", autocommit=True)
    with conn.cursor() as cur:
        cur.execute("INSERT INTO t VALUES (1, 'a')")
        os.kill(topo["pid"], signal.SIGKILL)
        cur.execute("SELECT v FROM t")  # the store is away: the gate goes on
        assert cur.fetchall() == (("a",),)
    conn.close()
    wait_for(lambda: c.info()["topo"]["pid"] not in (0, topo["pid"]))
    assert c.info()["topo"]["address"] == topo["address"]
    wait_for(lambda: c.status()["served"])
    assert json.loads(c.ctl("keyspace", "list", "--json").stdout)[0]["name"] == "uno"
    pids = all_pids(c.info())
    c.down()
    assert not any(alive(p) for p in pids)
    c.ctl("cluster", "up")
    assert answers(c, "SELECT v FROM t", "uno") == (("a",),)


def failing(spec, *messages):
    """A cluster that cannot come up: says why, leaves nothing running."""
    c = Cluster(spec)
    try:
        p = c.up(check=False)
        assert p.returncode == 1
        for m in messages:
            assert m in p.stdout + p.stderr, p.stdout + p.stderr
        # One that was killed may take a moment to be gone.
        assert gone(c.dir, 2), left(c.dir)
    finally:
        c.close()


def left(folder):
    """The processes that have to do with it."""
    return subprocess.run(["pgrep", "-af", folder], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()


def gone(folder, seconds):
    end = time.monotonic() + seconds
    while left(folder) and time.monotonic() < end:
        time.sleep(0.1)
    return not left(folder)


def test_missing_program():
    """Found by a newcomer: what is not installed is named at once; mariadbd is found where a user's PATH does not lead."""
    folder = tempfile.mkdtemp(prefix="sluice-path-")
    c = Cluster({"keyspaces": {"uno": UNO}})
    try:
        for name in os.listdir("/usr/bin"):
            if name not in ("mariadb-install-db", "mysql_install_db"):
                os.symlink(os.path.join("/usr/bin", name), os.path.join(folder, name))
        began = time.monotonic()
        p = c.up(check=False, env=dict(os.environ, PATH=folder))
        assert p.returncode == 1 and "mariadb-install-db is not installed, or not in PATH" in p.stdout + p.stderr, p.stdout + p.stderr
        assert time.monotonic() - began < 20
        assert shutil.which("mariadbd", path="/usr/bin:/bin") is None
        c.up(env=dict(os.environ, PATH="/usr/bin:/bin"))
        assert c.status()["served"]
    finally:
        c.close()
        shutil.rmtree(folder)


def test_promoted_cluster_comes_up_again():
    """Found by a newcomer: after a promotion a cluster that was taken down did not start again, as its first primary was waited for,
    now a replica; and a primary that had written nothing yet was taken for one that lacks what its replica has."""
    c = Cluster({"keyspaces": {"uno": {"shards": ["-"], "replicas": 1}}})
    try:
        c.up()
        old, new = sorted(c.info()["tablets"], key=lambda t: t["type"])
        assert old["type"] == "primary" and new["type"] == "replica"
        shutil.rmtree(os.path.join(c.data, "tablets", old["alias"], "data"))
        os.kill(old["mysqld_pid"], signal.SIGKILL)
        wait_for(lambda: not c.status()["served"])
        wait_for(lambda: c.ctl("shard", "promote", "uno/-", new["alias"], check=False).returncode == 0)
        wait_for(lambda: c.status()["served"])
        c.down()
        out = c.ctl("cluster", "up").stdout
        assert f"tablet {new['alias']} ready" in out and f"replica {old['alias']} ready" in out
        assert c.status()["served"]
        assert {t["alias"]: t["type"] for t in c.info()["tablets"]} == {old["alias"]: "replica", new["alias"]: "primary"}
    finally:
        c.close()


def test_nobody_may_log_in():
    """Found by a newcomer: without users the output told how to connect, and nobody could."""
    c = Cluster({"users": {}, "keyspaces": {"uno": UNO}})
    try:
        assert 'no "users": nobody can log in' in c.up().stdout
    finally:
        c.close()


def test_bad_spec():
    failing({"keyspaces": {"uno": dict(UNO, replica=1)}}, "keyspaces.uno.replica", "unknown field", "line ")
    failing({"keyspaces": {"uno": dict(UNO, shards=["-80"])}}, "keyspaces.uno")


def test_bad_schema():
    failing({"keyspaces": {"uno": dict(UNO, schema="CREATE TABLE t (id NOTYPE)")}}, "keyspace uno", "uno.sql", "NOTYPE")


def test_bad_vschema():
    failing({"keyspaces": {"uno": dict(UNO, vschema={"tabels": {}})}}, "keyspace uno", "uno.json", "tabels")


def test_port_taken():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        failing({"mysql_port": s.getsockname()[1], "keyspaces": {"uno": UNO}}, "gate-1", "in use")


def test_interrupted():
    c = Cluster({"keyspaces": {"uno": UNO}})
    try:
        p = subprocess.Popen([CTL, "cluster", "up", "--spec", os.path.join(c.dir, c.spec), "--dir", c.data],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert "making an empty database" in p.stdout.readline()  # which takes a while
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=120)
        assert p.returncode == 1 and "not started" in err, out + err
        assert gone(c.dir, 2), left(c.dir)
    finally:
        c.close()


def test_usage():
    for args in ((), ("cluster",), ("cluster", "up"), ("cluster", "up", "--nope"), ("nothing",), ("shard", "show", "x")):
        assert ctl(*args, check=False).returncode == 2, args
    for args in (("--help",), ("cluster", "--help"), ("cluster", "up", "--help"), ("--version",)):
        assert ctl(*args).stdout, args


def test_grows():
    """A specification with more in it adds processes and keeps what there was; users with passwords; two gates."""
    c = Cluster({"keyspaces": {"uno": UNO}, "gates": 1, "users": {"app": "secret"}})
    try:
        c.up()
        with pytest.raises(pymysql.MySQLError):
            c.connect("uno", user="app", password="wrong")
        conn = c.connect("uno", user="app", password="secret", autocommit=True)
        with conn.cursor() as cur:
            cur.execute("INSERT INTO t VALUES (1, 'a')")
        before = c.info()
        c.down()
        with open(os.path.join(c.dir, c.spec)) as f:
            spec = json.load(f)
        spec["gates"] = 2
        spec["keyspaces"]["uno"].update(replicas=1, durability="semi_sync")
        spec["keyspaces"]["more"] = dict(spec["keyspaces"]["uno"], shards=["-80", "80-"], replicas=0, durability="none")
        del spec["keyspaces"]["more"]["vschema"]
        with open(os.path.join(c.dir, c.spec), "w") as f:
            json.dump(spec, f)
        c.up()
        info = c.info()
        assert len(info["gates"]) == 2 and len(info["tablets"]) == 4
        assert info["gates"][0]["mysql_port"] == before["gates"][0]["mysql_port"]
        for gate in info["gates"]:
            conn = c.connect("uno", user="app", password="secret", port=gate["mysql_port"])
            with conn.cursor() as cur:
                cur.execute("SELECT v FROM t")
                assert cur.fetchall() == (("a",),)

        def replicated():
            conn = c.connect_mysqld(c.tablets("uno", "replica")[0])
            with conn.cursor() as cur:
                cur.execute("SELECT v FROM t")
                return cur.fetchall() == (("a",),)
        wait_for(replicated, 10)
    finally:
        c.close()


def test_keeper_killed_while_starting():
    c = Cluster({"keyspaces": {"uno": UNO}})
    try:
        p = subprocess.Popen([CTL, "cluster", "up", "--spec", os.path.join(c.dir, c.spec), "--dir", c.data],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        run = os.path.join(c.data, "run")
        wait_for(lambda: os.path.isdir(run) and any(f.startswith("tablet") and f.endswith(".pid") for f in os.listdir(run)))
        with open(os.path.join(run, "keeper.pid")) as f:
            os.kill(int(f.read()), signal.SIGKILL)
        out, err = p.communicate(timeout=120)
        assert p.returncode == 1 and "the keeper ended" in err, out + err
        left = subprocess.run(["pgrep", "-f", c.dir], stdout=subprocess.PIPE, text=True, check=False).stdout
        assert not left.strip(), left
        c.up()
        assert answers(c, "SELECT COUNT(*) FROM t", "uno") == ((0,),)
    finally:
        c.close()


def test_two_ups_at_once():
    c = Cluster({"keyspaces": {"uno": UNO}})
    try:
        args = [CTL, "cluster", "up", "--spec", os.path.join(c.dir, c.spec), "--dir", c.data]
        both = [subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        ends = sorted((p.communicate(timeout=120)[1], p.returncode) for p in both)
        assert [code for _, code in ends] == [0, 1] and "another sluicectl" in ends[1][0], ends
        assert c.status()["served"]
    finally:
        c.close()
