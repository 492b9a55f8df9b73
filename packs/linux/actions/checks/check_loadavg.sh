#!/bin/sh
# packs/linux/actions/checks/check_loadavg.sh — PERIOD → the load over 1, 5 or 15 minutes, or all of them, as JSON.
set -eu
read -r one five fifteen _ < "${LOADAVG_FILE:-/proc/loadavg}"
case "${1:-all}" in
  1) echo "{\"1\": \"$one\"}" ;;
  5) echo "{\"5\": \"$five\"}" ;;
  15) echo "{\"15\": \"$fifteen\"}" ;;
  all) echo "{\"1\": \"$one\", \"5\": \"$five\", \"15\": \"$fifteen\"}" ;;
  *) echo "period: give 1, 5, 15 or all, not $1" >&2; exit 2 ;;
esac
