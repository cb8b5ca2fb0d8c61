/* What a change of one session costs over a slow line, whatever it moves, fills and makes free:
 * titles are as long as in the field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base.h"
#include "tests/helpers/console.h"
#include "tests/helpers/cost.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    AT_FIRST_MS = 500, /* what follows the first frame is over by then */
    NEW_CHATS = 3,
    ROWS = CONSOLE_MANY + NEW_CHATS,
    MINUTE_MS = 60000,
    NOW_MINUTES = 20, /* after base_ms; each use is a minute later than the one before */
    STATE_MOST = 200, /* bytes */
    DOUBLE_MOST = 260,
    FALLBACK_MOST = 420,
};

#define TITLE "Refund copy %02d for EU" /* 21 columns */

struct step {
    const char *what;
    size_t row;
    const char *state;
    bool is_use; /* the last use is now: the row goes to the top, unless it is there */
    size_t most;
};

/* Three slots, which the rows 0 to 2 hold; the cursor is on row 0. */
static const struct step steps[] = {
    {"idle", 1, "idle", false, STATE_MOST},
    {"used: active, passes a row", 1, "active", true, STATE_MOST},
    {"used, passes two rows", 2, "active", true, STATE_MOST},
    {"used under the cursor", 0, "active", true, STATE_MOST},
    {"expired under the cursor: one free", 0, "expired", false, STATE_MOST},
    {"active under the cursor: full", 0, "active", false, STATE_MOST},
    {"released under the cursor: one free", 0, "deleted", false, STATE_MOST},
    {"resumed under the cursor: full", 0, "active", true, STATE_MOST},
    {"expired: one free", 1, "expired", false, STATE_MOST},
    {"expired: two free", 2, "expired", false, STATE_MOST},
    {"resumed, passes rows: one free", 2, "active", true, STATE_MOST},
    {"resumed from far below: full", 16, "active", true, STATE_MOST},
    {"released: one free", 16, "deleted", false, STATE_MOST},
    {"a new chat: full", CONSOLE_MANY, "active", true, STATE_MOST},
    {"expired: one free", 2, "expired", false, STATE_MOST},
    {"expired: two free", 0, "expired", false, STATE_MOST},
    {"a new chat: one free", CONSOLE_MANY + 1, "active", true, STATE_MOST},
    /* a sentence, a line of the pool and one of the table come, all with a title */
    {"a new chat falls back", CONSOLE_MANY + 2, "active", true, FALLBACK_MOST},
    {"the fallback is released", CONSOLE_MANY + 2, "deleted", false, STATE_MOST},
    {"a second one on slot 3", 5, "active", false, STATE_MOST},
    {"released", 5, "deleted", false, STATE_MOST},
    /* a sentence, and another holder with its title */
    {"a second one on slot 3, used", 8, "active", true, DOUBLE_MOST},
    {"odd", 0, "odd", false, STATE_MOST},
};

struct scene {
    struct console *console;
    struct console_row rows[ROWS];
    size_t count; /* of them that the registry has */
    int uses;
};

static void put_titles(const struct scene *scene)
{
    struct buffer index = {0};
    for (int i = 0; i < ROWS; i++) {
        const struct console_row *row = &scene->rows[i];
        buffer_addf(&index, "%s{\"id\": \"%s\", \"title\": \"" TITLE "\",", i ? ",\n" : "[",
                    row->id, i);
        buffer_addf(&index, " \"createdAt\": %" PRId64 ", \"updatedAt\": %" PRId64,
                    row->last_active_ms, row->last_active_ms);
        buffer_addf(&index, ", \"messageCount\": 2");
        if (i < CONSOLE_MANY) /* new ones get an agent with their entry */
            buffer_addf(&index, ", \"chatAgentId\": \"%s\"", row->agent);
        buffer_add_char(&index, '}');
    }
    buffer_add_char(&index, ']');
    assert_false(index.failed);
    tree_write(&scene->console->tree, CONSOLE_STATE_DIR "/workspace/.openclaw/web-chat/index.json",
               index.data, index.len);
    buffer_done(&index);
}

/* New chats take the slots that will be free then, and the last one the workspace agent. */
static void set_up(struct scene *scene, struct console *console)
{
    static const struct console_row new_chats[NEW_CHATS] = {
        {"0ebfdc40-0000-4000-8000-00000000000a", "chat-slot-main-2", NULL, 0},
        {"1e60e62a-0000-4000-8000-00000000000b", "chat-slot-main-3", NULL, 0},
        {"201bf8ea-0000-4000-8000-00000000000c", "main", NULL, 0},
    };
    *scene = (struct scene){.console = console, .count = CONSOLE_MANY};
    console_save_many(console, scene->rows);
    for (int i = 0; i < NEW_CHATS; i++)
        scene->rows[CONSOLE_MANY + i] = new_chats[i];
    put_titles(scene);
}

static void check_step(struct scene *scene, const struct step *step)
{
    struct console_row *row = &scene->rows[step->row];
    char shown[64];
    size_t before = screen_bytes(scene->console->screen);
    row->state = step->state;
    (void)snprintf(shown, sizeof(shown), "%.8s  %s", row->id,
                   str_equal(str_of(step->state), STR("deleted")) ? "released"
                   : str_equal(str_of(row->agent), STR("main"))   ? "FALLBACK"
                                                                  : step->state);
    if (step->is_use) {
        int minutes = ++scene->uses;
        row->last_active_ms = scene->console->base_ms + (int64_t)minutes * MINUTE_MS;
        (void)snprintf(shown, sizeof(shown), "%3dm   %3dm", NOW_MINUTES - minutes,
                       NOW_MINUTES - minutes);
    }
    scene->count = step->row >= scene->count ? step->row + 1 : scene->count;
    console_save(scene->console, scene->rows, scene->count);
    cost_check(step->what, cost_since(scene->console->screen, before, shown), step->most);
}

static void check_all(const char *term, int width, int height)
{
    struct scene scene;
    void *own;
    assert_int_equal(console_set_up(&own), 0);
    struct console *console = own;
    char now[64], *arguments[] = {now, NULL};
    console->has_slow_line = true;
    set_up(&scene, console);
    (void)snprintf(now, sizeof(now), "--now=%" PRId64,
                   console->base_ms + (int64_t)NOW_MINUTES * MINUTE_MS);
    print_message("%s %dx%d\n", term, width, height);
    console_start_with(console, arguments, term, width, height);
    assert_true(screen_wait(console->screen, CONSOLE_CURSOR "aaaaaaaa"));
    cost_settle(console->screen, AT_FIRST_MS);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        check_step(&scene, &steps[i]);
    (void)console_tear_down(&own);
}

static void a_change_of_a_session_costs_at_most_200_bytes_whatever_it_moves(void **state)
{
    static const char *const terms[] = {"xterm-256color", "tmux-256color"};
    static const int sizes[][2] = {{80, 24}, {140, 40}, {200, 60}};
    (void)state;
    for (size_t i = 0; i < 6; i++)
        check_all(terms[i % 2], sizes[i / 2][0], sizes[i / 2][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_of_a_session_costs_at_most_200_bytes_whatever_it_moves),
    };
    return cmocka_run_group_tests_name("slow_line", tests, NULL, NULL);
}
