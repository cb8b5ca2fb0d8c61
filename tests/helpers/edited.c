#include "tests/helpers/edited.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void parse(struct document *document, struct str text)
{
    struct buffer bytes = {0};
    buffer_add_str(&bytes, text);
    document_init(document);
    assert_int_equal(document_parse(document, &bytes, NULL), 0);
    assert_true(document->has_registry);
    buffer_done(&bytes);
}

void edited_open(struct edited *edited, const char *text)
{
    *edited = (struct edited){0};
    parse(&edited->document, str_of(text));
}

static struct entry *find(struct edited *edited, const char *id)
{
    struct entry *entry = registry_find(&edited->document.registry, str_of(id));
    assert_non_null(entry);
    return entry;
}

void edited_set_state(struct edited *edited, const char *id, enum entry_state state)
{
    struct entry *entry = find(edited, id);
    entry->state = (uint8_t)state;
    entry->changes |= CHANGE_STATE;
}

void edited_touch(struct edited *edited, const char *id, double now_ms)
{
    struct entry *entry = find(edited, id);
    entry->last_active_at_ms = now_ms;
    entry->changes |= CHANGE_LAST_ACTIVE;
}

void edited_remove(struct edited *edited, const char *id)
{
    assert_true(registry_remove(&edited->document.registry, str_of(id)));
}

void edited_allocate(struct edited *edited, const char *id)
{
    const struct pool pool = {.workspace_agent_id = STR("main")};
    struct entry *entry = NULL;
    assert_int_equal(
        registry_allocate(&edited->document.registry, str_of(id), &pool, NULL, 1000, &entry, NULL),
        0);
}

static void print_whole(const struct document *document, struct buffer *out)
{
    assert_int_equal(document_print_whole(document, out, NULL), 0);
}

void edited_plan(struct edited *edited)
{
    struct document again;
    struct buffer wanted = {0}, got = {0};
    assert_int_equal(document_plan(&edited->document, &edited->plan, NULL), 0);
    assert_int_equal(plan_apply(&edited->document, &edited->plan, &edited->after, NULL), 0);
    assert_true(json_check(buffer_str(&edited->after), NULL));
    parse(&again, buffer_str(&edited->after));
    print_whole(&edited->document, &wanted);
    print_whole(&again, &got);
    assert_string_equal(got.data, wanted.data);
    document_done(&again);
    buffer_done(&wanted);
    buffer_done(&got);
}

void edited_is_whole_print(const struct edited *edited)
{
    struct buffer whole = {0};
    print_whole(&edited->document, &whole);
    assert_string_equal(edited->after.data, whole.data);
    buffer_done(&whole);
}

void edited_close(struct edited *edited)
{
    plan_done(&edited->plan);
    buffer_done(&edited->after);
    document_done(&edited->document);
}
