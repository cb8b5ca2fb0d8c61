// LDFLAGS: -Wl,--wrap=nanosleep
/*
 * keys SEED COUNT: so many random events, most of them keys, at a dashboard without a terminal, on
 * a real registry that is really edited and that a server saves, tears and wipes meanwhile. After
 * each the rules of key_rules.h hold. Prints TAP.
 *
 * The same seed gives the same events.
 */
#include "tests/helpers/desk.h"
#include "tests/stress/key_rules.h"
#include "tui/command.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PLAIN_TEXT = ' ',
    PLAIN_TEXTS = 95,
    CONTROLS = 32,
    WIDTH_MAX = 150,
    HEIGHT_MAX = 45,
    SECOND_MS = 1000,
    PATIENCE = 500, /* events before the operator starts anew */
    READ_ONLY_OF = 8,
    SLOW_OF = 3, /* sittings: one is over a slow line */
    LINE_SIZE = 64,
};

/* Nobody else writes here, so an edit need not wait to see whether somebody does. */
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);

int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
    (void)wanted, (void)left;
    return 0;
}

struct random {
    uint64_t state;
    char line[LINE_SIZE]; /* what is being typed after ':' */
    size_t line_at;
};

static unsigned below(struct random *random, unsigned limit)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return (unsigned)(random->state >> 11) % limit;
}

/* ---- what happens ---- */

/* A key that means something, in proportion to the commands. */
static uint32_t command_key(struct random *random)
{
    for (;;) {
        const struct command *command = &commands[below(random, (unsigned)command_count)];
        unsigned count = 0;
        while (command->keys[count])
            count++;
        if (count > 0)
            return command->keys[below(random, count)];
    }
}

static uint32_t any_key(struct random *random)
{
    static const uint32_t odd[] = {0xe9, 0x301, 0x202e, 0x1f600, 0xd800, 0x9b, 0x7f, 0xffffffff};
    unsigned kind = below(random, 100);
    if (kind < 70)
        return command_key(random);
    if (kind < 82)
        return PLAIN_TEXT + below(random, PLAIN_TEXTS);
    if (kind < 88)
        return 1 + below(random, CONTROLS - 1);
    if (kind < 93)
        return KEY_CODE_BASE + 1 + below(random, KEY_CODE_F12 - KEY_CODE_BASE);
    if (kind < 96)
        return odd[below(random, sizeof(odd) / sizeof(odd[0]))];
    return kind < 98 ? 'y' : KEY_ENTER;
}

/* A command of the screen by its name, with a session or without: letter by letter, then Enter. */
static uint32_t line_key(struct random *random)
{
    if (random->line[random->line_at] == '\0') {
        const struct command *command = &commands[below(random, (unsigned)command_count)];
        const char *id = desk_first[below(random, (unsigned)desk_first_count)].id;
        (void)snprintf(random->line, sizeof(random->line), "%s %s\r", command->name,
                       below(random, 2) ? id : "");
        random->line_at = 0;
    }
    return (unsigned char)random->line[random->line_at++];
}

/* In a mode that would swallow most keys, the key that leads on; else any. */
static uint32_t likely_key(const struct desk *desk, struct random *random)
{
    enum ui_mode mode = desk->app.ui.mode;
    bool is_asked = mode == UI_CONFIRM;
    bool is_typing = mode == UI_FILTER || mode == UI_SEARCH || mode == UI_HELP;
    if (mode == UI_LINE && below(random, 20) > 0)
        return line_key(random);
    if (is_asked && below(random, 2) == 0)
        return 'y';
    if (is_typing && below(random, 4) == 0)
        return below(random, 2) ? KEY_ENTER : KEY_ESCAPE;
    return any_key(random);
}

/* The server saves: what it had, one session changed or gone; some of it, as after a wipe; or it
 * is in the middle of it. */
static void save(struct desk *desk, struct random *random)
{
    static const char *const states[] = {"active", "idle", "expired", "deleted", "odd"};
    const char *id = desk_first[below(random, (unsigned)desk_first_count)].id;
    switch (below(random, 8)) {
    case 0:
        desk_save(desk, desk_first, below(random, (unsigned)desk_first_count + 1));
        break;
    case 1:
        desk_write(desk, below(random, 2) ? "" : "{\n  \"version\": 1,\n  \"agents\": {\n    \"a");
        break;
    case 2:
        desk_save_changed(desk, id, NULL, 0);
        break;
    default:
        desk_save_changed(desk, id, states[below(random, sizeof(states) / sizeof(states[0]))],
                          (int64_t)below(random, 40 * DESK_MINUTE_MS));
    }
}

static struct event any_event(struct key_rules *rules, struct random *random)
{
    struct desk *desk = rules->desk;
    unsigned kind = below(random, 100);
    if (kind < 84)
        return (struct event){.kind = EVENT_KEY, .key = likely_key(desk, random)};
    if (kind < 87)
        return (struct event){.kind = EVENT_PASTE, .key = any_key(random)};
    if (kind < 89)
        return (struct event){.kind = EVENT_MOUSE,
                              .mouse = (enum mouse_kind)below(random, MOUSE_WHEEL_DOWN + 1),
                              .row = (int)below(random, HEIGHT_MAX),
                              .column = (int)below(random, WIDTH_MAX)};
    if (kind < 94) {
        save(desk, random);
        return (struct event){.kind = EVENT_FILES, .parts = PART_REGISTRY};
    }
    if (kind < 96) {
        desk->now_ms += (int64_t)below(random, 120 * SECOND_MS);
        return (struct event){.kind = EVENT_TIME};
    }
    if (kind < 98) {
        key_rules_resize(rules, 1 + (int)below(random, WIDTH_MAX),
                         1 + (int)below(random, HEIGHT_MAX));
        return (struct event){.kind = EVENT_RESIZE};
    }
    if (kind < 99)
        return (struct event){.kind = EVENT_FILES, .parts = below(random, PART_ALL + 1)};
    return (struct event){.kind = EVENT_RESUMED};
}

/* ---- one sitting, until the operator quits or has had enough ---- */

static unsigned sit(struct key_rules *rules, struct random *random, unsigned most)
{
    void *state = NULL;
    unsigned events = 0;
    if (desk_set_up(&state) != 0)
        abort();
    key_rules_begin(rules, state, below(random, READ_ONLY_OF) == 0);
    rules->desk->app.is_slow = below(random, SLOW_OF) == 0;
    while (events < most && events < PATIENCE && !rules->desk->app.ui.quit) {
        struct event event = any_event(rules, random);
        events++;
        rules->event_count++;
        key_rules_send(rules, &event);
    }
    key_rules_end(rules);
    (void)desk_tear_down(&state);
    return events;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        (void)fprintf(stderr, "usage: keys SEED COUNT\n");
        return 2;
    }
    struct random random = {.state = strtoull(argv[1], NULL, 10) * 0x9e3779b97f4a7c15U + 1};
    unsigned left = (unsigned)strtoul(argv[2], NULL, 10);
    struct key_rules rules = {.seed = argv[1]};
    (void)setlocale(LC_ALL, "C.UTF-8");
    while (left > 0)
        left -= sit(&rules, &random, left);
    printf("ok 1 %s random events, seed %s: %u sittings, %u edits, %u screens drawn\n1..1\n",
           argv[2], argv[1], rules.sitting_count, rules.edit_count, rules.drawn_count);
    return 0;
}
