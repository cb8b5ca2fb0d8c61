/* Loading again: one walk over the known entries beside the new text, in step by block and by key.
 */
#include "core/document_loader_part.h"

#include "core/document_windows.h"
#include "core/hash.h"
#include "core/registry_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEAST_ENTRIES = (DOCUMENT_BLOCK_ENTRIES + 3) / 4, /* of a block, so that they do not wear out */
};

void loader_begin_match(struct document_loader *loader)
{
    loader->old_block = 0;
    loader->old_place = 0;
    loader->gone = 0;
    loader->has_jump = false;
    loader->member_count = 0;
    loader->run_count = 0;
    loader->change_count = 0;
    loader->added_count = 0;
    loader->blocks_skipped = 0;
    string_index_done(&loader->added_index);
    string_index_done(&loader->index);
    free(loader->entries);
    loader->entries = NULL;
}

static int add_run(struct document_loader *loader, struct kept_run run)
{
    struct kept_run *last = loader->run_count > 0 ? &loader->runs[loader->run_count - 1] : NULL;
    if (last && last->place + last->count == run.place &&
        last->old_place + last->count == run.old_place) {
        last->count += run.count;
        return 0;
    }
    struct kept_run *runs =
        registry_grown(loader->runs, loader->run_count, sizeof(*runs), &loader->run_capacity);
    if (!runs)
        return -ENOMEM;
    loader->runs = runs;
    runs[loader->run_count++] = run;
    return 0;
}

static int keep_block(struct document_loader *loader, const struct document_block *block,
                      size_t len)
{
    struct kept_run run = {block->first, loader->place, block[1].first - block->first};
    uint64_t offset = loader->text_offset + loader->at;
    int result = loader_close_block(loader);
    if (result == 0)
        result = loader_add_block(loader, (struct document_block){.hash = block->hash,
                                                                  .offset = (uint32_t)offset,
                                                                  .first = loader->place});
    if (result == 0)
        result = add_run(loader, run);
    loader->has_jump |= loader->added_count > 0;
    loader->at += len;
    loader->place += run.count;
    loader->old_place += run.count;
    loader->old_block++;
    loader->blocks_skipped++;
    return result;
}

bool loader_is_in_step(const struct document_loader *loader)
{
    const struct document_blocks *old = &loader->document->blocks;
    return loader->old_place == old->items[loader->old_block].first;
}

/* Where the old text is there, it is faster than the hash. */
static bool is_unchanged(const struct document *document, const struct document_block *block,
                         struct str text)
{
    if (document_has_text(document))
        return memcmp(document->bytes.data + block->offset, text.data, text.len) == 0;
    return hash_block(text) == block->hash;
}

int loader_skip_block(struct document_loader *loader)
{
    const struct document_blocks *old = &loader->document->blocks;
    const struct document_block *block = &old->items[loader->old_block];
    bool is_small = loader->open_count > 0 && loader->open_count < LEAST_ENTRIES;
    if (loader->old_block == old->count || !loader_is_in_step(loader) || is_small)
        return LOADER_DIFFERS;
    size_t len = block[1].offset - block->offset;
    if (loader->text.len - loader->at <= len) /* what is behind it counts as well */
        return loader->has_ended ? LOADER_DIFFERS : LOADER_MORE;
    struct str text = {loader->text.data + loader->at, len};
    bool is_last = loader->old_block + 1 == old->count;
    if (text.data[len] != (is_last ? '}' : '"') || !is_unchanged(loader->document, block, text))
        return LOADER_DIFFERS;
    int result = keep_block(loader, block, len);
    return result == 0 && is_last ? loader_end_members(loader) : result;
}

static int add_change(struct document_loader *loader, const struct document_change *change)
{
    struct document_change *changes = registry_grown(loader->changes, loader->change_count,
                                                     sizeof(*changes), &loader->change_capacity);
    if (!changes)
        return -ENOMEM;
    loader->changes = changes;
    changes[loader->change_count++] = *change;
    return 0;
}

static int add_member(struct document_loader *loader, const struct loaded *member)
{
    if (loader->member_count >= LOADER_MANY_ENTRIES &&
        loader->member_count >= loader->document->registry.count)
        return DOCUMENT_NOT_USUAL;
    struct loaded *members = registry_grown(loader->members, loader->member_count, sizeof(*members),
                                            &loader->member_capacity);
    if (!members)
        return -ENOMEM;
    loader->members = members;
    members[loader->member_count++] = *member;
    return 0;
}

static bool is_same(const struct entry *a, const struct entry *b)
{
    return a->terms == b->terms && !a->is_odd && !b->is_odd && a->state == b->state &&
           a->shape == b->shape && same_number(a->created_at_ms, b->created_at_ms) &&
           same_number(a->last_active_at_ms, b->last_active_at_ms) && a->value_len == b->value_len;
}

/* The known entries from old_place up to this one are not in the text. */
static int add_gone(struct document_loader *loader, size_t end)
{
    const struct registry *registry = &loader->document->registry;
    int result = 0;
    for (; result == 0 && loader->old_place < end; loader->old_place++) {
        struct document_change change = {.before = registry->entries[loader->old_place],
                                         .old_place = loader->old_place,
                                         .place = SIZE_MAX};
        loader->has_jump = true;
        if (++loader->gone * (size_t)2 > registry->count)
            return DOCUMENT_NOT_USUAL;
        result = add_change(loader, &change);
    }
    return result;
}

static int match_known(struct document_loader *loader, size_t old_place, const struct entry *entry)
{
    const struct document *document = loader->document;
    const struct entry *before = &document->registry.entries[old_place];
    if (old_place < loader->old_place)
        return DOCUMENT_NOT_USUAL;
    int result = add_gone(loader, old_place);
    struct loaded member = {*entry, (uint32_t)old_place, loader->place};
    entry_set_session_id(&member.entry, entry_session_id(before));
    if (result == 0)
        result = add_member(loader, &member);
    if (result == 0 && !is_same(before, entry)) {
        struct document_change change = {*before, member.entry, old_place, loader->place};
        result = add_change(loader, &change);
    }
    loader->has_jump |= loader->added_count > 0;
    loader->old_place++;
    while (loader->old_block < document->blocks.count &&
           document->blocks.items[loader->old_block + 1].first <= loader->old_place)
        loader->old_block++;
    return result;
}

static struct str added_at(const void *owner, size_t place)
{
    const struct document_loader *loader = owner;
    return loader->added[place];
}

/* The id of a new entry, copied; of two equal ones JavaScript takes the last. */
static int add_id(struct document_loader *loader, struct str id, struct entry *entry)
{
    struct string_source source = {added_at, loader};
    struct str *added =
        registry_grown(loader->added, loader->added_count, sizeof(*added), &loader->added_capacity);
    if (!added)
        return -ENOMEM;
    loader->added = added;
    if (!string_index_reserve(&loader->added_index, source, loader->added_count + 1))
        return -ENOMEM;
    struct str copy = arena_pack(&loader->document->registry.ids, id);
    if (!copy.data)
        return -ENOMEM;
    loader->document->waste_bytes += id.len; /* if it is not applied */
    added[loader->added_count] = copy;
    entry_set_session_id(entry, copy);
    if (!string_index_add(&loader->added_index, source, loader->added_count))
        return DOCUMENT_NOT_USUAL;
    loader->added_count++;
    return 0;
}

static int match_new(struct document_loader *loader, struct str id, const struct entry *entry)
{
    struct loaded member = {*entry, LOADER_NONE, loader->place};
    if (json_is_index_key(id, NULL))
        return DOCUMENT_NOT_USUAL;
    int result = add_id(loader, id, &member.entry);
    if (result == 0)
        result = add_member(loader, &member);
    struct document_change change = {
        .after = member.entry, .old_place = SIZE_MAX, .place = loader->place};
    return result ? result : add_change(loader, &change);
}

int loader_match(struct document_loader *loader, struct str id, const struct entry *entry)
{
    const struct registry *registry = &loader->document->registry;
    if (entry->is_odd) /* what was odd before is not freed */
        loader->document->waste_bytes += sizeof(*entry->odd) + entry->value_len;
    size_t next = loader->old_place;
    if (next < registry->count && str_equal(entry_session_id(&registry->entries[next]), id))
        return match_known(loader, next, entry);
    const struct entry *known = registry_find(registry, id);
    return known ? match_known(loader, (size_t)(known - registry->entries), entry)
                 : match_new(loader, id, entry);
}

int loader_end_match(struct document_loader *loader)
{
    return add_gone(loader, loader->document->registry.count);
}
