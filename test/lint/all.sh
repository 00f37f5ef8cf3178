#!/bin/sh
# Every lint; each prints what is wrong, one line a finding, and exits 1. Ends in a counting line.
cd "$top_srcdir" || exit 1
passed=0
failed=0
for lint in layers knots headers sizes names globals banned readmes; do
	if out=$(sh test/lint/$lint.sh 2>&1); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'lint %s:\n%s\n' "$lint" "$out"
	fi
done
printf 'lint: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
