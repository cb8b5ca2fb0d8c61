load common

journal() {
    echo "$HOME/.local/state/slotop/journal.jsonl"
}

# The journal has this many lines.
lines() {
    [ "$(wc -l <"$(journal)")" = "$1" ]
}

@test "a release is taken back to the very bytes" {
    make_registry
    expect 0 release aaaa0001
    [ "$(state_of aaaa0001-5f6e)" = deleted ]
    expect 0 undo
    printed "Taking back op-0001, release of 2026-03-19T03:55:06.902Z.
Put back aaaa0001; it is active again, on chat-slot-main-1."
    is_unchanged
}

@test "undo steps back, and its undo does it again" {
    make_registry
    expect 0 idle aaaa0001
    expect 0 expire aaaa0001
    expect 0 undo
    [ "$(state_of aaaa0001-5f6e)" = idle ]
    expect 0 undo
    is_unchanged
    expect 1 undo
    says "slotop: nothing to undo on $file"
    expect 0 undo op-0004
    [ "$(state_of aaaa0001-5f6e)" = idle ]
    grep -q '"command":"redo","undoes":"op-0004"' "$(journal)"
}

@test "undo prints change records" {
    make_registry
    expect 0 release aaaa0001 aaab0002
    expect 0 undo --json
    [ "$(echo "$out" | tr -d ' \n')" = '[{"session":"aaaa0001-5f6e","from":"deleted","to":"active","changed":true},{"session":"aaab0002-5f6e","from":"deleted","to":"idle","changed":true}]' ]
}

@test "a purge of several comes back as one operation" {
    make_registry
    expect 0 purge cccc0003 dddd0004
    expect 0 undo
    [ "$(state_of cccc0003-5f6e)" = expired ]
    [ "$(state_of dddd0004-5f6e)" = deleted ]
    lines 2
}

@test "what a purge took comes back with members nobody knows" {
    make_pool
    echo '{"agents":{"zzzz0001":{"state":"deleted","note":{"deep":[1,"\u00e9"]}}}}' >"$file"
    expect 0 purge
    never grep -q note "$file"
    expect 0 undo
    grep -q '"deep"' "$file"
}

@test "an allocated session has no entry again" {
    make_registry
    expect 0 allocate new-one
    expect 0 undo
    says "Put back new-one; it has no entry again."
    never grep -q new-one "$file"
}

@test "a resumed session is expired again, on its former agent" {
    make_registry
    expect 0 allocate other
    expect 0 resume cccc0003
    says "on the workspace agent"
    expect 0 undo
    says "Put back cccc0003; it is expired again."
    expect 0 show cccc0003 --json
    says '"chatAgentId": "chat-slot-main-3"'
}

@test "gc is an operation, but only where it changed something" {
    make_registry
    expect 0 gc
    expect 0 gc
    lines 1
    expect 0 undo
    [ "$(state_of aaab0002-5f6e)" = idle ]
    [ "$(state_of dddd0004-5f6e)" = deleted ]
}

@test "every command that changes something is recorded, and nothing else" {
    make_registry
    expect 0 status
    expect 0 touch aaaa0001
    expect 0 touch aaaa0001
    expect 0 ensure aaab0002
    expect 0 idle aaaa0001
    expect 0 expire aaaa0001
    expect 0 expire aaaa0001
    expect 0 resume aaaa0001
    expect 0 release aaaa0001
    expect 0 allocate xxxx
    expect 0 purge
    expect 0 -n release aaab0002
    expect 1 release nobody
    [ "$(sed 's/.*"command":"\([a-z]*\)".*/\1/' "$(journal)" | tr '\n' ' ')" = \
        "touch ensure idle expire resume release allocate purge " ]
}

@test "a session that was used since is left alone, and it is said" {
    make_registry
    expect 0 touch aaaa0001
    sed -i "s/\"lastActiveAt\": $now/\"lastActiveAt\": $((now + 1))/" "$file"
    cp "$file" "$home/before"
    expect 3 undo
    says "slotop: aaaa0001: it was used since; nothing was changed"
    is_unchanged
    lines 1
}

@test "a slot that somebody else holds since is not taken" {
    make_registry
    expect 0 release aaaa0001
    expect 0 allocate new-one
    expect 3 undo op-0001
    says "slotop: aaaa0001: its slot is held by another session since; nothing was changed"
    [ "$(state_of aaaa0001-5f6e)" = deleted ]
}

@test "an operation is undone once" {
    make_registry
    expect 0 release aaaa0001
    expect 0 undo 1
    expect 3 undo op-0001
    says "op-0001 has been undone by op-0002 since; nothing was changed; 'slotop undo op-0002' does it again"
}

@test "a dry run takes nothing back" {
    make_registry
    expect 0 release aaaa0001
    cp "$file" "$home/before"
    expect 0 undo -n
    says "Would put back aaaa0001; it would be active again, on chat-slot-main-1."
    is_unchanged
    lines 1
}

@test "read-only refuses, whatever there is to undo" {
    make_registry
    expect 4 --read-only undo
    expect 0 release aaaa0001
    cp "$file" "$home/before"
    SLOTOP_READ_ONLY=1 expect 4 undo
    says "slotop: read-only: nothing was undone on $file"
    is_unchanged
}

@test "what names no operation is told apart from what is not there" {
    make_registry
    expect 2 undo latest
    says "slotop: 'latest' names no operation, as op-0042 does"
    expect 1 undo op-0042
    says "slotop: op-0042: no such operation on $file"
}

@test "operations on another registry are passed over" {
    make_registry
    expect 0 release aaaa0001
    mkdir -p "$home/other"
    cp "$home/before" "$home/other/chat-agents.json"
    expect 1 undo -d "$home/other"
    expect 1 undo op-0001 -d "$home/other"
    ln -s "$dir" "$home/link"
    expect 0 undo -d "$home/link"
    is_unchanged
}

@test "the journal is for its owner, and where XDG_STATE_HOME says" {
    make_registry
    expect 0 touch aaaa0001
    [ "$(stat -c %a "$(journal)")" = 600 ]
    [ "$(stat -c %a "${HOME}/.local/state/slotop")" = 700 ]
    XDG_STATE_HOME=$home/xdg expect 0 release aaaa0001
    [ -s "$home/xdg/slotop/journal.jsonl" ]
    lines 1
}

@test "a torn journal is read as far as it is whole" {
    make_registry
    expect 0 idle aaaa0001
    expect 0 release aaaa0001
    truncate -s -30 "$(journal)"
    expect 0 touch aaab0002
    expect 0 undo
    says "Put back aaab0002"
    grep -q '^{"id":"op-0003"' "$(journal)"
}

@test "a change that cannot be recorded is made and told" {
    make_registry
    mkdir -p "$HOME/.local/state/slotop"
    ln -s /dev/full "$(journal)"
    expect 0 release aaaa0001
    says "Released aaaa0001"
    says "slotop: the change is made, but it is not in the journal for undo: opening"
    [ "$(state_of aaaa0001-5f6e)" = deleted ]
}

@test "a user whom the file of users does not know is written down by login and number" {
    [ "$(id -u)" = 0 ] || skip "only root can become somebody else"
    make_registry
    cp "$SLOTOP" "$home/program"
    chown -R 54321 "$home"
    become="setpriv --reuid=54321 --clear-groups"
    LOGNAME=ana $become "$home/program" --fence 0 --now "$now" idle aaaa0001
    grep -q '"user":"ana (uid 54321)"' "$(journal)"
    env -u LOGNAME $become "$home/program" --fence 0 --now "$now" expire aaaa0001
    grep -q '"user":"uid 54321"' "$(journal)"
}
