#!/bin/sh
# packs/linux/actions/checks/check_loadavg.sh — PERIOD → the load of each processor over 1, 5 or 15 minutes; all of them as JSON.
set -eu
processors=$(grep -c '^processor' "${CPUINFO_FILE:-/proc/cpuinfo}" || true)
[ "$processors" -gt 0 ] || processors=$(getconf _NPROCESSORS_ONLN)
awk -v period="${1:-all}" -v processors="$processors" '
  {
    one = $1 / processors; five = $2 / processors; fifteen = $3 / processors
    if (period == "1") print one
    else if (period == "5") print five
    else if (period == "15") print fifteen
    else printf "{\"1\": \"%s\", \"5\": \"%s\", \"15\": \"%s\"}\n", one, five, fifteen
  }' "${LOADAVG_FILE:-/proc/loadavg}"
