#!/bin/sh
# Installs what building (or testing) slotop needs and this machine lacks; says what it does.
# usage: deps.sh build|test
set -eu
want=${1:-build}

compiler=${CC:-cc}
has_header() {
    printf '#include <stddef.h>\n#include <stdarg.h>\n#include <setjmp.h>\n#include <stdint.h>\n#include <%s>\n' "$1" |
        "$compiler" -E - >/dev/null 2>&1
}
missing=
need() { case " $missing " in *" $1 "*) ;; *) missing="$missing $1" ;; esac; }

command -v "$compiler" >/dev/null 2>&1 || need compiler
has_header stdio.h || need compiler
command -v make >/dev/null 2>&1 || need make
has_header ncurses.h || need ncurses
has_header cjson/cJSON.h || need cjson
if [ "$want" = test ]; then
    has_header cmocka.h || need cmocka
    has_header vterm.h || need vterm
    command -v bats >/dev/null 2>&1 || need bats
fi
[ -n "$missing" ] || exit 0

# One line a package manager: compiler make ncurses cjson cmocka vterm bats
if command -v apt-get >/dev/null 2>&1; then
    install='apt-get install -y --no-install-recommends' update='apt-get update -q'
    names='gcc,libc6-dev make libncurses-dev libcjson-dev libcmocka-dev libvterm-dev bats'
elif command -v dnf >/dev/null 2>&1; then
    install='dnf install -y' update=:
    names='gcc,glibc-devel make ncurses-devel cjson-devel libcmocka-devel libvterm-devel bats'
elif command -v pacman >/dev/null 2>&1; then
    install='pacman -S --needed --noconfirm' update=:
    names='gcc make ncurses cjson cmocka libvterm bash-bats'
elif command -v zypper >/dev/null 2>&1; then
    install='zypper --non-interactive install' update=:
    names='gcc,glibc-devel make ncurses-devel cJSON-devel libcmocka-devel libvterm-devel bats'
elif command -v apk >/dev/null 2>&1; then
    install='apk add' update=:
    names='gcc,musl-dev make ncurses-dev cjson-dev cmocka-dev libvterm-dev bats'
else
    echo "slotop: missing:$missing, and no package manager known here (apt, dnf, pacman, zypper, apk)" >&2
    exit 1
fi

package() {
    i=1
    for thing in compiler make ncurses cjson cmocka vterm bats; do
        [ "$thing" != "$1" ] || break
        i=$((i + 1))
    done
    echo "$names" | cut -d' ' -f$i | tr , ' '
}
packages=
for thing in $missing; do packages="$packages $(package "$thing")"; done

sudo=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "slotop: missing packages:$packages; install them as root and try again" >&2
        exit 1
    }
    sudo=sudo
fi
echo "slotop: installing$packages" >&2
export DEBIAN_FRONTEND=noninteractive
$sudo $update >/dev/null
$sudo $install $packages >/dev/null
