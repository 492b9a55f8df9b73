#!/bin/sh
# packs/linux/actions/checks/check_processes.sh — SEARCH CRITERIA ARGS → the processes that fit; exit code 1 when there are none.
set -eu
search=$1 criteria=$2 more=${3:-}
case "$search" in
  name) column=comm ;;
  args) column=args ;;
  *) echo "search: give name or args, not $search" >&2; exit 2 ;;
esac
# The arguments are words of their own. This script and its parent are left out: their command lines have the criteria in them.
# shellcheck disable=SC2086
ps -e $more -o "pid=,ppid=,pcpu=,pmem=,$column=" | awk -v me=$$ -v parent="$PPID" -v wanted="$criteria" '
  $1 != me && $2 != me && $1 != parent {
    line = $0
    sub(/^ *[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +/, "", line)
    if (line ~ wanted) { print; found = 1 }
  }
  END { exit !found }'
