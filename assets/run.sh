#!/bin/sh
# Opens slotop on the operator's own registry, or on the demo where there is none; says which.
set -eu
slotop=$1
home=$(printf '%s' "${OPENCLAW_HOME:-}" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//')
dir=${home:-${HOME:-/}}/.openclaw-dench
if [ -e "$dir" ]; then
    echo "slotop: your DenchClaw state directory, $dir" >&2
    exec "$slotop"
fi
echo "slotop: no DenchClaw here ($dir does not exist): this is the demo" >&2
exec "$slotop" --demo
