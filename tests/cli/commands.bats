#!/usr/bin/env bats
# Each command on a small registry: what it prints, as text and as JSON, and what is in the file.
load common

@test "status --json is the whole model" {
    make_registry
    expect 0 status --json
    sed 's/^  "stateDir".*/  "stateDir": "DIR",/; s/^    "path".*/    "path": "PATH",/;
         /^  "findings": \[/,$d' "$home/out" >"$home/head"
    cat >"$home/wanted" <<'END'
{
  "schema": 1,
  "now": 1773892506902,
  "time": "2026-03-19T03:55:06.902Z",
  "stateDir": "DIR",
  "registry": {
    "path": "PATH",
    "state": "ok",
    "entries": 4,
    "bytes": 1188
  },
  "workspace": "default",
  "agentId": "main",
  "server": {
    "state": "unknown",
    "version": null,
    "startedAt": null,
    "nextGc": null
  },
  "slots": [
    {
      "id": "chat-slot-main-1",
      "state": "active",
      "holders": [
        "aaaa0001-5f6e"
      ],
      "sharers": [],
      "freesAt": null
    },
    {
      "id": "chat-slot-main-2",
      "state": "overdue",
      "holders": [
        "aaab0002-5f6e"
      ],
      "sharers": [],
      "freesAt": null
    },
    {
      "id": "chat-slot-main-3",
      "state": "free",
      "holders": [],
      "sharers": [],
      "freesAt": null
    }
  ],
  "counts": {
    "entries": 4,
    "active": 1,
    "idle": 1,
    "expired": 1,
    "released": 1,
    "odd": 0,
    "live": 2,
    "overdue": 1,
    "fallback": 0,
    "stranded": 0,
    "orphan": 0,
    "running": 0,
    "shared": 0,
    "ghosts": 0,
    "inUse": 0,
    "slots": 3,
    "held": 2,
    "free": 1
  },
  "fallbacks": [],
END
    diff "$home/wanted" "$home/head"
}

@test "a finding in status --json has code, severity, subject, message and remedy" {
    make_registry
    expect 0 status --json
    for member in code severity subject message remedy; do
        grep -q "^      \"$member\": \"" "$home/out"
    done
    grep -qE '^      "severity": "(info|warning|error)"' "$home/out"
    grep -qE '^      "code": "[a-z]+(-[a-z]+)*"' "$home/out"
}

@test "status as text has workspace, registry, pool and one line a slot" {
    make_registry
    expect 0 status
    says "workspace  default, agent main"
    says "registry   $file: ok, 4 entries, 1188 bytes"
    says "pool       2/3 held, 1 free, 0 fallback"
    grep -qx '1     active      20m    10m  aaaa0001' "$home/out"
    grep -qx '2     OVERDUE    -30m    60m  aaab0002' "$home/out"
    grep -q '^3     free .*last held by cccc0003$' "$home/out"
}

@test "no command and no terminal is one status" {
    make_registry
    expect 0 status
    cp "$home/out" "$home/status"
    expect 0
    cmp "$home/out" "$home/status"
}

@test "list --json is the stored entries in the order of the file" {
    make_pool
    printf '{"agents":{"b":{"x":[1.50,{}],"state":"idle"},"7":{"z":"\\u0000"},"a":{}}}' >"$file"
    expect 0 list --json
    cat >"$home/wanted" <<'END'
[
  {
    "z": "\u0000"
  },
  {
    "x": [
      1.5,
      {}
    ],
    "state": "idle"
  },
  {}
]
END
    diff "$home/wanted" "$home/out"
}

@test "list as text is a table" {
    make_registry
    expect 0 list
    [ "$(wc -l <"$home/out")" = 5 ]
    [ "$(sed -n '2p' "$home/out" | awk '{print $1, $2, $3, $4, $5, $6}')" = \
        "aaaa0001-5f6e active 2h00 10m 20m 1" ]
    [ "$(sed -n '4p' "$home/out" | awk '{print $1, $2, $5, $6}')" = "cccc0003-5f6e expired - 3" ]
}

@test "list filters by state, slot and fallback" {
    make_registry
    slotop allocate eeee0005 --ttl 1m
    slotop allocate ffff0006 --ttl 1m
    now=$((now + 61000))
    listed() {
        local wanted=$1
        shift
        expect 0 list "$@"
        [ "$(sed 1d "$home/out" | cut -c1-4 | tr '\n' ' ')" = "$wanted " ]
    }
    listed "aaaa eeee ffff" --state active
    listed "aaab cccc" --state idle,expired
    listed "dddd" --state deleted
    listed "dddd" --state RELEASED
    listed "aaaa aaab eeee ffff" --state live
    listed "aaab eeee ffff" --state overdue
    listed "ffff" --fallback
    listed "ffff" --state fallback
    listed "cccc eeee" --slot 3
    listed "eeee" --slot=chat-slot-main-3 --state live
    expect 1 list --state odd
    says "no entry passes the filter"
    expect 1 list --json --slot nowhere
    printed "[]"
    expect 2 list --state active,busy
    says "--state: 'busy' is none of"
}

@test "show prints the entry, or null and 1" {
    make_registry
    expect 0 show aaab --json
    entry aaab0002-5f6e chat-slot-main-2 idle 3600000 |
        sed '1s/.*/{/; s/^    //' | diff - "$home/out"
    expect 0 show aaab
    says "lastActiveAt      1773888906902  2026-03-19T02:55:06.902Z, 60m ago"
    expect 1 show nobody --json
    printed null
    expect 1 show nobody
    says "slotop: nobody: no such session"
}

@test "allocate gives the first free slot, then the workspace agent" {
    make_registry
    expect 0 allocate eeee0005 --json
    cat >"$home/wanted" <<END
{
  "chatAgentId": "chat-slot-main-3",
  "workspaceAgentId": "main",
  "sessionId": "eeee0005",
  "workspaceDir": "",
  "state": "active",
  "createdAt": $now,
  "lastActiveAt": $now,
  "idleTtlMs": 1800000
}
END
    diff "$home/wanted" "$home/out"
    expect 0 allocate ffff0006 --ttl=90s
    printed "ffff0006 is active on the workspace agent main."
    expect 0 show ffff --json
    says '"idleTtlMs": 90000'
}

@test "allocate takes its id as it stands, never as a prefix" {
    make_registry
    expect 0 allocate aaaa
    expect 0 show aaaa --json
    says '"sessionId": "aaaa"'
    [ "$(state_of aaaa0001-5f6e)" = active ]
}

@test "an id may be any string that a command line can carry" {
    make_pool 1
    expect 0 allocate "" --json
    says '"sessionId": ""'
    for id in -n --json "a b" '../x' 'q"\' 'tab	' $'\xc3\xa4' '%s%n'; do
        expect 0 allocate -- "$id"
        expect 0 --json touch -- "$id"
        says '"changed": false'
        expect 0 --json show -- "$id"
    done
    expect 0 allocate --json $'bad\xff'
    says $'"sessionId": "bad\xef\xbf\xbd"'
}

@test "touch prints one change record" {
    make_registry
    expect 0 touch aaab --json
    cat >"$home/wanted" <<'END'
{
  "session": "aaab0002-5f6e",
  "from": "idle",
  "to": "active",
  "changed": true
}
END
    diff "$home/wanted" "$home/out"
    expect 0 show aaab --json
    says "\"lastActiveAt\": $now"
    expect 1 touch nobody --json
    says '"from": null'
    says '"reason": "no such session"'
}

@test "idle, release and expire print change records" {
    make_registry
    expect 0 idle aaaa dddd --json
    cat >"$home/wanted" <<'END'
[
  {
    "session": "aaaa0001-5f6e",
    "from": "active",
    "to": "idle",
    "changed": true
  },
  {
    "session": "dddd0004-5f6e",
    "from": "deleted",
    "to": "deleted",
    "changed": false,
    "reason": "released: mark idle does nothing"
  }
]
END
    diff "$home/wanted" "$home/out"
    expect 0 release aaaa --json
    says '"to": "deleted"'
    expect 0 expire aaab --json
    says '"to": "expired"'
    [ "$(state_of aaaa0001-5f6e) $(state_of aaab0002-5f6e)" = "deleted expired" ]
}

@test "text says what was verified and what the server does next" {
    make_registry
    expect 0 release aaaa
    says "Released aaaa0001; slot chat-slot-main-1 is free."
    says "The server's GC removes what is released."
    never grep -q pinned "$home/out"
    expect 0 idle aaab
    says "aaab0002: already idle; nothing was changed"
    expect 0 expire cccc
    says "cccc0003: already expired; nothing was changed"
}

@test "several sessions are one edit, and the most serious record decides" {
    make_registry
    expect 1 release aaaa nobody aaab
    says "Released aaaa0001"
    says "Released aaab0002"
    says "slotop: nobody: no such session; nothing was changed"
    expect 0 allocate gggg0007
    expect 4 purge nobody gggg cccc cccc0003
    says "Removed cccc0003-5f6e"
    says "slotop: gggg0007: live: purge takes it only with force; nothing was changed"
}

@test "expire --due lists the sessions, in the order of the file" {
    make_registry
    expect 0 expire --due --json
    printed '[
  "aaab0002-5f6e"
]'
    [ "$(state_of aaab0002-5f6e)" = expired ]
    expect 0 expire --due --json
    printed "[]"
    expect 0 expire --due
    printed "Nothing is past its TTL."
}

@test "resume allocates an expired session anew and leaves others as they are" {
    make_registry
    expect 0 resume cccc --json
    says '"chatAgentId": "chat-slot-main-3"'
    says '"state": "active"'
    expect 0 resume aaab --json
    says '"state": "idle"'
    expect 0 resume aaab
    printed "aaab0002 is idle on chat-slot-main-2 (not expired: left as it is)."
    expect 1 resume nobody --json
    printed null
}

@test "ensure names the agent that takes the message" {
    make_registry
    expect 0 ensure aaaa --json
    printed '"chat-slot-main-1"'
    expect 0 ensure cccc
    printed chat-slot-main-3
    expect 1 ensure dddd --json
    printed null
    expect 1 ensure nobody
    says "nobody: no such session"
}

@test "purge removes released entries and prints how many" {
    make_registry
    expect 0 purge --json
    printed 1
    expect 0 purge
    printed "Removed 0 released entries."
    expect 1 show dddd
    expect 0 show cccc
}

@test "purge SESSION takes a live one only with --force" {
    make_registry
    expect 4 purge aaaa --json
    says '"reason": "live: purge takes it only with force"'
    is_unchanged
    expect 0 purge aaaa dddd --force --json
    says '"from": "active"'
    says '"to": null'
    expect 1 show aaaa
}

@test "purge --expired-before removes the old expired ones" {
    make_registry
    expect 0 purge --expired-before 2d --json
    printed "[]"
    is_unchanged
    expect 0 purge --expired-before 1d --json
    says '"session": "cccc0003-5f6e"'
    expect 1 show cccc
    expect 0 show dddd
}

@test "gc expires, then purges" {
    make_registry
    expect 0 gc --json
    printed '{"expired":["aaab0002-5f6e"],"purged":1}'
    expect 0 gc
    printed "Expired 0, removed 0 released."
}

@test "gc --every goes on after a torn registry and ends well when stopped" {
    make_registry
    echo '{"version": 1, "ag' >"$file"
    mkfifo "$home/lines" "$home/troubles"
    slotop_pid=
    "$SLOTOP" --fence 0 --now "$now" --json gc --every=20 >"$home/lines" 2>"$home/troubles" &
    slotop_pid=$!
    exec 7<"$home/lines" 8<"$home/troubles"
    read -r trouble <&8
    [[ $trouble == "slotop: $file is torn"* ]]
    cp "$home/before" "$home/new"
    mv "$home/new" "$file"
    read -r first <&7
    read -r second <&7
    cat <&8 >/dev/null &
    kill -TERM "$slotop_pid"
    wait "$slotop_pid"
    exec 7<&- 8<&-
    [ "$first" = '{"expired":["aaab0002-5f6e"],"purged":1}' ]
    [ "$second" = '{"expired":[],"purged":0}' ]
}

@test "gc --every cannot go on without its output, nor when it is refused" {
    make_registry
    status=0
    slotop gc --every 1h >/dev/full 2>"$home/err" || status=$?
    [ "$status" = 6 ]
    expect 4 --read-only gc --every 1h
}
