#include "core/consequence.h"
#include "tests/helpers/setting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SLOT_1 "chat-slot-main-1"
#define SLOT_2 "chat-slot-main-2"
#define ON(id, agent, state, ago) ENTRY(id, agent, "main", state, ago)
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* What is said of an action on these sessions, a letter each. */
struct telling {
    const char *entries, *sessions;
    enum operation_kind kind;
    const char *told;
};

#define TWO ON("a", SLOT_1, "active", 360000) "," ON("b", SLOT_2, "idle", 360000)
#define DOUBLE ON("a", SLOT_1, "active", 360000) "," ON("b", SLOT_1, "idle", 360000)
#define BUSY                                                                                       \
    ON("a", SLOT_1, "active", 12000)                                                               \
    "," ON("b", SLOT_2, "active", 12000) "," ON("c", "main", "active",                             \
                                                12000) "," ON("d", "main", "active", 12000)
#define OVER ON("a", SLOT_1, "expired", 12000) "," ON("b", SLOT_1, "deleted", 12000)
#define GC_REMOVES "The server's GC removes what is released."
#define STAYS "What is expired stays in the registry: GC never removes it."
#define FORGOTTEN "The server knows nothing of a session that has no entry."

static const struct telling table[] = {
    {TWO, "ab", OPERATION_RELEASE,
     "2 slots become free for new chats; nothing moves the old ones. " GC_REMOVES},
    {TWO, "b", OPERATION_EXPIRE,
     "1 slot becomes free for new chats; nothing moves the old ones. " STAYS},
    {TWO, "ab", OPERATION_IDLE, "An idle session keeps its slot until GC expires it."},
    {DOUBLE, "a", OPERATION_RELEASE, "No slot becomes free. " GC_REMOVES},
    {DOUBLE, "ab", OPERATION_RELEASE,
     "1 slot becomes free for new chats; nothing moves the old ones. " GC_REMOVES},
    {BUSY, "ab", OPERATION_EXPIRE,
     "Both of them are in use (a, b). 2 slots become free for new chats; nothing moves the old "
     "ones. " STAYS},
    {BUSY, "c", OPERATION_EXPIRE, "It is in use (c). No slot becomes free. " STAYS},
    {BUSY, "abcd", OPERATION_RELEASE,
     "All of them are in use (a, b, c, ...). 2 slots become free for new chats; nothing moves the "
     "old ones. " GC_REMOVES},
    {BUSY, "ab", OPERATION_IDLE, "An idle session keeps its slot until GC expires it."},
    {OVER, "ab", OPERATION_PURGE, FORGOTTEN},
    {OVER, "a", OPERATION_RELEASE, "No slot becomes free. " GC_REMOVES},
};

static void what_many_come_to_is_told_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct fixture fixture;
        struct buffer told = {0};
        size_t rows[8];
        struct consequence_many many = {.rows = rows, .kind = table[i].kind};
        fixture_make(&fixture, table[i].entries, 2);
        const struct registry *registry = &fixture.document.registry;
        for (const char *id = table[i].sessions; *id; id++) {
            rows[many.count] = model_find_row(&fixture.model, registry, (struct str){id, 1});
            assert_int_not_equal(rows[many.count++], SIZE_MAX);
        }
        consequence_add_many(registry, &fixture.model, &many, &told);
        assert_false(told.failed);
        assert_string_equal(told.data, table[i].told);
        buffer_done(&told);
        fixture_done(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_many_come_to_is_told_once)};
    return cmocka_run_group_tests_name("consequence_many", tests, NULL, NULL);
}
