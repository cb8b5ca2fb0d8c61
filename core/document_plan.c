/* Edits of entries and members, put in order: trimmed, and from the first that grows on merged. */
#include "core/document_part.h"

#include "core/leased.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int document_add_edit(struct edits *edits, size_t offset, size_t old_len, struct str text)
{
    if (edits->failed || edits->scratch.failed || edits->scratch2.failed)
        return -ENOMEM;
    assert(text.len >= old_len);
    if (edits->count == edits->capacity) {
        size_t capacity = edits->capacity ? edits->capacity * 2 : 4;
        struct patch *grown = reallocarray(edits->items, capacity, sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        edits->items = grown;
        edits->capacity = capacity;
    }
    struct str copy = arena_copy(&edits->arena, text);
    if (!copy.data)
        return -ENOMEM;
    edits->items[edits->count++] =
        (struct patch){.offset = offset, .old_len = old_len, .text = copy};
    return 0;
}

static int by_offset(const void *left, const void *right)
{
    const struct patch *a = left;
    const struct patch *b = right;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

/* Leaves off the bytes at both ends that stay as they are. */
static struct patch trimmed(const char *text, struct patch patch)
{
    const char *old = text + patch.offset;
    size_t same = 0;
    while (same < patch.old_len && old[same] == patch.text.data[same])
        same++;
    patch.offset += same;
    patch.old_len -= same;
    patch.text.data += same;
    patch.text.len -= same;
    if (patch.text.len == patch.old_len) {
        old += same;
        while (patch.old_len > 0 && old[patch.old_len - 1] == patch.text.data[patch.old_len - 1])
            patch.old_len--;
        patch.text.len = patch.old_len;
    }
    return patch;
}

bool document_is_whole(const struct edits *edits, const struct patch *edit)
{
    struct patch patch = trimmed(edits->document->bytes.data, *edit);
    size_t len = patch.text.len;
    if (patch.text.len > patch.old_len) /* all behind it moves */
        len = edits->document->bytes.len + (patch.text.len - patch.old_len) - patch.offset;
    return len <= LEASED_STORE_BYTES ||
           patch.offset / LEASED_PAGE_BYTES == (patch.offset + len - 1) / LEASED_PAGE_BYTES;
}

static int write_again(struct edits *edits, const struct entry *entry)
{
    if (edits->again_count == edits->again_capacity) {
        size_t capacity = edits->again_capacity ? edits->again_capacity * 2 : 4;
        const struct entry **grown = reallocarray(edits->again, capacity, sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        edits->again = grown;
        edits->again_capacity = capacity;
    }
    edits->again[edits->again_count++] = entry;
    return 0;
}

/* Where the entry is, or behind the others if a kill could split that; a page must hold it there.
 */
static int edit_entry(struct edits *edits, const struct entry *entry)
{
    size_t count = edits->count;
    int result = document_edit_entry(edits, entry);
    if (result != 0 || edits->count == count || entry->value_len > LEASED_PAGE_BYTES / 2 ||
        document_is_whole(edits, &edits->items[count]))
        return result;
    edits->count = count;
    return write_again(edits, entry);
}

/* Collects in registry order, which is that of the text but for index keys and duplicates. */
static int collect(struct edits *edits)
{
    const struct registry *registry = &edits->document->registry;
    bool members_change = false;
    int result = 0;
    for (size_t i = 0; result == 0 && i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (entry->changes & (CHANGE_REMOVED | CHANGE_ADDED))
            members_change = true;
        else if (entry->changes != CHANGE_NONE)
            result = edit_entry(edits, entry);
    }
    if (result == 0 && (members_change || edits->again_count > 0))
        result = document_edit_members(edits);
    if (result == 0 && edits->count > 1)
        qsort(edits->items, edits->count, sizeof(*edits->items), by_offset);
    return result;
}

/* White space at the end of the file, beyond one newline, makes room for what grows. */
static void use_room_at_end(struct buffer *tail, size_t old_len)
{
    size_t len = tail->len;
    while (len > old_len && document_is_space(tail->data[len - 1]) &&
           document_is_space(tail->data[len - 2]))
        len--;
    if (len == tail->len)
        return;
    tail->data[len - 1] = '\n';
    tail->len = len;
}

/* Makes one edit, to the end of the file, of all from the first on that grows. */
static int merge_growth(struct edits *edits)
{
    struct str text = buffer_str(&edits->document->bytes);
    struct buffer *tail = &edits->scratch;
    size_t first = 0;
    while (first < edits->count && edits->items[first].text.len == edits->items[first].old_len)
        first++;
    if (first == edits->count)
        return 0;
    size_t start = edits->items[first].offset;
    size_t at = start;
    buffer_clear(tail);
    for (size_t i = first; i < edits->count; i++) {
        const struct patch *edit = &edits->items[i];
        buffer_add(tail, text.data + at, edit->offset - at);
        buffer_add_str(tail, edit->text);
        at = edit->offset + edit->old_len;
    }
    buffer_add(tail, text.data + at, text.len - at);
    if (!tail->failed)
        use_room_at_end(tail, text.len - start);
    edits->count = first;
    return document_add_edit(edits, start, text.len - start, buffer_str(tail));
}

static void trim_all(struct edits *edits)
{
    size_t kept = 0;
    for (size_t i = 0; i < edits->count; i++) {
        struct patch patch = trimmed(edits->document->bytes.data, edits->items[i]);
        if (patch.text.len > 0)
            edits->items[kept++] = patch;
    }
    edits->count = kept;
}

int document_plan(const struct document *document, struct plan *ret_plan, struct error *error)
{
    assert(document->has_registry && document->state != DOCUMENT_MISSING);
    struct edits edits = {.document = document};
    int result = collect(&edits);
    if (result == 0)
        result = merge_growth(&edits);
    if (result == 0) {
        trim_all(&edits);
        struct plan plan = {.patches = edits.items, .count = edits.count, .arena = edits.arena};
        if (plan.count > 0) {
            const struct patch *last = &plan.patches[plan.count - 1];
            plan.grows_by = last->text.len - last->old_len;
        }
        *ret_plan = plan;
    } else {
        free(edits.items);
        arena_done(&edits.arena);
    }
    free(edits.again);
    buffer_done(&edits.scratch);
    buffer_done(&edits.scratch2);
    return result ? error_no_memory(error, "planning the edit of the registry") : 0;
}

void plan_done(struct plan *plan)
{
    free(plan->patches);
    arena_done(&plan->arena);
    *plan = (struct plan){0};
}

int plan_apply(const struct document *document, const struct plan *plan, struct buffer *out,
               struct error *error)
{
    struct str text = buffer_str(&document->bytes);
    size_t at = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct patch *patch = &plan->patches[i];
        buffer_add(out, text.data + at, patch->offset - at);
        buffer_add_str(out, patch->text);
        at = patch->offset + patch->old_len;
    }
    buffer_add(out, text.data + at, text.len - at);
    return out->failed ? error_no_memory(error, "applying a plan to the registry") : 0;
}
