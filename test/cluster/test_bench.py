"""./run bench still measures: a short run prints a ratio for each way, and refuses none of its own options."""
import os
import re
import subprocess

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def test_short_run():
    build = os.path.dirname(os.environ["SLUICE_BIN"].rstrip("/"))
    p = subprocess.run(["/usr/bin/python3", os.path.join(TOP, "test/bench/bench.py"), "--build", build, "--rounds", "1",
                        "--seconds", "1", "--rows", "500", "--clients", "4", "--workload", "range_100", "--busy"],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    assert p.returncode == 0, p.stdout
    ratios = re.findall(r"two HAProxies, (floor|sluice(?: 2 shards)?): ([0-9.]+)", p.stdout)
    assert [way for way, _ in ratios] == ["floor", "sluice", "sluice 2 shards"] and all(float(r) > 0 for _, r in ratios), p.stdout
