#!/usr/bin/env bats
# `list --where`: the language of the filter, on state directories with chats and traces.
load common

fixtures=$BATS_TEST_DIRNAME/../fixtures

# The state directory of a fixture is at $dir, its time is $now, and this process is its server.
make_fixture() {
    "$fixtures/make" -p $$ "$1" "$dir"
    now=$("$fixtures/make" -n "$1")
    cp "$file" "$home/before"
}

# `list ARGUMENT…` prints these sessions, by their names in the fixture, in this order.
listed() {
    local names=$1 name
    shift
    expect 0 list "$@"
    sed 1d "$home/out" | cut -d ' ' -f 1 >"$home/ids"
    for name in $names; do
        "$fixtures/make" -i "$name"
    done | diff - "$home/ids"
}

@test "--where asks for what the registry says" {
    make_fixture everything
    listed "twice again" --where slot:3
    listed "leaks falls odd" --where "state:active,odd !age>20m"
    listed "due" --where state:overdue
    listed "due falls" --where state:fallback
    listed "leaks falls" --where "state:live left<31m quiet<21m !state:idle"
    is_unchanged
}

@test "--where asks for titles, uses and findings" {
    make_fixture everything
    listed "holds" --where 'title:"chat h"'
    listed "shares holds" --where "slot:1 quiet<5m"
    listed "shares" --where state:shared
    listed "deleted left" --where finding:ghost,workspace-gone
    listed "twice again" --where "finding:double quiet<5m"
}

@test "--where asks for runs" {
    make_fixture healthy-busy
    listed "refund invoice survey" --where run:yes
    listed "invoice" --where "state:running INVOICE"
    listed "import" --where run:no
    rm -r "$dir"
    make_fixture running-but-expired
    listed "refund" --where "state:in-use run:yes"
}

@test "--where goes together with the other options" {
    make_fixture everything
    listed "twice again" --slot 3 --where state:idle
    listed "due" --fallback --where "quiet>10m"
    listed "holds" --state idle --where "slot:1 !state:shared" --slot chat-slot-foo-1
    expect 1 list --state active --where state:idle
    says "no entry passes the filter"
    expect 1 list --json --slot 3 --where id:zzz
    printed "[]"
}

@test "a term that is not understood is 2 and named, with what there is" {
    make_fixture everything
    for words in fnord:3 state:busy "run:maybe" "age>soon" state: '"open' '!'; do
        expect 2 list --where "$words"
        printed ""
        [[ $err == "slotop: --where: '$words': "* ]]
        [ "$(wc -l <"$home/err")" = 1 ]
    done
    expect 2 list --where "x fnord:3"
    says "there is no field 'fnord:'; fields are state: slot: title: id: workspace: finding: run:"
    expect 2 list --slot ""
    says "--slot: '' is no value"
}

@test "list --json --where prints the stored entries" {
    make_fixture everything
    expect 0 list --json --where finding:odd-entry
    [ "$(echo $out)" = "[ 7 ]" ]
}

@test "a session without an entry is not listed" {
    make_pool 1
    mkdir -p "$dir/workspace/.openclaw/web-chat"
    printf '[{"id":"forgotten-1","title":"Gone","chatAgentId":"chat-slot-main-1","updatedAt":%s}]' \
        "$now" >"$dir/workspace/.openclaw/web-chat/index.json"
    expect 0 status --json
    expect 1 list --where title:gone
    says "no entry passes the filter"
}
