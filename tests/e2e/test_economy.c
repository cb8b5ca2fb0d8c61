#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/console.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* What the screen costs, counted in bytes on the pty. */

static long read_switches(pid_t pid)
{
    char path[64], line[256];
    long switches = -1;
    (void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        (void)sscanf(line, "voluntary_ctxt_switches: %ld", &switches);
    (void)fclose(file);
    return switches;
}

static void idle_with_nothing_due_it_is_not_woken_and_writes_nothing(void **state)
{
    struct console *console = *state;
    char now[64], *arguments[] = {now, NULL};
    (void)snprintf(now, sizeof(now), "--now=%" PRId64, console_epoch_ms());
    console_start_with(console, arguments, "xterm-256color", 80,
                       24); /* the clock stands still: nothing can be due */
    assert_true(screen_wait(console->screen, "aaaaaaaa"));
    bool settled = false; /* what follows the first frame is over */
    for (int i = 0; i < 30 && !settled; i++)
        settled = screen_is_quiet(console->screen, 1000);
    assert_true(settled);
    long switches = read_switches(screen_pid(console->screen));
    size_t bytes = screen_bytes(console->screen);
    assert_true(screen_is_quiet(console->screen, 3000));
    assert_int_equal(read_switches(screen_pid(console->screen)), switches);
    assert_int_equal(screen_bytes(console->screen), bytes);
}

int main(void)
{
#define SCREEN_TEST(name) cmocka_unit_test_setup_teardown(name, console_set_up, console_tear_down)
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(idle_with_nothing_due_it_is_not_woken_and_writes_nothing),
    };
    return cmocka_run_group_tests_name("economy", tests, NULL, NULL);
}
