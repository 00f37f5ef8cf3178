# Sourced by the lints: our sources, without generated ones.
SOURCES=$(find src sql topo gate tablet test -name '*.c' -o -name '*.h' | grep -v '/node_modules/' | sort)
CODE=$(echo "$SOURCES" | grep -v '^test/')
