"""Changes of a running cluster's shape and who may make them: issue 8, A 6, A 13, C 4, F."""
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import pymysql
import pytest

from conftest import CTL, Cluster, ctl
from gate_process import Gate
from tablet_client import Tablet
from tablet_process import TabletProcess
from test_cluster_up import SCHEMA, UNO, all_pids, alive, answers, wait_for

HASH = {"sharded": True, "vindexes": {"hash": {"type": "hash"}},
        "tables": {"t": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}


def readyz(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as r:
            return r.status, r.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


def change(cluster, **what):
    """Rewrites the cluster's specification."""
    path = os.path.join(cluster.dir, cluster.spec)
    with open(path) as f:
        spec = json.load(f)
    for key, value in what.items():
        if key in spec["keyspaces"]:
            spec["keyspaces"][key].update(value)
        elif isinstance(value, dict) and "shards" in value:
            spec["keyspaces"][key] = value
        else:
            spec[key] = value
    with open(path, "w") as f:
        json.dump(spec, f)


@pytest.fixture(scope="module")
def pair(start_cluster):
    c = start_cluster({"keyspaces": {"duo": {"shards": ["-80", "80-"], "schema": SCHEMA, "vschema": HASH}}})
    conn = c.connect("duo", autocommit=True)
    with conn.cursor() as cur:
        cur.executemany("INSERT INTO t (id, v) VALUES (%s, 'x')", [(i,) for i in range(100)])
    conn.close()
    return c


def test_shard_create_beside_serving(pair):
    """Issue 8, A 6: new shards of a serving keyspace do not serve, and nothing goes down."""
    for shard in ("80-c0", "c0-"):
        pair.ctl("shard", "create", "duo/" + shard)
    shards = json.loads(pair.ctl("shard", "list", "--json").stdout)
    assert {s["name"]: s["serving"] for s in shards} == {"-80": True, "80-": True, "80-c0": False, "c0-": False}
    time.sleep(0.3)  # the gates have seen it; and what must not happen has no sign to wait for
    assert answers(pair, "SELECT COUNT(*) FROM t", "duo") == ((100,),)
    assert pair.status()["served"]
    for sql in ("USE `duo:80-c0`", "USE `duo/80-c0@replica`"):
        with pytest.raises(pymysql.MySQLError) as e:
            answers(pair, sql, "duo")
        assert e.value.args[0] == 3168 and "shard duo/80-c0 does not serve" in e.value.args[1]
    pair.ctl("schema", "apply", "--keyspace", "duo", "--sql", "CREATE TABLE u (id BIGINT PRIMARY KEY)")
    p = pair.ctl("shard", "delete", "duo/80-", check=False)
    assert p.returncode == 1 and "serves" in p.stderr
    p = pair.ctl("shard", "delete", "duo/80-", "--force", check=False)
    assert p.returncode == 1 and "runs: stop it first" in p.stderr
    for shard in ("80-c0", "c0-"):
        pair.ctl("shard", "delete", "duo/" + shard)
    assert pair.status()["served"]


def store_put(cluster, key, value):
    from test_tablet_topo import Store
    s = Store.__new__(Store)
    s.path = os.path.join(cluster.data, "topo.db")
    s.put(key, value)


def test_overlap_in_the_store(pair):
    """Issue 8, A 6: records that make no partition: gates keep the last good shards, keeper and status say so."""
    info = pair.info()
    store_put(pair, "global/keyspaces/duo/shards/c0-", {"keyspace": "duo", "shard": "c0-"})
    wait_for(lambda: readyz(info["keeper"]["web_port"])[0] == 503)
    assert "keyspace duo is served by the last good shards: shard c0- overlaps" in readyz(info["keeper"]["web_port"])[1]
    p = pair.ctl("cluster", "status", check=False)
    assert p.returncode == 1 and "c0- overlaps" in p.stdout
    assert answers(pair, "SELECT COUNT(*) FROM t", "duo") == ((100,),)
    assert readyz(info["gates"][0]["web_port"])[0] == 200
    pair.ctl("shard", "delete", "duo/c0-", "--force")
    wait_for(lambda: pair.status()["served"])


def test_new_keyspace_takes_no_readiness(pair):
    """Issue 8, A 6, its kind: a keyspace that is being made does not make gates unready."""
    pair.ctl("keyspace", "create", "later", "--sharded")
    pair.ctl("shard", "create", "later/-80")
    time.sleep(0.3)
    assert pair.status()["served"]
    pair.ctl("keyspace", "delete", "later")


@pytest.mark.parametrize("what, message", [
    ({"duo": {"shards": ["-40", "40-80", "80-"]}}, "keyspace duo: the specification changes its shards"),
    ({"cell": "zone9"}, "changes \"cell\""),
    ({"topo": "etcd"}, "changes \"topo\""),
    ({"workers": 2}, "changes workers, which a running cluster cannot do"),
    ({"duo": {"shards": ["-80", "80-"], "vschema": "/nonexistent"}}, "cannot read the file"),
])
def test_spec_is_refused(pair, what, message):
    """Issue 8, A 6 and F: a specification that cannot be applied to the running cluster is an error, and nothing changes."""
    path = os.path.join(pair.dir, pair.spec)
    with open(path) as f:
        before = f.read()
    pids = all_pids(pair.info())
    change(pair, **what)
    try:
        p = pair.up(check=False)
        assert p.returncode == 1 and message in p.stderr, p.stdout + p.stderr
        assert all_pids(pair.info()) == pids and pair.status()["served"]
    finally:
        with open(path, "w") as f:
            f.write(before)
    assert "runs already" in pair.up().stdout


def test_grows_while_it_runs():
    """Issue 8, F: `cluster up` with a grown specification on a running cluster: replicas, gates, keyspaces, users."""
    c = Cluster({"keyspaces": {"uno": UNO}})
    try:
        c.up()
        before = c.info()
        conn = c.connect("uno", autocommit=True)
        cur = conn.cursor()
        cur.execute("INSERT INTO t VALUES (1, 'a')")
        with open(os.path.join(c.dir, "duo.json"), "w") as f:
            json.dump(HASH, f)
        change(c, gates=2, uno={"replicas": 1}, users={"root": "", "app": "secret"},
               duo={"shards": ["-80", "80-"], "schema": "uno.sql", "vschema": "duo.json"})
        p = c.up()
        assert "the cluster runs; it becomes" in p.stdout
        cur.execute("SELECT v FROM t")  # the same connection: nothing was restarted
        assert cur.fetchall() == (("a",),)
        info = c.info()
        assert len(info["gates"]) == 2 and len(info["tablets"]) == 4 and c.status()["served"]
        assert info["gates"][0] == before["gates"][0]
        assert before["tablets"][0] in info["tablets"]
        other = c.connect("duo", port=info["gates"][1]["mysql_port"], user="app", password="secret", autocommit=True)
        with other.cursor() as more:
            more.executemany("INSERT INTO t (id, v) VALUES (%s, 'y')", [(i,) for i in range(20)])
            more.execute("SELECT COUNT(*) FROM duo.t")
            assert more.fetchall() == ((20,),)
        wait_for(lambda: answers_as(c, "app", "secret"))
        # Not while it runs, and not at all: the cluster goes on as it was.
        pids = all_pids(info)
        change(c, gates=1)
        p = c.up(check=False)
        assert p.returncode == 1 and "gates (fewer)" in p.stderr
        change(c, gates=2, uno={"replicas": 0})
        p = c.up(check=False)
        assert p.returncode == 1 and "takes replicas away" in p.stderr
        # A step that fails when it has begun: the former specification is in charge again.
        change(c, uno={"replicas": 2}, fine={"shards": ["-"], "schema": "uno.sql"}, bad={"shards": ["-"], "schema": "bad.sql"})
        dirs = sorted(os.listdir(c.data + "/tablets"))
        with open(os.path.join(c.dir, "bad.sql"), "w") as f:
            f.write("CREATE TABLE t (id NOTYPE)")
        subprocess.run(["sed", "-i", 's#"bad.sql"#"' + os.path.join(c.dir, "bad.sql") + '"#', os.path.join(c.dir, c.spec)],
                       check=True)
        p = c.up(check=False)
        assert p.returncode == 1 and "NOTYPE" in p.stdout and "was not changed" in p.stderr, p.stdout + p.stderr
        after = c.info()
        assert sorted(set(all_pids(after)) - {after["keeper"]["pid"]}) == sorted(set(pids) - {info["keeper"]["pid"]})
        assert all(alive(p) for p in all_pids(after))
        cur.execute("SELECT v FROM t")
        assert cur.fetchall() == (("a",),)
        assert [k["name"] for k in json.loads(c.ctl("keyspace", "list", "--json").stdout)] == ["duo", "uno"]
        # Nothing half-done stays: no data, no records; and what is mended then is made from the beginning.
        assert sorted(os.listdir(c.data + "/tablets")) == dirs
        assert len(json.loads(c.ctl("tablet", "list", "--json").stdout)) == 4
        with open(os.path.join(c.dir, "bad.sql"), "w") as f:
            f.write("CREATE TABLE t (id INT PRIMARY KEY)")
        c.up()
        assert answers(c, "SELECT COUNT(*) FROM t", "fine") == answers(c, "SELECT COUNT(*) FROM t", "bad") == ((0,),)
        assert len(c.info()["tablets"]) == 7 and c.status()["served"]
        after = c.info()
        os.kill(after["gates"][0]["pid"], signal.SIGKILL)
        wait_for(lambda: c.info()["gates"][0]["pid"] not in (0, after["gates"][0]["pid"]))
        wait_for(lambda: c.status()["served"])
    finally:
        c.close()


def answers_as(c, user, password):
    conn = c.connect("uno", user=user, password=password)
    conn.close()
    return True


def api(cluster, method, path, body=None, token=True, **headers):
    """A request to the keeper's admin API by hand: the status and the answer's text."""
    import http.client
    port = cluster.info()["keeper"]["web_port"]
    h = {"Host": f"127.0.0.1:{port}"}
    if body is not None:
        h["Content-Type"] = "application/json"
    if token:
        with open(os.path.join(cluster.data, "keeper.token")) as f:
            h["Authorization"] = "Bearer " + (token if isinstance(token, str) else f.read().strip())
    h.update({k.replace("_", "-"): v for k, v in headers.items()})
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    c.request(method, "/api/v1/" + path, body, {k: v for k, v in h.items() if v is not None})
    r = c.getresponse()
    text = r.read().decode()
    c.close()
    return r.status, text


def test_api_is_guarded(pair):
    """Issue 8, C 4: no change without the token, none from a page of another site, whatever name it uses."""
    schema, ddl = "keyspaces/duo/schema", json.dumps({"sql": "CREATE TABLE owned (id INT PRIMARY KEY)"})
    evil = {"Origin": "http://evil.example", "Host": "evil.example", "Content_Type": "text/plain"}
    assert api(pair, "POST", schema, ddl, token=False, **evil)[0] == 403
    assert api(pair, "POST", schema, ddl, token=False)[0] == 401
    assert api(pair, "POST", schema, ddl, token="x" * 48)[0] == 401
    assert api(pair, "POST", schema, ddl, Origin="http://evil.example")[0] == 403
    assert api(pair, "POST", schema, ddl, Origin="null")[0] == 403
    assert api(pair, "POST", schema, ddl, Content_Type="text/plain")[0] == 415
    assert api(pair, "POST", schema, ddl, Content_Type=None)[0] == 415
    assert api(pair, "DELETE", "keyspaces/duo", token=False)[0] == 401
    assert api(pair, "PUT", "keyspaces/duo/vschema", "{}", token=False)[0] == 401
    assert api(pair, "GET", "keyspaces", token=False)[0] == 200
    assert api(pair, "GET", "keyspaces", token=False, Host="rebound.example:15000")[0] == 403
    assert api(pair, "GET", schema, token=False)[0] == 401
    assert "owned" not in api(pair, "GET", schema)[1]
    port = pair.info()["keeper"]["web_port"]
    assert api(pair, "POST", "keyspaces", '{"name": "mine"}', Origin=f"http://127.0.0.1:{port}")[0] == 200
    assert api(pair, "DELETE", "keyspaces/mine", Host="keeper.internal")[0] == 200
    assert os.stat(os.path.join(pair.data, "keeper.token")).st_mode & 0o777 == 0o600
    # sluicectl finds the token by --dir, by --token-file, by the environment; else it says what it needs.
    token, keeper = os.path.join(pair.data, "keeper.token"), ("--keeper", f"127.0.0.1:{port}")
    env = {k: v for k, v in os.environ.items() if k != "SLUICE_TOKEN_FILE"}
    p = ctl("keyspace", "create", "mine", *keeper, check=False, env=env)
    assert p.returncode == 1 and "a token is needed" in p.stderr
    ctl("keyspace", "create", "mine", *keeper, "--token-file", token, env=env)
    ctl("keyspace", "delete", "mine", *keeper, env=dict(env, SLUICE_TOKEN_FILE=token))


def test_tablet_rpc_secret(pair, tmp_path):
    """Issue 8, C 3: a tablet takes calls only of those who prove that they know the secret."""
    with open(f"/proc/{pair.info()['tablets'][0]['pid']}/cmdline") as f:
        address = [a[14:] for a in f.read().split("\0") if a.startswith("--rpc-address=")][0]
    path = os.path.join(pair.data, "rpc.secret")
    assert os.stat(path).st_mode & 0o777 == 0o600
    with open(path, "rb") as f:
        secret = f.read().strip()
    assert Tablet(address, "duo", "-80", secret=secret).control("ping") is not None
    with pytest.raises(ConnectionError):
        Tablet(address, "duo", "-80").control("apply_schema", "CREATE TABLE owned (id INT PRIMARY KEY)")
    with pytest.raises((ConnectionError, AssertionError)):
        Tablet(address, "duo", "-80", secret=b"x" * 48)
    # Over TCP; and what listens to other machines without a secret does not start.
    f = tmp_path / "secret"
    f.write_bytes(secret)
    f.chmod(0o600)
    t = TabletProcess("--rpc-secret-file", str(f))
    try:
        assert t.connect(secret=secret).run("SELECT 1").value == "1"
        with pytest.raises(ConnectionError):
            t.connect().run("SELECT 1")
    finally:
        t.remove()
    program = os.path.join(os.path.dirname(CTL), "sluice-tablet")
    args = [program, "--alias=zone1-1", "--keyspace=ks", f"--data-dir={tmp_path}/m", "--rpc-address=0.0.0.0:0"]
    p = subprocess.run(args, stderr=subprocess.PIPE, text=True, timeout=20, check=False)
    assert p.returncode == 1 and "--rpc-secret-file or --rpc-tls-ca is needed" in p.stderr
    f.chmod(0o644)
    p = subprocess.run([*args, f"--rpc-secret-file={f}"], stderr=subprocess.PIPE, text=True, timeout=20, check=False)
    assert p.returncode == 1 and "chmod 600" in p.stderr


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """An authority, and of it "one"; "other" is of another one."""
    d = tmp_path_factory.mktemp("rpc-tls")

    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=d, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for ca, name in (("ca", "one"), ("foreign", "other")):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", ca + ".key", "-out", ca + ".pem", "-days", "30", "-subj", "/CN=ca")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key", "-CAcreateserial", "-days", "30",
                "-out", name + ".pem")
    return d


def rpc_tls(d, name, ca="ca"):
    return [f"--rpc-tls-cert={d}/{name}.pem", f"--rpc-tls-key={d}/{name}.key", f"--rpc-tls-ca={d}/{ca}.pem"]


def test_rpc_tls(certificates, tmp_path):
    """Issue 8, C 3: with certificates gates, keepers and tablets talk TLS, and each checks the other's; a tablet that others
    reach needs them, or a secret."""
    topo = f"sqlite:{tmp_path}/topo.db"
    keeper = subprocess.Popen([os.path.join(os.path.dirname(CTL), "sluice-keeper"), "--topo", topo, "--web-address=127.0.0.1:0",
                               f"--token-file={tmp_path}/token", *rpc_tls(certificates, "one")],
                              stderr=open(tmp_path / "keeper.log", "w"))
    t = gate = None
    try:
        t = TabletProcess("--topo", topo, "--rpc-address=0.0.0.0:0", "--hostname=127.0.0.1", *rpc_tls(certificates, "one"))
        host, port = "127.0.0.1", int(t.address.rpartition(":")[2])
        plain = ssl.create_default_context(cafile=certificates / "ca.pem")
        plain.check_hostname = False
        plain.verify_mode = ssl.CERT_NONE
        other = ssl.create_default_context(cafile=certificates / "ca.pem")
        other.check_hostname = False
        other.load_cert_chain(certificates / "other.pem", certificates / "other.key")
        with pytest.raises((ConnectionError, AssertionError)):
            Tablet(f"{host}:{port}", "ks", "-").run("SELECT 1")  # without TLS
        for context in (plain, other):  # without a certificate, or with a foreign one
            with socket.create_connection((host, port), 5) as s, pytest.raises((ssl.SSLError, ConnectionError, AssertionError)):
                with context.wrap_socket(s) as w:
                    w.sendall(b"\n\0\0\0\0\0\0\0\x01\0\x01\0\x01\0\0\0sluice-rpc")
                    assert w.recv(1)
        # The keeper applies a schema, a gate reads it and runs statements.
        address = "127.0.0.1:" + re.search(r"event=ready web=(\d+)", (tmp_path / "keeper.log").read_text())[1]
        (tmp_path / "s.sql").write_text("CREATE TABLE x (id INT PRIMARY KEY);")
        options = ("--keeper", address, "--token-file", f"{tmp_path}/token")
        ctl("keyspace", "create", "ks", *options)
        ctl("schema", "apply", "--keyspace", "ks", "--sql", str(tmp_path / "s.sql"), *options)
        gate = Gate(topo, tmp_path, *rpc_tls(certificates, "one"), wait=False)
        gate.wait(["ks"])
        c = pymysql.connect(host="127.0.0.1", port=gate.port, user="root", database="ks", autocommit=True)
        with c.cursor() as cur:
            cur.execute("INSERT INTO x VALUES (1)")
            cur.execute("SELECT REPEAT('x', 3000000) FROM x")
            assert len(cur.fetchall()[0][0]) == 3000000
        c.close()
        gate.stop()
        # A gate that is of another authority, or that trusts another one, gets nothing.
        for options in (rpc_tls(certificates, "other"), rpc_tls(certificates, "one", "foreign"), []):
            gate = Gate(topo, tmp_path, *options, wait=False)
            time.sleep(1)
            assert "event=schema keyspace=ks" not in gate.text()
            gate.stop()
        gate = None
    finally:
        if gate:
            gate.stop()
        if t:
            t.remove()
        keeper.terminate()
        keeper.wait(20)


def test_unix_rpc_without_secret_is_private(tmp_path):
    """Issue 8, C 3: a unix socket without a secret is for its own user only."""
    t = TabletProcess("--rpc-address", f"unix:{tmp_path}/rpc")
    try:
        assert os.stat(tmp_path / "rpc").st_mode & 0o777 == 0o600
    finally:
        t.remove()


def test_etcd_needs_a_password(start_cluster):
    """Issue 8, C 3: the etcd of `cluster up` answers only to those who know its password; also after a restart."""
    c = start_cluster({"topo": "etcd", "keyspaces": {"uno": UNO}})
    url = c.info()["topo"]["address"].removeprefix("etcd:")

    def read():
        request = urllib.request.Request(url + "/v3/kv/range", json.dumps({"key": "AA==", "range_end": "AA=="}).encode())
        try:
            with urllib.request.urlopen(request, timeout=5) as r:
                return r.status, r.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()
    assert read()[0] != 200 and "user name is empty" in read()[1]
    # Its peers' protocol asks for no password: nobody else's process gets at it.
    ports = subprocess.run(["ss", "-ltnp"], stdout=subprocess.PIPE, text=True, check=True).stdout
    mine = [line for line in ports.splitlines() if f"pid={c.info()['topo']['pid']}," in line]
    assert len(mine) == 1 and url.rpartition(":")[2] in mine[0], mine
    assert os.stat(os.path.join(c.data, "etcd")).st_mode & 0o777 == 0o700
    assert os.path.exists(os.path.join(c.data, "etcd", "peer:0"))
    c.down()
    c.ctl("cluster", "up")
    assert read()[0] != 200 and c.status()["served"]


def test_tables_for_people(pair):
    """Issue 8, F: terms with all their digits; a tablet's status as rows, and no raw JSON."""
    term = json.loads(pair.ctl("shard", "show", "duo/-80", "--json").stdout)["primary_term"]
    assert term > 1e15 and str(term) in pair.ctl("shard", "list").stdout
    alias = pair.info()["tablets"][0]["alias"]
    text = pair.ctl("tablet", "show", alias).stdout
    rows = dict(line.split(None, 1) for line in text.splitlines() if len(line.split()) > 1)
    assert rows["status.serving"] == "yes" and "{" not in text


def test_hangup_reopens_logs(pair):
    """Issue 8, F: SIGHUP opens the log files anew, of gate, tablet and keeper."""
    info = pair.info()
    for name, pid in (("gate-1", info["gates"][0]["pid"]), ("keeper", info["keeper"]["pid"]),
                      ("tablet-" + info["tablets"][0]["alias"], info["tablets"][0]["pid"])):
        log = os.path.join(pair.data, "log", name + ".log")
        os.rename(log, log + ".1")
        os.kill(pid, signal.SIGHUP)
        wait_for(lambda: os.path.exists(log) and "event=reload" in open(log).read(), 10)
        assert alive(pid)


@pytest.mark.parametrize("program", ["sluice-gate", "sluice-keeper", "sluice-tablet"])
def test_early_hangup(program, tmp_path):
    """Issue 8, F: SIGHUP during the start does not end a program."""
    args = {"sluice-gate": [f"--topo=sqlite:{tmp_path}/t.db", "--mysql-address=127.0.0.1:0", "--web-address=127.0.0.1:0"],
            "sluice-keeper": [f"--topo=sqlite:{tmp_path}/t.db", "--web-address=127.0.0.1:0"],
            "sluice-tablet": ["--alias=zone1-1", "--keyspace=ks", f"--data-dir={tmp_path}/m", "--type=primary"]}[program]
    log = tmp_path / "log"
    p = subprocess.Popen([os.path.join(os.path.dirname(CTL), program), f"--log-file={log}", *args])
    try:
        wait_for(lambda: log.exists() or p.poll() is not None)  # it has begun, and takes signals only later
        end = time.monotonic() + 10
        while "event=reload" not in log.read_text():
            p.send_signal(signal.SIGHUP)
            assert p.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.01)
    finally:
        p.terminate()
        p.wait(60)


def test_booleans_are_documented():
    """Issue 8, F: the help names the --no-... forms of booleans."""
    program = os.path.join(os.path.dirname(CTL), "sluice-tablet")
    for option in ("--help", "--man"):
        text = subprocess.run([program, option], stdout=subprocess.PIPE, text=True, check=True).stdout
        assert "[no-]durable" in text.replace("\\-", "-"), option


def test_count_of_passes(tmp_path):
    """Issue 8, F: the line with which prove closes a program is no test."""
    log = tmp_path / "log"
    log.write_text("test/unit/a ..\nok 1 - x (a.c:1)\nok 2 - y (a.c:2)\n1..2\nok\nnot ok 3 - z (b.c:3)\nnot ok\n"
                   "All tests successful.\n12 passed, 1 skipped in 3.20s\nnames: 4 passed, 0 failed\n")
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    p = subprocess.run(["/usr/bin/python3", root + "/test/lib/count.py", str(log)], stdout=subprocess.PIPE, text=True, check=True)
    assert p.stdout.split() == ["18", "1"]


def test_limits_of_the_spec_and_of_a_user(start_cluster):
    """Issue 8, B 4: times are set for the cluster, for a user, and by a session."""
    spec = {"users": {"root": "", "short": {"password": "x", "query_timeout": "700ms", "idle_timeout": "1s"},
                      "long": {"password": "", "query_timeout": "2h", "net_write_timeout": "0s"}},
            "limits": {"query_timeout": "3s", "pool_wait": "2s"},
            "keyspaces": {"one": {"shards": ["-"], "replicas": 0, "schema": "CREATE TABLE t (id BIGINT PRIMARY KEY);"}}}
    c = start_cluster(spec)

    def took(sql="SELECT SLEEP(5)", **kw):
        conn = c.connect("one", autocommit=True, **kw)
        began = time.monotonic()
        with conn.cursor() as cur:
            try:
                cur.execute(sql)
                return "ran", time.monotonic() - began
            except pymysql.MySQLError as e:
                return e.args[0], time.monotonic() - began

    code, seconds = took(user="short", password="x")
    assert code == 3024 and 0.5 < seconds < 2.5, (code, seconds)
    code, seconds = took()
    assert code == 3024 and 2.5 < seconds < 4.9, (code, seconds)
    assert took(user="long")[0] == "ran"
    assert took("SET STATEMENT max_statement_time=0.3 FOR SELECT 1")[0] == 1235
    conn = c.connect("one", autocommit=True, user="long")
    with conn.cursor() as cur:
        cur.execute("SET max_statement_time = 0.5")
        with pytest.raises(pymysql.MySQLError) as e:
            cur.execute("SELECT SLEEP(5)")
        assert e.value.args[0] == 1969
    idle = c.connect("one", user="short", password="x")
    time.sleep(3)
    with pytest.raises((pymysql.MySQLError, OSError)):
        idle.ping(reconnect=False)
    for bad in ({"limits": {"query_timeout": 5}}, {"limits": {"pool_wait": "0s"}}, {"limits": {"x": "1s"}},
                {"users": {"a": {"query_timeout": "1s"}}}, {"users": {"a": {"password": "", "pool_wait": "1s"}}}):
        out = Cluster(dict(spec, **bad)).up(check=False)
        assert out.returncode != 0 and ("limits" in out.stdout or "users" in out.stdout), out.stdout

A13 = {"sharded": True, "vindexes": {"hash": {"type": "hash"}, "loose": {"type": "unicode_loose_md5"}, "exact": {"type": "xxhash"}},
       "tables": {"t": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}


def vschema(cluster, what, *options, tables=None, vindexes=None, keyspace="duo"):
    doc = json.loads(json.dumps(A13))
    doc["tables"].update(tables or {})
    doc["vindexes"].update(vindexes or {})
    path = os.path.join(cluster.dir, "a13.json")
    with open(path, "w") as f:
        json.dump(what or doc, f)
    return cluster.ctl("vschema", "apply", "--keyspace", keyspace, "--file", path, *options, check=False)


WRONG = [
    (dict(tables={"nosuch": {"column_vindexes": [{"column": "id", "name": "hash"}]}}), "there is no table nosuch"),
    (dict(tables={"t": {"column_vindexes": [{"column": "nope", "name": "hash"}]}}), "table t has no column nope (vindex hash)"),
    (dict(tables={"t": {"column_vindexes": [{"column": "id", "name": "hash"}], "columns": [{"name": "gone"}]}}),
     "table t has no column gone"),
    (dict(tables={"t": {"column_vindexes": [{"column": "v", "name": "hash"}]}}),
     "vindex hash of type hash is not made for the type of column t.v"),
    (dict(tables={"t": {"column_vindexes": [{"column": "id", "name": "loose"}]}}), "not made for the type of column t.id"),
    (dict(tables={"kinds": {"column_vindexes": [{"column": "d", "name": "exact"}]}}), "not made for the type of column kinds.d"),
    (dict(tables={"kinds": {"column_vindexes": [{"column": "n", "name": "hash"}]}}), "not made for the type of column kinds.n"),
    (dict(tables={"t": {"column_vindexes": [{"column": "id", "name": "hash"}],
                        "auto_increment": {"column": "id", "sequence": "seq.nosuch"}}}), "there is no sequence seq.nosuch"),
    (dict(tables={"t": {"column_vindexes": [{"column": "id", "name": "hash"}],
                        "auto_increment": {"column": "nope", "sequence": "nosuch"}}}), "no column nope (auto_increment)"),
    (dict(tables={"kinds": {"type": "reference", "source": "nowhere.kinds"}}), "there is no table nowhere.kinds"),
    (dict(vindexes={"look": {"type": "lookup_unique", "params": {"table": "l", "from": "a", "to": "b"}}}),
     "the type lookup_unique does not work yet"),
]


@pytest.fixture(scope="module")
def kinds(pair):
    pair.ctl("schema", "apply", "--keyspace", "duo", "--sql",
             "CREATE TABLE kinds (d DATE, n DECIMAL(10,2), e ENUM('a','b'), x VARBINARY(9), id BIGINT PRIMARY KEY)")
    return pair


@pytest.mark.parametrize("parts, message", WRONG)
def test_vschema_names_what_is_not_there(kinds, parts, message):
    """Issue 8, A 13: an error at `vschema apply` and the API; --force takes it with a warning."""
    before = kinds.ctl("vschema", "show", "--keyspace", "duo").stdout
    p = vschema(kinds, None, **parts)
    assert p.returncode == 1 and message in p.stderr, p.stderr
    assert vschema(kinds, None, "--dry-run", **parts).returncode == 1
    assert kinds.ctl("vschema", "show", "--keyspace", "duo").stdout == before
    p = vschema(kinds, None, "--force", "--dry-run", **parts)
    assert p.returncode == 0 and message in p.stderr, p.stderr


def test_vschema_that_fits(kinds):
    """Issue 8, A 13: what is there passes: text, bytes, a sequence of another keyspace."""
    kinds.ctl("keyspace", "create", "seq")
    try:
        p = vschema(kinds, {"sharded": False, "tables": {"ids": {"type": "sequence"}}}, keyspace="seq")
        assert p.returncode == 1 and "keyspace seq has no shards" in p.stderr, p.stderr
        p = vschema(kinds, {"sharded": False, "tables": {"ids": {"type": "sequence"}}}, "--force", keyspace="seq")
        assert p.returncode == 0, p.stderr
        auto = {"column": "id", "sequence": "ids"}
        tables = {"t": {"column_vindexes": [{"column": "id", "name": "hash"}], "auto_increment": auto},
                  "kinds": {"column_vindexes": [{"column": "x", "name": "exact"}, {"column": "id", "name": "hash"}]}}
        p = vschema(kinds, None, "--dry-run", tables=tables)
        assert p.returncode == 0 and not p.stderr, p.stderr
    finally:
        kinds.ctl("keyspace", "delete", "seq")


def test_forced_vschema_is_safe(kinds):
    """Issue 8, A 13: with a forced VSchema nothing is wrong: rows are found by every spelling, errors are errors; the
    gate's readiness tells."""
    p = vschema(kinds, None, "--force", tables={
        "kinds": {"column_vindexes": [{"column": "d", "name": "exact"}]},
        "t": {"column_vindexes": [{"column": "nope", "name": "hash"}]}})
    assert p.returncode == 0 and "warning: " in p.stderr
    port = kinds.info()["gates"][0]["web_port"]
    try:
        wait_for(lambda: "table t has no column nope" in readyz(port)[1])
        assert readyz(port)[0] == 200
        status = kinds.ctl("cluster", "status")
        assert "ready: keyspace duo: VSchema:" in status.stdout
        conn = kinds.connect("duo", autocommit=True)
        with conn.cursor() as cur:
            for i in range(20):
                cur.execute("INSERT INTO kinds (d, n, id) VALUES ('2024-01-%02d', 1, %d)" % (i + 1, i))
            for spelling in ("'2024-1-7'", "20240107", "'2024-01-07'", "DATE '2024-01-07'", "'24-1-7'"):
                cur.execute("SELECT id FROM kinds WHERE d = " + spelling)
                assert cur.fetchall() == ((6,),), spelling
                cur.execute("UPDATE kinds SET n = n + 1 WHERE d = " + spelling)
                assert cur.rowcount == 1
            cur.execute("SELECT COUNT(*) FROM kinds WHERE d IN ('2024-1-7', '2024-1-8')")
            assert cur.fetchall() == ((2,),)
            for sql in ("SELECT * FROM t WHERE nope = 1", "INSERT INTO t (id, v) VALUES (1000, 'x')",
                        "INSERT INTO t (id, v, nope) VALUES (1000, 'x', 1)"):
                with pytest.raises(pymysql.MySQLError):
                    cur.execute(sql)
            cur.execute("SELECT COUNT(*) FROM t WHERE id = 7")
            assert cur.fetchall() == ((1,),)
    finally:
        assert vschema(kinds, HASH).returncode == 0
    wait_for(lambda: readyz(port)[1].strip() == "ok")


def test_column_dropped_later(kinds):
    """Issue 8, A 13: a column that is dropped behind the VSchema's back is told of by readiness and status."""
    kinds.ctl("schema", "apply", "--keyspace", "duo", "--sql", "CREATE TABLE later (id BIGINT PRIMARY KEY, k BIGINT)")
    p = vschema(kinds, None, tables={"later": {"column_vindexes": [{"column": "k", "name": "hash"}]}})
    assert p.returncode == 0, p.stderr
    kinds.ctl("schema", "apply", "--keyspace", "duo", "--sql", "ALTER TABLE later DROP COLUMN k")
    port = kinds.info()["gates"][0]["web_port"]
    wait_for(lambda: "table later has no column k" in readyz(port)[1])
    assert "table later has no column k" in kinds.ctl("cluster", "status").stdout
    assert vschema(kinds, HASH).returncode == 0


def test_cluster_up_checks_the_vschema():
    """Issue 8, A 13: `cluster up` refuses it, too, and leaves nothing; --force takes it."""
    bad = dict(UNO, vschema={"sharded": False, "tables": {"t": {}, "nosuch": {}}})
    c = Cluster({"keyspaces": {"uno": bad}})
    try:
        p = c.up(check=False)
        assert p.returncode == 1 and "there is no table nosuch" in p.stdout and "--force" in p.stdout, p.stdout + p.stderr
        assert "nothing of it runs" in c.down().stdout
        p = ctl("cluster", "up", "--spec", os.path.join(c.dir, c.spec), "--dir", c.data, "--force")
        assert "there is no table nosuch" in p.stdout and c.status()["served"]
    finally:
        c.close()


def test_admin_of_the_spec(start_cluster):
    """Issue 8, C 1: who may administer is said in the specification."""
    c = start_cluster({"users": {"root": "", "boss": {"password": "", "admin": True}}, "keyspaces": {
        "one": {"shards": ["-"], "replicas": 0, "schema": "CREATE TABLE t (id BIGINT PRIMARY KEY);"}}})
    with c.connect("one", user="boss").cursor() as cur:
        cur.execute("SET GLOBAL long_query_time = 7")
    with c.connect("one").cursor() as cur, pytest.raises(pymysql.MySQLError) as e:
        cur.execute("SET GLOBAL long_query_time = 8")
    assert e.value.args[0] == 1227


def rss_mb(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS")) / 1024


@pytest.mark.parametrize("what", ["gate", "tablet", "keeper"])
def test_held_http_bodies(pair, what):
    """Issue 8, B 5: 60 bodies of 16 MB that never end do not fill a program's memory, and it goes on answering."""
    info = pair.info()
    process = {"gate": info["gates"][0], "tablet": info["tablets"][0], "keeper": info["keeper"]}[what]
    before, held = rss_mb(process["pid"]), []
    try:
        for kind in ("Content-Length: 16000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nf42400\r\n"):
            for _ in range(30):
                s = socket.create_connection(("127.0.0.1", process["web_port"]), timeout=10)
                held.append(s)
                try:
                    s.sendall(f"POST /api/v1/keyspaces HTTP/1.1\r\nHost: localhost\r\n{kind}".encode() + b"x" * 15_900_000)
                except OSError:
                    pass  # refused, as it may be
        with open(f"/proc/{process['pid']}/maps") as f:
            sanitizer = 400 if "libasan" in f.read() else 0  # MB that it keeps of what was freed, and of its own
        assert rss_mb(process["pid"]) - before < 100 + sanitizer
        assert readyz(process["web_port"])[0] == 200
    finally:
        for s in held:
            s.close()


@pytest.mark.parametrize("command, what", [
    (("schema", "apply", "--keyspace", "nosuch", "--sql", "DROP TABLE t"), "keyspace nosuch"), (("keyspace", "show", "nosuch"), "keyspace nosuch"),
    (("vschema", "show", "--keyspace", "nosuch"), "keyspace nosuch"), (("shard", "show", "duo/-40"), "shard duo/-40"),
    (("shard", "promote", "duo/-80", "zone1-999"), "tablet zone1-999"), (("tablet", "show", "zone1-999"), "tablet zone1-999")])
def test_what_is_not_there(kinds, command, what):
    """Found by a newcomer: errors named keys of the store."""
    p = kinds.ctl(*command, check=False)
    assert p.returncode == 1 and p.stderr == f"sluicectl: {what}: there is no such {what.split()[0]}\n", p.stderr


def test_file_of_statements_that_is_not_there(kinds):
    """Found by a newcomer: the name went to the servers as SQL."""
    p = kinds.ctl("schema", "apply", "--keyspace", "duo", "--sql", "nosuch.sql", check=False)
    assert p.returncode == 1 and "there is no file nosuch.sql" in p.stderr, p.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")
def test_status_that_may_not_look(kinds):
    """Found by a newcomer: what a user may not read was called a cluster that does not run."""
    with tempfile.TemporaryDirectory() as folder:  # that user need not be able to read the checkout
        os.chmod(folder, 0o755)
        mine = shutil.copy(CTL, folder)
        ran = [subprocess.run([mine, *command, "--dir", kinds.data], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              user=65534, group=65534, extra_groups=[], timeout=30)
               for command in (["cluster", "status"], ["tablet", "list"])]
    for p in ran:
        assert p.returncode == 1 and "Permission denied" in p.stderr and "no cluster runs" not in p.stderr, p.stdout + p.stderr


def test_schema_changes_drop_no_database(kinds):
    """Issue 8, A 4's kind: `schema apply` took the data of a keyspace away and said all was well."""
    for text in ("DROP DATABASE duo", "CREATE TABLE gone (a INT); drop /* all */ schema if exists duo",
                 "CREATE OR REPLACE DATABASE duo", "CREATE PROCEDURE gone() BEGIN DROP DATABASE `duo`; END",
                 "/*!101110 DROP DATABASE duo */", "/*M!101110 DROP */ /*!50600 DATABASE */ duo", "/*!80000 DROP SCHEMA duo */",
                 "SET sql_mode='NO_BACKSLASH_ESCAPES'; SELECT '\\'; DROP DATABASE duo; -- '",
                 "SET @@sql_mode='ANSI_QUOTES'; SELECT 1 AS \"\\\"; DROP DATABASE duo; -- \""):
        p = kinds.ctl("schema", "apply", "--keyspace", "duo", "--sql", text, check=False)
        assert p.returncode == 1 and "may not drop the keyspace's database" in p.stderr, (text, p.stdout + p.stderr)
    with kinds.connect("duo").cursor() as cur:
        cur.execute("SHOW TABLES")
        assert ("gone",) not in cur.fetchall()
    kinds.ctl("schema", "apply", "--keyspace", "duo", "--sql",
              "CREATE TABLE notes (id BIGINT PRIMARY KEY, `drop` INT, t VARCHAR(50) DEFAULT 'DROP DATABASE duo'); DROP TABLE notes")


def test_schema_change_that_drops_the_database_after_all(start_cluster):
    """Found by attacking: what is put together when it runs is not seen before; the operator hears of it, and the other shard has its
    data still."""
    c = start_cluster({"keyspaces": {"duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": "CREATE TABLE t (id BIGINT PRIMARY KEY);"}}})
    p = c.ctl("schema", "apply", "--keyspace", "duo", "--sql", "EXECUTE IMMEDIATE CONCAT('DROP DATA', 'BASE duo')", check=False)
    assert p.returncode == 1 and "have dropped the database duo" in p.stderr and "shards done before: none" in p.stderr, p.stderr
    with c.connect_mysqld(next(t for t in c.tablets("duo") if t["shard"] == "80-"), autocommit=True).cursor() as cur:
        cur.execute("SELECT COUNT(*) FROM duo.t")
        assert cur.fetchall() == ((0,),)
    wait_for(lambda: not c.status()["served"])


def test_a_dropped_database_is_seen(start_cluster):
    """Issue 8, A 4's kind: nothing is green that serves no data (found by attacking)."""
    c = start_cluster({"keyspaces": {"one": {"shards": ["-"], "replicas": 0, "schema": "CREATE TABLE t (id BIGINT PRIMARY KEY);"}}})
    tablet = c.tablets("one")[0]
    assert readyz(tablet["web_port"])[0] == 200
    with c.connect_mysqld(tablet, autocommit=True).cursor() as cur:
        cur.execute("DROP DATABASE one")
    wait_for(lambda: readyz(tablet["web_port"])[0] == 503, 15)
    wait_for(lambda: not c.status()["served"], 15)
    # Nor is it made anew, empty, by a tablet that starts.
    pid = tablet["pid"]
    os.kill(pid, signal.SIGKILL)
    tablet = wait_for(lambda: c.tablets("one")[0]["pid"] not in (0, pid) and c.tablets("one")[0])
    wait_for(lambda: "the database one is gone" in readyz(tablet["web_port"])[1])
    with c.connect_mysqld(tablet, database=None, autocommit=True).cursor() as cur:
        cur.execute("SHOW DATABASES")
        assert ("one",) not in cur.fetchall()
        cur.execute("CREATE DATABASE one")
        cur.execute("CREATE TABLE one.t (id BIGINT PRIMARY KEY)")
    wait_for(lambda: readyz(tablet["web_port"])[0] == 200 and c.status()["served"])
