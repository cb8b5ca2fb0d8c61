#include "core/document_loader_part.h"

#include "core/document_part.h"
#include "core/hash.h"
#include "core/json_scan.h"
#include "core/registry_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MORE_BYTES = 4096 }; /* of a text than its size said, before it is worth a new buffer */

struct document_loader *document_loader_new(void)
{
    struct document_loader *loader = calloc(1, sizeof(*loader));
    if (loader)
        document_init(&loader->made);
    return loader;
}

void document_loader_free(struct document_loader *loader)
{
    if (!loader)
        return;
    document_done(&loader->made);
    buffer_done(&loader->text);
    buffer_done(&loader->scratch);
    string_index_done(&loader->added_index);
    string_index_done(&loader->index);
    free(loader->blocks.items);
    free(loader->members);
    free(loader->runs);
    free(loader->changes);
    free(loader->added);
    free(loader->entries);
    free(loader);
}

void document_loader_begin(struct document_loader *loader, struct document *document,
                           size_t size_bytes)
{
    document_set_missing(&loader->made);
    loader->document = document;
    loader->is_reload = document->blocks.items && document->waste_bytes < LOADER_WASTE_BYTES;
    loader->keeps_text = size_bytes <= DOCUMENT_KEEP_BYTES;
    loader->expected_bytes = size_bytes;
    loader->has_ended = false;
    buffer_clear(&loader->text);
    loader->text_offset = 0;
    loader->at = 0;
    loader->phase = LOADER_HEAD;
    loader->blocks.count = 0;
    loader->open_count = 0;
    loader->place = 0;
    loader->entries_read = 0;
    patterns_forget(&loader->patterns);
    loader_begin_match(loader);
}

size_t document_loader_taken(const struct document_loader *loader)
{
    return (size_t)loader->text_offset + loader->at;
}

const struct document *document_loader_made(const struct document_loader *loader)
{
    return loader->is_reload ? NULL : &loader->made;
}

/* Forgets the text that was taken, but for the block that is being filled. */
static void slide(struct document_loader *loader)
{
    size_t from = loader->open_count > 0 ? loader->open_at : loader->at;
    if (from == 0)
        return;
    memmove(loader->text.data, loader->text.data + from, loader->text.len - from);
    loader->text.len -= from;
    loader->text_offset += from;
    loader->at -= from;
    loader->open_at -= loader->open_count > 0 ? from : 0;
}

char *document_loader_room(struct document_loader *loader, size_t *ret_len)
{
    struct buffer *text = &loader->text;
    loader->keeps_text &= text->len <= DOCUMENT_KEEP_BYTES;
    if (!loader->keeps_text)
        slide(loader);
    size_t len = DOCUMENT_CHUNK_BYTES;
    if (text->len > len) /* a long entry is begun anew with each piece: let there be few */
        len = text->len;
    size_t expected = loader->expected_bytes + MORE_BYTES;
    if (loader->keeps_text && text->len < expected) /* all of it, in one reading */
        len = expected - text->len;
    if (!buffer_reserve(text, len))
        return NULL;
    *ret_len = len;
    return text->data + text->len;
}

int document_loader_take(struct document_loader *loader, size_t len)
{
    struct buffer *text = &loader->text;
    text->len += len;
    text->data[text->len] = '\0';
    loader->has_ended = len == 0;
    if (loader->text_offset + text->len > UINT32_MAX)
        return DOCUMENT_NOT_USUAL;
    return loader_walk(loader);
}

int loader_add_block(struct document_loader *loader, struct document_block block)
{
    struct document_blocks *blocks = &loader->blocks;
    struct document_block *items =
        registry_grown(blocks->items, blocks->count, sizeof(*items), &blocks->capacity);
    if (!items)
        return -ENOMEM;
    blocks->items = items;
    items[blocks->count++] = block;
    return 0;
}

int loader_close_block(struct document_loader *loader)
{
    if (loader->open_count == 0)
        return 0;
    struct str text = {loader->text.data + loader->open_at, loader->at - loader->open_at};
    loader->open_count = 0;
    if (!loader->is_reload && !registry_index_appended(&loader->made.registry))
        return DOCUMENT_NOT_USUAL; /* twice the same key */
    return loader_add_block(loader, (struct document_block){
                                        .hash = hash_block(text),
                                        .offset = (uint32_t)(loader->text_offset + loader->open_at),
                                        .first = loader->open_first,
                                    });
}

/* ---- the pieces of the text ---- */

static struct scan scan_from(const struct document_loader *loader)
{
    const char *text = loader->text.data;
    return (struct scan){text + loader->at, text + loader->text.len};
}

static void move_to(struct document_loader *loader, const char *at)
{
    loader->at = (size_t)(at - loader->text.data);
}

int loader_end_members(struct document_loader *loader)
{
    int result = loader_close_block(loader);
    if (result == 0 && loader->is_reload)
        result = loader_end_match(loader);
    uint64_t offset = loader->text_offset + loader->at;
    if (result == 0)
        result = loader_add_block(
            loader, (struct document_block){.offset = (uint32_t)offset, .first = loader->place});
    if (result != 0)
        return result;
    loader->blocks.count--; /* it is no block, but stands behind the last one */
    loader->agents.len = (size_t)(offset + 1 - loader->agents.offset);
    loader->at++;
    loader->phase = LOADER_BRACE;
    return 0;
}

static int take_head(struct document_loader *loader)
{
    if (!loader->has_ended && loader->text.len < DOCUMENT_HEAD_BYTES)
        return LOADER_MORE;
    struct scan scan = scan_from(loader);
    const char *agents;
    if (loader->text.len == 0 || !scan_head(&scan, &agents))
        return DOCUMENT_NOT_USUAL;
    move_to(loader, scan.at);
    loader->agents.offset = (uint64_t)(agents - loader->text.data);
    loader->blocks.head_hash = hash_block((struct str){loader->text.data, loader->at});
    loader->phase = LOADER_MEMBERS;
    return *scan.at == '}' ? loader_end_members(loader) : 0;
}

static int fill_usual(struct document_loader *loader, const struct usual_entry *usual,
                      struct entry *ret_entry)
{
    *ret_entry = (struct entry){
        .terms = registry_terms(&loader_target(loader)->registry, &usual->terms),
        .created_at_ms = usual->created_at_ms,
        .last_active_at_ms = usual->last_active_at_ms,
        .state = (uint8_t)usual->state,
    };
    return ret_entry->terms ? 0 : -ENOMEM;
}

/* An object that is not as usual, of which nothing is known yet. */
static int fill_any(struct document_loader *loader, struct str value, struct entry *ret_entry)
{
    struct json_fault fault;
    *ret_entry = (struct entry){0};
    if (!json_check(value, &fault))
        return fault.reason == JSON_NO_MEMORY ? -ENOMEM : DOCUMENT_NOT_USUAL;
    return document_fill_entry(&loader_target(loader)->registry, ret_entry, value,
                               &loader->scratch);
}

static int cut_or_not_usual(const struct document_loader *loader, bool is_cut)
{
    return is_cut && !loader->has_ended ? (int)LOADER_MORE : (int)DOCUMENT_NOT_USUAL;
}

/* A member and what is behind it, if all of it is there. */
static int scan_member(struct document_loader *loader, struct scan *scan,
                       struct scanned_member *ret_member, struct entry *ret_entry)
{
    struct usual_entry usual;
    const char *text = scan->at;
    if (!scan_key(scan, &ret_member->id))
        return cut_or_not_usual(loader, scan->at == scan->end);
    const char *begin = scan->at;
    bool is_cut, is_usual = scan_usual_entry(scan, &usual);
    if (!is_usual) {
        scan->at = begin;
        if (!scan_object(scan, &is_cut))
            return cut_or_not_usual(loader, is_cut);
    }
    ret_member->value = (struct str){begin, (size_t)(scan->at - begin)};
    if (!scan_separator(scan, &ret_member->is_last))
        return cut_or_not_usual(loader, scan->at == scan->end);
    ret_member->text = (struct str){text, (size_t)(scan->at - text)};
    if (!is_usual)
        return fill_any(loader, ret_member->value, ret_entry);
    int result = fill_usual(loader, &usual, ret_entry);
    if (result == 0)
        patterns_learn(&loader->patterns, ret_member, scan->end, &usual, ret_entry->terms);
    return result;
}

static int read_member(struct document_loader *loader, struct scan *scan,
                       struct scanned_member *ret_member, struct entry *ret_entry)
{
    int result = 0;
    if (!patterns_take(&loader->patterns, scan, ret_member, ret_entry))
        result = scan_member(loader, scan, ret_member, ret_entry);
    if (result != 0)
        return result;
    size_t block = loader->open_count > 0 ? loader->open_at : loader->at;
    ret_entry->value_offset =
        (uint32_t)((size_t)(ret_member->value.data - loader->text.data) - block);
    ret_entry->value_len = (uint32_t)ret_member->value.len;
    return 0;
}

/* Room for as many entries as there will be if the rest is like the beginning, and some more, which
 * costs nothing until it is used; without memory they are still taken one by one. */
static void make_room(struct document_loader *loader)
{
    struct registry *registry = &loader->made.registry;
    size_t text_bytes = document_loader_taken(loader) - (size_t)loader->agents.offset;
    size_t id_bytes = 0;
    for (size_t i = 0; i < registry->count; i++)
        id_bytes += registry->entries[i].id_len;
    double times = (double)loader->expected_bytes / (double)text_bytes * (1 + 1.0 / 64);
    (void)registry_reserve(registry, (size_t)(times * (double)registry->count));
    arena_expect(&registry->ids, (size_t)(times * (double)id_bytes));
}

static int keep_entry(struct document_loader *loader, struct str id, const struct entry *entry)
{
    if (loader->is_reload)
        return loader_match(loader, id, entry);
    if (json_is_index_key(id, NULL))
        return DOCUMENT_NOT_USUAL;
    if (loader->place == DOCUMENT_BLOCK_ENTRIES)
        make_room(loader);
    return registry_append(&loader->made.registry, id, entry);
}

/* A block that takes the place of a known one may become somewhat larger, so that it ends where
 * that one did: from there on both texts may be in step again. */
static bool is_full(const struct document_loader *loader)
{
    size_t most = DOCUMENT_BLOCK_ENTRIES;
    if (loader->is_reload && !loader_is_in_step(loader))
        most += DOCUMENT_BLOCK_ENTRIES / 2;
    return loader->open_count >= most || loader->at - loader->open_at >= DOCUMENT_BLOCK_BYTES;
}

static int take_member(struct document_loader *loader)
{
    struct scan scan = scan_from(loader);
    struct scanned_member member;
    struct entry entry;
    int result = read_member(loader, &scan, &member, &entry);
    if (result == 0)
        result = keep_entry(loader, member.id, &entry);
    if (result != 0)
        return result;
    if (loader->open_count == 0) {
        loader->open_at = loader->at;
        loader->open_first = loader->place;
    }
    move_to(loader, scan.at);
    loader->entries_read++;
    loader->place++;
    loader->open_count++;
    if (member.is_last)
        return loader_end_members(loader);
    return is_full(loader) ? loader_close_block(loader) : 0;
}

/* The block or member at `at`. */
static int take_next(struct document_loader *loader)
{
    int result = loader->is_reload ? loader_skip_block(loader) : (int)LOADER_DIFFERS;
    return result == LOADER_DIFFERS ? take_member(loader) : result;
}

static int take_brace(struct document_loader *loader)
{
    struct scan scan = scan_from(loader);
    scan.at = json_skip_space(scan.at, scan.end);
    move_to(loader, scan.at);
    if (scan.at == scan.end)
        return loader->has_ended ? (int)DOCUMENT_NOT_USUAL : (int)LOADER_MORE;
    if (*scan.at != '}')
        return DOCUMENT_NOT_USUAL;
    loader->at++;
    loader->phase = LOADER_SPACE;
    return 0;
}

static int take_space(struct document_loader *loader)
{
    struct scan scan = scan_from(loader);
    scan.at = json_skip_space(scan.at, scan.end);
    move_to(loader, scan.at);
    return scan.at == scan.end ? (int)LOADER_MORE : (int)DOCUMENT_NOT_USUAL;
}

int loader_walk(struct document_loader *loader)
{
    int result = 0;
    while (result == 0) {
        switch (loader->phase) {
        case LOADER_HEAD:
            result = take_head(loader);
            break;
        case LOADER_MEMBERS:
            result = take_next(loader);
            break;
        case LOADER_BRACE:
            result = take_brace(loader);
            break;
        case LOADER_SPACE:
            result = take_space(loader);
            break;
        }
    }
    return result == LOADER_MORE ? 0 : result;
}
