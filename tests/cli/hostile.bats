#!/usr/bin/env bats
# What is around the registry was written by strangers, and may be big: no command crashes on it,
# hangs, or prints a byte that a terminal could take for its own.
load common

fixtures=$BATS_TEST_DIRNAME/../fixtures
chats=50000
bad='\x1b]0;owned\x07\x1b[2J \xc2\x9b2J \xe2\x80\xae\xe2\x80\x8b\xe2\x81\xa6 \xff\xed\xa0\x80'

# Runs a command that must end by itself; the exit status is one of the contract's.
run_it() {
    local status=0
    timeout 60 "$SLOTOP" --fence 0 --now "$now" "$@" >"$home/out" 2>"$home/err" </dev/null ||
        status=$?
    [ "$status" -le 6 ] || {
        echo "slotop $*: status $status"
        return 1
    }
}

is_utf8() {
    iconv -f UTF-8 -t UTF-8 "$1" >"$home/decoded"
}

# Nothing for people has controls, C1, bidi or zero-width controls, private use, or invalid UTF-8.
is_harmless() {
    is_utf8 "$1" &&
        never env LC_ALL=C grep -aP '[\x00-\x09\x0b-\x1f\x7f]' "$1" &&
        never grep -P '[\x{80}-\x{9f}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{2069}\x{feff}\x{e000}-\x{f8ff}\x{e0000}-\x{e007f}]' "$1"
}

# The commands that look, and those that say what they would do, for a session.
try_all() {
    local words
    for words in status list "list --where title:t4" "list --where !run:yes" doctor \
        "doctor --fix -n" why "why --json" "status --json" "list --json" "doctor --json" events; do
        run_it $words
        case $words in
        *--json) is_utf8 "$home/out" ;;
        *) is_harmless "$home/out" ;;
        esac
        is_harmless "$home/err"
    done
    for words in show why "-n release" "-n expire" "-n idle" "-n purge --force" "-n touch"; do
        run_it $words -- "$1"
        is_harmless "$home/out"
        is_harmless "$home/err"
    done
}

# An index of $chats chats with titles and pins of strangers; five of them hold the slots, the sixth
# fell back.
make_many() {
    make_pool 5
    folder=$dir/workspace/.openclaw/web-chat
    mkdir -p "$folder"
    awk -v now=$now -v count=$chats 'BEGIN {
        printf "["
        for (i = 0; i < count; i++) {
            printf "%s{\"id\":\"%08x-5f6e\",\"title\":\"t%d \\u202e\\u001b[31m\\u0007\\u009b2J " \
                "\\ud800\\u200b\",\"createdAt\":%d,\"updatedAt\":%d,\"messageCount\":2," \
                "\"chatAgentId\":\"chat-slot-main-%d\"}\n",
                i ? "," : "", i, i, now - i * 1000, now - i * 1000, i % 5 + 1
        }
        printf "]"
    }' >"$folder/index.json"
    {
        printf '{"version": 1, "agents": {'
        for slot in 1 2 3 4 5; do
            entry "0000000$slot-5f6e" "chat-slot-main-$slot" active 600000
            echo ,
        done
        entry deadbeef-5f6e main active 300000
        printf '}}'
    } >"$file"
    cp "$file" "$home/before"
}

@test "the judge of harmless text sees what is not" {
    for bytes in '\x1b' '\x00' '\x7f' '\t' '\r' '\xc2\x9b' '\xe2\x80\xae' '\xe2\x80\x8b' '\xff' \
        '\xed\xa0\x80' '\xef\xbb\xbf' '\xee\x80\x80'; do
        printf '%b' "plain $bytes text\n" >"$home/text"
        never is_harmless "$home/text" 2>/dev/null
    done
    printf 'plain text, ü 漢字 😀…\n' >"$home/text"
    is_harmless "$home/text"
}

@test "ids, titles and files of strangers" {
    "$fixtures/make" -p $$ hostile "$dir"
    now=$("$fixtures/make" -n hostile)
    cp "$file" "$home/before"
    for name in escape bidi quote long up plain; do
        id=$("$fixtures/make" -i "$name")
        try_all "$(printf '%b' "$(printf '%s' "$id" | sed 's/\\u0*\(..\)/\\x\1/g')")"
    done
    is_unchanged
}

@test "an index, locks, stores and transcripts of any bytes" {
    for bytes in "" "$bad" "{$bad" "[{\"id\":\"aaaa0001-5f6e\",\"title\":\"$bad\"}]" \
        "[{\"id\":\"aaaa0001-5f6e\",\"title\":\"t4\",\"chatAgentId\":\"$bad\"}]" \
        '[[[[[[[[' '[{"id":7},null,"x",{"id":"aaaa0001-5f6e","updatedAt":1e999}]'; do
        rm -rf "$dir"
        make_registry
        folder=$dir/workspace/.openclaw/web-chat
        sessions=$dir/agents/chat-slot-main-1/sessions
        mkdir -p "$folder" "$sessions" "$dir/web-runtime"
        for place in "$folder/index.json" "$folder/aaaa0001-5f6e.jsonl" "$sessions/sessions.json" \
            "$sessions/aaaa0001-5f6e.jsonl.lock" "$dir/web-runtime/process.json" \
            "$dir/web-runtime/manifest.json" "$dir/.dench-ui-state.json"; do
            printf '%b' "$bytes" >"$place"
        done
        try_all aaaa0001-5f6e
        is_unchanged
    done
}

@test "links and devices in place of what is looked for are not followed" {
    make_registry
    folder=$dir/workspace/.openclaw/web-chat
    sessions=$dir/agents/chat-slot-main-1/sessions
    mkdir -p "$folder" "$sessions"
    ln -s /dev/zero "$folder/index.json"
    ln -s /dev/zero "$folder/aaaa0001-5f6e.jsonl"
    mkfifo "$sessions/sessions.json"
    ln -s "$file" "$sessions/aaaa0001-5f6e.jsonl.lock"
    try_all aaaa0001-5f6e
    is_unchanged
}

@test "50,000 chats with titles of strangers" {
    make_many
    try_all 00000001-5f6e
    run_it why deadbeef
    grep -q 't1 <202E>' "$home/out"
    run_it -n release 00000001
    grep -q 'Slot 1 is free for the next new chat; its chat is pinned to slot 2' "$home/out"
    is_unchanged
}

@test "of a transcript of 100 MB only the end is read" {
    make_registry
    folder=$dir/workspace/.openclaw/web-chat
    mkdir -p "$folder"
    echo '[{"id":"aaaa0001-5f6e","title":"t4","chatAgentId":"chat-slot-main-1"}]' \
        >"$folder/index.json"
    for tail in '\n{"role":"assistant","_streaming":true}' "\n$bad" '' '\n{"_streaming":'; do
        rm -f "$folder/aaaa0001-5f6e.jsonl"
        truncate -s 100M "$folder/aaaa0001-5f6e.jsonl"
        printf '%b\n' "$tail" >>"$folder/aaaa0001-5f6e.jsonl"
        touch -d "@$((now / 1000 - 3))" "$folder/aaaa0001-5f6e.jsonl"
        try_all aaaa0001-5f6e
        # With 64 MB of address space it cannot have been held in memory; a sanitizer needs more by
        # itself.
        (
            ! (ulimit -v 65536 && "$SLOTOP" --version >/dev/null 2>&1) || ulimit -v 65536
            run_it list --where run:yes
        )
        if [ "$tail" = '\n{"role":"assistant","_streaming":true}' ]; then
            grep -q '^aaaa0001' "$home/out"
        else
            grep -q 'no entry passes the filter' "$home/err"
        fi
    done
    is_unchanged
}
