#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/document_steps.h"
#include "tests/helpers/edited.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Registries in the server's layout whose entries lie over the edges of pages at every offset. */

enum { ENTRIES = 30, SHIFTS = 96, SHIFT_BYTES = 11, ID_SIZE = 40 };

static void entry_id(int number, char id[ID_SIZE])
{
    unsigned random = (unsigned)(number + 1) * 2654435761U, more = random * 2246822519U;
    (void)snprintf(id, ID_SIZE, "%08x-%04x-4%03x-a%03x-%012llx", random, more >> 16, more & 0xfff,
                   random >> 20, (unsigned long long)random * more & 0xffffffffffff);
}

static void make_text(struct buffer *text, int shift)
{
    static const char *const states[] = {"active", "idle", "expired", "deleted"};
    buffer_clear(text);
    buffer_addf(text, "{\n  \"version\": 1,\n  \"note\": \"%*s\",\n  \"agents\": {",
                shift * SHIFT_BYTES, "");
    for (int i = 0; i < ENTRIES; i++) {
        char id[ID_SIZE];
        entry_id(i, id);
        buffer_addf(text,
                    "%s\n    \"%s\": {\n      \"chatAgentId\": \"chat-slot-kumareth-%d\",\n"
                    "      \"workspaceAgentId\": \"kumareth\",\n      \"sessionId\": \"%s\",\n"
                    "      \"workspaceDir\": \"\",\n      \"state\": \"%s\",\n"
                    "      \"createdAt\": 1773890000000,\n      \"lastActiveAt\": 1773890000000,\n"
                    "      \"idleTtlMs\": 1800000\n    }",
                    i ? "," : "", id, i, id, states[i % 4]);
    }
    buffer_addf(text, "\n  }\n}\n");
}

enum edit { EDIT_STATE, EDIT_TOUCH, EDIT_REPLACE, EDIT_REMOVE, EDIT_ADD, EDIT_COUNT };

static void mark(struct document *document, enum edit edit, int number)
{
    const struct pool pool = {.workspace_agent_id = STR("kumareth")};
    struct registry *registry = &document->registry;
    char text[ID_SIZE];
    bool found = false;
    struct entry *entry = NULL;
    entry_id(edit == EDIT_ADD ? number + ENTRIES : number, text);
    struct str id = str_of(text);
    switch (edit) {
    case EDIT_STATE:
        assert_int_equal(registry_release(registry, id, &found, NULL), 0);
        break;
    case EDIT_TOUCH:
        assert_int_equal(registry_touch(registry, id, 1999999999999, &found, NULL), 0);
        break;
    case EDIT_REPLACE:
        assert_int_equal(registry_release(registry, id, &found, NULL), 0);
        assert_int_equal(registry_allocate(registry, id, &pool, NULL, 1999999999999, &entry, NULL),
                         0);
        break;
    case EDIT_REMOVE:
        assert_true(registry_remove(registry, id));
        break;
    case EDIT_ADD:
    case EDIT_COUNT:
        assert_int_equal(registry_allocate(registry, id, &pool, NULL, 1999999999999, &entry, NULL),
                         0);
        break;
    }
}

static void open_document(struct document *document, struct str text)
{
    struct buffer bytes = {0};
    buffer_add_str(&bytes, text);
    document_init(document);
    assert_int_equal(document_parse(document, &bytes, NULL), 0);
    if (document->state != DOCUMENT_OK)
        fail_msg("%s in:\n%s", document->trouble, text.data);
    buffer_done(&bytes);
}

static void print(const struct document *document, struct buffer *out)
{
    buffer_clear(out);
    assert_int_equal(document_print_whole(document, out, NULL), 0);
}

/* Which of the two the text holds: 0 before, 1 after; fails when it is neither. */
static int side_of(struct str text, const struct buffer *before, const struct buffer *after)
{
    struct document document;
    struct buffer whole = {0};
    open_document(&document, text);
    print(&document, &whole);
    int side = strcmp(whole.data, before->data) == 0 ? 0 : 1;
    if (side == 1)
        assert_string_equal(whole.data, after->data);
    document_done(&document);
    buffer_done(&whole);
    return side;
}

struct tally {
    size_t edits, steps, over_edges, split;
};

/* Applies the steps one by one; what a kill leaves after each holds one side or the other. */
static void check_edit(const struct buffer *text, enum edit edit, int number, struct tally *tally)
{
    struct document document;
    struct plan plan;
    struct steps steps;
    struct buffer before = {0}, after = {0}, bytes = {0};
    open_document(&document, buffer_str(text));
    print(&document, &before);
    mark(&document, edit, number);
    print(&document, &after);
    assert_int_equal(document_plan(&document, &plan, NULL), 0);
    assert_int_equal(document_steps(&document, &plan, &steps, NULL), 0);
    buffer_add_str(&bytes, buffer_str(text));
    buffer_add_repeat(&bytes, ' ', steps.grows_by);
    int side = side_of(buffer_str(&bytes), &before, &after);
    for (size_t i = 0; i < steps.count; i++) {
        const struct step *step = &steps.items[i];
        size_t end = step->offset + step->text.len;
        assert_true(end <= bytes.len);
        tally->over_edges += step->offset / LEASED_PAGE_BYTES != (end - 1) / LEASED_PAGE_BYTES;
        memcpy(bytes.data + step->offset, step->text.data, step->text.len);
        int now = side_of(buffer_str(&bytes), &before, &after);
        assert_true(now >= side);
        side = now;
    }
    if (strcmp(before.data, after.data) != 0)
        assert_int_equal(side, 1);
    tally->edits++;
    tally->steps += steps.count;
    tally->split += steps.split_count;
    steps_done(&steps);
    plan_done(&plan);
    document_done(&document);
    buffer_done(&before);
    buffer_done(&after);
    buffer_done(&bytes);
}

static void after_each_step_the_file_holds_the_state_before_or_after(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct tally tally = {0};
    for (int shift = 0; shift < SHIFTS; shift++) {
        make_text(&text, shift);
        for (int edit = 0; edit < EDIT_COUNT; edit++)
            for (int i = shift % 3; i < ENTRIES - 1; i += edit == EDIT_ADD ? ENTRIES : 3)
                check_edit(&text, (enum edit)edit, i, &tally);
    }
    printf("steps: %zu edits in %zu steps, %zu of them over an edge, %zu could be split\n",
           tally.edits, tally.steps, tally.over_edges, tally.split);
    assert_true(tally.over_edges > 0);
    buffer_done(&text);
}

static void in_the_usual_layout_no_step_can_be_split(void **state)
{
    (void)state;
    struct buffer text = {0};
    for (int shift = 0; shift < 4096 / 8; shift++) {
        buffer_clear(&text);
        make_text(&text, shift * 8 / SHIFT_BYTES);
        for (int edit = 0; edit < EDIT_COUNT; edit++) {
            struct tally tally = {0};
            check_edit(&text, (enum edit)edit, shift % (ENTRIES - 1), &tally);
            if (edit != EDIT_REMOVE) /* a key over the edge cannot be changed at once */
                assert_int_equal(tally.split, 0);
        }
    }
    buffer_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_each_step_the_file_holds_the_state_before_or_after),
        cmocka_unit_test(in_the_usual_layout_no_step_can_be_split),
    };
    return cmocka_run_group_tests_name("document_steps", tests, NULL, NULL);
}
