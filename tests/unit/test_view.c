#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/titled.h"
#include "tests/helpers/tree.h"
#include "tui/welcome.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Golden screens: tests/golden/NAME-WxH.txt holds what is on the screen and, below, the role of
 * each cell. UPDATE_GOLDEN=1 writes them anew; read the difference like code.
 */

#define S INT64_C(1000)
#define M (60 * S)
#define H (60 * M)
#define SET(scene, entries)                                                                        \
    scene_set_entries(scene, entries, sizeof(entries) / sizeof((entries)[0]))

static const char refund[] = "9f2c11d0-5f6e-4c1b-9a3e-0d7f2b6a11c4";
static const char invoice[] = "c77ab90e-90b1-4f52-8a07-1f1f6f1e2c3d";
static const char draft[] = "e05f1a22-3c1d-4e0f-b0a9-77d0c5b3a6e1";

static const struct scene_entry usual[] = {
    {"e05f1a22-3c1d-4e0f-b0a9-77d0c5b3a6e1", "4", "expired", 40 * M, 34 * M + 26 * S, 0},
    {"b31e88f2-7a54-4d0b-8f66-2e90d1c4b7f8", "2", "idle", 128 * M, 18 * M + 58 * S, 0},
    {"9f2c11d0-5f6e-4c1b-9a3e-0d7f2b6a11c4", "1", "active", 41 * M, 5 * M + 50 * S, 0},
    {"0c9d4a7e-1b2f-4b6c-9d8e-5a4f3c2b1a09", "3", "active", 33 * M + 12 * S, 33 * M + 12 * S, 0},
    {"44d1ce90-6e0f-4c3a-b1d2-c0ffee15600d", "5", "active", 14 * M, 9 * S, 0},
    {"c77ab90e-90b1-4f52-8a07-1f1f6f1e2c3d", "main", "active", 4 * M + 36 * S, 80 * S, 0},
    {"71aa02bd-52e7-4d39-a5f0-9be7c2d4f610", "main", "deleted", 10 * M, 9 * M, 0},
    {"6be0917a-28a4-4c95-bd7e-0e1d2c3b4a58", "5", "expired", 52 * M, 31 * M, 0},
};

static const struct scene_entry healthy[] = {
    {"9f2c11d0-5f6e-4c1b-9a3e-0d7f2b6a11c4", "1", "active", 11 * M, 5 * M + 50 * S, 0},
    {"b31e88f2-7a54-4d0b-8f66-2e90d1c4b7f8", "2", "idle", 18 * M + 58 * S, 18 * M + 58 * S, 0},
    {"44d1ce90-6e0f-4c3a-b1d2-c0ffee15600d", "4", "active", 9 * S, 9 * S, 0},
    {"e05f1a22-3c1d-4e0f-b0a9-77d0c5b3a6e1", "3", "expired", 40 * M, 34 * M + 26 * S, 0},
    {"0aa27c51-3d0e-4f1b-8b8a-6a5b4c3d2e1f", "1", "expired", 53 * H, 52 * H, 0},
};

static const struct scene_entry full[] = {
    {"9f2c11d0-5f6e-4c1b-9a3e-0d7f2b6a11c4", "1", "active", 11 * M, 5 * M + 50 * S, 0},
    {"b31e88f2-7a54-4d0b-8f66-2e90d1c4b7f8", "2", "idle", 18 * M, 18 * M, 0},
    {"44d1ce90-6e0f-4c3a-b1d2-c0ffee15600d", "3", "active", 9 * S, 9 * S, 0},
    {"c77ab90e-90b1-4f52-8a07-1f1f6f1e2c3d", "main", "active", 4 * M + 36 * S, 80 * S, 0},
};

static void set_usual(struct scene *scene)
{
    scene_set_pool(scene, 5);
    SET(scene, usual);
    scene_select(scene, refund);
}

static void set_healthy(struct scene *scene)
{
    scene_set_pool(scene, 5);
    SET(scene, healthy);
    scene_select(scene, refund);
}

static void set_full(struct scene *scene)
{
    scene_set_pool(scene, 3);
    SET(scene, full);
    scene_select(scene, invoice);
}

static void set_no_registry(struct scene *scene)
{
    scene_set_pool(scene, 5);
    scene->view.last_write_ms = 0;
}

static void set_no_entries(struct scene *scene)
{
    scene_set_pool(scene, 5);
    scene_set_entries(scene, NULL, 0);
}

static void set_stranded(struct scene *scene)
{
    scene_set_pool(scene, 4);
    SET(scene, full);
    scene_select(scene, invoice);
}

static void set_overdue(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {"9f2c11d0-5f6e-4c1b-9a3e-0d7f2b6a11c4", "1", "active", 37 * M, 36 * M, 0},
        {"b31e88f2-7a54-4d0b-8f66-2e90d1c4b7f8", "2", "idle", 30 * M + 30 * S, 30 * M + 30 * S, 0},
        {"c77ab90e-90b1-4f52-8a07-1f1f6f1e2c3d", "main", "idle", 60 * H, 60 * H, 0},
        {"44d1ce90-6e0f-4c3a-b1d2-c0ffee15600d", "3", "active", M, M, 1000 * H},
    };
    scene_set_pool(scene, 3);
    SET(scene, entries);
    scene_select(scene, refund);
}

static void set_double(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {"9f2c11d0-5f6e-4c1b-9a3e-0d7f2b6a11c4", "1", "active", 11 * M, 5 * M + 50 * S, 0},
        {"9f2c11d0-77aa-4c1b-9a3e-0d7f2b6a0000", "1", "idle", 9 * M, 9 * M, 0},
        {"44d1ce90-6e0f-4c3a-b1d2-c0ffee15600d", "chat-slot-kumareth-old", "active", M, M, 0},
        {"b31e88f2-7a54-4d0b-8f66-2e90d1c4b7f8", "chat-slot-kumareth-7", "idle", M, M, 0},
    };
    scene_set_pool(scene, 3);
    SET(scene, entries);
    scene_select(scene, refund);
}

static void set_torn(struct scene *scene)
{
    set_usual(scene);
    scene_set_registry(scene, STR("{\n  \"version\": 1,\n  \"agents\": {\n    \"9f2c11d0"));
}

static void set_torn_at_first(struct scene *scene)
{
    scene_set_pool(scene, 5);
    document_done(&scene->state.document);
    document_init(&scene->state.document);
    scene_set_registry(scene, STR(""));
}

static void set_torn_with_copy(struct scene *scene)
{
    set_torn(scene);
    scene->state.has_copy = true;
}

static void set_wiped(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {"d2e8f1a0-4b3c-4d5e-8f90-1a2b3c4d5e6f", "1", "active", 4 * S, 4 * S, 0},
    };
    scene_set_pool(scene, 5);
    SET(scene, entries);
    scene_select(scene, entries[0].id);
    scene->state.is_wiped = true;
    scene->state.has_copy = true;
    scene->state.wipe = (struct wipe){.entries = 8, .lost = 8};
}

static void set_wiped_of_chats(struct scene *scene)
{
    titled_set_forgotten(scene);
    scene->state.is_wiped = true;
    scene->state.has_copy = true;
    scene->state.wipe = (struct wipe){.entries = 4, .lost = 2};
}

static void set_wiped_read_only(struct scene *scene)
{
    set_wiped(scene);
    scene->view.read_only = true;
}

static void set_gone(struct scene *scene)
{
    set_wiped(scene);
    document_done(&scene->state.document);
    document_init(&scene->state.document);
    scene_set_pool(scene, 5);
}

static void set_malformed(struct scene *scene)
{
    scene_set_pool(scene, 5);
    scene_set_registry(scene,
                       STR("{\"version\":1,\"agents\":{\"a-null\":null,\"odd-state\":{\"state\":42,"
                           "\"chatAgentId\":\"chat-slot-kumareth-1\",\"createdAt\":\"yesterday\"},"
                           "\"a-string\":\"x\"}}"));
    scene_select(scene, "odd-state");
}

static void set_no_agents(struct scene *scene)
{
    set_usual(scene);
    scene_set_registry(scene, STR("{\"version\":1,\"agents\":[]}"));
}

static void set_unreadable(struct scene *scene)
{
    set_usual(scene);
    scene_set_unreadable(scene, "opening /home/ana/.openclaw-dench/chat-agents.json: "
                                "Permission denied");
}

static void set_read_only(struct scene *scene)
{
    set_usual(scene);
    scene->view.read_only = true;
    scene->view.is_demo = true;
    scene->view.watch_mode = WATCH_POLLING;
    scene->view.last_write_ms = SCENE_NOW_MS - 4 * M - 10 * S;
}

static void set_pool_of_0(struct scene *scene)
{
    scene_set_pool(scene, 0);
    SET(scene, full);
}

static void set_no_config(struct scene *scene)
{
    SET(scene, full);
    scene_select(scene, invoice);
}

static void set_json5(struct scene *scene)
{
    scene_set_config(scene, "{\n  // agents\n  agents: {}\n}\n");
    SET(scene, full);
}

static void add_many(struct scene *scene, int count, int fallbacks)
{
    struct scene_entry entries[256];
    static char ids[256][40];
    static char agents[256][12];
    for (int i = 0; i < count + fallbacks; i++) {
        (void)snprintf(ids[i], sizeof(ids[i]), "%08x-5f6e-4c1b-9a3e-0d7f2b6a11c4",
                       (unsigned)(i + 1) * 2654435761U);
        (void)snprintf(agents[i], sizeof(agents[i]), "%d", i + 1);
        entries[i] = (struct scene_entry){ids[i],
                                          i < count ? agents[i] : "main",
                                          i % 3 == 1 ? "idle" : "active",
                                          (i + 2) * M,
                                          i * M,
                                          0};
    }
    scene_set_entries(scene, entries, (size_t)(count + fallbacks));
    scene_select(scene, ids[3]);
}

static void set_12_slots(struct scene *scene)
{
    scene_set_pool(scene, 12);
    add_many(scene, 9, 0);
}

static void set_200_slots(struct scene *scene)
{
    scene_set_pool(scene, 200);
    add_many(scene, 160, 3);
}

static void set_many_fallbacks(struct scene *scene)
{
    scene_set_pool(scene, 2);
    add_many(scene, 2, 30);
    scene->ui.top_row = 12;
    scene->ui.cursor_row = 12;
}

static void set_hostile(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {"\\u001b[2J\\u001b[H-gone", "1", "active", M, M, 0},
        {"\\u202ereversed\\u202c \\u200b \\ufeff", "2", "idle", M, M, 0},
        {"\\ud83d lone \\udc00", "3", "active", M, M, 0},
        {"nul\\u0000inside\\n\\t\\u009b31m", "chat-slot-\\u0007bell", "idle", M, M, 0},
        {"%s%n%08x-percent", "main", "active", M, M, 0},
        {"toString", "main", "on\\u001b[31mfire", M, M, 0},
        {"\xff\xfe raw bytes", "main", "expired", M, M, 0},
        {"-rf ~; $(reboot) `x` 'y' \\\"z\\\"", "main", "deleted", M, M, 0},
    };
    scene_set_pool(scene, 5);
    SET(scene, entries);
    scene_select(scene, "toString");
}

static void set_wide(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {"\u8acb\u6c42\u66f8\u306b\u3064\u3044\u3066-\u4f1a\u8a71", "1", "active", M, M, 0},
        {"\u8acb\u6c42\u66f8\u306b\u3064\u3044\u3066\u306e\u3068\u3066\u3082\u9577\u3044\u4f1a"
         "\u8a71"
         "\u306e\u540d\u524d\u3067\u3059\u3088\u306d\u3048",
         "2", "idle", M, M, 0},
        {"Zalgo-e\u0301\u0302\u0303\u0304\u0305-end", "3", "active", M, M, 0},
        {"\u05e9\u05dc\u05d5\u05dd-\u0645\u0631\u062d\u0628\u0627", "4", "idle", M, M, 0},
        {"\U0001f600-emoji-\U0001f469\u200d\U0001f4bb", "main", "active", M, M, 0},
        {"", "main", "idle", M, M, 0},
    };
    scene_set_pool(scene, 5);
    SET(scene, entries);
    scene_select(scene, "\u05e9\u05dc\u05d5\u05dd-\u0645\u0631\u062d\u0628\u0627");
}

static void set_filter_typed(struct scene *scene)
{
    set_usual(scene);
    scene->ui.mode = UI_FILTER;
    buffer_addf(&scene->ui.filter, "ac");
}

static void set_filter(struct scene *scene)
{
    set_usual(scene);
    buffer_addf(&scene->ui.filter, "expired");
    scene->ui.sort = SORT_AGE;
    scene->ui.reverse = true;
    scene_select(scene, draft);
}

static void set_no_match(struct scene *scene)
{
    set_usual(scene);
    buffer_addf(&scene->ui.filter, "refund");
    scene_select(scene, "");
}

static void set_confirm(struct scene *scene)
{
    set_usual(scene);
    scene->ui.mode = UI_CONFIRM;
    buffer_addf(&scene->ui.question, "Release 44d1ce90, used 9s ago? Slot 5 is free for the next "
                                     "new chat; this chat stays pinned to it.");
}

static void set_message(struct scene *scene)
{
    set_usual(scene);
    scene->ui.tone = TONE_GOOD;
    buffer_addf(&scene->ui.message, "Released 71aa02bd; slot 4 is free.  u = undo");
    scene->view.can_undo = true;
}

static void set_first_start(struct scene *scene)
{
    struct tree tree;
    tree_make(&tree);
    set_usual(scene);
    welcome(&scene->ui, tree.path);
    tree_remove(&tree);
}

static void set_long_message(struct scene *scene)
{
    set_usual(scene);
    scene->ui.tone = TONE_ERROR;
    buffer_addf(&scene->ui.message,
                "Release 71aa02bd: /home/ana/.openclaw-dench/chat-agents.json cannot be written: "
                "No space left on device. The file is as it was; nothing was changed. Make room "
                "on the disk, then press K again.");
}

static void set_help(struct scene *scene)
{
    set_usual(scene);
    scene->ui.mode = UI_HELP;
}

static void set_help_end(struct scene *scene)
{
    set_help(scene);
    scene->ui.scroll = 1000;
    scene->view.read_only = true;
}

static void set_detail(struct scene *scene)
{
    set_usual(scene);
    scene->ui.mode = UI_DETAIL;
}

static void set_detail_end(struct scene *scene)
{
    set_detail(scene);
    scene->ui.scroll = 1000;
}

static void set_detail_of_double(struct scene *scene)
{
    set_double(scene);
    scene->ui.mode = UI_DETAIL;
}

static void set_detail_of_overdue(struct scene *scene)
{
    set_overdue(scene);
    scene->ui.mode = UI_DETAIL;
}

static void set_detail_of_expired(struct scene *scene)
{
    set_usual(scene);
    scene_select(scene, draft);
}

static void set_detail_of_fallback(struct scene *scene)
{
    set_usual(scene);
    scene_select(scene, invoice);
}

static void set_detail_asked(struct scene *scene)
{
    set_confirm(scene);
    scene->ui.pending.asked_in = UI_DETAIL;
}

enum { SIZES_MAX = 12 };

static void set_columns(struct scene *scene)
{
    struct str wrong;
    titled_set_usual(scene);
    assert_true(columns_parse(STR("title, state, slot, expires in, age, session"),
                              &scene->ui.columns, &wrong));
}

/* Without the title, which takes what is left. */
static void set_few_columns(struct scene *scene)
{
    struct str wrong;
    titled_set_usual(scene);
    assert_true(columns_parse(STR("run, session, workspace"), &scene->ui.columns, &wrong));
}

static const struct picture {
    const char *name;
    void (*set)(struct scene *scene);
    bool ascii;
    struct {
        int width, height;
    } sizes[SIZES_MAX];
} pictures[] = {
    {"usual",
     set_usual,
     false,
     {{80, 24}, {140, 40}, {60, 20}, {40, 10}, {40, 8}, {30, 5}, {1, 1}, {200, 60}}},
    {"healthy",
     set_healthy,
     false,
     {{80, 24}, {140, 40}, {100, 12}, {40, 24}, {39, 2}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"full",
     set_full,
     false,
     {{80, 24}, {40, 10}, {140, 40}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"no-registry",
     set_no_registry,
     false,
     {{80, 24}, {40, 10}, {12, 1}, {140, 40}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"no-entries",
     set_no_entries,
     false,
     {{80, 24}, {140, 40}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"stranded",
     set_stranded,
     false,
     {{80, 24}, {40, 10}, {140, 40}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"overdue", set_overdue, false, {{80, 24}, {40, 8}}},
    {"double", set_double, false, {{80, 24}, {120, 30}}},
    {"torn",
     set_torn,
     false,
     {{80, 24}, {40, 10}, {140, 40}, {20, 3}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"torn-with-copy", set_torn_with_copy, false, {{80, 24}, {40, 10}}},
    {"wiped",
     set_wiped,
     false,
     {{80, 24}, {40, 10}, {140, 40}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"wiped-of-chats", set_wiped_of_chats, false, {{140, 40}}},
    {"wiped-read-only", set_wiped_read_only, false, {{80, 24}}},
    {"gone", set_gone, false, {{80, 24}}},
    {"torn-at-first", set_torn_at_first, false, {{80, 24}, {40, 8}}},
    {"malformed", set_malformed, false, {{80, 24}, {140, 40}}},
    {"no-agents", set_no_agents, false, {{80, 24}}},
    {"unreadable", set_unreadable, false, {{80, 24}}},
    {"read-only-demo",
     set_read_only,
     false,
     {{80, 24}, {140, 40}, {40, 10}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"pool-of-0",
     set_pool_of_0,
     false,
     {{80, 24}, {40, 10}, {140, 40}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"no-config", set_no_config, false, {{80, 24}}},
    {"json5", set_json5, false, {{80, 24}}},
    {"12-slots", set_12_slots, false, {{80, 24}, {60, 20}}},
    {"200-slots",
     set_200_slots,
     false,
     {{80, 24}, {40, 10}, {140, 40}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"many-fallbacks", set_many_fallbacks, false, {{80, 24}}},
    {"hostile", set_hostile, false, {{80, 24}, {140, 40}}},
    {"wide", set_wide, false, {{80, 24}, {60, 20}}},
    {"filter-typed", set_filter_typed, false, {{80, 24}, {40, 8}}},
    {"filter", set_filter, false, {{80, 24}, {40, 10}, {40, 8}}},
    {"filter-no-match", set_no_match, false, {{80, 24}}},
    {"confirm", set_confirm, false, {{80, 24}, {40, 8}, {20, 1}}},
    {"message", set_message, false, {{80, 24}, {40, 8}}},
    {"first-start", set_first_start, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"long-message", set_long_message, false, {{80, 24}, {40, 8}}},
    {"help", set_help, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"help-end", set_help_end, false, {{80, 24}}},
    {"detail", set_detail, false, {{80, 24}, {60, 20}, {40, 10}, {140, 40}}},
    {"detail-end", set_detail_end, false, {{80, 24}}},
    {"detail-of-double", set_detail_of_double, false, {{80, 24}}},
    {"detail-of-overdue", set_detail_of_overdue, false, {{80, 24}}},
    {"detail-of-expired", set_detail_of_expired, false, {{140, 40}}},
    {"detail-of-fallback", set_detail_of_fallback, false, {{140, 40}}},
    {"detail-asked", set_detail_asked, false, {{80, 24}}},
    {"ascii",
     set_usual,
     true,
     {{80, 24}, {140, 40}, {40, 10}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"ascii-wide", set_wide, true, {{80, 24}}},
    {"titles",
     titled_set_usual,
     false,
     {{80, 24}, {140, 40}, {60, 20}, {100, 30}, {200, 50}, {40, 10}, {40, 8}, {200, 60}, {1, 1}}},
    {"columns", set_columns, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"columns-few", set_few_columns, false, {{80, 24}}},
    {"titles-workspaces", titled_set_workspaces, false, {{160, 40}}},
    {"shared",
     titled_set_shared,
     false,
     {{80, 24}, {140, 40}, {40, 10}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"ghost", titled_set_ghost, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"running", titled_set_running, false, {{80, 24}, {140, 40}, {60, 20}, {40, 10}, {40, 8}}},
    {"server-down", titled_set_server_down, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"forgotten", titled_set_forgotten, false, {{80, 24}, {140, 40}}},
    {"retired", titled_set_retired, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"hostile-titles",
     titled_set_hostile,
     false,
     {{80, 24}, {140, 40}, {60, 20}, {40, 8}, {200, 60}, {1, 1}}},
    {"ascii-titles", titled_set_hostile, true, {{80, 24}}},
    {"detail-full", titled_set_detail, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"detail-full-end", titled_set_detail_end, false, {{80, 24}}},
    {"detail-of-forgotten", titled_set_detail_of_forgotten, false, {{80, 24}}},
};

static void read_file(const char *path, struct buffer *content)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is missing: UPDATE_GOLDEN=1 makes it", path);
    char part[4096];
    size_t len;
    while ((len = fread(part, 1, sizeof(part), file)) > 0)
        buffer_add(content, part, len);
    fclose(file);
}

static void write_file(const char *path, const struct buffer *content)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content->data, 1, content->len, file), content->len);
    assert_int_equal(fclose(file), 0);
}

/* The first line that differs says more than two whole screens. */
static void assert_same_picture(const char *path, const struct buffer *is,
                                const struct buffer *should)
{
    if (str_equal(buffer_str(is), buffer_str(should)))
        return;
    size_t at = 0;
    int line = 1;
    while (at < is->len && at < should->len && is->data[at] == should->data[at])
        line += is->data[at++] == '\n';
    print_error("---- is\n%s---- should be\n%s", is->data, should->data);
    fail_msg("%s differs from line %d on", path, line);
}

static void check_picture(const char *name, const struct cells *cells)
{
    char path[128];
    struct buffer is = {0};
    struct buffer should = {0};
    (void)snprintf(path, sizeof(path), "tests/golden/%s-%dx%d.txt", name, cells->width,
                   cells->height);
    cells_print_text(cells, &is);
    buffer_addf(&is, "==== roles\n");
    cells_print_roles(cells, &is);
    assert_false(is.failed);
    if (getenv("UPDATE_GOLDEN"))
        write_file(path, &is);
    read_file(path, &should);
    assert_same_picture(path, &is, &should);
    buffer_done(&is);
    buffer_done(&should);
}

static void every_screen_is_as_its_golden_file(void **state)
{
    (void)state;
    size_t count = 0;
    for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++) {
        for (size_t j = 0; j < SIZES_MAX && pictures[i].sizes[j].width; j++, count++) {
            struct scene scene;
            struct cells cells = {.ascii = pictures[i].ascii};
            scene_init(&scene);
            pictures[i].set(&scene);
            scene_draw(&scene, SCENE_NOW_MS, pictures[i].sizes[j].width,
                       pictures[i].sizes[j].height, &cells);
            check_picture(pictures[i].name, &cells);
            cells_done(&cells);
            scene_done(&scene);
        }
    }
    print_message("golden screens: %zu\n", count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_screen_is_as_its_golden_file),
    };
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
