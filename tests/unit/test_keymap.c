#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/key.h"
#include "tui/keymap.h"

#include <string.h>

/* A wish that can be read. */
static void wish(struct key_wishes *wishes, const char *name, const char *keys, size_t line)
{
    struct error error;
    assert_int_equal(keymap_wish(wishes, str_of(name), str_of(keys), line, &error), 0);
}

static enum command_id id_of(const struct keymap *map, uint32_t key)
{
    const struct command *command = keymap_command(map, key);
    return command ? command->id : COMMAND_NONE;
}

static const struct command *owner_of(const struct key_wishes *wishes, enum command_id id)
{
    return wishes->of[command_by_id(id) - commands].owner;
}

static void without_wishes_it_is_the_table(void **state)
{
    (void)state;
    struct key_wishes wishes = {0};
    struct keymap map;
    keymap_apply(&map, &wishes);
    for (size_t i = 0; i < command_count; i++)
        assert_memory_equal(keymap_keys(&map, &commands[i]), commands[i].keys,
                            sizeof(commands[i].keys));
}

static void a_wish_replaces_the_keys_of_its_command(void **state)
{
    (void)state;
    struct key_wishes wishes = {0};
    struct keymap map;
    char label[KEYMAP_LABEL_SIZE];
    wish(&wishes, "release", "X F5", 1);
    keymap_apply(&map, &wishes);
    assert_int_equal(id_of(&map, 'X'), COMMAND_RELEASE);
    assert_int_equal(id_of(&map, KEY_CODE_F1 + 4), COMMAND_RELEASE);
    assert_int_equal(id_of(&map, 'K'), COMMAND_NONE);
    assert_string_equal(keymap_label(&map, COMMAND_RELEASE, label), "X");
}

static void a_command_without_a_key_is_shown_by_its_name(void **state)
{
    (void)state;
    struct key_wishes wishes = {0};
    struct keymap map;
    char label[KEYMAP_LABEL_SIZE];
    wish(&wishes, "purge", "none", 1);
    keymap_apply(&map, &wishes);
    assert_int_equal(id_of(&map, 'P'), COMMAND_NONE);
    assert_string_equal(keymap_label(&map, COMMAND_PURGE, label), ":purge");
}

static void two_commands_can_change_keys(void **state)
{
    (void)state;
    struct key_wishes wishes = {0};
    struct keymap map;
    wish(&wishes, "expire", "K", 1);
    wish(&wishes, "release", "x", 2);
    keymap_apply(&map, &wishes);
    assert_int_equal(id_of(&map, 'K'), COMMAND_EXPIRE);
    assert_int_equal(id_of(&map, 'x'), COMMAND_RELEASE);
}

static void a_key_that_another_command_keeps_is_refused(void **state)
{
    (void)state;
    struct key_wishes wishes = {0};
    struct keymap map;
    wish(&wishes, "release", "X x", 7);
    keymap_apply(&map, &wishes);
    assert_ptr_equal(owner_of(&wishes, COMMAND_RELEASE), command_by_id(COMMAND_EXPIRE));
    assert_int_equal(id_of(&map, 'x'), COMMAND_EXPIRE);
    assert_int_equal(id_of(&map, 'K'), COMMAND_RELEASE);
    assert_int_equal(id_of(&map, 'X'), COMMAND_NONE);
}

static void of_two_wishes_for_a_key_the_first_line_has_it(void **state)
{
    (void)state;
    struct key_wishes wishes = {0};
    struct keymap map;
    wish(&wishes, "expire", "X", 9);
    wish(&wishes, "purge", "X", 4);
    keymap_apply(&map, &wishes);
    assert_int_equal(id_of(&map, 'X'), COMMAND_PURGE);
    assert_int_equal(id_of(&map, 'x'), COMMAND_EXPIRE);
    assert_null(owner_of(&wishes, COMMAND_PURGE));
    assert_ptr_equal(owner_of(&wishes, COMMAND_EXPIRE), command_by_id(COMMAND_PURGE));
}

/* Whatever is refused, its command has its own keys again, which others may have taken. */
static void no_two_commands_ever_share_a_key(void **state)
{
    (void)state;
    struct key_wishes wishes = {0};
    struct keymap map;
    wish(&wishes, "idle", "x", 1);
    wish(&wishes, "expire", "K", 2);
    wish(&wishes, "release", "P", 3);
    keymap_apply(&map, &wishes); /* P is purge's: so K is release's again, and x expire's */
    assert_int_equal(id_of(&map, 'i'), COMMAND_IDLE);
    assert_int_equal(id_of(&map, 'x'), COMMAND_EXPIRE);
    assert_int_equal(id_of(&map, 'K'), COMMAND_RELEASE);
    assert_int_equal(id_of(&map, 'P'), COMMAND_PURGE);
}

static void the_ways_out_stay(void **state)
{
    (void)state;
    struct key_wishes wishes = {0};
    struct keymap map;
    wish(&wishes, "quit", "none", 1);
    wish(&wishes, "detail", "v", 2);
    keymap_apply(&map, &wishes);
    assert_int_equal(id_of(&map, KEY_ESCAPE), COMMAND_QUIT);
    assert_int_equal(id_of(&map, KEY_CTRL('C')), COMMAND_QUIT);
    assert_int_equal(id_of(&map, 'q'), COMMAND_NONE);
    assert_int_equal(id_of(&map, KEY_ENTER), COMMAND_DETAIL);
}

static void what_cannot_be_wished_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *name, *keys, *says;
    } table[] = {
        {"relase", "X", "'relase' is no command of the screen"},
        {"allocate", "X", "'allocate' is no command of the screen"},
        {"release", "", "no key is named"},
        {"release", "Del", "Del is not to be had"},
        {"release", "Bksp", "Bksp is not to be had"},
        {"release", "^K", "^K is not to be had"},
        {"release", "X Esc", "Esc is not to be had"},
        {"release", "Ctrl-C", "Ctrl-C is not to be had"},
        {"release", "Hyper-X", "'Hyper-X' is no key"},
        {"release", "ab", "'ab' is no key"},
        {"release", "1 2 3 4 5", "more than 4 keys"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct key_wishes wishes = {0};
        struct error error;
        assert_int_not_equal(
            keymap_wish(&wishes, str_of(table[i].name), str_of(table[i].keys), 1, &error), 0);
        assert_string_equal(error.text, table[i].says);
        for (size_t j = 0; j < KEYMAP_COMMANDS; j++)
            assert_int_equal(wishes.of[j].line, 0);
    }
}

static void the_label_of_a_key_is_its_name(void **state)
{
    (void)state;
    char label[KEY_NAME_SIZE];
    for (size_t i = 0; i < command_count; i++) {
        for (const uint32_t *key = commands[i].keys; *key; key++)
            assert_int_equal(key_by_name(str_of(key_label(*key, label))), *key);
    }
    assert_int_equal(key_by_name(STR("ctrl-r")), KEY_CTRL('R'));
    assert_int_equal(key_by_name(STR("C-r")), KEY_CTRL('R'));
    assert_int_equal(key_by_name(STR("pgdn")), KEY_CODE_PAGE_DOWN);
    assert_int_equal(key_by_name(STR("\xc3\xa9")), 0xe9);
    assert_int_equal(key_by_name(STR("\xc3")), 0);
    assert_int_equal(key_by_name(STR("")), 0);
    assert_int_equal(key_by_name(STR("\001")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_wishes_it_is_the_table),
        cmocka_unit_test(a_wish_replaces_the_keys_of_its_command),
        cmocka_unit_test(a_command_without_a_key_is_shown_by_its_name),
        cmocka_unit_test(two_commands_can_change_keys),
        cmocka_unit_test(a_key_that_another_command_keeps_is_refused),
        cmocka_unit_test(of_two_wishes_for_a_key_the_first_line_has_it),
        cmocka_unit_test(no_two_commands_ever_share_a_key),
        cmocka_unit_test(the_ways_out_stay),
        cmocka_unit_test(what_cannot_be_wished_is_said),
        cmocka_unit_test(the_label_of_a_key_is_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
