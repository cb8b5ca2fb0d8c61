#!/usr/bin/env bats
# What holds for all commands: exit statuses, options, dry runs, read-only, prefixes, output.
load common

changes=(
    "allocate new" "touch aaaa" "idle aaaa" "release aaaa" "expire aaaa" "expire --due"
    "resume cccc" "ensure aaaa" "purge" "purge dddd" "purge --expired-before 1d" "gc"
)

beyond_ascii() {
    LC_ALL=C grep '[^ -~]' "$home/out"
}

# Beside line ends and our own colours.
has_controls() {
    tr -d '\n' <"$home/out" | sed 's/\x1b\[[0-9;]*m//g' | LC_ALL=C grep '[[:cntrl:]]'
}

@test "a dry run changes nothing and says so" {
    make_registry
    for words in "${changes[@]}"; do
        expect 0 --dry-run $words
        is_unchanged
        expect 0 -n --json $words
        is_unchanged
    done
}

@test "a dry run's record has the state that it would get" {
    make_registry
    expect 0 release aaaa -n --json
    cat >"$home/wanted" <<'END'
[
  {
    "session": "aaaa0001-5f6e",
    "from": "active",
    "to": "active",
    "changed": false,
    "reason": "dry run",
    "would": "deleted"
  }
]
END
    diff "$home/wanted" "$home/out"
    expect 0 purge dddd -n --json
    says '"would": null'
    expect 0 -n expire aaaa
    printed "Would expire aaaa0001. Slot 1 is free for the next new chat; its chat may stay pinned to it. The entry stays, as expired."
    expect 0 -n purge cccc
    printed "Would remove cccc0003. The registry forgets it; nothing else changes."
}

@test "a dry run answers like the run" {
    make_registry
    for words in "expire --due" "purge" "gc" "allocate new" "resume cccc"; do
        make_registry
        expect 0 -n --json $words
        cp "$home/out" "$home/dry"
        expect 0 --json $words
        cmp "$home/dry" "$home/out"
    done
}

@test "read-only refuses every change, also by the environment" {
    make_registry
    for words in "${changes[@]}"; do
        expect 4 --read-only $words
        says "read-only"
        is_unchanged
    done
    export SLOTOP_READ_ONLY=1
    expect 4 release aaaa
    expect 0 list
    expect 0 -n release aaaa
    for off in "" 0; do
        export SLOTOP_READ_ONLY=$off
        expect 0 touch aaaa
    done
}

@test "a prefix must be unique and have four characters" {
    make_registry
    expect 0 show aaaa
    expect 1 show aaa
    expect 1 show aaaax
}

@test "an ambiguous prefix lists its candidates and changes nothing" {
    make_registry
    expect 0 allocate aaaa0009
    cp "$file" "$home/before"
    expect 2 release cccc aaaa
    says "slotop: aaaa: several sessions begin so: aaaa0001-5f6e, aaaa0009"
    printed ""
    is_unchanged
}

@test "usage errors are 2, with a sentence, and print nothing" {
    make_registry
    for words in "frobnicate" "undo op-1 op-2" "why a b" "doctor x" "events x" "metrics x" "metrics --format xml" "--bogus" \
        "show" "show a b" "status x" "release" "touch a b" "expire" "expire a --due" \
        "list --ttl 5" "list --where fnord:3" "show --where x a" "purge --force" "gc --every=0" "--fence 10001 status" "--now x status" \
        "--color blue status" "restore 1 2" "restore 1 --list" "status --list" "--json=1 status" "-w ../x status"; do
        expect 2 $words
        printed ""
        [[ $err == "slotop: "* ]]
        [ "$(wc -l <"$home/err")" = 1 ]
    done
    is_unchanged
}

@test "an unknown command gets a suggestion" {
    expect 2 relaese
    says "did you mean 'release'?"
}

@test "--help and --version go to standard output with 0" {
    expect 0 --help
    says "Usage: slotop"
    for word in status list show why allocate touch idle release expire resume ensure purge restore gc undo doctor events metrics; do
        grep -qE "^  $word( |$)" "$home/out"
    done
    [ -z "$err" ]
    expect 0 --version
    [ "$(head -n 1 "$home/out")" = "slotop 0.1.0" ]
    says "NO WARRANTY"
}

@test "options and commands come in any order" {
    make_registry
    expect 0 list --json --state idle
    cp "$home/out" "$home/wanted"
    for words in "--json list --state idle" "--state=idle --json list" "--state idle list --json"; do
        expect 0 $words
        cmp "$home/out" "$home/wanted"
    done
}

@test "-d names the state directory, -w the workspace" {
    make_registry
    mv "$dir" "$home/elsewhere"
    expect 0 -d "$home/elsewhere" show aaaa
    expect 1 show aaaa
    mkdir "$home/elsewhere/workspace-foo"
    expect 0 --state-dir="$home/elsewhere" -w foo --json status
    says '"agentId": "foo"'
}

@test "a full disk behind standard output is said and is 6" {
    make_registry
    for words in "status" "status --json" "list" "show aaaa" "release aaaa" "--help" "--version"; do
        status=0
        slotop $words >/dev/full 2>"$home/err" || status=$?
        [ "$status" = 6 ]
        [ "$(cat "$home/err")" = "slotop: standard output: No space left on device" ]
    done
}

@test "a closed standard output never becomes the registry" {
    make_registry
    status=0
    slotop release aaaa >&- 2>"$home/err" || status=$?
    [ "$status" = 6 ]
    slotop show aaaa --json <&- >"$home/out"
    grep -q '"deleted"' "$home/out"
    [ "$(head -c 1 "$file")" = "{" ]
    slotop list --json 2>&- >"$home/out"
    never grep -q slotop: "$file"
}

@test "a pipe that nobody reads ends quietly" {
    make_registry
    (
        trap '' PIPE
        status=0
        slotop status 2>"$home/err" || status=$?
        echo "$status" >"$home/status"
    ) | :
    [ ! -s "$home/err" ]
}

@test "colour comes only when asked for" {
    make_registry
    expect 0 status
    never grep -q $'\033' "$home/out"
    expect 0 --color=always status
    grep -q $'\033\[33mOVERDUE' "$home/out"
    expect 0 --color=never status
    never grep -q $'\033' "$home/out"
}

@test "--ascii prints no byte beyond ASCII, and so does a locale that has none" {
    make_pool 1
    expect 0 allocate $'\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80'
    expect 0 --ascii list
    never beyond_ascii
    LC_ALL=C expect 0 list
    never beyond_ascii
}

@test "hostile ids are harmless in text" {
    make_pool 1
    printf '{"agents":{"h\\u001b]0;x\\u0007\\u202e\\ud800\xff":{"state":"active","chatAgentId":"\\u001b[2J"}}}' >"$file"
    for words in "status" "list" "show h" "-n expire --due" "list --color always"; do
        status=0
        slotop $words >"$home/out" 2>&1 || status=$?
        [ "$status" -le 1 ]
        [ -s "$home/out" ]
        never has_controls
        never grep -q $'\xe2\x80\xae' "$home/out"
    done
}

@test "a directory that cannot be written is 6 or 5, and said" {
    [ "$(id -u)" != 0 ] || skip "root may write anywhere"
    make_registry
    chmod a-w "$file"
    expect 5 release aaaa
    says "$file"
    is_unchanged
}

@test "--demo is a world of its own and leaves nothing behind" {
    make_registry
    mkdir "$home/tmp"
    TMPDIR=$home/tmp "$SLOTOP" --demo --json status >"$home/out"
    grep -q '"workspace"' "$home/out"
    [ -z "$(ls "$home/tmp")" ]
    is_unchanged
}

@test "metrics are numbers with help and type, and OpenMetrics ends with its mark" {
    make_registry
    expect 0 metrics
    grep -qx 'slotop_registry_usable 1' "$home/out"
    grep -q '^# TYPE slotop_slots gauge$' "$home/out"
    [ -z "$(grep -vE '^(# (HELP|TYPE) slotop_[a-z_]+ .+|slotop_[a-z_]+([{][^}]*[}])? [0-9.]+)$' "$home/out")" ]
    never grep -qx '# EOF' "$home/out"
    expect 0 metrics --format openmetrics
    [ "$(tail -n 1 "$home/out")" = "# EOF" ]
    printf torn >"$file"
    expect 5 metrics
    grep -qx 'slotop_registry_usable 0' "$home/out"
}
