#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/console.h"
#include "tui/command.h"
#include "tui/key.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/*
 * Random keys on the pty, SOAK_KEYS of them (1,000), from SOAK_SEED (1), while a server saves: the
 * program never hangs and never crashes, what the screen shows is what drawing it anew shows, and
 * no stray byte is sent. Where a key ends the program, the terminal is whole, and it starts again.
 */

enum {
    SIGNAL_STATUS = 128,
    BURST = 20,
    REDRAW_EVERY = 200,
    KEYS = 1000,
    QUIET_MS = 20,
    TRIES = 5,
    WAYS_OUT = 20
};

struct soak {
    struct console *console;
    struct console_row rows[CONSOLE_MANY];
    uint64_t random;
    unsigned typed, starts, redraws, saves;
};

static unsigned below(struct soak *soak, unsigned limit)
{
    soak->random ^= soak->random << 13;
    soak->random ^= soak->random >> 7;
    soak->random ^= soak->random << 17;
    return (unsigned)(soak->random >> 11) % limit;
}

static unsigned long number_of(const char *name, unsigned long usual)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : usual;
}

static uint32_t command_key(struct soak *soak)
{
    for (;;) {
        const struct command *command = &commands[below(soak, (unsigned)command_count)];
        unsigned count = 0;
        while (command->keys[count])
            count++;
        if (count > 0)
            return command->keys[below(soak, count)];
    }
}

static void type_something(struct soak *soak)
{
    static const uint32_t likely[] = {KEY_ENTER, KEY_ESCAPE, 'y', 'q'};
    static const char *const odd[] = {
        "\033[200~K y\rpasted\033[201~",
        "\033OZ",
        "\033[99;5u",
        "\033x",
        "\xc3\xa9",
        "\xff\xfe",
        "\xf0\x9f\x98\x80",
        "\033",
        "\r",
        "y",
        "\t",
        "\032",
    };
    struct screen *screen = soak->console->screen;
    unsigned kind = below(soak, 100);
    if (kind < 10)
        screen_press(screen, likely[below(soak, 4)]);
    else if (kind < 75)
        screen_press(screen, command_key(soak));
    else if (kind < 85)
        screen_press(screen, ' ' + below(soak, 95));
    else if (kind < 90)
        screen_press(screen, 1 + below(soak, 31));
    else
        screen_type(screen, odd[below(soak, sizeof(odd) / sizeof(odd[0]))]);
    soak->typed++;
}

/* The server changes one of its sessions, or makes do with a few of them. */
static void save(struct soak *soak)
{
    static const char *const states[] = {"active", "idle", "expired", "deleted"};
    size_t count = below(soak, 10) ? CONSOLE_MANY : below(soak, CONSOLE_MANY);
    struct console_row *row = &soak->rows[below(soak, CONSOLE_MANY)];
    row->state = states[below(soak, 4)];
    row->last_active_ms = soak->console->base_ms - (int64_t)below(soak, 3600000);
    console_save(soak->console, soak->rows, count);
    soak->saves++;
}

static void start(struct soak *soak)
{
    char now[64], fence[] = "--fence=0", *arguments[] = {now, fence, NULL};
    static const int sizes[][2] = {{80, 24}, {140, 40}, {60, 20}, {40, 8}};
    const int *size = sizes[soak->starts++ % 4];
    (void)snprintf(now, sizeof(now), "--now=%" PRId64, soak->console->base_ms + 600000);
    console_start_with(soak->console, arguments, "xterm-256color", size[0], size[1]);
    assert_true(screen_wait(soak->console->screen, "held"));
}

static void settle(struct soak *soak)
{
    while (!screen_is_quiet(soak->console->screen, QUIET_MS))
        continue;
}

/* Bytes that would do something else than draw: all but the terminal's own and, in OSC 52, BEL. */
static void assert_no_stray_bytes(struct soak *soak)
{
    size_t len;
    const char *raw = screen_raw(soak->console->screen, &len);
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)raw[i];
        if (byte < ' ' && !strchr("\b\t\n\r\033\a", byte))
            fail_msg("after %u keys: stray byte %02x", soak->typed, byte);
        assert_true(byte != 0x7f);
    }
}

/* Ctrl-C and Ctrl-\ are signals again as soon as the terminal is given back, which is before the
 * very end, and while it is stopped by Ctrl-Z. */
static bool is_by_key(int status)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status) - SIGNAL_STATUS;
    return number == SIGINT || number == SIGQUIT;
}

static void assert_ended_well(struct soak *soak)
{
    int status = screen_wait_end(soak->console->screen);
    if (status != 0 && !is_by_key(status))
        fail_msg("after %u keys it ended with status %x", soak->typed, (unsigned)status);
    assert_no_stray_bytes(soak);
    console_assert_whole(soak->console);
    console_end(soak->console);
}

/* What is there, and what is there when all of it is drawn again, for which a SIGCONT asks. A frame
 * that was late makes a second try. */
static void assert_redraw_shows_the_same(struct soak *soak)
{
    struct screen *screen = soak->console->screen;
    char *before = NULL;
    bool is_same = false;
    for (int i = 0; i < TRIES && !is_same; i++) {
        settle(soak);
        free(before);
        before = strdup(screen_text(screen));
        uint64_t look = screen_look(screen);
        size_t bytes = screen_bytes(screen);
        assert_int_equal(kill(screen_pid(screen), SIGCONT), 0);
        while (screen_bytes(screen) == bytes && !screen_has_ended(screen))
            (void)screen_is_quiet(screen, QUIET_MS);
        settle(soak);
        is_same = look == screen_look(screen) && strcmp(before, screen_text(screen)) == 0;
    }
    if (!is_same)
        print_message("after %u keys, before:\n%s", soak->typed, before);
    assert_string_equal(before, screen_text(screen));
    assert_true(is_same);
    free(before);
    soak->redraws++;
}

static void burst(struct soak *soak)
{
    for (int i = 0; i < BURST; i++) {
        if (below(soak, 10) == 0)
            save(soak);
        type_something(soak);
    }
    settle(soak);
}

/* Whatever is open or asked: it can be left. */
static void leave(struct soak *soak)
{
    for (int i = 0; i < WAYS_OUT && !screen_has_ended(soak->console->screen); i++) {
        screen_press(soak->console->screen, KEY_CTRL('C'));
        settle(soak);
    }
    assert_ended_well(soak);
}

static void random_keys_beside_a_server_leave_it_sane(void **state)
{
    struct soak soak = {.console = *state};
    unsigned long keys = number_of("SOAK_KEYS", KEYS);
    soak.random = number_of("SOAK_SEED", 1) * 0x9e3779b97f4a7c15U + 1;
    console_save_many(soak.console, soak.rows);
    start(&soak);
    while (soak.typed < keys) {
        burst(&soak);
        if (screen_has_ended(soak.console->screen)) {
            assert_ended_well(&soak);
            start(&soak);
        }
        if (soak.typed % REDRAW_EVERY == 0)
            assert_redraw_shows_the_same(&soak);
    }
    leave(&soak);
    print_message("%u keys, %u starts, %u saves, %u redraws\n", soak.typed, soak.starts, soak.saves,
                  soak.redraws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_keys_beside_a_server_leave_it_sane, console_set_up,
                                        console_tear_down),
    };
    return cmocka_run_group_tests_name("soak", tests, NULL, NULL);
}
