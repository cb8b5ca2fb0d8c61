// LDFLAGS: -Wl,--wrap=leased_run,--wrap=nanosleep,--wrap=fcntl
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Registries that are edited without their text; all are large here. */
#define DOCUMENT_KEEP_BYTES 0
#define KNOWN_LEAST_BYTES 0
#define DOCUMENT_BLOCK_ENTRIES 2

#include "core/document_loader.c"
#include "core/document_loader_apply.c"
#include "core/document_loader_match.c"
#include "core/store_large.c"

#include "core/leased.h"
#include "tests/helpers/tree.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

enum { HOUR_MS = 3600000 };
#define NOW INT64_C(1773890060000)

static struct tree tree;
static char path[400], dir[400];
static struct store store;
static struct outcome outcome;
static struct store_report report;
static struct error error;
static struct document known;
static struct stream stream;

static const char *saved_before_lease; /* by a server, once, when the leased part begins */
static unsigned leased_runs, without_text;
static unsigned older_copies; /* written over ours, where the store looks again */
static bool has_no_leases;
static struct buffer older;

enum leased_result __real_leased_run(struct leased *job);
enum leased_result __wrap_leased_run(struct leased *job);
enum leased_result __wrap_leased_run(struct leased *job)
{
    leased_runs++;
    without_text += job->document != NULL;
    if (saved_before_lease)
        tree_put(&tree, "file", saved_before_lease);
    saved_before_lease = NULL;
    return __real_leased_run(job);
}

int __wrap_nanosleep(const struct timespec *pause, struct timespec *rest);
int __wrap_nanosleep(const struct timespec *pause, struct timespec *rest)
{
    (void)rest;
    if (pause->tv_nsec == 50000000L && older_copies > 0) {
        older_copies--;
        tree_put(&tree, "file", older.data);
    }
    return 0;
}

int __real_fcntl(int fd, int command, long argument);
int __wrap_fcntl(int fd, int command, long argument);
int __wrap_fcntl(int fd, int command, long argument)
{
    if (has_no_leases && command == F_SETLEASE) {
        errno = EINVAL;
        return -1;
    }
    return __real_fcntl(fd, command, argument);
}

/* Entries s0, s1…, all active but those of `states`, a letter each: i(dle), e(xpired), d(eleted).
 */
static struct buffer registry_text(const char *states)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (int i = 0; states[i]; i++) {
        const char *state = states[i] == 'i'   ? "idle"
                            : states[i] == 'e' ? "expired"
                            : states[i] == 'd' ? "deleted"
                                               : "active";
        buffer_addf(&text,
                    "%s\n    \"s%d\": {\n      \"chatAgentId\": \"slot-%d\",\n"
                    "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"s%d\",\n"
                    "      \"workspaceDir\": \"\",\n      \"state\": \"%s\",\n"
                    "      \"createdAt\": 1773890000000,\n      \"lastActiveAt\": 1773890000000,\n"
                    "      \"idleTtlMs\": 1800000\n    }",
                    i ? "," : "", i, i, i, state);
    }
    buffer_addf(&text, "\n  }\n}\n");
    buffer_add_char(&text, '\0');
    return text;
}

static void put(const char *states)
{
    struct buffer text = registry_text(states);
    tree_put(&tree, "file", text.data);
    buffer_done(&text);
}

static void assert_file(const char *states)
{
    struct buffer text = registry_text(states), wanted = {0}, now = {0};
    char *file = tree_read(&tree, "file");
    json_stringify(str_of(text.data), 0, 0, &wanted);
    json_stringify(str_of(file), 0, 0, &now);
    buffer_add_char(&wanted, '\0');
    buffer_add_char(&now, '\0');
    assert_string_equal(now.data, wanted.data);
    buffer_done(&text);
    buffer_done(&wanted);
    buffer_done(&now);
    free(file);
}

static void load_known(void)
{
    struct document_delta delta;
    struct file_identity identity;
    assert_int_equal(stream_load(&stream, path, &known, &delta), 0);
    stream_apply(&stream, &identity);
    assert_null(known.bytes.data);
    store.known = &known;
}

static int set_up(void **state)
{
    (void)state;
    tree_make(&tree);
    (void)snprintf(path, sizeof(path), "%s/file", tree.path);
    (void)snprintf(dir, sizeof(dir), "%s/own", tree.path);
    store = (struct store){.path = path};
    document_init(&known);
    put("aaaaaaaaa");
    saved_before_lease = NULL;
    leased_runs = without_text = older_copies = 0;
    has_no_leases = false;
    older = registry_text("aaaaaaaaa");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    document_done(&known);
    stream_done(&stream);
    buffer_done(&older);
    tree_remove(&tree);
    return 0;
}

static int apply_at(enum operation_kind kind, const char *id, int64_t now_ms)
{
    static struct str slot = {"slot-4", 6};
    const struct pool pool = {{"main", 4}, &slot, 1};
    const struct operation operation = {.kind = kind, .session_id = str_of(id), .now_ms = now_ms};
    return store_apply(&store, &operation, 1, &pool, &outcome, &report, &error);
}

static void release(const char *id)
{
    assert_int_equal(apply_at(OPERATION_RELEASE, id, NOW), 0);
    assert_true(outcome.changes[0].changed);
    assert_true(report.wrote);
    outcome_done(&outcome);
}

static void what_is_known_is_not_loaded_again_and_stays_as_it_is(void **state)
{
    (void)state;
    load_known();
    release("s4");
    assert_file("aaaadaaaa");
    assert_int_equal(report.attempts, 1);
    assert_int_equal(without_text, 1);
    assert_true(registry_is_clean(&known.registry));
    assert_int_equal(registry_get(&known.registry, STR("s4"))->state, STATE_ACTIVE);
    assert_null(known.bytes.data);
}

static void an_older_version_is_known_to_be_one(void **state)
{
    (void)state;
    load_known();
    put("adaaaaaae");
    put("aaaaaaaad"); /* as long as it was, but for one letter of each state */
    release("s4");
    assert_file("aaaadaaad");
    put("aaiaaaaaa");
    load_known();
    put("iaaaaaaaa"); /* exactly as long */
    release("s4");
    assert_true(report.attempts > 1);
    assert_file("iaaadaaaa");
    assert_int_equal(without_text, leased_runs);
}

static void a_save_that_comes_before_the_lease_is_found_wherever_it_changed_something(void **state)
{
    (void)state;
    static const char *const saves[] = {"iaaaaaaaa", "aaaiaaaaa", "aaaaaiaaa", "aaaaaaaai"};
    for (size_t i = 0; i < sizeof(saves) / sizeof(saves[0]); i++) {
        char wanted[] = "aaaaaaaaa";
        struct buffer text = registry_text(saves[i]);
        put("aaiaaaaaa"); /* as long as the others */
        load_known();
        saved_before_lease = text.data;
        release("s4");
        assert_int_equal(report.attempts, 2);
        memcpy(wanted, saves[i], sizeof(wanted));
        wanted[4] = 'd';
        assert_file(wanted);
        buffer_done(&text);
    }
    assert_int_equal(without_text, leased_runs);
}

static void without_knowledge_it_loads_what_it_needs(void **state)
{
    (void)state;
    release("s8");
    assert_file("aaaaaaaad");
    assert_int_equal(without_text, 1);
}

static void a_new_entry_and_one_that_goes(void **state)
{
    (void)state;
    load_known();
    assert_int_equal(apply_at(OPERATION_ALLOCATE, "new", NOW), 0);
    assert_true(outcome.entry_json.len > 0);
    assert_true(outcome.changes[0].after_json.data != NULL);
    outcome_done(&outcome);
    char *text = tree_read(&tree, "file");
    assert_non_null(strstr(text, "\"sessionId\": \"new\""));
    free(text);
    put("aaaadaaaa");
    load_known();
    assert_int_equal(apply_at(OPERATION_PURGE, "s4", NOW), 0);
    outcome_done(&outcome);
    text = tree_read(&tree, "file");
    assert_null(strstr(text, "s4"));
    assert_true(json_check(str_of(text), NULL));
    free(text);
    assert_int_equal(without_text, 2);
}

static void a_walk_changes_all_that_are_concerned(void **state)
{
    (void)state;
    put("adaaadaad");
    load_known();
    assert_int_equal(apply_at(OPERATION_GC, "", NOW + 2 * HOUR_MS), 0);
    assert_int_equal(outcome.expired_count, 6);
    assert_int_equal(outcome.purged_count, 3);
    outcome_done(&outcome);
    char *text = tree_read(&tree, "file");
    assert_true(json_check(str_of(text), NULL));
    assert_null(strstr(text, "active"));
    assert_null(strstr(text, "deleted"));
    free(text);
    assert_int_equal(without_text, 1);
}

static void what_is_as_wished_takes_no_lease(void **state)
{
    (void)state;
    put("aaaadaaaa");
    load_known();
    assert_int_equal(apply_at(OPERATION_RELEASE, "s4", NOW), 0);
    assert_false(outcome.changes[0].changed);
    assert_int_equal(leased_runs, 0);
    outcome_done(&outcome);
}

static void an_older_copy_over_it_is_noticed(void **state)
{
    (void)state;
    load_known();
    older_copies = 2;
    release("s4");
    assert_int_equal(report.reapplied, 2);
    assert_file("aaaadaaaa");
}

static void without_leases_it_takes_the_text(void **state)
{
    (void)state;
    load_known();
    has_no_leases = true;
    release("s4");
    assert_true(report.weaker[0] != '\0');
    assert_file("aaaadaaaa");
}

static void an_unusual_text_is_edited_as_a_whole(void **state)
{
    (void)state;
    tree_put(&tree, "file",
             "{\"agents\":{\"s4\":{\"state\":\"idle\"},\"s4\":{\"state\":\"active\"}},\"x\":1}");
    release("s4");
    assert_int_equal(leased_runs, 1);
    assert_int_equal(without_text, 0);
}

static void a_copy_is_kept_at_most_once_an_hour(void **state)
{
    (void)state;
    static const int64_t times[] = {NOW, NOW + HOUR_MS - 1, NOW + HOUR_MS, NOW + HOUR_MS + 1};
    static const size_t copies[] = {1, 1, 2, 2};
    store.copies_dir = dir;
    for (size_t i = 0; i < 4; i++) {
        load_known();
        assert_int_equal(apply_at(OPERATION_TOUCH, "s4", times[i]), 0);
        outcome_done(&outcome);
        assert_string_equal(report.no_copy, "");
        assert_int_equal(tree_count(&tree, "own"), copies[i]);
    }
}

static void a_copy_is_the_version_that_was_edited(void **state)
{
    (void)state;
    struct copies list;
    struct document copy;
    document_init(&copy);
    store.copies_dir = dir;
    load_known();
    put("aaaaiaaaa");
    release("s2");
    assert_int_equal(copies_list(dir, &list, NULL), 0);
    assert_int_equal(list.count, 1);
    assert_int_equal(copies_load(dir, &list.items[0], &copy, NULL), 0);
    assert_int_equal(registry_get(&copy.registry, STR("s4"))->state, STATE_IDLE);
    assert_int_equal(registry_get(&copy.registry, STR("s2"))->state, STATE_ACTIVE);
    document_done(&copy);
    copies_done(&list);
}

static void a_dry_run_answers_and_writes_nothing(void **state)
{
    (void)state;
    load_known();
    store.dry_run = true;
    assert_int_equal(apply_at(OPERATION_RELEASE, "s4", NOW), 0);
    assert_true(outcome.changes[0].changed);
    outcome_done(&outcome);
    assert_int_equal(leased_runs, 0);
    assert_file("aaaaaaaaa");
}

int main(void)
{
#define LARGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        LARGE_TEST(what_is_known_is_not_loaded_again_and_stays_as_it_is),
        LARGE_TEST(an_older_version_is_known_to_be_one),
        LARGE_TEST(a_save_that_comes_before_the_lease_is_found_wherever_it_changed_something),
        LARGE_TEST(without_knowledge_it_loads_what_it_needs),
        LARGE_TEST(a_new_entry_and_one_that_goes),
        LARGE_TEST(a_walk_changes_all_that_are_concerned),
        LARGE_TEST(what_is_as_wished_takes_no_lease),
        LARGE_TEST(an_older_copy_over_it_is_noticed),
        LARGE_TEST(without_leases_it_takes_the_text),
        LARGE_TEST(an_unusual_text_is_edited_as_a_whole),
        LARGE_TEST(a_copy_is_kept_at_most_once_an_hour),
        LARGE_TEST(a_copy_is_the_version_that_was_edited),
        LARGE_TEST(a_dry_run_answers_and_writes_nothing),
    };
    return cmocka_run_group_tests_name("store_large", tests, NULL, NULL);
}
