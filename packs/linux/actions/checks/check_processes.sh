#!/bin/sh
# packs/linux/actions/checks/check_processes.sh — SEARCH CRITERIA ARGS → the processes that fit, as JSON: command line by number.
set -eu
search=$1 criteria=${2:-} more=${3:-}
case "$search" in
  name | pid | state) ;;
  *) echo "search: give name, pid or state, not $search" >&2; exit 2 ;;
esac
# This script and what began it are left out: their command lines have the criteria in them.
export CRITERIA="$criteria"
ps -e -o pid= -o ppid= -o stat= -o args= | awk -v me=$$ -v parent="$PPID" -v search="$search" -v more="$more" '
  function escaped(text,   done) {
    while (match(text, /["\\]/)) {
      done = done substr(text, 1, RSTART - 1) "\\" substr(text, RSTART, 1)
      text = substr(text, RSTART + 1)
    }
    return done text
  }
  BEGIN { wanted = ENVIRON["CRITERIA"]; printf "{" }
  $1 == me || $2 == me || $1 == parent { next }
  {
    line = $0
    sub(/^ *[^ ]+ +[^ ]+ +[^ ]+ +/, "", line)
    if (search == "pid" ? $1 == wanted : search == "state" ? substr($3, 1, 1) == wanted : line ~ wanted) {
      gsub(/[[:cntrl:]]/, " ", line)
      printf "%s\"%s\": \"%s\"", separator, $1, escaped(line)
      separator = ", "
      numbers = numbers " " $1
    }
  }
  END {
    print "}"
    if (more == "pidlist") print substr(numbers, 2) > "/dev/stderr"
  }'
