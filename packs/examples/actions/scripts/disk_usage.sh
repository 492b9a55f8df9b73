#!/bin/bash
# packs/examples/actions/scripts/disk_usage.sh — PATH LIMIT → JSON on standard output; exit code 3 above the limit.
set -euo pipefail
path=$1 limit=$2
used=$(df --output=pcent -- "$path" | tail -n 1 | tr -dc '0-9')
# One JSON value on standard output is a value in the result, not text.
jq -cn --arg path "$path" --argjson used "$used" '{path: $path, used_percent: $used}'
if [ "$used" -gt "$limit" ]; then
  echo "$path is $used % full, and $limit % are the limit" >&2
  exit 3
fi
