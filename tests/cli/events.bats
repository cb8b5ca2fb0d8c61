#!/usr/bin/env bats
# What happened: seen by slotops, done by operators, told as it comes.
load common

teardown() {
    if [ -n "${pid-}" ]; then
        kill "$pid" 2>"$home/err" || :
    fi
    rm -rf "$home"
}

# Where the history of $file is kept.
history_file() {
    mkdir -p "$home/.local/state/slotop/history"
    expect 0 release aaaa0001 # makes a directory of copies, which has the registry's hash
    expect 0 undo
    rm "$home/.local/state/slotop/journal.jsonl"
    cmp "$file" "$home/before"
    echo "$home/.local/state/slotop/history/$(ls "$home/.local/state/slotop/copies").jsonl"
}

# An event of the file: milliseconds before now, event, by, session, what else.
event() {
    echo "{\"at\":$((now - $1)),\"event\":\"$2\",\"by\":\"$3\",\"session\":\"$4\"$5}"
}

# The output of a command in the background gets this text within a minute.
comes() {
    for _ in $(seq 600); do
        grep -qF -- "$1" "$home/out" && return 0
        read -rt 0.1 <>"$home/pipe" || :
    done
    echo "does not come: $1" "$(cat "$home/out" "$home/err")"
    return 1
}

# Follows from now on; $pid is the process.
follow() {
    mkfifo "$home/pipe"
    "$SLOTOP" --now "$now" events -f "$@" >"$home/out" 2>"$home/err" 3>&- &
    pid=$!
}

# Ends it; its status is $ended.
stop() {
    kill "-$1" "$pid"
    ended=0
    wait "$pid" || ended=$?
}

@test "where nothing is kept nothing is printed" {
    make_registry
    expect 0 events
    printed ""
    says ""
    expect 0 events --json --since 1d
    printed ""
    [ ! -s "$home/err" ]
    [ ! -e "$home/.local" ]
}

@test "what was kept is told in local time" {
    make_registry
    path=$(history_file)
    {
        event 3000 allocated server aaaa0001-5f6e ',"agent":"chat-slot-main-1","to":"active"'
        event 2000 expired gc e05f1a22-0000-4000-8000-000000000000 ',"agent":"chat-slot-main-4","from":"active","to":"expired"'
        event 1000 fell-back server bbbb ',"agent":"main","to":"active"'
        echo "{\"at\":$((now - 500)),\"event\":\"wiped\",\"by\":\"server\"}"
        event 100 removed gc gone ',"from":"deleted"'
    } >"$path"
    expect 0 events
    cat >"$home/wanted" <<'END'
2026-03-19 03:55:03  aaaa0001  none -> active       server; slot 1
2026-03-19 03:55:04  e05f1a22  active -> expired    gc; slot 4
2026-03-19 03:55:05  bbbb      none -> active       server; workspace agent main
2026-03-19 03:55:06  -         wiped                server
2026-03-19 03:55:06  gone      released -> none     gc
END
    diff "$home/wanted" "$home/out"
    TZ=Asia/Tokyo expect 0 events
    says "2026-03-19 12:55:03"
}

@test "as JSON it is an event a line, as it was kept" {
    make_registry
    path=$(history_file)
    event 3000 expired gc aaaa ',"agent":"chat-slot-main-1","from":"idle","to":"expired"' >"$path"
    expect 0 events --json
    cmp "$path" "$home/out"
}

@test "--since takes what is not longer ago" {
    make_registry
    path=$(history_file)
    {
        event 7200000 idled server old ',"from":"active","to":"idle"'
        event 60000 idled server new ',"from":"active","to":"idle"'
    } >"$path"
    expect 0 events --since 1h
    says new
    never says old
    expect 0 events --since 2h
    says old
    expect 2 events --since yesterday
    expect 2 list --since 1h
    expect 2 events more
}

@test "operations are events by their operator" {
    make_registry
    expect 0 release aaaa0001
    expect 0 expire aaab0002
    expect 0 events
    user=$(id -un)
    printed "2026-03-19 03:55:06  aaaa0001  active -> released   operator $user, release op-0001; slot 1
2026-03-19 03:55:06  aaab0002  idle -> expired      operator $user, expire op-0002; slot 2"
    expect 0 events --json
    [ "$(head -1 "$home/out")" = "{\"at\":$now,\"event\":\"released\",\"by\":\"operator\",\"session\":\"aaaa0001-5f6e\",\"agent\":\"chat-slot-main-1\",\"from\":\"active\",\"to\":\"deleted\",\"user\":\"$user\",\"command\":\"release\",\"operation\":\"op-0001\"}" ]
    cp -r "$dir" "$home/other"
    expect 0 -d "$home/other" events
    printed ""
}

@test "what was seen and done is told once" {
    make_registry
    path=$(history_file)
    expect 0 release aaaa0001
    {
        event 1500 released somebody aaaa0001-5f6e ',"agent":"chat-slot-main-1","from":"active","to":"deleted"'
        event 60000 released somebody aaaa0001-5f6e ',"agent":"chat-slot-main-1","from":"active","to":"deleted"'
    } >"$path"
    expect 0 events
    [ "$(wc -l <"$home/out")" = 2 ]
    says "03:54:06  aaaa0001  active -> released   somebody; slot 1"
    says "release op-0001"
}

@test "hostile text is harmless, and torn lines are passed over" {
    make_registry
    path=$(history_file)
    {
        event 3000 idled server '\u001b[2J\u202e' ',"agent":"\u0007","from":"active","to":"idle"'
        echo 'nonsense'
        printf '{"at":1'
    } >"$path"
    expect 0 events
    [ "$(wc -l <"$home/out")" = 1 ]
    never grep -q "$(printf '[\001-\011\013-\037]')" "$home/out"
    says '^[[2J<202E>'
}

@test "a history that cannot be read is told" {
    make_registry
    path=$(history_file)
    mkfifo "$path"
    expect 6 events
    says "slotop: "
    printed ""
}

@test "-f tells and keeps what happens, until it is stopped" {
    make_registry
    path=$(history_file)
    event 60000 idled server first ',"from":"active","to":"idle"' >"$path"
    follow
    comes first
    sed -i 's/"state": "active"/"state": "idle"/' "$file"
    comes "aaaa0001  active -> idle       server; slot 1"
    cp "$home/before" "$file"
    comes "idle -> active       server; slot 1"
    sed -i 's/"state": "idle"/"state": "expired"/' "$file"
    comes "aaab0002  idle -> expired      gc; slot 2"
    stop TERM
    [ "$ended" = 0 ]
    [ ! -s "$home/err" ]
    expect 0 events
    says "aaab0002  idle -> expired      gc; slot 2"
}

@test "-f knows what another slotop does" {
    make_registry
    path=$(history_file)
    event 60000 idled server first ',"from":"active","to":"idle"' >"$path"
    follow
    comes first
    "$SLOTOP" --fence 0 --now "$now" release aaaa0001 >/dev/null
    comes "active -> released   operator $(id -un), release op-0001; slot 1"
    stop HUP # a shell's background job ignores SIGINT
    [ "$ended" = 0 ]
    grep -q '"event":"released","by":"operator"' "$path"
}

@test "-f tells of a torn registry, and when it is mended" {
    make_registry
    path=$(history_file)
    event 60000 idled server first ',"from":"active","to":"idle"' >"$path"
    follow --json
    comes first
    head -c 100 "$home/before" >"$file"
    comes '"event":"torn"'
    cp "$home/before" "$file"
    comes '"event":"mended"'
    stop TERM
    [ "$(grep -c '"event"' "$home/out")" = 3 ]
}

@test "-f of a read-only slotop keeps nothing" {
    make_registry
    path=$(history_file)
    event 60000 idled server first ',"from":"active","to":"idle"' >"$path"
    follow --read-only
    comes first
    sed -i 's/"state": "active"/"state": "idle"/' "$file"
    comes "active -> idle"
    stop TERM
    [ "$(wc -l <"$path")" = 1 ]
}

@test "-f ends when nobody reads any more" {
    make_registry
    mkfifo "$home/reader"
    "$SLOTOP" --now "$now" events -f >"$home/reader" 2>"$home/err" 3>&- &
    pid=$!
    exec 7<"$home/reader"
    exec 7<&-
    ended=0
    wait "$pid" || ended=$?
    [ "$ended" = 6 ]
    [ ! -s "$home/err" ]
}
