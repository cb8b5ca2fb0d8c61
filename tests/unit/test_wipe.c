#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/document.h"
#include "core/wipe.h"

/* A registry by one word an entry: the letter is its id, what follows its state: a active, i idle,
 * e expired, d deleted, ? of a state unknown, 0 null. "Aa Be": A is active, B expired. */
static void make(struct document *document, const char *words)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\"agents\":{");
    for (const char *at = words; *at; at++) {
        const char *state = at[1] == 'a'   ? "active"
                            : at[1] == 'i' ? "idle"
                            : at[1] == 'e' ? "expired"
                            : at[1] == 'd' ? "deleted"
                                           : "asleep";
        buffer_addf(&text, "%s\"%c\":", at == words ? "" : ",", *at);
        if (at[1] == '0')
            buffer_addf(&text, "null");
        else
            buffer_addf(&text, "{\"state\":\"%s\"}", state);
        at += at[2] == ' ' ? 2 : 1;
    }
    buffer_addf(&text, "}}");
    document_init(document);
    assert_int_equal(document_parse(document, &text, NULL), 0);
    assert_true(document->has_registry);
}

static const struct {
    const char *before, *after;
    bool is_wipe;
    size_t entries, lost;
    const char *rule;
} cases[] = {
    {"Aa Ba Ca", "Na", true, 3, 3, "all gone, a new one there: what a torn file leads to"},
    {"Aa Ba Ca", "", true, 3, 3, "all gone: the file was removed, or emptied"},
    {"Aa Bi Ca Da", "Aa", true, 4, 3, "more than half"},
    {"Aa Bi Ca Da", "Aa Bi", false, 0, 0, "just half"},
    {"Aa Ba", "", false, 0, 0, "two are no registry to speak of"},
    {"Aa Ba", "Na", false, 0, 0, "nor with a new one"},
    {"", "Aa Ba Ca", false, 0, 0, "nothing was there"},
    {"Aa Ba Ca", "Ca Ba Aa", false, 0, 0, "another order"},
    {"Aa Ba Ca", "Ne Oe Aa Ba Pa Ca", false, 0, 0, "new ones between"},
    {"Aa Ba Ca", "Ad Bd Cd", false, 0, 0, "all released, none gone"},
    {"Aa Ba Ca", "Na Oa Pa", true, 3, 3, "as many as before, but others"},
    {"Ad Bd Cd Dd", "", false, 0, 0, "GC purged what was released"},
    {"Ad Bd Cd Dd Ea", "Ea", false, 0, 0, "the same beside a live one"},
    {"Ae Be Ce De Ea", "Ea", false, 0, 0, "expired ones were purged"},
    {"Ae Be Ce De", "Na", false, 0, 0, "all were expired: may be a purge"},
    {"Ae Be Ce De Ea", "Na", true, 5, 5, "expired ones, and the live one too"},
    {"Ae Be Ce Da Ea Fa", "Da Ea", false, 0, 0, "a purge, and one of three live ones"},
    {"Ae Be Ce Da Ea Fa", "Da", true, 6, 5, "a purge does not take two of three live ones"},
    {"Ae Be Ce De Ea Fa", "Ae Be Ce De", false, 0, 0, "two of six: not half of all"},
    {"A? B? C0 Da", "Da", true, 4, 3, "odd ones are no purge's prey"},
    {"Ad Be Ca Di", "Ca Di", false, 0, 0, "released and expired ones went, half of all"},
};

static void a_wipe_is_a_loss_that_no_purge_explains(void **state)
{
    (void)state;
    size_t count = sizeof(cases) / sizeof(cases[0]);
    for (size_t i = 0; i < count; i++) {
        struct document before, after;
        struct wipe wipe = {0};
        make(&before, cases[i].before);
        make(&after, cases[i].after);
        bool is_wipe = wipe_is_between(&before.registry, &after.registry, &wipe);
        if (is_wipe != cases[i].is_wipe)
            fail_msg("\"%s\" then \"%s\": %s", cases[i].before, cases[i].after, cases[i].rule);
        assert_int_equal(wipe.entries, cases[i].entries);
        assert_int_equal(wipe.lost, cases[i].lost);
        document_done(&before);
        document_done(&after);
    }
    print_message("wipes: %zu cases\n", count);
}

static void entries_marked_as_removed_are_not_there(void **state)
{
    (void)state;
    struct document before, after;
    struct wipe wipe;
    make(&before, "Aa Ba Ca");
    make(&after, "Aa Ba Ca");
    assert_true(registry_remove(&after.registry, STR("A")));
    assert_true(registry_remove(&after.registry, STR("B")));
    assert_true(wipe_is_between(&before.registry, &after.registry, &wipe));
    assert_true(registry_remove(&before.registry, STR("C")));
    assert_false(wipe_is_between(&before.registry, &after.registry, &wipe));
    document_done(&before);
    document_done(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wipe_is_a_loss_that_no_purge_explains),
        cmocka_unit_test(entries_marked_as_removed_are_not_there),
    };
    return cmocka_run_group_tests_name("wipe", tests, NULL, NULL);
}
