#include "core/why.h"
#include "tests/helpers/why_scene.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NONE NAN /* of a time that is not known */

/* Times are milliseconds before NOW; F fell back ten minutes before. */
#define F FELL("f", "active", 600000)

static void a_holding_follows_from_state_times_and_chat(void **state)
{
    static const struct {
        const char *entry;
        enum holding holding;
        double used_ago;
    } cases[] = {
        {HELD("a", "1", "active", 660000, 660000), HOLDING_BUSY, 660000},
        {HELD("a", "1", "idle", 900000, 900000), HOLDING_BUSY, 900000},
        {HELD("a", "1", "idle", 900001, 900001), HOLDING_QUIET, 900001},
        {HELD("a", "1", "active", 2000000, 610000), HOLDING_BUSY, 610000},
        {HELD("a", "1", "active", 2400000, 2400000), HOLDING_QUIET, 2400000},
        {HELD("a", "1", "active", 2400001, 2400001), HOLDING_OVERDUE, 2400001},
        {HELD("a", "1", "idle", 9000000, 9000000), HOLDING_OVERDUE, 9000000},
        {HELD("a", "1", "expired", 2400000, 2400000), HOLDING_QUIET, 2400000},
        {HELD("a", "1", "expired", 2500000, 2500000), HOLDING_OVERDUE, 2500000},
        {HELD("a", "1", "deleted", 900001, 900001), HOLDING_QUIET, 900001},
        {HELD("a", "1", "active", 600000, 600000), HOLDING_BUSY, 600000},
        {HELD("a", "1", "active", 2500000, 5), HOLDING_QUIET, 2500000}, /* used later */
        {HELD("a", "1", "active", 599999, 599999), HOLDING_UNKNOWN, NONE},
        {HELD("a", "1", "expired", 2703000, 2703000), HOLDING_UNKNOWN, NONE}, /* GC was before */
        {HELD("a", "1", "deleted", 2703000, 2703000), HOLDING_UNKNOWN, NONE},
        {HELD("a", "1", "paused", 660000, 660000), HOLDING_UNKNOWN, NONE},
        {HELD("a", "9", "active", 660000, 660000), HOLDING_UNKNOWN, NONE},
        {"\"a\":null", HOLDING_UNKNOWN, NONE},
        {"\"a\":\"chat-slot-main-1\"", HOLDING_UNKNOWN, NONE},
        {"\"a\":{\"state\":\"active\"}", HOLDING_UNKNOWN, NONE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char entries[1024];
        (void)snprintf(entries, sizeof(entries), "%s,%s", cases[i].entry, F);
        struct why_scene scene;
        why_scene_make(&scene, entries, 1);
        const struct why *why = why_scene_explain(&scene, "f");
        assert_int_equal(why->slot_count, 1);
        if (why->slots[0].holding != cases[i].holding)
            fail_msg("%s: %s", cases[i].entry, holding_name(why->slots[0].holding));
        why_scene_assert_ago(why->slots[0].used_ms, cases[i].used_ago);
        assert_int_equal(why->slots[0].session_id.data != NULL,
                         cases[i].holding != HOLDING_UNKNOWN);
        why_scene_done(&scene);
    }
    print_message("vectors: %zu holdings\n", COUNT(cases));
}

static void entries_without_times_may_have_held_but_nobody_knows_since_when(void **state)
{
    static const char *const entries[] = {
        F ",\"a\":{\"chatAgentId\":\"chat-slot-main-1\",\"state\":\"active\"}",
        F
        ",\"a\":{\"chatAgentId\":\"chat-slot-main-1\",\"state\":\"active\",\"createdAt\":\"noon\","
        "\"lastActiveAt\":{},\"idleTtlMs\":[1,2]}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(entries); i++) {
        struct why_scene scene;
        why_scene_make(&scene, entries[i], 1);
        const struct why *why = why_scene_explain(&scene, "f");
        assert_int_equal(why->slots[0].holding, HOLDING_QUIET);
        assert_true(isnan(why->slots[0].since_ms));
        assert_true(isnan(why->slots[0].used_ms));
        assert_string_equal(why->sentence.data, "The only slot was held, by a chat of which no use "
                                                "is known; it is held still.");
        why_scene_done(&scene);
    }
    struct why_scene scene;
    why_scene_make(&scene,
                   F "," HELD("a", "1", "active", 660000, 660000) ","
                                                                  "\"b\":{\"state\":"
                                                                  "\"active\","
                                                                  "\"chatAgentId\":"
                                                                  "\"chat-slot-main-1\"}",
                   1);
    assert_string_equal(why_scene_explain(&scene, "f")->slots[0].session_id.data, "a");
    why_scene_done(&scene);
}

static void a_fallback_without_a_time_is_not_explained(void **state)
{
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene,
                   HELD("a", "1", "active", 660000, 660000) ",\"f\":{\"chatAgentId\":\"main\","
                                                            "\"workspaceAgentId\":\"main\","
                                                            "\"state\":\"active\"}",
                   1);
    const struct why *why = why_scene_explain(&scene, "f");
    assert_int_equal(why->cause, WHY_UNKNOWN);
    assert_true(isnan(why->at_ms));
    assert_int_equal(why->slots[0].holding, HOLDING_UNKNOWN);
    assert_string_equal(why->sentence.data,
                        "When it fell back is not known, for its createdAt is no number.");
    assert_string_equal(why->advice.data,
                        "Every slot is held, so a new chat falls back, too; this one stays on "
                        "main.");
    why_scene_done(&scene);
}

static void of_two_who_may_have_held_a_slot_the_later_one_did(void **state)
{
    static const struct {
        const char *entries;
        const char *holder;
    } cases[] = {
        {HELD("a", "1", "active", 660000, 660000) "," HELD("b", "1", "active", 650000, 650000),
         "b"},
        {HELD("b", "1", "active", 650000, 650000) "," HELD("a", "1", "active", 660000, 660000),
         "b"},
        {HELD("a", "1", "active", 650000, 650000) "," HELD("b", "1", "idle", 650000, 650000), "b"},
        /* one that held it for sure, and one that may have been released before */
        {HELD("a", "1", "active", 660000, 660000) "," HELD("b", "1", "deleted", 650000, 650000),
         "a"},
        {HELD("a", "1", "expired", 2500000, 2500000) "," HELD("b", "1", "expired", 650000, 650000),
         "b"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char entries[1024];
        (void)snprintf(entries, sizeof(entries), "%s,%s", cases[i].entries, F);
        struct why_scene scene;
        why_scene_make(&scene, entries, 1);
        assert_string_equal(why_scene_explain(&scene, "f")->slots[0].session_id.data,
                            cases[i].holder);
        why_scene_done(&scene);
    }
}

static void a_slot_that_is_listed_twice_counts_once(void **state)
{
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene, F "," HELD("a", "1", "active", 660000, 660000), 2);
    scene.slots[1].id = scene.slots[0].id;
    scene.slots[1].is_duplicate = true;
    const struct why *why = why_scene_explain(&scene, "f");
    assert_int_equal(why->slot_count, 1);
    assert_int_equal(why->slots[0].slot, 0);
    assert_int_equal(why->slots[0].holding, HOLDING_BUSY);
    why_scene_done(&scene);
}

/* Holders: of slots 1 to 3, in this order. */
#define BUSY1 HELD("b1", "1", "active", 660000, 660000)
#define BUSY2 HELD("b2", "2", "active", 660000, 660000)
#define BUSY3 HELD("b3", "3", "active", 660000, 660000)
#define QUIET2 HELD("q2", "2", "idle", 1500000, 1500000)
#define QUIET3 HELD("q3", "3", "idle", 1800000, 1800000)
#define DUE3 HELD("d3", "3", "idle", 2500000, 2500000)

static void the_cause_is_what_the_slots_were_held_for(void **state)
{
    static const struct {
        const char *entries;
        enum why_cause cause;
        const char *sentence, *advice;
    } cases[] = {
        {BUSY1 "," BUSY2 "," BUSY3, WHY_BUSY,
         "All 3 slots were held, all of them in use; all are held still.",
         "Every slot is held, so a new chat falls back, too; this one stays on main."},
        {BUSY1 "," BUSY2 "," QUIET3, WHY_BUSY,
         "All 3 slots were held: 1 by a chat that had been quiet for 20m, 2 in use; all are held "
         "still.",
         "If q3 is done, slotop expire q3 frees slot 3 for the next new chat; this one stays on "
         "main."},
        {BUSY1 "," QUIET2 "," QUIET3, WHY_HOARDED,
         "All 3 slots were held: 2 by chats that had been quiet for 15m or more, 1 in use; all are "
         "held still.",
         "If q3 is done, slotop expire q3 frees slot 3 for the next new chat; this one stays on "
         "main."},
        {BUSY1 "," QUIET2 "," DUE3, WHY_OVERDUE,
         "All 3 slots were held: 1 past its TTL and waiting for GC, 1 by a chat that had been "
         "quiet for 15m, 1 in use; all are held still.",
         "slotop expire --due"},
        {BUSY1 "," QUIET2, WHY_BUSY,
         "Of 3 slots, 2 are known to have been held: 1 by a chat that had been quiet for 15m, 1 in "
         "use.",
         "Slot 3 is free: a new chat gets it; this one stays on main."},
        {BUSY1, WHY_UNKNOWN, "Of 3 slots, 1 is known to have been held, in use.",
         "Slot 2 is free: a new chat gets it; this one stays on main."},
        {DUE3, WHY_OVERDUE,
         "Of 3 slots, 1 is known to have been held, past its TTL and waiting for GC.",
         "Slot 1 is free: a new chat gets it; this one stays on main."},
        {"\"x\":null", WHY_UNKNOWN,
         "Who held the slots then is not known: their entries have gone or were made anew since, "
         "or the pool was another one.",
         "Slot 1 is free: a new chat gets it; this one stays on main."},
        {BUSY1 "," BUSY2 "," HELD("u3", "3", "active", 1500000, 5), WHY_BUSY,
         "All 3 slots were held: 1 by a chat that had been quiet for 15m as far as is known, 2 in "
         "use; all are held still.",
         "Every slot is held, so a new chat falls back, too; this one stays on main."},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char entries[2048];
        struct why_scene scene;
        (void)snprintf(entries, sizeof(entries), "%s,%s", cases[i].entries, F);
        why_scene_make(&scene, entries, 3);
        const struct why *why = why_scene_explain(&scene, "f");
        assert_string_equal(why->sentence.data, cases[i].sentence);
        assert_string_equal(why->advice.data, cases[i].advice);
        assert_int_equal(why->cause, cases[i].cause);
        assert_false(why->is_seen);
        assert_string_equal(why->agent_id.data, "main");
        why_scene_assert_ago(why->at_ms, 600000);
        why_scene_done(&scene);
    }
}

static void a_chat_that_is_deleted_by_now_is_a_ghost_unless_it_was_in_use_then(void **state)
{
    static const char *const chats[] = {"f", "b1"};
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene, F "," BUSY1 "," BUSY2 "," QUIET3, 3);
    why_scene_chats(&scene, chats, COUNT(chats), INDEX_OK);
    const struct why *why = why_scene_explain(&scene, "f");
    assert_int_equal(why->slots[1].holding, HOLDING_BUSY);
    assert_int_equal(why->slots[2].holding, HOLDING_GHOST);
    assert_int_equal(why->cause, WHY_GHOSTS);
    assert_string_equal(why->sentence.data,
                        "All 3 slots were held: 1 for a chat that is deleted by now, 2 in use; all "
                        "are held still.");
    assert_string_equal(why->advice.data, "slotop expire q3");
    why_scene_done(&scene);
}

static void without_every_index_nothing_is_a_ghost(void **state)
{
    static const char *const chats[] = {"f"};
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene, F "," QUIET3, 3);
    why_scene_chats(&scene, chats, 1, INDEX_TORN);
    assert_int_equal(why_scene_explain(&scene, "f")->slots[2].holding, HOLDING_QUIET);
    why_scene_done(&scene);
}

static void a_fallback_whose_chat_is_deleted_needs_nothing(void **state)
{
    static const char *const chats[] = {"q3"};
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene, F "," QUIET3, 3);
    why_scene_chats(&scene, chats, 1, INDEX_OK);
    assert_string_equal(why_scene_explain(&scene, "f")->advice.data,
                        "Nothing is to be done for it: its chat is deleted by now.");
    scene.sources.now_ms = NOW - 600000 + MODEL_GHOST_MS - 1; /* it may be indexed in a moment */
    assert_string_equal(why_scene_explain(&scene, "f")->advice.data,
                        "Slot 1 is free: a new chat gets it; this one stays on main.");
    why_scene_done(&scene);
}

static void the_chat_knows_of_later_uses_than_its_entry(void **state)
{
    static const char *const chats[] = {"f", "q2", "q3"};
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene, F "," QUIET2 "," QUIET3, 3);
    why_scene_chats(&scene, chats, COUNT(chats), INDEX_OK);
    scene.chat_items[1].updated_ms = (double)NOW - 610000; /* ten seconds before the fallback */
    scene.chat_items[2].last_active_ms = (double)NOW - 590000;
    const struct why *why = why_scene_explain(&scene, "f");
    assert_int_equal(why->slots[1].holding, HOLDING_BUSY);
    why_scene_assert_ago(why->slots[1].used_ms, 610000);
    assert_int_equal(why->slots[2].holding, HOLDING_QUIET);
    assert_true(why->slots[2].is_used_later);
    why_scene_assert_ago(why->slots[2].used_ms, 1800000);
    why_scene_done(&scene);
}

static void the_end_of_a_hold_is_inferred_from_ttl_beat_and_who_came_next(void **state)
{
    /* Due 500 s before NOW; the fallback was 600 s before. */
    static const char *const expired = HELD("a", "1", "expired", 2300000, 2300000);
    static const struct {
        const char *more;
        struct beat beat;
        double freed_ago, by_ago;
        const char *nearest;
    } cases[] = {
        {"", {BEAT_UNKNOWN, NAN}, 500000, 200000, "; slot 1 was freed within 7m."},
        {"", {BEAT_SEEN, NOW - 476000}, 476000, 476000, "; slot 1 was freed about 2m later."},
        {"", {BEAT_SEEN, NOW - 176000}, 476000, 476000, "; slot 1 was freed about 2m later."},
        {"", {BEAT_SEEN, NOW + 86400000.0}, 500000, 200000, "; slot 1 was freed within 7m."},
        {"", {BEAT_FROM_START, NOW - 476000}, 476000, 476000, "; slot 1 was freed about 2m later."},
        /* the server began after the entry was due, before and after the fallback */
        {"", {BEAT_FROM_START, NOW - 100000}, 500000, 200000, "; slot 1 was freed within 7m."},
        {HELD("b", "1", "active", 430000, 430000) ",",
         {BEAT_UNKNOWN, NAN},
         500000,
         430000,
         "; slot 1 was freed within 3m."},
        /* somebody was earlier than GC */
        {HELD("b", "1", "active", 570000, 570000) ",",
         {BEAT_SEEN, NOW - 476000},
         600000,
         570000,
         "; slot 1 was freed within 30s."},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char entries[1024];
        struct why_scene scene;
        (void)snprintf(entries, sizeof(entries), "%s,%s%s", expired, cases[i].more, F);
        why_scene_make(&scene, entries, 1);
        scene.sources.beat = cases[i].beat;
        const struct why *why = why_scene_explain(&scene, "f");
        why_scene_assert_ago(why->slots[0].freed_ms, cases[i].freed_ago);
        why_scene_assert_ago(why->slots[0].freed_by_ms, cases[i].by_ago);
        assert_false(why->slots[0].is_freed_seen);
        assert_false(why->slots[0].holds_still);
        assert_int_equal(why->nearest, 0);
        assert_non_null(strstr(why->sentence.data, cases[i].nearest));
        why_scene_done(&scene);
    }
}

static void a_server_that_had_just_begun_makes_its_first_pass_late(void **state)
{
    struct why_scene scene;
    (void)state;
    /* Due 1000 s before NOW, fallback 600 s before: more than an interval. */
    why_scene_make(&scene, F "," HELD("a", "1", "expired", 2800000, 2800000), 1);
    assert_int_equal(why_scene_explain(&scene, "f")->slots[0].holding, HOLDING_UNKNOWN);
    scene.sources.beat = (struct beat){BEAT_FROM_START, NOW - 590000};
    const struct why *why = why_scene_explain(&scene, "f");
    assert_int_equal(why->slots[0].holding, HOLDING_OVERDUE);
    why_scene_assert_ago(why->slots[0].freed_by_ms, 590000);
    scene.sources.beat.pass_ms = NOW - 200000; /* it began after the fallback */
    assert_int_equal(why_scene_explain(&scene, "f")->slots[0].holding, HOLDING_UNKNOWN);
    why_scene_done(&scene);
}

static void when_a_released_entry_gave_its_slot_back_is_known_only_from_who_came_next(void **state)
{
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene,
                   F "," HELD("a", "1", "deleted", 700000, 700000) "," HELD("b", "1", "active",
                                                                            540000, 540000),
                   1);
    const struct why *why = why_scene_explain(&scene, "f");
    assert_string_equal(why->slots[0].session_id.data, "a");
    why_scene_assert_ago(why->slots[0].freed_ms, 600000);
    why_scene_assert_ago(why->slots[0].freed_by_ms, 540000);
    why_scene_done(&scene);
}

static void an_end_that_says_nothing_is_not_told(void **state)
{
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene,
                   F ",\"a\":{\"chatAgentId\":\"chat-slot-main-1\",\"state\":\"expired\","
                     "\"createdAt\":" AT(700000) "}",
                   1);
    const struct why *why = why_scene_explain(&scene, "f");
    assert_int_equal(why->slots[0].holding, HOLDING_BUSY);
    assert_true(isnan(why->slots[0].freed_ms));
    assert_true(isnan(why->slots[0].freed_by_ms));
    assert_int_equal(why->nearest, SIZE_MAX);
    why_scene_done(&scene);
}

static void the_nearest_miss_is_the_slot_that_was_freed_first(void **state)
{
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene,
                   F "," HELD("a", "1", "expired", 2300000,
                              2300000) "," HELD("b", "2", "expired", 2350000, 2350000) "," BUSY3,
                   3);
    assert_int_equal(why_scene_explain(&scene, "f")->nearest, 1);
    why_scene_done(&scene);
}

static void an_empty_or_unusable_pool_is_the_cause_as_it_is_now(void **state)
{
    static const struct {
        enum config_state state;
        enum why_cause cause;
        const char *sentence, *advice;
    } cases[] = {
        {CONFIG_OK, WHY_NO_SLOTS, "The pool has no slots now.",
         "DenchClaw 2.3.6 and later create no slots: there, every chat runs on its workspace "
         "agent."},
        {CONFIG_MISSING, WHY_NO_SLOTS,
         "openclaw.json is missing now: without it the pool has no slots.", "slotop status"},
        {CONFIG_NO_LIST, WHY_NO_SLOTS, "openclaw.json lists no slots now (T).", "slotop status"},
        {CONFIG_NOT_STRICT, WHY_CONFIG,
         "openclaw.json is not strict JSON now (T): DenchClaw sees no slots in it.",
         "Take out of openclaw.json what only JSON5 allows: comments, trailing commas, a byte "
         "order mark."},
        {CONFIG_UNREADABLE, WHY_CONFIG,
         "openclaw.json cannot be read now (T): if the server could not either, it saw no slots.",
         "slotop status"},
        {CONFIG_ENTRY_INVALID, WHY_UNKNOWN,
         "The server's code throws on openclaw.json as it is now (T), and would have made no "
         "entry: it was another one then.",
         "slotop status"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct why_scene scene;
        why_scene_make(&scene, F, 0);
        scene.pool.state = cases[i].state;
        (void)snprintf(scene.pool.trouble, sizeof(scene.pool.trouble), "T");
        const struct why *why = why_scene_explain(&scene, "f");
        assert_int_equal(why->cause, cases[i].cause);
        assert_string_equal(why->sentence.data, cases[i].sentence);
        assert_string_equal(why->advice.data, cases[i].advice);
        assert_int_equal(why->slot_count, 0);
        assert_int_equal(why->nearest, SIZE_MAX);
        why_scene_done(&scene);
    }
}

static void a_session_with_a_slot_did_not_fall_back(void **state)
{
    static const struct {
        const char *entry, *sentence;
    } cases[] = {
        {HELD("s", "1", "active", 5, 5), "Session s did not fall back: it got slot 1."},
        {HELD("s", "1", "expired", 5, 5), "Session s did not fall back: it got slot 1."},
        {HELD("s", "9", "active", 5, 5), "Session s did not fall back: it got chat-slot-main-9."},
        {"\"s\":{\"state\":\"active\"}", "Session s has no chat agent."},
        {"\"s\":null", "Session s has no chat agent."},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct why_scene scene;
        why_scene_make(&scene, cases[i].entry, 1);
        const struct why *why = why_scene_explain(&scene, "s");
        assert_int_equal(why->cause, WHY_NO_FALLBACK);
        assert_int_equal(why->slot_count, 0);
        assert_string_equal(why->sentence.data, cases[i].sentence);
        assert_string_equal(why->advice.data, "slotop show s");
        why_scene_done(&scene);
    }
}

static void a_session_without_entry_and_event_is_not_found(void **state)
{
    struct why_scene scene;
    struct error error;
    struct why why;
    (void)state;
    why_scene_make(&scene, F, 1);
    assert_int_equal(why_explain(&scene.sources, STR("nobody"), &why, &error), -ENOENT);
    assert_int_equal(error.kind, ERROR_NOT_FOUND);
    assert_string_equal(error.text, "nobody: no such session");
    why_scene_done(&scene);
}

static void the_pool_of_another_workspace_explains_nothing(void **state)
{
    static const struct {
        const char *agent, *advice;
    } cases[] = {
        {"other", "slotop -w other why 'it'\\''s'"},
        {"../x", "Look at the workspace of that agent: slotop -w NAME why SESSION."},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char entries[1024];
        struct why_scene scene;
        (void)snprintf(entries, sizeof(entries),
                       "\"it's\":{\"chatAgentId\":\"%s\",\"workspaceAgentId\":\"%s\",\"state\":"
                       "\"active\",\"createdAt\":5},%s",
                       cases[i].agent, cases[i].agent, BUSY1);
        why_scene_make(&scene, entries, 1);
        const struct why *why = why_scene_explain(&scene, "it's");
        assert_int_equal(why->cause, WHY_UNKNOWN);
        assert_int_equal(why->slot_count, 0);
        assert_string_equal(why->advice.data, cases[i].advice);
        why_scene_done(&scene);
    }
}

static void hostile_ids_are_quoted_in_commands_and_kept_in_sentences(void **state)
{
    static const char *const chats[] = {"f"};
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene, F "," HELD("-rf $(x)\\u001b[2J\\u0000'", "1", "idle", 1500000, 1500000),
                   1);
    why_scene_chats(&scene, chats, 1, INDEX_OK);
    static const char wanted[] = "slotop expire -- '-rf $(x)\033[2J\0'\\'''";
    const struct why *why = why_scene_explain(&scene, "f");
    assert_int_equal(why->advice.len, sizeof(wanted) - 1);
    assert_memory_equal(why->advice.data, wanted, sizeof(wanted) - 1);
    assert_int_equal(why->slots[0].session_id.len, 14);
    why_scene_done(&scene);
}

static void spans_are_coarse_where_precision_helps_nobody(void **state)
{
    static const struct {
        double ms;
        const char *text;
    } cases[] = {
        {-5, "0s"},        {999, "0s"},          {24000, "24s"},        {59999, "59s"},
        {60000, "1m00"},   {74000, "1m14"},      {119999, "1m59"},      {120000, "2m"},
        {7199999, "119m"}, {7200000, "2h00"},    {7680000, "2h08"},     {172799999, "47h59"},
        {172800000, "2d"}, {8.64e14, ">99999d"}, {INFINITY, ">99999d"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer text = {0};
        why_add_span(cases[i].ms, &text);
        assert_string_equal(text.data, cases[i].text);
        buffer_done(&text);
    }
}

static void names_are_words(void **state)
{
    (void)state;
    assert_string_equal(holding_name(HOLDING_UNKNOWN), "unknown");
    assert_string_equal(holding_name(HOLDING_BUSY), "in use");
    assert_string_equal(holding_name(HOLDING_FREE), "free");
    assert_string_equal(why_cause_name(WHY_NO_FALLBACK), "no-fallback");
    assert_string_equal(why_cause_name(WHY_HOARDED), "hoarded");
    assert_string_equal(why_cause_name(WHY_UNKNOWN), "unknown");
}

static void recent_ones_are_those_of_this_workspace_newest_first_in_any_state(void **state)
{
    struct why_scene scene;
    struct why *whys;
    size_t count;
    (void)state;
    why_scene_make(&scene,
                   FELL("old", "active", 90000001) "," FELL("a", "expired", 80000000) "," FELL(
                       "b", "active",
                       600000) "," FELL("c", "deleted",
                                        700000) ",\"x\":{\"chatAgentId\":\"o\","
                                                "\"workspaceAgentId\":\"o\",\"state\":\"active\","
                                                "\"createdAt\":" AT(5) "}," BUSY1,
                   1);
    assert_int_equal(why_recent(&scene.sources, NOW - 90000000.0, 10, &whys, &count, NULL), 0);
    assert_int_equal(count, 3);
    assert_string_equal(whys[0].session_id.data, "b");
    assert_string_equal(whys[1].session_id.data, "c");
    assert_string_equal(whys[2].session_id.data, "a");
    why_scene_forget(whys, count);
    assert_int_equal(why_recent(&scene.sources, NOW - 90000000.0, 1, &whys, &count, NULL), 0);
    assert_int_equal(count, 1);
    assert_string_equal(whys[0].session_id.data, "b");
    why_scene_forget(whys, count);
    assert_int_equal(why_recent(&scene.sources, NOW, 10, &whys, &count, NULL), 0);
    assert_int_equal(count, 0);
    why_scene_forget(whys, count);
    why_scene_done(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_holding_follows_from_state_times_and_chat),
        cmocka_unit_test(entries_without_times_may_have_held_but_nobody_knows_since_when),
        cmocka_unit_test(a_fallback_without_a_time_is_not_explained),
        cmocka_unit_test(of_two_who_may_have_held_a_slot_the_later_one_did),
        cmocka_unit_test(a_slot_that_is_listed_twice_counts_once),
        cmocka_unit_test(the_cause_is_what_the_slots_were_held_for),
        cmocka_unit_test(a_chat_that_is_deleted_by_now_is_a_ghost_unless_it_was_in_use_then),
        cmocka_unit_test(without_every_index_nothing_is_a_ghost),
        cmocka_unit_test(a_fallback_whose_chat_is_deleted_needs_nothing),
        cmocka_unit_test(the_chat_knows_of_later_uses_than_its_entry),
        cmocka_unit_test(the_end_of_a_hold_is_inferred_from_ttl_beat_and_who_came_next),
        cmocka_unit_test(a_server_that_had_just_begun_makes_its_first_pass_late),
        cmocka_unit_test(when_a_released_entry_gave_its_slot_back_is_known_only_from_who_came_next),
        cmocka_unit_test(an_end_that_says_nothing_is_not_told),
        cmocka_unit_test(the_nearest_miss_is_the_slot_that_was_freed_first),
        cmocka_unit_test(an_empty_or_unusable_pool_is_the_cause_as_it_is_now),
        cmocka_unit_test(a_session_with_a_slot_did_not_fall_back),
        cmocka_unit_test(a_session_without_entry_and_event_is_not_found),
        cmocka_unit_test(the_pool_of_another_workspace_explains_nothing),
        cmocka_unit_test(hostile_ids_are_quoted_in_commands_and_kept_in_sentences),
        cmocka_unit_test(spans_are_coarse_where_precision_helps_nobody),
        cmocka_unit_test(names_are_words),
        cmocka_unit_test(recent_ones_are_those_of_this_workspace_newest_first_in_any_state),
    };
    return cmocka_run_group_tests_name("why", tests, NULL, NULL);
}
