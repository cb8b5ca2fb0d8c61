#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/tags.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct stage {
    struct tags tags;
    struct arena arena;
};

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct stage));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;
    tags_done(&stage->tags);
    arena_done(&stage->arena);
    free(stage);
    return 0;
}

static struct entry entry_of(struct stage *stage, const char *id)
{
    struct entry entry = {
        .state = STATE_ACTIVE,
        .last_active_at_ms = 1000,
    };
    entry_set_session_id(&entry, arena_pack(&stage->arena, str_of(id)));
    assert_non_null(entry.id);
    return entry;
}

static void tag(struct stage *stage, const char *id, enum tag_mark mark)
{
    struct entry entry = entry_of(stage, id);
    assert_true(tags_add(&stage->tags, &entry, mark));
}

static bool is_tagged(const struct stage *stage, const char *id)
{
    return tags_find(&stage->tags, str_of(id)) != NULL;
}

static void a_tag_is_found_by_its_id_until_it_is_taken_away(void **state)
{
    struct stage *stage = *state;
    assert_false(is_tagged(stage, "a"));
    tag(stage, "a", TAG_KEPT);
    tag(stage, "b", TAG_KEPT);
    assert_true(is_tagged(stage, "a"));
    assert_int_equal(stage->tags.marked, 2);
    tags_remove(&stage->tags, STR("a"), TAG_KEPT);
    assert_false(is_tagged(stage, "a"));
    assert_true(is_tagged(stage, "b"));
    assert_int_equal(stage->tags.marked, 1);
    tags_remove(&stage->tags, STR("c"), TAG_KEPT);
    assert_int_equal(stage->tags.marked, 1);
    tag(stage, "a", TAG_KEPT);
    tag(stage, "a", TAG_KEPT);
    assert_int_equal(stage->tags.marked, 2);
}

static void a_tag_holds_while_the_entry_is_as_it_was_seen(void **state)
{
    struct stage *stage = *state;
    struct entry entry = entry_of(stage, "a");
    assert_true(tags_add(&stage->tags, &entry, TAG_KEPT));
    assert_true(tag_holds(tags_find(&stage->tags, STR("a")), &entry));
    entry.state = STATE_IDLE;
    assert_false(tag_holds(tags_find(&stage->tags, STR("a")), &entry));
    entry.state = STATE_ACTIVE;
    entry.last_active_at_ms = 1001;
    assert_false(tag_holds(tags_find(&stage->tags, STR("a")), &entry));
    entry.last_active_at_ms = (double)NAN;
    assert_false(tag_holds(tags_find(&stage->tags, STR("a")), &entry));
    assert_true(tags_add(&stage->tags, &entry, TAG_KEPT)); /* seen anew; no time is a time, too */
    assert_true(tag_holds(tags_find(&stage->tags, STR("a")), &entry));
}

static void a_range_is_kept_or_dropped_and_tags_from_before_stay(void **state)
{
    struct stage *stage = *state;
    tag(stage, "a", TAG_KEPT);
    tag(stage, "a", TAG_RANGE);
    tag(stage, "b", TAG_RANGE);
    assert_int_equal(stage->tags.marked, 2);
    assert_int_equal(stage->tags.ranged, 2);
    tags_drop_range(&stage->tags);
    assert_true(is_tagged(stage, "a"));
    assert_false(is_tagged(stage, "b"));
    assert_int_equal(stage->tags.ranged, 0);
    tag(stage, "b", TAG_RANGE);
    tag(stage, "c", TAG_RANGE);
    tags_remove(&stage->tags, STR("c"), TAG_RANGE);
    tags_keep_range(&stage->tags);
    assert_true(is_tagged(stage, "b"));
    assert_false(is_tagged(stage, "c"));
    assert_int_equal(stage->tags.marked, 2);
    assert_int_equal(stage->tags.ranged, 0);
}

static bool is_b(void *context, struct str session_id)
{
    (void)context;
    return str_equal(session_id, STR("b"));
}

static bool is_any(void *context, struct str session_id)
{
    (void)context;
    (void)session_id;
    return true;
}

static void the_tags_of_what_is_gone_go(void **state)
{
    struct stage *stage = *state;
    tag(stage, "a", TAG_KEPT);
    tag(stage, "b", TAG_KEPT);
    tag(stage, "b", TAG_RANGE);
    tags_sweep(&stage->tags, is_b, NULL);
    assert_true(is_tagged(stage, "a"));
    assert_false(is_tagged(stage, "b"));
    assert_int_equal(stage->tags.marked, 1);
    assert_int_equal(stage->tags.ranged, 0);
    tags_sweep(&stage->tags, is_any, NULL);
    assert_int_equal(stage->tags.marked, 0);
    assert_null(stage->tags.items);
}

static void a_hundred_thousand_are_tagged_found_and_taken_away(void **state)
{
    enum { COUNT = 100000 };
    struct stage *stage = *state;
    char id[16];
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(id, sizeof(id), "%08x", i);
        tag(stage, id, TAG_KEPT);
    }
    assert_int_equal(stage->tags.marked, COUNT);
    for (int i = 0; i < COUNT; i += 2) {
        (void)snprintf(id, sizeof(id), "%08x", i);
        tags_remove(&stage->tags, str_of(id), TAG_KEPT);
    }
    assert_int_equal(stage->tags.marked, COUNT / 2);
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(id, sizeof(id), "%08x", i);
        assert_int_equal(is_tagged(stage, id), i % 2);
    }
    assert_int_equal(stage->tags.count, COUNT); /* no place is taken twice */
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_tag_is_found_by_its_id_until_it_is_taken_away),
        STAGED(a_tag_holds_while_the_entry_is_as_it_was_seen),
        STAGED(a_range_is_kept_or_dropped_and_tags_from_before_stay),
        STAGED(the_tags_of_what_is_gone_go),
        STAGED(a_hundred_thousand_are_tagged_found_and_taken_away),
    };
    return cmocka_run_group_tests_name("tags", tests, NULL, NULL);
}
