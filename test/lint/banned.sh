#!/bin/sh
# Calls that this code base does without.
. test/lint/files.sh
grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|setjmp|longjmp)\(' $CODE && exit 1
exit 0
