#!/usr/bin/env bats
# Man page, completions, installation; that they say what the tables say: tests/unit/test_docs.c.
load common

root=$BATS_TEST_DIRNAME/../..
completions=$root/assets/completions

# What bash offers for the last of these words.
bash_offers() {
    PATH=$(dirname "$SLOTOP"):$PATH bash --norc -c '
        source "$1"
        COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2))
        _slotop slotop
        printf "%s\n" "${COMPREPLY[@]}"' bash "$completions/slotop.bash" "$@" >"$home/out" 2>"$home/err"
    out=$(echo $(cat "$home/out")) err=$(cat "$home/err")
    [ -z "$err" ]
}

# What fish offers for this line, without descriptions.
fish_offers() {
    PATH=$(dirname "$SLOTOP"):$PATH fish --no-config -c '
        source $argv[1]
        complete -C $argv[2]' "$completions/slotop.fish" "$1" >"$home/out" 2>"$home/err"
    out=$(echo $(cut -f 1 "$home/out")) err=$(cat "$home/err")
    [ -z "$err" ]
}

# A registry with ids that a shell would do something with.
make_hostile() {
    make_pool 1
    printf '{"agents":{"$(touch pwned)":{"state":"active"},"a`b`":{"state":"active"},"-n":{"state":"active"},
        "safe-1.0":{"state":"active"},"x y":{"state":"active"},"*":{"state":"active"}}}' >"$file"
}

@test "each picture of the README is what the program draws now" {
    sh "$root/tests/tools/pictures" "$(dirname "$SLOTOP")/tests/tools/screenshot" "$home"
    [ "$(cd "$home" && ls ./*.svg)" = "$(cd "$root/assets" && ls ./*.svg)" ]
    for picture in "$home"/*.svg; do
        cmp "$picture" "$root/assets/${picture##*/}" # make screenshot
    done
}

@test "the man page is clean" {
    command -v mandoc >/dev/null || command -v groff >/dev/null || skip "neither mandoc nor groff is here"
    for page in "$root"/assets/slotop*.[1-9]; do
        if command -v mandoc >/dev/null; then
            mandoc -T lint -W warning "$page"
        else
            [ -z "$(groff -mandoc -ww -z -Tutf8 "$page" 2>&1)" ]
        fi
    done
}

@test "the man page names every variable of the environment that is read" {
    grep -hoE '(getenv|find_xdg_dir|is_set)\("[A-Z_]*"' "$root"/tui/*.c | cut -d '"' -f 2 | sort -u >"$home/read"
    [ "$(wc -l <"$home/read")" -ge 7 ]
    while read -r name; do
        grep -q "^\.It Ev .*\b$name\b" "$root/assets/slotop.1" || {
            echo "$name is not in ENVIRONMENT"
            return 1
        }
    done <"$home/read"
}

@test "bash completes options, commands and values" {
    bash_offers slotop re
    printed "release resume restore"
    bash_offers slotop --color = a
    printed "auto always"
    bash_offers slotop list --state idle,exp
    printed "idle,expired"
    bash_offers slotop release --f
    printed "--fence"
    bash_offers slotop purge --f
    printed "--fence --force"
    bash_offers slotop show -- -
    printed ""
}

@test "bash completes sessions, operations, copies and workspaces" {
    make_registry
    bash_offers slotop release ''
    printed "aaaa0001-5f6e aaab0002-5f6e"
    bash_offers slotop resume c
    printed "cccc0003-5f6e"
    bash_offers slotop list --slot ''
    printed "1 2 3 main"
    "$SLOTOP" --fence 0 release aaaa
    bash_offers slotop undo ''
    printed "op-0001"
    bash_offers slotop restore ''
    printed "1"
    mkdir "$dir/workspace-acme"
    bash_offers slotop -w ''
    printed "default acme"
    mv "$dir" "$home/else where"
    bash_offers slotop show aaaa
    printed ""
    bash_offers slotop -d "$home/else where" show aaaa
    printed "aaaa0001-5f6e"
    bash_offers slotop --state-dir = "$home/else where" show aaaa
    printed "aaaa0001-5f6e"
}

@test "completing changes nothing" {
    make_registry
    for word in status show why touch idle expire release resume ensure purge restore gc undo; do
        bash_offers slotop "$word" ''
    done
    is_unchanged
    [ ! -e "$home/.local" ]
}

@test "ids that a shell would expand are not offered" {
    make_hostile
    cd "$home"
    bash_offers slotop show ''
    printed "safe-1.0"
    if command -v fish >/dev/null; then
        fish_offers "slotop show "
        printed "safe-1.0"
    fi
    [ ! -e pwned ]
}

@test "without a registry, and without slotop, completing is silent" {
    bash_offers slotop show ''
    printed ""
    SLOTOP=/nonexistent/slotop bash_offers slotop show ''
    printed ""
}

@test "fish completes options, commands, values and sessions" {
    command -v fish >/dev/null || skip "fish is not here"
    make_registry
    fish_offers "slotop re"
    printed "release restore resume"
    fish_offers "slotop list --state idle,exp"
    printed "idle,expired"
    fish_offers "slotop purge --f"
    printed "--fence --force"
    fish_offers "slotop -n release "
    printed "aaaa0001-5f6e aaab0002-5f6e"
    mv "$dir" "$home/elsewhere"
    fish_offers "slotop --state-dir=$home/elsewhere show cc"
    printed "cccc0003-5f6e"
}

@test "zsh reads its completion" {
    command -v zsh >/dev/null || skip "zsh is not here"
    zsh -fn "$completions/_slotop"
    [ "$(head -n 1 "$completions/_slotop")" = "#compdef slotop" ]
}

# make TARGET, of the build that is tested, into $home/root. Nothing is built here.
make_at() {
    (
        unset MAKEFLAGS MFLAGS MAKELEVEL
        cd "$root"
        make -s -o all "$1" VARIANT="$(basename "$(dirname "$SLOTOP")")" PREFIX=/usr DESTDIR="$home/root"
    )
}

@test "make install puts program, man pages and completions where they are looked for" {
    make_at install
    (cd "$home/root" && find . -type f | sort) >"$home/out"
    cat >"$home/wanted" <<'END'
./usr/bin/slotop
./usr/share/bash-completion/completions/slotop
./usr/share/doc/slotop/LICENSE
./usr/share/doc/slotop/README.md
./usr/share/fish/vendor_completions.d/slotop.fish
./usr/share/man/man1/slotop.1
./usr/share/man/man5/slotop-config.5
./usr/share/zsh/site-functions/_slotop
END
    diff "$home/wanted" "$home/out"
    "$home/root/usr/bin/slotop" --version >/dev/null
    cmp "$home/root/usr/share/man/man1/slotop.1" "$root/assets/slotop.1"
}

@test "make uninstall removes what make install has put there, and nothing else" {
    make_at install
    echo mine >"$home/root/usr/share/doc/slotop/notes"
    echo other >"$home/root/usr/share/man/man1/other.1"
    make_at uninstall
    (cd "$home/root" && find . -type f | sort) >"$home/out"
    printf './usr/share/doc/slotop/notes\n./usr/share/man/man1/other.1\n' | diff - "$home/out"
    rm "$home/root/usr/share/doc/slotop/notes"
    make_at install
    make_at uninstall
    [ ! -e "$home/root/usr/share/doc/slotop" ]
}
