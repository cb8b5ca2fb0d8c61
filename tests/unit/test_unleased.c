// LDFLAGS: -Wl,--wrap=mmap,--wrap=file_pause_ms
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/file.h"
#include "core/json.h"
#include "core/registry.h"
#include "core/unleased.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What the server does behind our back: once the file is mapped, or while we wait. */
static const char *server_path;
static struct str server_save; /* absent: it saves nothing */
static bool fails_to_map, truncates;

static void save_as_server(void)
{
    if (!server_save.data && !truncates)
        return;
    int fd = open(server_path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (server_save.data)
        (void)!write(fd, server_save.data, server_save.len);
    (void)close(fd);
}

void *__real_mmap(void *address, size_t len, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t len, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t len, int protection, int flags, int fd, off_t offset)
{
    if (fd >= 0 && fails_to_map) {
        errno = ENODEV;
        return MAP_FAILED;
    }
    void *map = __real_mmap(address, len, protection, flags, fd, offset);
    if (fd >= 0)
        save_as_server();
    return map;
}
void __wrap_file_pause_ms(int ms);
void __wrap_file_pause_ms(int ms)
{
    assert_int_equal(ms, UNLEASED_QUIET_MS);
    save_as_server();
}

static const char text[] =
    "{\"version\":1,\"agents\":{\"a\":{\"state\": \"active\",\n   \"ttl\":1}}}\n";
static const char shifted[] =
    "{\"version\":1,  \"agents\":{\"a\":{\"state\": \"active\",\n   \"ttl\":1}}}\n";

struct fixture {
    struct tree tree;
    struct step step;
    struct leased job;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    tree_make(&fixture->tree);
    tree_write(&fixture->tree, "file", text, sizeof(text) - 1);
    server_path = fixture->job.path = strdup(tree_path(&fixture->tree, "file"));
    server_save = (struct str){0};
    fails_to_map = truncates = false;
    fixture->step = (struct step){
        .offset = (uint64_t)(strstr(text, "active") - text),
        .text = STR("expired\","),
    };
    fixture->job.expected = (struct str){text, sizeof(text) - 1};
    fixture->job.steps = &fixture->step;
    fixture->job.step_count = 1;
    fixture->job.without_lease = true;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    union {
        const char *constant;
        char *owned;
    } path = {.constant = fixture->job.path};
    tree_remove(&fixture->tree);
    free(path.owned);
    free(fixture);
    return 0;
}

static void assert_file(struct fixture *fixture, const char *wanted, size_t len)
{
    char *now = tree_read(&fixture->tree, "file");
    assert_int_equal(strlen(now), len);
    assert_memory_equal(now, wanted, len);
    free(now);
}

static void a_small_edit_is_made_through_the_mapping(void **state)
{
    struct fixture *fixture = *state;
    char wanted[sizeof(text)];
    memcpy(wanted, text, sizeof(text));
    memcpy(wanted + fixture->step.offset, "expired\",", 9);
    assert_int_equal(leased_run(&fixture->job), LEASED_DONE);
    assert_true(fixture->job.wrote);
    assert_file(fixture, wanted, sizeof(text) - 1);
}

static void a_save_after_the_look_is_left_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    server_save = (struct str){shifted, sizeof(shifted) - 1};
    assert_int_equal(leased_run(&fixture->job), LEASED_CHANGED);
    assert_false(fixture->job.wrote);
    assert_file(fixture, shifted, sizeof(shifted) - 1);
}

static void a_file_truncated_under_the_mapping_is_not_lengthened(void **state)
{
    struct fixture *fixture = *state;
    truncates = true;
    assert_int_equal(leased_run(&fixture->job), LEASED_CHANGED);
    assert_false(fixture->job.wrote);
    assert_file(fixture, "", 0);
}

static void a_file_that_cannot_be_mapped_is_told_and_not_written(void **state)
{
    struct fixture *fixture = *state;
    fails_to_map = true;
    assert_int_equal(leased_run(&fixture->job), LEASED_READ_FAILED);
    assert_int_equal(fixture->job.errnum, ENODEV);
    assert_file(fixture, text, sizeof(text) - 1);
}

static void a_large_edit_is_written_when_nobody_else_writes(void **state)
{
    struct fixture *fixture = *state;
    fixture->step.offset = sizeof(text) - 1;
    fixture->step.text = STR("                    ");
    fixture->job.grows_by = fixture->step.text.len;
    assert_int_equal(leased_run(&fixture->job), LEASED_DONE);
    char wanted[sizeof(text) + 20];
    (void)snprintf(wanted, sizeof(wanted), "%s%20s", text, "");
    assert_file(fixture, wanted, sizeof(text) - 1 + 20);
}

static void a_large_edit_is_not_begun_while_somebody_writes(void **state)
{
    struct fixture *fixture = *state;
    fixture->step.offset = sizeof(text) - 1;
    fixture->step.text = STR("                    ");
    fixture->job.grows_by = fixture->step.text.len;
    server_save = (struct str){shifted, sizeof(shifted) - 1};
    assert_int_equal(leased_run(&fixture->job), LEASED_NOT_QUIET);
    assert_file(fixture, shifted, sizeof(shifted) - 1);
}

/* The value of "state" in a text that must parse. */
static const char *state_of(const char *json, size_t len)
{
    struct str value, whole = {json, len};
    struct json_fault fault;
    if (!json_check(whole, &fault)) {
        print_message("%.*s: %s\n", (int)len, json, fault.reason);
        fail();
    }
    value = json_member(json_root(whole), STR("state"));
    for (enum entry_state state = STATE_ACTIVE; state <= STATE_DELETED; state++)
        if (json_string_equals(value, str_of(entry_state_name(state))))
            return entry_state_name(state);
    return "none";
}

/* Makes `wish` of `now` part by part; after each the state is the one before or the one after. */
static void check_parts(char *now, const char *wish, size_t len)
{
    size_t from = 0, to = len;
    char before[16], after[16];
    struct unleased_parts parts;
    (void)snprintf(before, sizeof(before), "%s", state_of(now, len));
    (void)snprintf(after, sizeof(after), "%s", state_of(wish, len));
    while (now[from] == wish[from])
        from++;
    while (now[to - 1] == wish[to - 1])
        to--;
    assert_true(unleased_split((struct str){now + from, to - from},
                               (struct str){wish + from, to - from}, &parts));
    for (size_t i = 0; i < parts.count; i++) {
        assert_in_range(parts.items[i].len, 1, UNLEASED_SWAP_BYTES);
        memcpy(now + from + parts.items[i].at, parts.items[i].text, parts.items[i].len);
        const char *found = state_of(now, len);
        assert_true(strcmp(found, before) == 0 || strcmp(found, after) == 0);
    }
    assert_memory_equal(now, wish, len);
}

static void after_each_swap_of_a_state_the_text_holds_the_one_before_or_after(void **state)
{
    (void)state;
    static const struct {
        const char *behind, *end; /* of the value; white space between them fills up */
    } layouts[] = {{",", "\"x\": 1}"}, {"", "}"}, {",\n", "\"x\": \"a,b\"}"}};
    unsigned cases = 0;
    for (size_t layout = 0; layout < sizeof(layouts) / sizeof(layouts[0]); layout++)
        for (enum entry_state from = STATE_ACTIVE; from <= STATE_DELETED; from++)
            for (enum entry_state to = STATE_ACTIVE; to <= STATE_DELETED; to++) {
                char texts[2][64];
                int len = 0;
                for (int i = 0; i < 2 && from != to; i++) {
                    const char *name = entry_state_name(i == 0 ? from : to);
                    len = snprintf(texts[i], sizeof(texts[i]), "{\"state\": \"%s\"%s%*s%s", name,
                                   layouts[layout].behind, 12 - (int)strlen(name), "",
                                   layouts[layout].end);
                }
                if (len > 0)
                    check_parts(texts[0], texts[1], (size_t)len);
                cases += len > 0;
            }
    assert_int_equal(cases, 36);
}

static void a_time_changes_by_its_leading_digits_first(void **state)
{
    (void)state;
    struct unleased_parts parts;
    assert_true(unleased_split(STR("773880000000"), STR("795346651123"), &parts));
    assert_int_equal(parts.count, 2);
    assert_int_equal(parts.items[0].at, 1);
    assert_memory_equal(parts.items[0].text, "953", 3);
    assert_int_equal(parts.items[1].at, 4);
    assert_memory_equal(parts.items[1].text, "46651123", 8);
}

static void what_stays_between_two_changes_is_not_written(void **state)
{
    (void)state;
    struct unleased_parts parts;
    assert_true(unleased_split(STR("idle\",   \"createdAt\": 12, \"lastActiveAt\": 1234"),
                               STR("active\", \"createdAt\": 12, \"lastActiveAt\": 1299"), &parts));
    assert_int_equal(parts.items[parts.count - 1].at, 44);
    assert_memory_equal(parts.items[parts.count - 1].text, "99", 2);
    for (size_t i = 0; i + 1 < parts.count; i++)
        assert_true(parts.items[i].at + parts.items[i].len <= strlen("active\", "));
}

/* An entry that is put back as it was some edits later: other states of the same length, too. */
static void a_word_beside_other_changes_is_swapped_at_once(void **state)
{
    (void)state;
    struct unleased_parts parts;
    assert_true(unleased_split(STR("\"expired\", \"createdAt\": 12, \"lastActiveAt\": 1234"),
                               STR("\"deleted\", \"createdAt\": 12, \"lastActiveAt\": 1299"),
                               &parts));
    assert_int_equal(parts.count, 2);
    assert_int_equal(parts.items[0].at, 1);
    assert_int_equal(parts.items[0].len, strlen("delet"));
    assert_memory_equal(parts.items[0].text, "delet", 5);
    assert_memory_equal(parts.items[1].text, "99", 2);
}

static void a_text_that_moves_is_no_small_edit_where_it_repeats_itself(void **state)
{
    (void)state;
    struct unleased_parts parts;
    assert_false(unleased_split(STR("\"a\",  \"t\": 1000000000000000, \"u\""),
                                STR("\"abc\",\"t\": 1000000000000000, \"u\" "), &parts));
    assert_false(unleased_split(STR("  \"t\": 1000000000000000,  \"u\""),
                                STR("\"t\": 1000000000000000,    \"u\""), &parts));
}

static void what_would_not_parse_halfway_is_no_small_edit(void **state)
{
    (void)state;
    static const struct {
        const char *old, *text;
    } cases[] = {
        {"\"abcdefghi\"", "\"jklmnopqr\""},
        {"active\",\"b\":", "expired\",\"b\""},
        {"active,    ", "expired\",  "},
        {"0123456789", "987654321\""},
        {"12345678901234567", "98765432109876543"},
    };
    struct unleased_parts parts;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_false(unleased_split(str_of(cases[i].old), str_of(cases[i].text), &parts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_small_edit_is_made_through_the_mapping, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_save_after_the_look_is_left_as_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_truncated_under_the_mapping_is_not_lengthened,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_mapped_is_told_and_not_written,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_large_edit_is_written_when_nobody_else_writes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_large_edit_is_not_begun_while_somebody_writes, set_up,
                                        tear_down),
        cmocka_unit_test(after_each_swap_of_a_state_the_text_holds_the_one_before_or_after),
        cmocka_unit_test(a_time_changes_by_its_leading_digits_first),
        cmocka_unit_test(what_stays_between_two_changes_is_not_written),
        cmocka_unit_test(a_word_beside_other_changes_is_swapped_at_once),
        cmocka_unit_test(a_text_that_moves_is_no_small_edit_where_it_repeats_itself),
        cmocka_unit_test(what_would_not_parse_halfway_is_no_small_edit),
    };
    return cmocka_run_group_tests_name("unleased", tests, NULL, NULL);
}
