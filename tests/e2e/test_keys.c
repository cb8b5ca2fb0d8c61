#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/console.h"
#include "tui/command.h"
#include "tui/key.h"
#include "tui/keymap.h"

#include <string.h>
#include <sys/wait.h>

/*
 * Every key of the table of commands is pressed, and the real screen is read. A command whose key
 * has no row here fails the suite.
 */

enum { STEPS_MAX = 3, WIDTH = 100, HEIGHT = 24 };

/* Keys typed, then what must be on the screen before anything else is typed. */
struct step {
    const char *keys, *shown;
};

enum scene { SCENE_MANY, SCENE_WIPED };

struct press {
    uint32_t key;
    const char *shown; /* what the key brings to the screen; it is not there before */
    const char *gone;  /* what it takes away; NULL: nothing is looked for */
    struct step steps[STEPS_MAX];
    enum scene scene;
};

#define F(number) (KEY_CODE_F1 + (number)-1)
#define FIRST CONSOLE_CURSOR "aaaaaaaa"
#define SECOND CONSOLE_CURSOR "aaaaaaab"
#define THIRD CONSOLE_CURSOR "aaaaaaac"
#define FIFTH CONSOLE_CURSOR "aaaaaaaf" /* Chat 5 */
#define LAST CONSOLE_CURSOR "aaaaaae5"

static const struct press presses[] = {
    {'j', SECOND, FIRST, {{0}}, SCENE_MANY},
    {KEY_CODE_DOWN, SECOND, FIRST, {{0}}, SCENE_MANY},
    {'k', SECOND, THIRD, {{"jj", THIRD}}, SCENE_MANY},
    {KEY_CODE_UP, SECOND, THIRD, {{"jj", THIRD}}, SCENE_MANY},
    {KEY_CODE_PAGE_DOWN, CONSOLE_CURSOR "aaaaaab", FIRST, {{0}}, SCENE_MANY},
    {KEY_CTRL('D'), CONSOLE_CURSOR "aaaaaab", FIRST, {{0}}, SCENE_MANY},
    {KEY_CODE_PAGE_UP, CONSOLE_CURSOR "aaaaaad", LAST, {{"G", LAST}}, SCENE_MANY},
    {KEY_CTRL('U'), CONSOLE_CURSOR "aaaaaad", LAST, {{"G", LAST}}, SCENE_MANY},
    {'g', FIRST, LAST, {{"G", LAST}}, SCENE_MANY},
    {KEY_CODE_HOME, FIRST, LAST, {{"G", LAST}}, SCENE_MANY},
    {'G', LAST, FIRST, {{0}}, SCENE_MANY},
    {KEY_CODE_END, LAST, FIRST, {{0}}, SCENE_MANY},
    {KEY_ENTER, "session   aaaaaaaa-", FIRST, {{0}}, SCENE_MANY},
    {'d', "session   aaaaaaaa-", FIRST, {{0}}, SCENE_MANY},
    {'w', "Why: aaaaaaaa", FIRST, {{0}}, SCENE_MANY},
    {'i', "Marked idle aaaaaaaa", NULL, {{0}}, SCENE_MANY},
    {'x', "Expired aaaaaaaa", NULL, {{0}}, SCENE_MANY},
    {'K', "Released aaaaaaaa", NULL, {{0}}, SCENE_MANY},
    {'P', "any other key", NULL, {{"G", LAST}}, SCENE_MANY},
    {'B', "Bring back", NULL, {{0}}, SCENE_WIPED},
    {'D', "Dismissed", "WIPED", {{0}}, SCENE_WIPED},
    {'u', "Undone", NULL, {{"i", "Marked idle"}}, SCENE_MANY},
    {KEY_CTRL('R'), "Done again", NULL, {{"i", "Marked idle"}, {"u", "Undone"}}, SCENE_MANY},
    {'E', "follow on", FIRST, {{0}}, SCENE_MANY},
    {'3', "follow on", FIRST, {{0}}, SCENE_MANY},
    {'a', "Actions: aaaaaaaa", FIRST, {{0}}, SCENE_MANY},
    {F(9), "Actions: aaaaaaaa", FIRST, {{0}}, SCENE_MANY},
    {'f', "Findings: ", FIRST, {{0}}, SCENE_MANY},
    {'4', "Findings: ", FIRST, {{0}}, SCENE_MANY},
    {KEY_TAB, "━━ 3 Events", "━━ 2 Sessions", {{0}}, SCENE_MANY},
    {KEY_CODE_BACK_TAB, "━━ 1 Pool", "━━ 2 Sessions", {{0}}, SCENE_MANY},
    {'1', "━━ 1 Pool", "━━ 2 Sessions", {{0}}, SCENE_MANY},
    {'2', "━━ 2 Sessions", "━━ 1 Pool", {{"1", "━━ 1 Pool"}}, SCENE_MANY},
    {'+', "Enlarged", NULL, {{0}}, SCENE_MANY},
    {'_', " 1 Pool of 3", "aaaaaaba", {{"++", "aaaaaaba"}}, SCENE_MANY},
    {'y', "Copied aaaaaaaa", NULL, {{0}}, SCENE_MANY},
    {'Y', "Copied slotop show aaaaaaaa", NULL, {{0}}, SCENE_MANY},
    {'/', "Enter keep", NULL, {{0}}, SCENE_MANY},
    {F(4), "Enter keep", NULL, {{0}}, SCENE_MANY},
    {'\\', "Enter keep", NULL, {{0}}, SCENE_MANY},
    {' ', "tagged 1", NULL, {{0}}, SCENE_MANY},
    {'v', ">* aaaaaaaa", NULL, {{0}}, SCENE_MANY},
    {'U', SECOND, "tagged 1", {{"  k", "tagged 2"}}, SCENE_MANY},
    {'*', "tagged 59", NULL, {{" ", "tagged 1"}}, SCENE_MANY},
    {'s', "Enter stay", NULL, {{0}}, SCENE_MANY},
    {F(3), "Enter stay", NULL, {{0}}, SCENE_MANY},
    {'n', CONSOLE_CURSOR "aaaaaab5", FIFTH, {{"sChat 5\r", FIFTH}}, SCENE_MANY},
    {'N',
     FIFTH,
     CONSOLE_CURSOR "aaaaaab5",
     {{"sChat 5\r", FIFTH}, {"n", CONSOLE_CURSOR "aaaaaab5"}},
     SCENE_MANY},
    {'F', "Following aaaaaaaa", NULL, {{0}}, SCENE_MANY},
    {':', "Tab complete", NULL, {{0}}, SCENE_MANY},
    {'m', "Mouse on", NULL, {{0}}, SCENE_MANY},
    {'Z', "FROZEN", "LIVE", {{0}}, SCENE_MANY},
    {'.', "Live again", "FROZEN", {{"Z", "FROZEN"}}, SCENE_MANY},
    {'L', "READ-ONLY", "K release", {{0}}, SCENE_MANY},
    {'t', "A used", NULL, {{0}}, SCENE_MANY},
    {'Z', "FROZEN", "LIVE", {{0}}, SCENE_MANY},
    {'.', "LIVE", "FROZEN", {{"Z", "FROZEN"}}, SCENE_MANY},
    {'L', "READ-ONLY", "release", {{0}}, SCENE_MANY},
    {'m', "Mouse on", NULL, {{0}}, SCENE_MANY},
    {':', "Tab complete", NULL, {{0}}, SCENE_MANY},
    {'[', "after event 1 of 2", "LIVE", {{"i", "Marked idle"}, {"x", "Expired"}}, SCENE_MANY},
    {']',
     "after event 2 of 2",
     "after event 1 of 2",
     {{"i", "Marked idle"}, {"x", "Expired"}, {"[", "after event 1 of 2"}},
     SCENE_MANY},
    {'<', "sort finding", "sort last use", {{0}}, SCENE_MANY},
    {'>', "sort session", "sort last use", {{0}}, SCENE_MANY},
    {F(6), "sort session", "sort last use", {{0}}, SCENE_MANY},
    {'I', "sort last use ^", "sort last use v", {{0}}, SCENE_MANY},
    {'r', "Everything was read again", NULL, {{0}}, SCENE_MANY},
    {'R', "Everything was read again", NULL, {{0}}, SCENE_MANY},
    {KEY_CTRL('L'), "Everything was read again", NULL, {{0}}, SCENE_MANY},
    {'?', "Help", FIRST, {{0}}, SCENE_MANY},
    {'h', "Help", FIRST, {{0}}, SCENE_MANY},
    {F(1), "Help", FIRST, {{0}}, SCENE_MANY},
    {'q', FIRST, "Help", {{"?", "Help"}}, SCENE_MANY},
    {KEY_ESCAPE, FIRST, "Help", {{"?", "Help"}}, SCENE_MANY},
    {F(10), FIRST, "Help", {{"?", "Help"}}, SCENE_MANY},
    {KEY_CTRL('C'), FIRST, "Help", {{"?", "Help"}}, SCENE_MANY},
};
enum { PRESS_COUNT = sizeof(presses) / sizeof(presses[0]) };

static bool is_pressed(uint32_t key)
{
    for (size_t i = 0; i < PRESS_COUNT; i++) {
        if (presses[i].key == key)
            return true;
    }
    return false;
}

static void every_key_of_the_table_has_a_row_here(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        for (const uint32_t *key = commands[i].keys; *key; key++) {
            char name[KEY_NAME_SIZE];
            if (!is_pressed(*key))
                fail_msg("no test presses %s: %s", key_label(*key, name), commands[i].summary);
        }
    }
}

/* And no row is left over from a key that is none any more. */
static void every_row_is_of_a_key_of_the_table(void **state)
{
    struct keymap map;
    (void)state;
    keymap_init(&map);
    for (size_t i = 0; i < PRESS_COUNT; i++) {
        char name[KEY_NAME_SIZE];
        if (!keymap_command(&map, presses[i].key))
            fail_msg("%s is a key of no command", key_label(presses[i].key, name));
    }
}

static void begin(struct console *console, const struct press *press)
{
    struct console_row rows[CONSOLE_MANY];
    char *none[] = {NULL};
    console_save_many(console, rows);
    console_start_with(console, none, "xterm-256color", WIDTH, HEIGHT);
    assert_true(screen_wait(console->screen, FIRST));
    if (press->scene == SCENE_WIPED) {
        console_save(console, rows, 1);
        assert_true(screen_wait(console->screen, "WIPED"));
    }
    for (size_t i = 0; i < STEPS_MAX && press->steps[i].keys; i++) {
        screen_type(console->screen, press->steps[i].keys);
        assert_true(screen_wait(console->screen, press->steps[i].shown));
    }
}

static void each_key_does_on_the_real_screen_what_the_table_says(void **state)
{
    for (size_t i = 0; i < PRESS_COUNT; i++) {
        const struct press *press = &presses[i];
        char name[KEY_NAME_SIZE];
        assert_int_equal(console_set_up(state), 0);
        struct console *console = *state;
        print_message("%s\n", key_label(press->key, name));
        begin(console, press);
        assert_true(screen_wait_gone(console->screen, press->shown));
        screen_press(console->screen, press->key);
        if (!screen_wait(console->screen, press->shown))
            fail_msg("%s: \"%s\" never shown", key_label(press->key, name), press->shown);
        if (press->gone)
            assert_true(screen_wait_gone(console->screen, press->gone));
        assert_int_equal(console_tear_down(state), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_of_the_table_has_a_row_here),
        cmocka_unit_test(every_row_is_of_a_key_of_the_table),
        cmocka_unit_test(each_key_does_on_the_real_screen_what_the_table_says),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
