#!/usr/bin/env bash
# Judges N indicators (1,000,000) with three modules in real workers and, where
# DuckDB can be had, lets it judge the same by a join, in the same run:
#   bench/judge.sh [N]
# The peers' scripts are looked for in SHIRUBE_PEERS (../shared/peers).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
n=${1:-1000000}
peers=${SHIRUBE_PEERS:-../shared/peers}

ours=$(build/bench/judge "$n")
echo "$ours"

if [[ ! -e $peers/duckdb.mjs ]] || ! command -v npm >/dev/null; then
  echo "duckdb    not measured: it needs Node and $peers/duckdb.mjs" >&2
  exit 0
fi
mkdir -p build/peers
cp -f "$peers/duckdb.mjs" build/peers/
[[ -d build/peers/node_modules/@duckdb/node-api ]] ||
  npm install --silent --no-fund --no-audit --prefix build/peers @duckdb/node-api >&2
theirs=$(node build/peers/duckdb.mjs "$n")
join=$(grep '^join latest' <<<"$theirs" | awk '{print $3}' | sort -n | awk '{t[NR]=$1} END {print t[int((NR+1)/2)]}')
echo "duckdb    $join ms (join on the year, median of $(grep -c '^join latest' <<<"$theirs"))"
echo "duckdb    counts $(grep -m1 '^join latest' <<<"$theirs" | cut -d' ' -f5-)"
awk -v a="$(awk '/^shirube/ {print $2}' <<<"$ours")" -v b="$join" 'BEGIN {printf "ratio: %.2f\n", a / b}'
