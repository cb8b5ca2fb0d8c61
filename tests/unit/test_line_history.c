#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/tree.h"
#include "tui/line_edit.h"
#include "tui/line_history.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int set_up(void **state)
{
    struct tree *tree = calloc(1, sizeof(*tree));
    if (!tree)
        return -1;
    tree_make(tree);
    *state = tree;
    return 0;
}

static int tear_down(void **state)
{
    tree_remove(*state);
    free(*state);
    return 0;
}

static void open_history(struct tree *tree, struct line_history *history)
{
    *history = (struct line_history){.count = 0};
    line_history_open(history, tree_path(tree, "new/slotop"), false);
}

static void lines_are_there_again_in_the_next_run_for_their_owner_only(void **state)
{
    struct tree *tree = *state;
    struct line_history history;
    struct stat status;
    open_history(tree, &history);
    line_history_add(&history, STR("release 71aa02bd"));
    line_history_add(&history, STR("gc"));
    line_history_done(&history);
    assert_int_equal(stat(tree_path(tree, "new/slotop/typed"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    open_history(tree, &history);
    assert_int_equal(history.count, 2);
    assert_string_equal(history.lines[0], "release 71aa02bd");
    assert_string_equal(history.lines[1], "gc");
    line_history_done(&history);
}

static void nothing_and_the_same_once_more_are_not_kept(void **state)
{
    struct line_history history;
    open_history(*state, &history);
    line_history_add(&history, STR(""));
    line_history_add(&history, STR("gc"));
    line_history_add(&history, STR("gc"));
    assert_int_equal(history.count, 1);
    line_history_done(&history);
}

static void what_is_no_line_is_passed_over(void **state)
{
    struct tree *tree = *state;
    struct line_history history;
    char long_line[LINE_EDIT_MAX + 3];
    memset(long_line, 'x', sizeof(long_line) - 1);
    long_line[sizeof(long_line) - 1] = '\0';
    struct buffer text = {0};
    buffer_addf(&text, "gc\n\n\033[2Jevil\n\xff\xfe\n%s\nundo", long_line);
    tree_put(tree, "new/slotop/typed", text.data);
    buffer_done(&text);
    open_history(tree, &history);
    assert_int_equal(history.count, 2);
    assert_string_equal(history.lines[0], "gc");
    assert_string_equal(history.lines[1], "undo");
    line_history_done(&history);
}

static void a_file_that_cannot_be_used_is_no_trouble(void **state)
{
    struct tree *tree = *state;
    struct line_history history;
    tree_put(tree, "elsewhere", "not ours\n");
    tree_put(tree, "new/slotop/x", "");
    char *target = strdup(tree_path(tree, "elsewhere"));
    assert_int_equal(symlink(target, tree_path(tree, "new/slotop/typed")), 0);
    open_history(tree, &history);
    line_history_add(&history, STR("gc"));
    assert_string_equal(history.lines[history.count - 1], "gc");
    line_history_done(&history);
    char *text = tree_read(tree, "elsewhere");
    assert_string_equal(text, "not ours\n");
    free(text);
    free(target);
}

static void read_only_reads_and_writes_nothing(void **state)
{
    struct tree *tree = *state;
    struct line_history history = {.count = 0};
    tree_put(tree, "new/slotop/typed", "gc\n");
    line_history_open(&history, tree_path(tree, "new/slotop"), true);
    line_history_add(&history, STR("undo"));
    assert_int_equal(history.count, 2);
    line_history_done(&history);
    char *text = tree_read(tree, "new/slotop/typed");
    assert_string_equal(text, "gc\n");
    free(text);
}

static void the_newest_are_kept_and_the_file_does_not_grow_for_ever(void **state)
{
    struct tree *tree = *state;
    struct line_history history;
    struct buffer line = {0};
    struct stat status;
    open_history(tree, &history);
    for (int i = 0; i < 600; i++) {
        buffer_clear(&line);
        buffer_addf(&line, "%d %0900d", i, 0);
        line_history_add(&history, buffer_str(&line));
        assert_int_equal(stat(tree_path(tree, "new/slotop/typed"), &status), 0);
        assert_true(status.st_size <= LINE_HISTORY_FILE_BYTES);
    }
    assert_int_equal(history.count, LINE_HISTORY_MAX);
    assert_string_equal(history.lines[LINE_HISTORY_MAX - 1], line.data);
    line_history_done(&history);
    open_history(tree, &history);
    assert_true(history.count > 0);
    assert_string_equal(history.lines[history.count - 1], line.data);
    line_history_done(&history);
    buffer_done(&line);
}

static void it_is_searched_by_how_lines_begin(void **state)
{
    (void)state;
    struct line_history history = {.count = 0};
    static const char *const lines[] = {"gc", "release a", "undo", "release b"};
    for (size_t i = 0; i < 4; i++)
        line_history_add(&history, str_of(lines[i]));
    assert_int_equal(line_history_find(&history, STR(""), 4, false), 3);
    assert_int_equal(line_history_find(&history, STR("rel"), 4, false), 3);
    assert_int_equal(line_history_find(&history, STR("rel"), 3, false), 1);
    assert_true(line_history_find(&history, STR("rel"), 1, false) == SIZE_MAX);
    assert_int_equal(line_history_find(&history, STR("rel"), 1, true), 3);
    assert_true(line_history_find(&history, STR("rel"), 3, true) == SIZE_MAX);
    assert_true(line_history_find(&history, STR("x"), 4, false) == SIZE_MAX);
    line_history_done(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_are_there_again_in_the_next_run_for_their_owner_only,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_and_the_same_once_more_are_not_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_line_is_passed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_used_is_no_trouble, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(read_only_reads_and_writes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_newest_are_kept_and_the_file_does_not_grow_for_ever,
                                        set_up, tear_down),
        cmocka_unit_test(it_is_searched_by_how_lines_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
