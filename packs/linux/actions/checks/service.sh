#!/bin/sh
# packs/linux/actions/checks/service.sh — ACT SERVICE: by systemctl where it is, else by service.
set -eu
if command -v systemctl > /dev/null 2>&1 && [ -d /run/systemd/system ]; then
  exec systemctl --no-pager "$1" "$2"
fi
if ! command -v service > /dev/null 2>&1; then
  echo "There is neither systemctl nor service on this machine" >&2
  exit 127
fi
exec service "$2" "$1"
