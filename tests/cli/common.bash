# Every test has a home of its own; the program is $SLOTOP.
SLOTOP=${SLOTOP:-$BATS_TEST_DIRNAME/../../.build/release/slotop}

setup() {
    home=$(mktemp -d "${TMPDIR:-/tmp}/slotop-cli-XXXXXX")
    export HOME=$home LC_ALL=C.UTF-8 TZ=UTC
    unset XDG_STATE_HOME OPENCLAW_HOME OPENCLAW_WORKSPACE SLOTOP_READ_ONLY NO_COLOR
    dir=$home/.openclaw-dench
    file=$dir/chat-agents.json
    now=1773892506902
}

teardown() {
    chmod -R u+rwx "$home"
    rm -rf "$home"
}

# No server runs here: no fence; the clock stands at $now.
slotop() {
    "$SLOTOP" --fence 0 --now "$now" "$@"
}

# A state directory with a pool of $1 slots (3).
make_pool() {
    mkdir -p "$dir/workspace"
    {
        echo '{ "agents": { "list": [ { "id": "main" }'
        for slot in $(seq "${1:-3}"); do
            echo ", { \"id\": \"chat-slot-main-$slot\" }"
        done
        echo '] } }'
    } >"$dir/openclaw.json"
}

# One entry of the registry: id, agent, state, milliseconds since its last use.
entry() {
    cat <<END
    "$1": {
      "chatAgentId": "$2",
      "workspaceAgentId": "main",
      "sessionId": "$1",
      "workspaceDir": "",
      "state": "$3",
      "createdAt": $((now - 7200000)),
      "lastActiveAt": $((now - $4)),
      "idleTtlMs": 1800000
    }
END
}

# Four sessions on a pool of three: active, idle and overdue, expired, released.
make_registry() {
    make_pool
    {
        printf '{\n  "version": 1,\n  "agents": {\n'
        entry aaaa0001-5f6e chat-slot-main-1 active 600000
        echo ,
        entry aaab0002-5f6e chat-slot-main-2 idle 3600000
        echo ,
        entry cccc0003-5f6e chat-slot-main-3 expired 90000000
        echo ,
        entry dddd0004-5f6e main deleted 600000
        printf '  }\n}\n'
    } >"$file"
    cp "$file" "$home/before"
}

is_unchanged() {
    cmp "$file" "$home/before"
}

# Runs slotop and compares the exit status; what it printed is in $out and $err.
expect() {
    local wanted=$1 status=0
    shift
    slotop "$@" >"$home/out" 2>"$home/err" || status=$?
    out=$(cat "$home/out") err=$(cat "$home/err")
    if [ "$status" != "$wanted" ]; then
        echo "slotop $*: status $status, not $wanted" "$out" "$err"
        return 1
    fi
}

# The output is exactly these words, in one line.
printed() {
    [ "$out" = "$1" ] || {
        echo "printed: $out"
        return 1
    }
}

# Fails where the command succeeds; bats overlooks a plain "!".
never() {
    if "$@"; then
        return 1
    fi
}

# Standard output or error has this text.
says() {
    case $out$err in
    *"$1"*) ;;
    *)
        echo "does not say '$1':" "$out" "$err"
        return 1
        ;;
    esac
}

# The state of a session in the file.
state_of() {
    sed -n "/^    \"$1\"/,/}/s/.*\"state\": *\"\\([a-z]*\\)\".*/\\1/p" "$file"
}
