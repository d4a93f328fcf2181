#!/usr/bin/env bash
# Judges N indicators (1,000,000) with three modules in real, fully confined
# workers, and lets others judge the same by a join, in turn with us:
#   bench/judge.sh [--against duckdb|postgres] [N]
# Without --against: whatever can be had here. The peers' scripts are looked for
# in SHIRUBE_PEERS (../shared/peers). Both sides run ROUNDS times (3), one after
# the other, so that both meet the same machine; the medians are compared, and
# `ratio:` is ours divided by theirs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
peers=${SHIRUBE_PEERS:-../shared/peers}
rounds=${ROUNDS:-3}
n=1000000
against=all
while (($#)); do
  case $1 in
    --against) against=${2:?"--against duckdb or postgres"}; shift 2 ;;
    --against=*) against=${1#*=}; shift ;;
    [1-9]*) n=$1; shift ;;
    *) echo "usage: bench/judge.sh [--against duckdb|postgres] [N]" >&2; exit 2 ;;
  esac
done
[[ $against == all || $against == duckdb || $against == postgres ]] || {
  echo "judge: no peer '$against'; there are duckdb and postgres" >&2
  exit 2
}
say() { echo "$*" >&2; }

# ---- The peers: each prints the milliseconds of one judging by a join a line.
duckdb_missing() {
  [[ -e $peers/duckdb.mjs ]] || { echo "$peers/duckdb.mjs is not there"; return; }
  command -v npm >/dev/null || { echo "it needs Node and npm"; return; }
  mkdir -p build/peers
  cp -f "$peers/duckdb.mjs" build/peers/
  [[ -d build/peers/node_modules/@duckdb/node-api ]] ||
    npm install --silent --no-fund --no-audit --prefix build/peers @duckdb/node-api >&2 ||
    echo "npm cannot install @duckdb/node-api"
}
duckdb_joins() {
  node build/peers/duckdb.mjs "$n" | tee build/peers/duckdb.out | awk '/^join latest/ {print $3}'
}
duckdb_counts() { awk '/^join latest/ {sub(/^join latest [^ ]* ms /, ""); print; exit}' build/peers/duckdb.out; }

# postgres.sh times three kinds of judging in turn; the first is the join on the
# year. `./dev bench judge --against postgres` installs it.
postgres_missing() {
  [[ -e $peers/postgres.sh ]] || { echo "$peers/postgres.sh is not there"; return; }
  [[ -x /usr/lib/postgresql/15/bin/initdb ]] || echo "it needs Debian's postgresql-15"
}
postgres_joins() {
  mkdir -p build/peers
  bash "$peers/postgres.sh" "$n" | tee build/peers/postgres.out |
    awk '/^Time:/ && ++seen % 2 == 1 && seen < 6 {print $2}'
}
postgres_counts() { awk '/^[123]\|/ {printf "%s ", $0} /^Time:/ {print ""; exit}' build/peers/postgres.out; }

# ---- One against the other.
median() { sort -n | awk '{t[NR] = $1} END {print t[int((NR + 1) / 2)]}'; }

measured=
compare() {
  local peer=$1 missing ours=() theirs=() joins out
  missing=$("${peer}_missing")
  if [[ -n $missing ]]; then
    printf '%-9s not measured: %s\n' "$peer" "$missing"
    [[ $against == all ]] && return 0
    exit 1
  fi
  for ((round = 1; round <= rounds; ++round)); do
    out=$(build/bench/judge "$n")
    ours+=("$(awk '/^shirube/ {print $2}' <<<"$out")")
    joins=$("${peer}_joins")
    theirs+=("$(median <<<"$joins")")
    say "judge: round $round: ours ${ours[-1]} ms, $peer ${theirs[-1]} ms"
  done
  measured=yes
  echo "$out"
  printf '%-9s %s ms (join on the year); counts %s\n' "$peer" "$(printf '%s\n' "${theirs[@]}" | median)" "$("${peer}_counts")"
  awk -v a="$(printf '%s\n' "${ours[@]}" | median)" -v b="$(printf '%s\n' "${theirs[@]}" | median)" \
    -v peer="$peer" 'BEGIN {
      printf "against   %s: ours %.1f ms, theirs %.1f ms\n", peer, a, b
      printf "ratio: %." (a / b < 0.1 ? 3 : 2) "f\n", a / b
    }'
}

if [[ $against == all ]]; then
  compare duckdb
  compare postgres
  [[ -n $measured ]] || build/bench/judge "$n"
else
  compare "$against"
fi
