/* The real binary on a registry so large that the first picture comes before it is loaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base.h"
#include "tests/helpers/screen.h"
#include "tests/helpers/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 40000 };

#define NOW_MS 1773892506902

struct fixture {
    struct tree tree;
    struct screen *screen;
};

/* The entry at `changed` has another slot and was used last. */
static void save(const struct fixture *fixture, int changed)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (int i = 0; i < ENTRIES; i++) {
        long long used_ms = i == changed ? NOW_MS - 1000LL : NOW_MS - 7200000LL - i;
        buffer_addf(&text,
                    "%s\n    \"%08x-5f6e-4c1b-9a3e-0d7f2b6a11c4\": {\n      \"chatAgentId\": "
                    "\"chat-slot-main-%d\",\n      \"workspaceAgentId\": \"main\",\n"
                    "      \"sessionId\": \"%08x-5f6e-4c1b-9a3e-0d7f2b6a11c4\",\n"
                    "      \"workspaceDir\": \"\",\n      \"state\": \"expired\",\n"
                    "      \"createdAt\": %lld,\n      \"lastActiveAt\": %lld,\n"
                    "      \"idleTtlMs\": 1800000\n    }",
                    i ? "," : "", (unsigned)i, i == changed ? 9 : 1, (unsigned)i,
                    NOW_MS - 7200000LL - i, used_ms);
    }
    buffer_addf(&text, "\n  }\n}\n");
    assert_false(text.failed);
    tree_write(&fixture->tree, ".openclaw-dench/chat-agents.json", text.data, text.len);
    buffer_done(&text);
}

static void start(struct fixture *fixture)
{
    static char home[300], now[64];
    const char *slotop = getenv("SLOTOP");
    char program[512];
    char *argv[] = {program, now, NULL}, *env[] = {home, NULL};
    (void)snprintf(program, sizeof(program), "%s", slotop ? slotop : ".build/release/slotop");
    (void)snprintf(home, sizeof(home), "HOME=%s", fixture->tree.path);
    (void)snprintf(now, sizeof(now), "--now=%lld", (long long)NOW_MS);
    fixture->screen = screen_start(argv, env, "xterm-256color", 140, 40);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    tree_make(&fixture->tree);
    tree_put(&fixture->tree, ".openclaw-dench/openclaw.json",
             "{\"agents\":{\"list\":[{\"id\":\"main\"},{\"id\":\"chat-slot-main-1\"}]}}");
    save(fixture, -1);
    start(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    screen_free(fixture->screen);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static void it_says_that_it_loads_then_shows_all_and_what_changes_in_it(void **state)
{
    struct fixture *fixture = *state;
    size_t len = 0;
    screen_resize(fixture->screen, 120, 30);
    assert_true(screen_wait(fixture->screen, "Sessions 40000"));
    screen_type(fixture->screen, "\r");
    assert_true(screen_wait(fixture->screen, "\"chatAgentId\"")); /* read from the file */
    screen_type(fixture->screen, "q");
    const char *raw = screen_raw(fixture->screen, &len);
    assert_non_null(memmem(raw, len, "loading 0 entries", strlen("loading 0 entries")));
    assert_true(screen_wait(fixture->screen, "LIVE"));
    save(fixture, 31000); /* 0x7918 */
    assert_true(screen_wait(fixture->screen, "00007918"));
    screen_type(fixture->screen, "gP");
    assert_true(screen_wait(fixture->screen, "Purge 00007918"));
    screen_type(fixture->screen, "nqqq");
    assert_int_equal(screen_wait_end(fixture->screen), 0);
}

static void q_ends_it_while_it_loads(void **state)
{
    struct fixture *fixture = *state;
    assert_true(screen_wait(fixture->screen, "slotop"));
    screen_type(fixture->screen, "q");
    assert_int_equal(screen_wait_end(fixture->screen), 0);
}

#define ON_A_SCREEN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_SCREEN(it_says_that_it_loads_then_shows_all_and_what_changes_in_it),
        ON_A_SCREEN(q_ends_it_while_it_loads),
    };
    return cmocka_run_group_tests_name("large", tests, NULL, NULL);
}
