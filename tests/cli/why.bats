#!/usr/bin/env bats
# `why`: who held each slot when a chat fell back, by the registry, the chats and what was seen.
load common

# An entry: id, agent, state, seconds since it was made.
made() {
    cat <<END
    "$1": {"chatAgentId": "$2", "workspaceAgentId": "main", "sessionId": "$1", "workspaceDir": "",
      "state": "$3", "createdAt": $((now - $4 * 1000)), "lastActiveAt": $((now - $4 * 1000)),
      "idleTtlMs": 1800000}
END
}

# Three slots; a chat fell back 261 seconds ago, 31 s after slot 1 was taken and quiet holders of
# two others; slot 3 has expired since.
make_story() {
    make_pool 3
    {
        printf '{"version": 1, "agents": {\n'
        made 44d1ce90-1 chat-slot-main-1 active 292
        echo ,
        made b31e88f2-1 chat-slot-main-2 idle 1123
        echo ,
        made e05f1a22-1 chat-slot-main-3 expired 2001
        echo ,
        made c77ab90e-1 main active 261
        printf '}}\n'
    } >"$file"
    make_index '{"id":"c77ab90e-1","title":"Invoice dispute"},{"id":"44d1ce90-1","title":"Onboarding"},
        {"id":"b31e88f2-1","title":"Q3 pipeline summary"},{"id":"e05f1a22-1","title":"Draft reply"}'
    cp "$file" "$home/before"
}

make_index() {
    mkdir -p "$dir/workspace/.openclaw/web-chat"
    echo "[$1]" >"$dir/workspace/.openclaw/web-chat/index.json"
}

# What slotop saw: lines of events for this registry.
make_history() {
    slotop touch 44d1ce90-1 >/dev/null # it keeps a copy of this registry, named like its history
    local hash
    hash=$(basename "$(ls -d "$home"/.local/state/slotop/copies/*/)")
    mkdir -p "$home/.local/state/slotop/history"
    cat >"$home/.local/state/slotop/history/$hash.jsonl"
    cp "$home/before" "$file"
}

@test "why SESSION tells the cause, a line for each slot, and what to do" {
    make_story
    expect 0 why c77a
    cat >"$home/wanted" <<'END'
c77ab90e Invoice dispute fell back to main at 03:50:45, 4m ago.
Cause: hoarded (inferred). All 3 slots were held: 2 by chats that had been quiet
  for 14m or more, 1 in use; slot 3 was freed within 5m.
SLOT  WAS        HELD  UNUSED  FREED AFTER       SESSION   TITLE
1     in use      31s     31s  held still        44d1ce90  Onboarding
2     quiet       14m     14m  held still        b31e88f2  Q3 pipeline summary
3     quiet       29m     29m  <5m (inferred)    e05f1a22  Draft reply
Now: Slot 3 is free: a new chat gets it; this one stays on main.
END
    diff "$home/wanted" "$home/out"
    is_unchanged
}

@test "a fallback that a clock ahead of this one dates says how far in the future it is" {
    make_pool 1
    {
        printf '{"version": 1, "agents": {\n'
        made c77ab90e-1 main active -7250
        printf '}}\n'
    } >"$file"
    expect 0 why c77a
    grep -q '^c77ab90e fell back to main at 05:55:5[0-9], 2h00 in the future\.$' "$home/out"
}

@test "no line is wider than 80 columns where titles are short" {
    make_story
    expect 0 why c77a
    [ "$(wc -L <"$home/out")" -le 80 ]
}

@test "why SESSION --json is one explanation" {
    make_story
    expect 0 why c77a --json
    for line in '"session": "c77ab90e-1",' '"agent": "main",' '"cause": "hoarded",' \
        '"seen": false,' "\"at\": $((now - 261000))," '"time": "2026-03-19T03:50:45.902Z",' \
        '"nearest": "chat-slot-main-3"'; do
        grep -qxF "  $line" "$home/out"
    done
    grep -A 14 '"slot": "3"' "$home/out" | tr -d ' \n' >"$home/slot"
    printf '%s' '"slot":"3","id":"chat-slot-main-3","holding":"quiet","session":"e05f1a22-1",' \
        '"title":"Draftreply",' "\"since\":$((now - 2001000)),\"used\":$((now - 2001000))," \
        "\"usedLater\":false,\"freed\":$((now - 201000)),\"freedBy\":$now,\"freedSeen\":false," \
        '"heldStill":false}],' '"nearest":"chat-slot-main-3"' >"$home/wanted"
    [ "$(head -c "$(wc -c <"$home/wanted")" "$home/slot")" = "$(cat "$home/wanted")" ]
}

@test "what slotop saw is exact and says so" {
    make_story
    make_history <<END
{"at":$((now - 261000)),"event":"fell-back","by":"server","session":"c77ab90e-1","agent":"main","to":"active"}
{"at":$((now - 237000)),"event":"expired","by":"gc","session":"e05f1a22-1","agent":"chat-slot-main-3","from":"idle","to":"expired"}
END
    expect 0 why c77a
    says "Cause: hoarded (seen)."
    says "slot 3 was freed 24s later."
    says "24s (seen)"
    expect 0 why c77a --json
    says '"freedSeen": true'
}

@test "a fallback whose entry has gone is told from what was seen" {
    make_story
    make_history <<END
{"at":$((now - 200000)),"event":"fell-back","by":"server","session":"gone-chat","agent":"main","to":"active"}
END
    expect 0 why gone-chat
    says "gone-chat fell back to main"
    expect 0 why
    says "2 fallbacks in the last day"
}

@test "a deleted chat that holds a slot is a ghost, and its command follows" {
    make_story
    make_index '{"id":"c77ab90e-1","title":"Invoice dispute"},{"id":"44d1ce90-1"}'
    sed -i 's/"expired"/"active"/' "$file"
    expect 0 why c77a
    says "Cause: ghosts (inferred)."
    says "2 for chats that are deleted by"
    says "Now: slotop expire e05f1a22-1"
    says "What that frees goes to the next new chat; this one stays on main."
}

@test "without SESSION the fallbacks of the last day are grouped by cause, newest first" {
    make_story
    sed -i 's/^}}$/,/' "$file"
    {
        made ffff0001-1 main expired 2000
        echo ,
        made ffff0002-1 main active 250
        echo ,
        made ffff0003-1 main active 86401
        printf '}}\n'
    } >>"$file"
    expect 0 why
    [ "$(head -n 1 "$home/out")" = "3 fallbacks in the last day: 2 hoarded, 1 unknown." ]
    [ "$(sed -n '3,$p' "$home/out" | grep -o 'ffff000.\|c77ab90e' | tr '\n' ' ')" = \
        "ffff0002 c77ab90e ffff0001 " ]
    expect 0 why --json
    [ "$(grep -c '^    "session"' "$home/out")" = 3 ]
}

@test "nothing fell back: that is said, and is 0" {
    make_registry
    sed -i 's/"main",$/"chat-slot-main-9",/' "$file"
    expect 0 why
    printed "0 fallbacks in the last day."
    expect 0 why --json
    printed "[]"
}

@test "a session with a slot did not fall back: 1, with what it is on since when" {
    make_story
    expect 1 why b31e
    [ "$err" = "slotop: Session b31e88f2 did not fall back: it got slot 2 at 03:36:23, 18m ago" ]
    printed ""
    expect 1 why b31e --json
    says '"cause": "no-fallback"'
}

@test "no such session is 1" {
    make_story
    expect 1 why nobody
    [ "$err" = "slotop: nobody: no such session" ]
    expect 1 why nobody --json
    printed null
}

@test "an empty pool and a config that is not strict are causes" {
    make_story
    make_pool 0
    expect 0 why c77a
    says "Cause: no-slots (inferred). The pool has no slots now."
    echo '{"agents": {}, // slots
    }' >"$dir/openclaw.json"
    expect 0 why c77a
    says "Cause: config (inferred). openclaw.json is not strict JSON now"
}

@test "a registry that cannot be used is 5" {
    make_story
    echo '{"agents": {' >"$file"
    expect 5 why
    says torn
}

@test "hostile ids and titles are harmless" {
    make_pool 1
    made 'h\u001b]0;x\u0007\u202e\ud800' chat-slot-main-1 active 300 >"$home/one"
    made victim-1 main active 200 >"$home/two"
    {
        printf '{"agents": {'
        cat "$home/one"
        echo ,
        cat "$home/two"
        printf '}}\n'
    } >"$file"
    make_index '{"id":"victim-1","title":"a\u001b[2J\u202e\nb"}'
    for words in "why victim-1" "why" "why --color always" "why h"; do
        status=0
        slotop $words >"$home/out" 2>&1 || status=$?
        [ "$status" -le 1 ]
        never grep -q $'\x1b\\[2J\|\x07\|\xe2\x80\xae' "$home/out"
    done
}

@test "a demo has no need of explanations, and why works in it" {
    expect 0 --demo why
}
