#!/bin/sh
# The architecture, enforced: who may include what, what core may call, what the README must name.
# usage: tests/layers.sh BUILD_DIRECTORY          prints TAP
set -u
build=$1 n=0 bad=0
check() { # rule, offending lines
    n=$((n + 1))
    if [ -z "$2" ]; then
        echo "ok $n $1"
    else
        bad=1
        echo "not ok $n $1"
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

check "core includes nothing of tui" "$(grep -n '#include "tui' core/*.[ch])"
check "only tui/term.c knows curses" "$(grep -lE '#include <(n?curses|term|ncursesw/.*)\.h>' core/*.[ch] tui/*.[ch] | grep -v '^tui/term\.c$')"
check "the rules know no file, no JSON and no clock" \
    "$(grep -nE '#include "core/(json|file|document|store|watch|config)\.h"' core/registry.h core/rules*.c core/operation.c core/gc.c 2>/dev/null)"
check "the view knows no clock and no terminal" \
    "$(grep -nE '\b(time|clock_gettime|localtime(_r)?|getenv|malloc|realloc|calloc)\(' tui/view*.c)"

forbidden='printf|vprintf|puts|putchar|fprintf|perror|exit|_exit|abort|getenv|secure_getenv|time|gettimeofday|clock_gettime|localtime|localtime_r|setlocale|system|popen'
check "core prints nothing, never exits, reads no clock and no environment" \
    "$(nm -A -u "$build/libslotop.a" 2>/dev/null | grep -E " U (${forbidden})(@|\$)" | grep -v asan)"
check "core links alone" "$(echo 'int main(void){return 0;}' >"$build/alone.c" &&
    ${CC:-cc} $(case $build in *asan) echo -fsanitize=address,undefined ;; esac) -o "$build/alone" "$build/alone.c" \
        -Wl,--whole-archive "$build/libslotop.a" -Wl,--no-whole-archive -lcjson -lm 2>&1)"

check "the README's map names every file of core and tui" \
    "$(for file in core/*.c tui/*.c; do
        name=$(basename "$file" .c)
        grep -qE "(^|[^a-z_])$name([^a-z_]|\$)" README.md || echo "$file is not in the README's map"
    done)"
check "no file of core includes in a circle" "$(awk -F'"' '
    FNR == 1 { file = FILENAME }
    /^#include "core\// { print file, $2 }' core/*.h | tsort 2>&1 >/dev/null)"
check "nothing stands at the top level but what the user fixed" \
    "$(git ls-files 2>/dev/null | cut -d/ -f1 | sort -u | grep -vxE 'core|tui|tests|assets|Makefile|README\.md|\..*')"
echo "1..$n"
exit $bad
