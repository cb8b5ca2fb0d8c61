#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/key.h"
#include "tui/keymap.h"

#include <string.h>

static const struct command *command_by_key(uint32_t key)
{
    struct keymap map;
    keymap_init(&map);
    return keymap_command(&map, key);
}

static void no_two_commands_share_a_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        for (const uint32_t *key = commands[i].keys; *key; key++)
            assert_ptr_equal(command_by_key(*key), &commands[i]);
    }
}

static void every_list_of_keys_ends_in_a_zero(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++)
        assert_int_equal(commands[i].keys[COMMAND_KEYS_MAX - 1], 0);
}

static void every_command_stands_in_the_table_once_and_says_what_it_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        assert_int_not_equal(commands[i].id, COMMAND_NONE);
        assert_ptr_equal(command_by_id(commands[i].id), &commands[i]);
        assert_true(strlen(commands[i].summary) > 0);
        assert_non_null(commands[i].arguments);
    }
    assert_int_equal(command_count, COMMAND_QUIT);
    assert_null(command_by_id(COMMAND_NONE));
}

static void every_command_of_the_screen_has_a_key_and_a_label(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        bool on_screen = (commands[i].flags & COMMAND_ON_SCREEN) != 0;
        assert_int_equal(on_screen, commands[i].keys[0] != 0);
        assert_int_equal(on_screen, strlen(commands[i].label) > 0);
    }
}

static void every_command_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        assert_true(strlen(commands[i].name) > 0);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(commands[i].name, commands[j].name);
    }
}

static void what_stands_in_the_key_bar_is_on_the_screen(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        if (commands[i].flags & COMMAND_IN_BAR)
            assert_true(commands[i].flags & COMMAND_ON_SCREEN);
    }
}

static void shell_words_are_found_and_only_they(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        const struct command *found = command_by_name(str_of(commands[i].name), COMMAND_IN_SHELL);
        if (commands[i].flags & COMMAND_IN_SHELL)
            assert_ptr_equal(found, &commands[i]);
        else
            assert_null(found);
    }
    assert_null(command_by_name(STR(""), COMMAND_IN_SHELL));
    assert_null(command_by_name(STR("releas"), COMMAND_IN_SHELL));
    assert_null(command_by_name(STR("releases"), COMMAND_IN_SHELL));
}

static void shell_only_words_keep_the_order_of_the_contract(void **state)
{
    (void)state;
    static const char *const order[] = {"status", "list",   "show", "allocate", "touch",
                                        "resume", "ensure", "gc",   "doctor",   "metrics"};
    size_t next = 0;
    for (size_t i = 0; i < command_count; i++) {
        if ((commands[i].flags & COMMAND_IN_SHELL) && !(commands[i].flags & COMMAND_ON_SCREEN))
            assert_string_equal(commands[i].name, order[next++]);
    }
    assert_int_equal(next, sizeof(order) / sizeof(order[0]));
}

/* What a shell alone can do is to watch and to print. */
static void what_changes_something_can_be_typed_on_the_screen(void **state)
{
    (void)state;
    static const char *const shell_only[] = {"status", "list", "metrics"};
    for (size_t i = 0; i < command_count; i++) {
        bool is_typed = (commands[i].flags & (COMMAND_IN_SHELL | COMMAND_CHANGES)) != 0;
        for (size_t j = 0; j < sizeof(shell_only) / sizeof(shell_only[0]); j++)
            is_typed = is_typed && strcmp(commands[i].name, shell_only[j]) != 0;
        if (is_typed)
            assert_true(commands[i].flags & COMMAND_IN_LINE);
    }
}

static void what_changes_the_registry_is_marked_so(void **state)
{
    (void)state;
    static const char *const harmless[] = {
        "status", "list", "show", "why", "events", "metrics", "doctor"}; /* doctor asks for --fix */
    for (size_t i = 0; i < command_count; i++) {
        bool changes = (commands[i].flags & COMMAND_IN_SHELL) || commands[i].id == COMMAND_REDO ||
                       commands[i].id == COMMAND_MENU;
        for (size_t j = 0; j < sizeof(harmless) / sizeof(harmless[0]); j++)
            changes = changes && strcmp(commands[i].name, harmless[j]) != 0;
        assert_int_equal((commands[i].flags & COMMAND_CHANGES) != 0, changes);
    }
}

static void del_backspace_and_ctrl_k_never_act(void **state)
{
    (void)state;
    assert_null(command_by_key(KEY_CODE_DELETE));
    assert_null(command_by_key(KEY_CODE_BACKSPACE));
    assert_null(command_by_key(0x7f));
    assert_null(command_by_key(KEY_CTRL('H')));
    assert_null(command_by_key(KEY_CTRL('K')));
    assert_null(command_by_key(0));
}

static void every_function_key_has_a_letter_twin(void **state)
{
    (void)state;
    for (uint32_t key = KEY_CODE_F1; key <= KEY_CODE_F12; key++) {
        const struct command *command = command_by_key(key);
        if (command)
            assert_true(command->keys[0] < 0x7f);
    }
}

static void the_keys_of_the_design_do_what_it_says(void **state)
{
    (void)state;
    static const struct {
        uint32_t key;
        enum command_id id;
    } table[] = {
        {'j', COMMAND_DOWN},
        {KEY_CODE_DOWN, COMMAND_DOWN},
        {'k', COMMAND_UP},
        {KEY_CODE_UP, COMMAND_UP},
        {'g', COMMAND_FIRST},
        {KEY_CODE_HOME, COMMAND_FIRST},
        {'G', COMMAND_LAST},
        {KEY_CODE_END, COMMAND_LAST},
        {KEY_CTRL('D'), COMMAND_PAGE_DOWN},
        {KEY_CODE_PAGE_DOWN, COMMAND_PAGE_DOWN},
        {KEY_CTRL('U'), COMMAND_PAGE_UP},
        {KEY_CODE_PAGE_UP, COMMAND_PAGE_UP},
        {KEY_ENTER, COMMAND_DETAIL},
        {'d', COMMAND_DETAIL},
        {' ', COMMAND_TAG},
        {'v', COMMAND_RANGE},
        {'U', COMMAND_UNTAG},
        {'*', COMMAND_INVERT},
        {'/', COMMAND_FILTER},
        {KEY_CODE_F1 + 3, COMMAND_FILTER},
        {'\\', COMMAND_FILTER},
        {'s', COMMAND_SEARCH},
        {KEY_CODE_F1 + 2, COMMAND_SEARCH},
        {'n', COMMAND_SEARCH_NEXT},
        {'N', COMMAND_SEARCH_PREVIOUS},
        {'F', COMMAND_FOLLOW},
        {'Z', COMMAND_FREEZE},
        {'.', COMMAND_LIVE},
        {'L', COMMAND_LOCK},
        {'<', COMMAND_SORT_PREVIOUS},
        {'>', COMMAND_SORT_NEXT},
        {KEY_CODE_F1 + 5, COMMAND_SORT_NEXT},
        {'I', COMMAND_SORT_REVERSE},
        {'i', COMMAND_IDLE},
        {'x', COMMAND_EXPIRE},
        {'K', COMMAND_RELEASE},
        {'P', COMMAND_PURGE},
        {'u', COMMAND_UNDO},
        {KEY_CTRL('R'), COMMAND_REDO},
        {'B', COMMAND_RESTORE},
        {'D', COMMAND_DISMISS},
        {'w', COMMAND_WHY},
        {'f', COMMAND_FINDINGS},
        {'4', COMMAND_FINDINGS},
        {'a', COMMAND_MENU},
        {KEY_CODE_F1 + 8, COMMAND_MENU},
        {'r', COMMAND_RELOAD},
        {'R', COMMAND_RELOAD},
        {KEY_CTRL('L'), COMMAND_RELOAD},
        {':', COMMAND_LINE},
        {'m', COMMAND_MOUSE},
        {'?', COMMAND_HELP},
        {'h', COMMAND_HELP},
        {KEY_CODE_F1, COMMAND_HELP},
        {'q', COMMAND_QUIT},
        {KEY_ESCAPE, COMMAND_QUIT},
        {KEY_CODE_F1 + 9, COMMAND_QUIT},
        {KEY_CTRL('C'), COMMAND_QUIT},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct command *command = command_by_key(table[i].key);
        assert_non_null(command);
        assert_int_equal(command->id, table[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_two_commands_share_a_key),
        cmocka_unit_test(every_list_of_keys_ends_in_a_zero),
        cmocka_unit_test(every_command_stands_in_the_table_once_and_says_what_it_does),
        cmocka_unit_test(every_command_of_the_screen_has_a_key_and_a_label),
        cmocka_unit_test(every_command_has_a_name_of_its_own),
        cmocka_unit_test(what_stands_in_the_key_bar_is_on_the_screen),
        cmocka_unit_test(shell_words_are_found_and_only_they),
        cmocka_unit_test(shell_only_words_keep_the_order_of_the_contract),
        cmocka_unit_test(what_changes_something_can_be_typed_on_the_screen),
        cmocka_unit_test(what_changes_the_registry_is_marked_so),
        cmocka_unit_test(del_backspace_and_ctrl_k_never_act),
        cmocka_unit_test(every_function_key_has_a_letter_twin),
        cmocka_unit_test(the_keys_of_the_design_do_what_it_says),
    };
    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
