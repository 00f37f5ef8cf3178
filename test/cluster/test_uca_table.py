"""src/shard/uca_table.inc is what its generator makes of the table that Debian packages."""
import os
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLES = "/usr/share/gocode/src/golang.org/x/text/collate/tables.go"


@pytest.mark.skipif(not os.path.exists(TABLES), reason="golang-golang-x-text-dev is not installed")
def test_uca_table_is_up_to_date():
    made = subprocess.run([sys.executable, os.path.join(ROOT, "src/shard/gen_uca.py"), TABLES],
                          check=True, capture_output=True, text=True).stdout
    with open(os.path.join(ROOT, "src/shard/uca_table.inc"), encoding="utf-8") as f:
        assert f.read() == made
