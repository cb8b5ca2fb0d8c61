/* A document of which only windows are there is planned for like the whole one; the file is told
 * from any other. */
#include "core/document_loader.h"
#include "core/document_steps.h"
#include "core/document_windows.h"
#include "core/leased.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/helpers/reload.h"

enum { DOCUMENTS = 400, ENTRIES = 90, NOW = 1773890090 };

/* The file: a text that is read from, and how much was. */
struct file {
    struct buffer text;
    size_t reads;
    size_t bytes;
};

static int read_file(void *context, uint64_t offset, char *at, size_t len)
{
    struct file *file = context;
    if (offset + len > file->text.len)
        return -ESTALE;
    memcpy(at, file->text.data + offset, len);
    file->reads++;
    file->bytes += len;
    return 0;
}

static void add_entry(struct buffer *text, size_t i, bool is_compact, uint64_t *random)
{
    static const char *const states[] = {"active", "idle", "expired", "deleted"};
    const char *state = states[reload_below(random, 4)];
    const char *space = is_compact ? "" : "\n      ";
    buffer_addf(text, "%s%s\"session-%zu\":%s{", i ? "," : "", is_compact ? "" : "\n    ", i,
                is_compact ? "" : " ");
    if (reload_below(random, 40) == 0) /* longer than half a page */
        buffer_addf(text, "\"note\":\"%02500d\",", 0);
    buffer_addf(text, "%s\"chatAgentId\": \"slot-%zu\",%s\"workspaceAgentId\": \"m\",", space,
                i % 5, space);
    buffer_addf(text, "%s\"sessionId\": \"session-%zu\",%s\"workspaceDir\": \"\",", space, i,
                space);
    buffer_addf(text, "%s\"state\":%s\"%s\",%s\"createdAt\": 1773890082,", space,
                is_compact ? "" : " ", state, space);
    buffer_addf(text, "%s\"lastActiveAt\": %zu,%s\"idleTtlMs\": 1800000%s}", space,
                (size_t)1773890082 + reload_below(random, 1000), space, is_compact ? "" : "\n    ");
}

static void make_text(struct buffer *text, size_t count, bool is_compact, uint64_t *random)
{
    buffer_addf(text, is_compact ? "{\"version\":1,\"agents\":{"
                                 : "{\n  \"version\": 1,\n  \"agents\": {");
    for (size_t i = 0; i < count; i++)
        add_entry(text, i, is_compact, random);
    buffer_add_str(text, is_compact ? STR("}}") : STR("\n  }\n}\n"));
    assert_false(text->failed);
}

static void load_whole(struct document *document, const struct file *file)
{
    struct buffer bytes = {0};
    buffer_add_str(&bytes, buffer_str(&file->text));
    document_init(document);
    assert_int_equal(document_parse(document, &bytes, NULL), 0);
}

/* As a text that is too long to be kept. */
static void load_unkept(struct document *document, const struct file *file)
{
    struct document_loader *loader = document_loader_new();
    size_t at = 0, count, room;
    assert_non_null(loader);
    document_init(document);
    document_loader_begin(loader, document, DOCUMENT_KEEP_BYTES + 1);
    do {
        char *to = document_loader_room(loader, &room);
        assert_non_null(to);
        count = file->text.len - at < room ? file->text.len - at : room;
        if (count > 0)
            memcpy(to, file->text.data + at, count);
        at += count;
        assert_int_equal(document_loader_take(loader, count), 0);
    } while (count > 0);
    assert_int_equal(document_loader_finish(loader, NULL), 0);
    document_loader_apply(loader);
    document_loader_free(loader);
    assert_null(document->bytes.data);
    assert_int_equal(document->size_bytes, file->text.len);
}

/* Some operations, the same for each registry with the same random numbers. */
static void change(struct registry *registry, uint64_t random, size_t entries)
{
    static const struct str slots[] = {{"slot-1", 6}, {"slot-9", 6}};
    const struct pool pool = {STR("m"), slots, 2};
    for (size_t count = 1 + reload_below(&random, 6); count > 0; count--) {
        char text[32];
        struct entry *entry;
        bool found;
        size_t expired;
        (void)snprintf(text, sizeof(text), "session-%zu", reload_below(&random, entries + 2));
        struct str id = str_of(reload_below(&random, 30) ? text : "7");
        size_t kind = reload_below(&random, 20);
        int result = 0;
        if (kind < 5)
            result = registry_touch(registry, id, NOW, &found, NULL);
        else if (kind < 8)
            result = registry_mark_idle(registry, id, &found, NULL);
        else if (kind < 11)
            result = registry_release(registry, id, &found, NULL);
        else if (kind < 15)
            result = registry_allocate(registry, id, &pool, NULL, NOW, &entry, NULL);
        else if (kind < 19)
            (void)registry_remove(registry, id);
        else
            result = registry_purge_deleted(registry, &expired, NULL);
        assert_int_equal(result, 0);
    }
}

static void assert_same_plan(const struct plan *a, const struct plan *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->grows_by, b->grows_by);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->patches[i].offset, b->patches[i].offset);
        assert_int_equal(a->patches[i].old_len, b->patches[i].old_len);
        assert_true(str_equal(a->patches[i].text, b->patches[i].text));
    }
}

static void assert_same_steps(const struct document *a, const struct document *b,
                              const struct plan *plan)
{
    struct steps x, y;
    assert_int_equal(document_steps(a, plan, &x, NULL), 0);
    assert_int_equal(document_steps(b, plan, &y, NULL), 0);
    assert_int_equal(x.count, y.count);
    assert_int_equal(x.grows_by, y.grows_by);
    for (size_t i = 0; i < x.count; i++) {
        assert_int_equal(x.items[i].offset, y.items[i].offset);
        assert_true(str_equal(x.items[i].text, y.items[i].text));
    }
    steps_done(&x);
    steps_done(&y);
}

static void assert_same_prints(const struct document *a, const struct document *b)
{
    for (size_t i = 0; i < a->registry.count; i++) {
        struct buffer x = {0}, y = {0};
        const struct entry *entry = &a->registry.entries[i];
        if (entry->changes == CHANGE_NONE || entry->changes & CHANGE_REMOVED)
            continue;
        assert_int_equal(document_print_entry(a, entry, 2, 2, &x, NULL), 0);
        assert_int_equal(document_print_entry(b, &b->registry.entries[i], 2, 2, &y, NULL), 0);
        assert_true(str_equal(buffer_str(&x), buffer_str(&y)));
        buffer_done(&x);
        buffer_done(&y);
    }
}

static void windows_give_the_plan_of_the_whole_text(void **state)
{
    (void)state;
    uint64_t random = UINT64_C(0x5107095);
    size_t patches = 0, fetched = 0, total = 0;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        struct file file = {0};
        struct document whole, windows;
        struct plan a, b;
        size_t entries = 1 + reload_below(&random, ENTRIES);
        make_text(&file.text, entries, i % 3 == 0, &random);
        load_whole(&whole, &file);
        load_unkept(&windows, &file);
        change(&whole.registry, random, entries);
        change(&windows.registry, random, entries);
        assert_int_equal(document_fetch(&windows, read_file, &file), 0);
        assert_false(document_has_text(&windows));
        assert_int_equal(document_plan(&whole, &a, NULL), 0);
        assert_int_equal(document_plan(&windows, &b, NULL), 0);
        assert_same_plan(&a, &b);
        assert_same_steps(&whole, &windows, &a);
        assert_same_prints(&whole, &windows);
        patches += a.count;
        fetched += file.bytes;
        total += file.text.len;
        plan_done(&a);
        plan_done(&b);
        document_forget_bytes(&windows);
        assert_null(windows.bytes.data);
        document_done(&whole);
        document_done(&windows);
        buffer_done(&file.text);
        (void)reload_below(&random, 2);
    }
    printf("windows: %zu patches, %zu of %zu bytes fetched\n", patches, fetched, total);
}

static void one_change_fetches_one_block_and_the_ends(void **state)
{
    (void)state;
    uint64_t random = 77;
    struct file file = {0};
    struct document document;
    bool found;
    make_text(&file.text, 1000, false, &random);
    load_unkept(&document, &file);
    assert_int_equal(registry_release(&document.registry, STR("session-500"), &found, NULL), 0);
    assert_int_equal(document_fetch(&document, read_file, &file), 0);
    assert_int_equal(file.reads, 4); /* head, block, last block, tail */
    assert_null(document_entry_text(&document, &document.registry.entries[300]).data);
    assert_non_null(document_entry_text(&document, &document.registry.entries[500]).data);
    document_done(&document);
    buffer_done(&file.text);
}

static int verify(const struct document *document, struct file *file)
{
    struct buffer room = {0};
    size_t longest = document_verify_bytes(document);
    assert_true(
        buffer_reserve(&room, longest + reload_below(&(uint64_t){file->text.len + 1}, 20000)));
    file->bytes = 0;
    int result = document_verify(document, read_file, file, &room);
    buffer_done(&room);
    return result;
}

static void any_other_byte_is_another_version(void **state)
{
    (void)state;
    uint64_t random = 99;
    struct file file = {0};
    struct document documents[2];
    make_text(&file.text, 60, false, &random);
    load_unkept(&documents[0], &file);
    load_whole(&documents[1], &file);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(verify(&documents[i], &file), 0);
        assert_int_equal(file.bytes, file.text.len);
    }
    for (size_t at = 0; at < file.text.len; at += at < 9000 ? 7 : 1) {
        char was = file.text.data[at];
        file.text.data[at] = was == '}' ? '{' : '}';
        assert_int_equal(verify(&documents[0], &file), -ESTALE);
        assert_int_equal(verify(&documents[1], &file), -ESTALE);
        file.text.data[at] = was;
    }
    file.text.len--;
    assert_int_equal(verify(&documents[0], &file), -ESTALE);
    document_done(&documents[0]);
    document_done(&documents[1]);
    buffer_done(&file.text);
}

static void another_version_is_not_fetched_from(void **state)
{
    (void)state;
    uint64_t random = 101;
    struct file file = {0};
    struct document document;
    bool found;
    make_text(&file.text, 60, false, &random);
    load_unkept(&document, &file);
    assert_int_equal(registry_release(&document.registry, STR("session-30"), &found, NULL), 0);
    char *state_at = strstr(file.text.data, "session-30");
    *state_at = 'S';
    assert_int_equal(document_fetch(&document, read_file, &file), -ESTALE);
    assert_null(document.bytes.data);
    *state_at = 's';
    file.text.data[2] = 'x';
    assert_int_equal(document_fetch(&document, read_file, &file), -ESTALE);
    file.text.len -= 20;
    assert_int_equal(document_fetch(&document, read_file, &file), -ESTALE);
    document_done(&document);
    buffer_done(&file.text);
}

static void a_text_that_is_kept_is_left_alone(void **state)
{
    (void)state;
    uint64_t random = 103;
    struct file file = {0};
    struct document document;
    make_text(&file.text, 3, false, &random);
    load_whole(&document, &file);
    const char *bytes = document.bytes.data;
    assert_true(document_has_text(&document));
    assert_int_equal(document_fetch(&document, read_file, &file), 0);
    document_forget_bytes(&document);
    assert_ptr_equal(document.bytes.data, bytes);
    assert_int_equal(file.reads, 0);
    document_done(&document);
    buffer_done(&file.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_give_the_plan_of_the_whole_text),
        cmocka_unit_test(one_change_fetches_one_block_and_the_ends),
        cmocka_unit_test(any_other_byte_is_another_version),
        cmocka_unit_test(another_version_is_not_fetched_from),
        cmocka_unit_test(a_text_that_is_kept_is_left_alone),
    };
    return cmocka_run_group_tests_name("document_windows", tests, NULL, NULL);
}
