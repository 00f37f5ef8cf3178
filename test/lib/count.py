"""Prints "PASSED FAILED" of a test log: TAP under prove -v, pytest's last line, "N passed, N failed"."""
import re
import sys

passed = failed = 0
for line in open(sys.argv[1], errors="replace"):
    line = line.rstrip()
    # With their numbers: prove closes each program with an "ok" that is no test.
    if re.match(r"ok \d+\b", line):
        passed += 1
    elif re.match(r"not ok \d+\b", line):
        failed += 1
    elif re.match(r"(=+ )?(\d+ (passed|failed|errors?|skipped|deselected|xfailed|warnings?)(, )?)+.* in [\d.]+s", line):
        for n, what in re.findall(r"(\d+) (passed|failed|error)", line):
            if what == "passed":
                passed += int(n)
            else:
                failed += int(n)
    else:
        m = re.fullmatch(r"(?:\w+: )?(\d+) passed, (\d+) failed", line)
        if m:
            passed += int(m.group(1))
            failed += int(m.group(2))
print(passed, failed)
