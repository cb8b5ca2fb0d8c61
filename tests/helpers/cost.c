#include "tests/helpers/cost.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { QUIET_MS = 15 }; /* for the rest of a frame whose words are there: it comes in one write */

void cost_settle(struct screen *screen, int quiet_ms)
{
    bool is_quiet = false;
    for (int i = 0; i < 300 && !is_quiet; i++)
        is_quiet = screen_is_quiet(screen, quiet_ms);
    assert_true(is_quiet);
}

size_t cost_since(struct screen *screen, size_t before, const char *text)
{
    assert_true(screen_wait(screen, text));
    cost_settle(screen, QUIET_MS);
    return screen_bytes(screen) - before;
}

void cost_check(const char *what, size_t cost, size_t limit)
{
    print_message("  %-32s %5zu of %zu bytes\n", what, cost, limit);
    if (cost > limit)
        fail_msg("%s: %zu bytes, more than %zu", what, cost, limit);
}
