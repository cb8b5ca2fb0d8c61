/* Short ids: as many bytes as tell a row apart from every other, whatever the ids are. */
#include "tests/helpers/setting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 300, ENTRIES_MOST = 400 };

static size_t shared(struct str a, struct str b)
{
    size_t len = 0;
    while (len < a.len && len < b.len && a.data[len] == b.data[len])
        len++;
    return len;
}

/* By looking at every other entry. */
static size_t wanted_len(const struct registry *registry, struct str id)
{
    size_t len = 8;
    for (size_t i = 0; i < registry->count; i++) {
        struct str other = entry_session_id(&registry->entries[i]);
        if (!str_equal(other, id) && shared(id, other) >= len)
            len = shared(id, other) + 1;
    }
    return len < id.len ? len : id.len;
}

/* `alike` of ten begin with one of a few words, the others with eight letters of their own. */
static char *make_entries(unsigned *seed, size_t count, int alike)
{
    static const char *const words[] = {"session-", "session-1", "sess", "12345678"};
    char *text = malloc(count * 64 + 1);
    size_t len = 0;
    assert_non_null(text);
    for (size_t i = 0; i < count; i++) {
        bool is_alike = rand_r(seed) % 10 < alike;
        const char *word = is_alike ? words[rand_r(seed) % 4] : "";
        len += (size_t)sprintf(text + len, "%s\"%s", i ? "," : "", word);
        for (int k = is_alike ? rand_r(seed) % 6 : 8; k > 0; k--)
            text[len++] = (char)('a' + rand_r(seed) % (is_alike ? 2 : 26));
        len += (size_t)sprintf(text + len, "%zx\":{}", i);
    }
    return text;
}

static void every_row_is_told_apart_by_no_more_than_it_takes(void **state)
{
    unsigned seed = 6;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct fixture fixture;
        char *entries = make_entries(&seed, 1 + (size_t)rand_r(&seed) % ENTRIES_MOST, round % 11);
        fixture_load(&fixture, entries, 0);
        const struct registry *registry = &fixture.document.registry;
        const struct model none = {.entry_count = 0};
        for (size_t i = 0; i < registry->count; i++) {
            struct str id = entry_session_id(&registry->entries[i]);
            size_t wanted = wanted_len(registry, id);
            assert_int_equal(model_short_len(&fixture.model, registry, id), wanted);
            assert_int_equal(model_short_len(&none, registry, id), wanted);
        }
        fixture_done(&fixture);
        free(entries);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_told_apart_by_no_more_than_it_takes),
    };
    return cmocka_run_group_tests_name("model_short", tests, NULL, NULL);
}
