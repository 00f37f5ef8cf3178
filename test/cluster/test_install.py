"""What `make install` puts where."""
import json
import os
import subprocess

from conftest import BIN

BUILD = os.environ.get("SLUICE_BUILD") or os.path.dirname(BIN)
PROGRAMS = ["sluice-gate", "sluice-keeper", "sluice-tablet", "sluicectl"]
UNITS = ["sluice-gate.service", "sluice-keeper.service", "sluice-tablet@.service"]


def make(*args):
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "DESTDIR")}
    p = subprocess.run(["make", "-s", "-C", BUILD, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env,
                       timeout=300)
    assert p.returncode == 0, p.stdout


def files(root):
    return sorted(os.path.relpath(os.path.join(d, f), root) for d, _, names in os.walk(root) for f in names)


def test_install(tmp_path):
    """Issue 8, F: programs, manual pages, documents, examples, systemd units; and `make uninstall` leaves nothing."""
    make("install", f"DESTDIR={tmp_path}")
    gate = next(f for f in files(tmp_path) if f.endswith("bin/sluice-gate"))
    prefix = "/" + os.path.dirname(os.path.dirname(gate))
    root = str(tmp_path) + prefix
    have = files(root)
    for name in PROGRAMS:
        path = os.path.join(root, "bin", name)
        p = subprocess.run([path, "--help"], stdout=subprocess.PIPE, text=True, timeout=30)
        assert p.returncode == 0 and name in p.stdout
        with open(os.path.join(root, "share/man/man1", name + ".1")) as f:
            assert ".TH" in f.read() and f"share/man/man1/{name}.1" in have
    for name in ("README.md", "LICENSE", "operations.md", "architecture.md", "cluster-spec.md", "sql.md"):
        assert f"share/doc/sluice/{name}" in have
    examples = os.path.join(root, "share/doc/sluice/examples")
    with open(os.path.join(examples, "demo.json")) as f:
        for ks in json.load(f)["keyspaces"].values():
            assert os.path.exists(os.path.join(examples, ks["schema"])) and os.path.exists(os.path.join(examples, ks["vschema"]))
    for name in UNITS:
        with open(os.path.join(root, "lib/systemd/system", name)) as f:
            text = f.read()
        program = name.split(".")[0].rstrip("@")
        assert f"ExecStart={prefix}/bin/{program} " in text and "@bindir@" not in text, text
    for name in ("gate", "keeper", "tablet"):  # what a unit's configuration would be: each option is one of the program's
        known = subprocess.run([os.path.join(root, "bin", f"sluice-{name}"), "--help"], stdout=subprocess.PIPE, text=True).stdout
        with open(os.path.join(examples, name + ".conf")) as f:
            for line in f:
                option = line.lstrip("# ").split("=")[0].strip()
                if "=" in line and " " not in option:
                    assert f"--{option}" in known or f"]{option}" in known, line
    make("uninstall", f"DESTDIR={tmp_path}")
    assert files(tmp_path) == []
