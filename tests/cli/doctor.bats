#!/usr/bin/env bats
# Every anomaly has a state directory (tests/fixtures), in which doctor finds it and nothing else.
load common

fixtures=$BATS_TEST_DIRNAME/../fixtures

# The state directory of a fixture is at $dir, its time is $now, and this process is its server.
make_fixture() {
    "$fixtures/make" -p $$ "$@" "$dir"
    now=$("$fixtures/make" -n "${*: -1}")
    if [ -f "$file" ]; then
        cp "$file" "$home/before"
    fi
}

session() {
    "$fixtures/make" -i "$1"
}

# The codes in what was printed as JSON, each once, sorted.
codes() {
    sed -n 's/^ *"code": "\([a-z-]*\)",$/\1/p' "$home/out" | sort -u
}

# The exit status that the findings deserve: an unusable registry, or a warning or worse.
deserved() {
    if codes | grep -qxE 'registry-(torn|malformed|unreadable)'; then
        echo 5
    elif grep -qE '^ *"severity": "(warning|error)"' "$home/out"; then
        echo 1
    else
        echo 0
    fi
}

# doctor --json finds in the state directory what the fixture expects.
finds_what_it_should() {
    local name=$1 status=0
    slotop doctor --json >"$home/out" 2>"$home/err" || status=$?
    out=$(cat "$home/out") err=$(cat "$home/err")
    if ! diff <("$fixtures/make" -e "$name") <(codes) >"$home/diff"; then
        echo "$name: expected <, found >"
        cat "$home/diff" "$home/out" "$home/err"
        return 1
    fi
    [ "$status" = "$(deserved)" ] || {
        echo "$name: status $status, not $(deserved)"
        return 1
    }
}

# The same for each of these fixtures; looking changes nothing.
check() {
    local name
    for name in "$@"; do
        rm -rf "$dir"
        make_fixture "$name"
        finds_what_it_should "$name"
        [ ! -f "$file" ] || is_unchanged
    done
}

@test "nothing is found where nothing is wrong" {
    check healthy healthy-busy fresh
}

@test "row 1: a deleted chat keeps its slot; a torn index deletes none" {
    check ghost torn-index
}

@test "row 2: a last use that is frozen at creation" {
    check frozen-use
}

@test "row 3: expired while it ran, and its slot given to another" {
    check shared-slot running-but-expired
}

@test "row 4: idle chats fill the pool" {
    check idle-hoard pool-full
}

@test "row 5: a fallback is for ever" {
    check fallback stranded
}

@test "row 6: active, left behind by a crash" {
    check active-without-run
}

@test "row 7: runs on idle entries" {
    check late-run
}

@test "row 8: expired entries stay for ever" {
    check growth
}

@test "row 9: a registry that is torn, malformed or unreadable" {
    check registry-torn registry-malformed registry-unreadable
}

@test "row 10: workspaces switched and deleted" {
    check switched workspace-gone
}

@test "row 11: a pin that the index has lost" {
    check lost-pin
}

@test "row 12: a slot that is not in the config" {
    check orphan-slot
}

@test "row 13: two live entries on one slot" {
    check double-booked
}

@test "row 14: a clock that was ahead, a GC that has stopped" {
    check clock-ahead gc-stopped overdue
}

@test "what is wrong with the pool" {
    check pool-empty config-not-strict config-entry-invalid foreign-slot
}

@test "what is wrong with the server" {
    check server-down ui-state-breaks-server
}

@test "a DenchClaw without a pool is told as that and nothing else" {
    check retired-2.3.6
}

@test "entries that the server does not know how to take" {
    check odd-entry
}

@test "a bad day, and a day with a row of each kind" {
    check everything kinds
}

@test "strangers' titles, ids and files" {
    check hostile
    slotop doctor >"$home/out" || true
    never grep -q '[[:cntrl:]]' "$home/out"
}

@test "who keeps the registry open is named" {
    local result=0
    make_fixture held-open
    sleep 60 3<"$file" >"$home/slept" 2>&1 &
    holder=$!
    finds_what_it_should held-open || result=$?
    kill "$holder"
    [ "$result" = 0 ]
    says "(pid $holder) keeps" # bash, or already sleep
}

@test "a wipe that no slotop saw is not guessed at" {
    make_fixture -b registry-wiped
    expect 0 doctor
    [ "$(grep -c '"sessionId"' "$file")" = 4 ]
    make_fixture registry-wiped
    expect 0 doctor
    printed "No findings."
    [ "$(grep -c '"sessionId"' "$file")" = 1 ]
}

@test "every fixture is looked at here" {
    for path in "$fixtures"/*.fixture; do
        grep -qE "^ *(check|make_fixture) .*\\b$(basename "$path" .fixture)\\b" \
            "$BATS_TEST_FILENAME"
    done
}

@test "text: a paragraph a finding, worst first, and how many there are" {
    make_fixture overdue
    id=$(session refund)
    expect 0 doctor
    printed "info     overdue  Session ${id:0:8} \"Chat refund\" is past its TTL: the next GC expires it.
         -> slotop expire --due

1 note."
    rm -rf "$dir"
    make_fixture healthy
    expect 0 doctor
    printed "No findings."
    rm -rf "$dir"
    make_fixture everything
    expect 1 doctor
    [ "$(sed -n 's/^\(error\|warning\|info\) .*/\1/p' "$home/out" | uniq)" = "error
warning
info" ]
    tail -n 1 "$home/out" | grep -qxE '[0-9]+ errors?, [0-9]+ warnings?, [0-9]+ notes?\.'
}

@test "the array is that of status, and a torn registry is both told and the end" {
    make_fixture shared-slot
    expect 1 doctor --json
    sed 's/^/  /; 1d; $d' "$home/out" >"$home/findings"
    expect 0 status --json
    sed -n '/^  "findings": \[/,/^  \]/p' "$home/out" | sed '1d; $d' | diff "$home/findings" -
    rm -rf "$dir"
    make_fixture registry-torn
    expect 5 doctor
    says "registry-torn"
    says "slotop: $file is torn"
}

# ---- --fix ----

@test "--fix releases what has no chat" {
    make_fixture ghost
    id=$(session deleted)
    expect 0 doctor --fix
    printed "Released ${id:0:8}; slot chat-slot-main-1 is free.
The server's GC removes what is released.

No findings."
    [ "$(state_of "$id")" = deleted ]
    [ "$(state_of "$(session kept)")" = idle ]
}

@test "--fix expires what is due" {
    for name in overdue gc-stopped; do
        rm -rf "$dir"
        make_fixture "$name"
        expect 0 doctor --fix
        [ "$(state_of "$(session refund)")" = expired ]
    done
}

@test "--fix purges what expired long ago" {
    make_fixture growth
    expect 0 doctor --fix
    says "Removed 120 expired entries."
    [ "$(state_of "$(session recent)")" = idle ]
    [ "$(grep -c '"sessionId"' "$file")" = 1 ]
}

@test "--fix mends all of it as one change, which one undo takes back" {
    make_fixture everything
    expect 1 doctor --fix
    [ "$(state_of "$(session deleted)")" = deleted ]
    [ "$(state_of "$(session due)")" = expired ]
    [ -z "$(state_of "$(session old-1)")" ]
    for name in holds twice again falls late; do
        [ "$(state_of "$(session "$name")")" = "$(sed -n "/^    \"$(session "$name")\"/,/}/s/.*\"state\": \"\\(.*\\)\".*/\\1/p" "$home/before")" ]
    done
    grep -q '"command":"doctor"' "$HOME/.local/state/slotop/journal.jsonl"
    expect 0 undo
    [ "$(state_of "$(session deleted)")" = idle ]
    [ "$(state_of "$(session due)")" = idle ]
    [ "$(state_of "$(session old-150)")" = expired ]
}

@test "--fix --json: what changed, and what is left" {
    make_fixture ghost
    id=$(session deleted)
    expect 0 doctor --fix --json
    printed "{
  \"changes\": [
    {
      \"session\": \"$id\",
      \"from\": \"idle\",
      \"to\": \"deleted\",
      \"changed\": true
    }
  ],
  \"findings\": []
}"
    expect 0 doctor --fix --json
    printed '{
  "changes": [],
  "findings": []
}'
}

@test "--fix leaves alone what only a person can decide" {
    for name in shared-slot idle-hoard active-without-run orphan-slot double-booked clock-ahead \
        registry-torn registry-malformed retired-2.3.6 config-not-strict running-but-expired; do
        rm -rf "$dir"
        make_fixture "$name"
        slotop doctor --fix >"$home/out" 2>"$home/err" || true
        out= err=$(cat "$home/err")
        says "nothing of this is safe to mend by itself"
        [ ! -f "$file" ] || is_unchanged
    done
}

@test "--fix: a dry run says what it would do, read-only refuses" {
    make_fixture ghost
    id=$(session deleted)
    expect 1 -n doctor --fix
    says "Would release ${id:0:8}. Slot 1 is free for the next new chat; its chat is gone. GC removes the entry."
    is_unchanged
    expect 4 --read-only doctor --fix
    says "read-only"
    is_unchanged
    expect 1 --read-only doctor
    expect 2 status --fix
}
