#!/usr/bin/env bats
# Every file the program reads may be missing, broken or hostile: never a crash, never a wipe.
load common

# All commands on what is there: each ends with one of the statuses, reads with $1, changes with $2,
# and the registry keeps its bytes.
try_all() {
    local read=$1 change=$2
    [ ! -e "$file" ] || cp "$file" "$home/before"
    for words in "status" "status --json" "list" "list --json"; do
        expect "$read" $words
    done
    for words in "touch abcd" "idle abcd" "release abcd" "expire abcd" "purge abcd" \
        "expire --due" "purge" "purge --expired-before 1d" "gc" "allocate abcd"; do
        expect "$change" $words
        [[ $err == *"slotop: "* ]]
        [ ! -e "$home/before" ] || is_unchanged
    done
}

registry_state() {
    slotop status --json | sed -n '/"registry"/,/}/s/.*"state": "\(.*\)".*/\1/p'
}

@test "no state directory: nothing is there and nothing is made" {
    expect 0 status
    says "No sessions yet. The registry appears when the first chat starts: $file"
    expect 0 list
    expect 0 list --json
    printed "[]"
    expect 1 show abcd
    expect 1 release abcd
    expect 0 gc --json
    printed '{"expired":[],"purged":0}'
    [ ! -e "$dir" ]
    [ "$(registry_state)" = missing ]
}

@test "an empty state directory: allocate makes the registry, on the workspace agent" {
    mkdir "$dir"
    expect 0 status
    expect 0 allocate abcd
    printed "abcd is active on the workspace agent main."
    [ "$(registry_state)" = ok ]
}

@test "torn registries are refused and kept" {
    make_pool
    cases=('' '{' '{"version":1,"agents":{"a":{"st' '{"agents":{}} x' '// c
{"agents":{}}' '{"agents":{},}' "{'agents':{}}" 'null,' $'\xef\xbb\xbf{"agents":{}}' '[01]')
    for text in "${cases[@]}"; do
        printf '%s' "$text" >"$file"
        [ "$(registry_state)" = torn ]
        expect 5 release abcd
        [ "$(od -c "$file")" = "$(printf '%s' "$text" | od -c)" ]
    done
    printf '{"version": 1, "agents"' >"$file"
    try_all 5 5
}

@test "a binary registry is torn" {
    make_pool
    head -c 4096 "$SLOTOP" >"$file"
    try_all 5 5
    [ "$(registry_state)" = torn ]
}

@test "malformed registries are refused and kept" {
    make_pool
    for text in 'null' '[]' '5' '"x"' '{}' '{"agents":null}' '{"version":1}'; do
        echo "$text" >"$file"
        [ "$(registry_state)" = malformed ]
        expect 5 list
        expect 5 gc
        [ "$(cat "$file")" = "$text" ]
    done
    try_all 5 5
}

@test "a registry of agents that is an array is not written" {
    make_pool
    echo '{"agents":[]}' >"$file"
    [ "$(registry_state)" = malformed ]
    try_all 5 5
}

@test "an entry that is null: listed, and walks are refused" {
    make_pool
    echo '{"agents":{"abcd":null,"efgh":{"state":"active","chatAgentId":"chat-slot-main-1"}}}' >"$file"
    cp "$file" "$home/before"
    expect 5 list --json
    says '"active"'
    expect 5 gc
    expect 5 allocate new
    is_unchanged
    expect 0 release efgh
}

@test "entries that are strings, numbers and arrays are listed as they are" {
    make_pool
    echo '{"agents":{"a":"text","b":5,"c":[1],"d":true,"e":{}}}' >"$file"
    expect 0 list --json
    printed '[
  "text",
  5,
  [
    1
  ],
  true,
  {}
]'
    expect 0 list
    expect 0 status
    expect 0 show a --json
    printed '"text"'
}

@test "odd members of entries are no trouble" {
    make_pool
    cat >"$file" <<'END'
{"agents":{"abcd":{"state":7,"lastActiveAt":"yesterday","createdAt":{},"idleTtlMs":1e400,"chatAgentId":[]},
"efgh":{"state":"active","lastActiveAt":-1e308,"createdAt":1e308,"idleTtlMs":null,"chatAgentId":"x"}}}
END
    expect 0 status
    expect 0 list
    expect 0 show abcd
    expect 0 show efgh
    expect 0 release abcd efgh
}

@test "deep nesting is no trouble" {
    make_pool
    {
        printf '{"agents":{"abcd":{"state":"active","x":'
        head -c 200000 /dev/zero | tr '\0' '['
        head -c 200000 /dev/zero | tr '\0' ']'
        printf '}}}'
    } >"$file"
    expect 0 status
    expect 0 release abcd
    head -c 200000 /dev/zero | tr '\0' '[' >"$file"
    expect 5 status
}

@test "a registry that is no regular file is refused without waiting for it" {
    make_pool
    mkdir "$file"
    try_all_unreadable() {
        [ "$(registry_state)" = unreadable ]
        expect 5 status
        expect 5 list
        expect 5 release abcd
        expect 5 allocate abcd
    }
    try_all_unreadable
    rmdir "$file"
    mkfifo "$file"
    try_all_unreadable
    rm "$file"
    ln -s chat-agents.json "$file"
    try_all_unreadable
}

@test "a config with comments, a broken one and one of a wrong shape give no slots" {
    make_registry
    for text in '// JSON5
{agents: {list: [{id: "chat-slot-main-1"}],},}' '{"agents"' '' '[]' '{"agents":{"list":{}}}' 'null'; do
        printf '%s' "$text" >"$dir/openclaw.json"
        expect 0 status --json
        says '"slots": []'
        expect 0 -n allocate new
        says "on the workspace agent main"
    done
}

@test "a config entry that breaks the server's code: no slot is given" {
    make_registry
    echo '{"agents":{"list":[{"id":"chat-slot-main-1"},null]}}' >"$dir/openclaw.json"
    expect 0 status
    expect 5 allocate new
    says "$dir/openclaw.json"
    is_unchanged
    expect 0 release aaaa
}

@test "a UI state that breaks the server's code: no chat is made" {
    make_registry
    echo null >"$dir/.dench-ui-state.json"
    expect 0 status --json
    says '"agentId": null'
    expect 5 allocate new
    is_unchanged
    expect 0 release aaaa
}

@test "UI states that are broken in other ways do not matter" {
    make_registry
    for text in '' '{' '[]' '5' '{"activeWorkspace":"../x"}' '{"activeWorkspace":null}'; do
        printf '%s' "$text" >"$dir/.dench-ui-state.json"
        expect 0 status --json
        says '"agentId": "main"'
    done
}
