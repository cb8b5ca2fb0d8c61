#!/usr/bin/env bats
# What a wipe or a torn file takes comes back from the copies, and what came since stays.
load common

# A save of the server's that took the registry as empty: one new session, on the first slot.
wipe() {
    {
        printf '{\n  "version": 1,\n  "agents": {\n'
        entry eeee0005-5f6e chat-slot-main-1 active 1000
        printf '  }\n}\n'
    } >"$file"
    cp "$file" "$home/before"
}

tear() {
    head -c "${1:-500}" "$home/before" >"$file"
    cp "$file" "$home/torn"
}

# A copy is kept of the registry of common.bash, as it was.
make_copy() {
    make_registry
    expect 0 touch aaaa
}

copies() {
    find "$home/.local/state/slotop/copies" -type f
}

@test "after a wipe the others come back, and the new one stays" {
    make_copy
    wipe
    expect 0 restore
    says "Brought back 3 sessions from the copy of 2026-03-19T03:55:06.902Z (0000001-$now-edit.json). 1 released entry is left out."
    [ "$(state_of eeee0005-5f6e)" = active ]
    [ "$(state_of aaaa0001-5f6e)" = active ]
    [ "$(state_of aaab0002-5f6e)" = idle ]
    [ "$(state_of cccc0003-5f6e)" = expired ]
    [ -z "$(state_of dddd0004-5f6e)" ]
    expect 0 list --json
    [ "$(grep -c '"sessionId"' "$home/out")" = 4 ]
}

@test "the record of a restore: from nothing to what it was" {
    make_copy
    wipe
    expect 0 restore --json
    cat >"$home/wanted" <<'END'
[
  {
    "session": "aaaa0001-5f6e",
    "from": null,
    "to": "active",
    "changed": true
  },
  {
    "session": "aaab0002-5f6e",
    "from": null,
    "to": "idle",
    "changed": true
  },
  {
    "session": "cccc0003-5f6e",
    "from": null,
    "to": "expired",
    "changed": true
  }
]
END
    diff "$home/wanted" "$home/out"
}

@test "an entry that exists now wins over its copy" {
    make_copy
    {
        printf '{\n  "version": 1,\n  "agents": {\n'
        entry aaaa0001-5f6e main idle 5
        printf '  }\n}\n'
    } >"$file"
    expect 0 restore
    says "1 that the registry has now stays as it is"
    [ "$(state_of aaaa0001-5f6e)" = idle ]
    [ "$(state_of aaab0002-5f6e)" = idle ]
}

@test "what is back needs no second restore" {
    make_copy
    wipe
    expect 0 restore
    cp "$file" "$home/before"
    expect 0 restore
    printed ""
    says "nothing to bring back"
    expect 0 restore --json
    printed "[]"
    is_unchanged
}

@test "a torn file is replaced, and its text is kept" {
    make_copy
    for length in 0 1 500 900; do
        tear "$length"
        expect 5 status --json
        says '"remedy": "slotop restore"'
        expect 0 restore
        says "which takes the place of the whole file"
        [ "$(state_of aaaa0001-5f6e)" = active ]
        [ -z "$(state_of dddd0004-5f6e)" ]
        expect 0 status
        [ "$length" = 0 ] || cmp "$home/torn" "$(copies | grep replaced | sort | tail -n 1)"
    done
}

@test "a malformed file is replaced too" {
    make_copy
    for text in 'null' '[]' '{}' '{"agents":[]}'; do
        echo "$text" >"$file"
        expect 0 restore
        [ "$(state_of aaab0002-5f6e)" = idle ]
    done
}

@test "a registry that has gone is made again" {
    make_copy
    rm "$file"
    expect 0 restore
    [ "$(state_of aaaa0001-5f6e)" = active ]
}

@test "the list: newest first, counted" {
    make_copy
    expect 0 release aaab
    expect 0 restore --list
    [ "$(sed 's/ *$//' "$home/out")" = "   COPY  KEPT                      WHY       ENTRIES     LIVE      BYTES
      2  2026-03-19T03:55:06.902Z  edit            4        2       1188
      1  2026-03-19T03:55:06.902Z  edit            4        2       1188" ]
    expect 0 restore --list --json
    sed -n '2,11p' "$home/out" >"$home/first"
    cat >"$home/wanted" <<END
  {
    "name": "0000002-$now-edit.json",
    "saved": $now,
    "time": "2026-03-19T03:55:06.902Z",
    "reason": "edit",
    "state": "ok",
    "entries": 4,
    "live": 2,
    "bytes": 1188
  },
END
    diff "$home/wanted" "$home/first"
}

@test "the list of nothing" {
    make_registry
    expect 0 restore --list
    printed ""
    says "no copy of the registry has been kept"
    expect 0 restore --list --json
    printed "[]"
    expect 1 restore
    says "no copy of the registry has been kept"
    is_unchanged
}

@test "a copy can be named, by number or in full" {
    make_copy
    expect 0 release aaaa
    expect 0 release aaab
    for name in 1 0000001 "0000001-$now-edit.json"; do
        wipe
        expect 0 restore "$name"
        [ "$(state_of aaaa0001-5f6e)" = active ]
        wipe
        expect 0 restore 3
        [ -z "$(state_of aaaa0001-5f6e)" ]
        [ "$(state_of aaab0002-5f6e)" = idle ]
    done
    wipe
    for name in 9 x ../1 ""; do
        expect 1 restore "$name"
        is_unchanged
    done
}

@test "a dry run says what would come back and writes nothing" {
    make_copy
    wipe
    count=$(copies | wc -l)
    expect 0 -n restore
    says "Would bring back 3 sessions"
    is_unchanged
    expect 0 -n restore --json
    says '"would": "expired"'
    is_unchanged
    tear 300
    expect 0 -n restore
    cmp "$home/torn" "$file"
    [ "$(copies | wc -l)" = "$count" ]
}

@test "read-only refuses, and lists" {
    make_copy
    wipe
    expect 4 --read-only restore
    says "read-only"
    is_unchanged
    SLOTOP_READ_ONLY=1 expect 0 restore --list --json
    says '"entries": 4'
}

@test "every change keeps a copy of what was before, for nobody else to read" {
    make_registry
    for words in "expire --due" "touch aaaa" "idle aaaa" "expire aaaa" "release aaab" \
        "resume aaaa" "purge dddd" "allocate new" "ensure cccc" "purge" "undo"; do
        cp "$file" "$home/before"
        expect 0 $words
        cmp -s "$home/before" "$file" && return 1
        cmp "$home/before" "$(copies | sort | tail -n 1)"
    done
    [ -z "$(find "$home/.local" -perm /077)" ]
}

@test "gc keeps a copy where it changes something, and not where it does not" {
    make_registry
    cp "$file" "$home/before"
    expect 0 gc
    cmp -s "$home/before" "$file" && return 1
    cmp "$home/before" "$(copies)"
    [[ $(copies) == *-gc.json ]]
    expect 0 gc
    [ "$(copies | wc -l)" = 1 ]
}

@test "what changes nothing keeps no copy" {
    make_registry
    expect 0 release aaaa
    count=$(copies | wc -l)
    cp "$file" "$home/before"
    expect 0 release aaaa
    expect 0 -n touch aaab
    expect 4 --read-only touch aaab
    cmp "$home/before" "$file"
    [ "$(copies | wc -l)" = "$count" ]
}

@test "a change is made and told where no copy can be kept" {
    make_registry
    mkdir "$home/.local"
    echo "a file stands here" >"$home/.local/state"
    expect 0 touch aaaa
    [[ $err == *"slotop: no copy of the registry was kept: "* ]]
    expect 1 restore
}

@test "XDG_STATE_HOME says where the copies are" {
    make_registry
    export XDG_STATE_HOME=$home/elsewhere
    expect 0 touch aaaa
    [ -d "$home/elsewhere/slotop/copies" ]
    [ ! -e "$home/.local" ]
    export XDG_STATE_HOME=relative
    expect 0 touch aaab
    [ -d "$home/.local/state/slotop/copies" ]
}

@test "each state directory has copies of its own" {
    make_copy
    mv "$dir" "$home/other"
    expect 1 -d "$home/other" restore
    mv "$home/other" "$dir"
    wipe
    (cd "$home" && expect 0 -d .openclaw-dench restore)
    [ "$(state_of aaaa0001-5f6e)" = active ]
}
