#!/bin/sh
# packs/linux/actions/checks/traceroute.sh — HOST HOPS QUERIES: by traceroute, or tracepath where there is none.
set -eu
if command -v traceroute > /dev/null 2>&1; then
  exec traceroute -m "${2:-30}" -q "${3:-3}" "$1"
fi
if ! command -v tracepath > /dev/null 2>&1; then
  echo "There is neither traceroute nor tracepath on this machine" >&2
  exit 127
fi
exec tracepath -m "${2:-30}" "$1"
