#include "tests/helpers/reload.h"

#include "core/hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RULE(holds)                                                                                \
    if (!(holds))                                                                                  \
    return #holds

/* A member that sends a text the general way. */
#define DETOUR "\"\":0,"

size_t reload_below(uint64_t *random, size_t limit)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (size_t)((*random * UINT64_C(2685821657736338717) >> 11) % limit);
}

void reload_init(struct reload *reload, uint64_t seed)
{
    *reload = (struct reload){.loader = document_loader_new(), .random = seed};
    if (!reload->loader)
        abort();
    document_init(&reload->known);
}

void reload_done(struct reload *reload)
{
    document_loader_free(reload->loader);
    document_done(&reload->known);
}

static struct document parse(struct str before, struct str text)
{
    struct document document;
    struct buffer bytes = {0};
    buffer_add_str(&bytes, before);
    buffer_add_str(&bytes, text);
    document_init(&document);
    if (bytes.failed || document_parse(&document, &bytes, NULL) != 0)
        abort();
    return document;
}

/* What the general way says of a text that begins with a brace. */
static struct document parse_generally(struct str text, size_t *ret_shift)
{
    const char *brace = text.len > 0 ? memchr(text.data, '{', text.len) : NULL;
    if (!brace)
        return parse(STR(""), text);
    struct buffer head = {0};
    size_t len = (size_t)(brace + 1 - text.data);
    buffer_add(&head, text.data, len);
    buffer_add_str(&head, STR(DETOUR));
    *ret_shift = sizeof(DETOUR) - 1;
    struct document document =
        parse(buffer_str(&head), (struct str){text.data + len, text.len - len});
    buffer_done(&head);
    return document;
}

/* ---- two documents are the same ---- */

static bool same_odd(const struct entry *a, const struct entry *b)
{
    if (!a->is_odd || !b->is_odd)
        return a->is_odd == b->is_odd;
    return str_equal(a->odd->state, b->odd->state) &&
           str_equal(a->odd->created_at, b->odd->created_at) &&
           str_equal(a->odd->last_active_at, b->odd->last_active_at) &&
           str_equal(a->odd->idle_ttl, b->odd->idle_ttl) && a->odd->is_null == b->odd->is_null;
}

static bool same_id(const struct entry *a, const struct entry *b)
{
    struct str x = entry_session_id(a), y = entry_session_id(b);
    return !x.data == !y.data && str_equal(x, y);
}

static bool same_entry(const struct entry *a, const struct entry *b)
{
    return same_id(a, b) && str_equal(entry_chat_agent_id(a), entry_chat_agent_id(b)) &&
           !entry_chat_agent_id(a).data == !entry_chat_agent_id(b).data &&
           str_equal(entry_workspace_agent_id(a), entry_workspace_agent_id(b)) &&
           !entry_workspace_agent_id(a).data == !entry_workspace_agent_id(b).data &&
           same_number(entry_idle_ttl_ms(a), entry_idle_ttl_ms(b)) &&
           same_number(a->created_at_ms, b->created_at_ms) &&
           same_number(a->last_active_at_ms, b->last_active_at_ms) && a->state == b->state &&
           a->shape == b->shape && a->changes == b->changes && a->value_len == b->value_len &&
           same_odd(a, b);
}

static const char *check_blocks(const struct document *document, struct str text)
{
    const struct document_blocks *blocks = &document->blocks;
    const struct document_block *item = blocks->items;
    RULE(item != NULL);
    RULE(blocks->count > 0 || document->registry.count == 0);
    RULE(item[0].first == 0);
    RULE(item[blocks->count].first == document->registry.count);
    RULE(item[blocks->count].offset + 1 == document->agents.offset + document->agents.len);
    RULE(blocks->head_hash == hash_block((struct str){text.data, item[0].offset}));
    for (size_t i = 0; i < blocks->count; i++) {
        RULE(item[i].first < item[i + 1].first);
        RULE(text.data[item[i].offset] == '"');
        RULE(item[i].hash == hash_block((struct str){text.data + item[i].offset,
                                                     item[i + 1].offset - item[i].offset}));
    }
    return NULL;
}

static const char *check_document(const struct document *document, struct str text)
{
    size_t shift = 0;
    struct document wanted = parse_generally(text, &shift);
    const char *trouble = NULL;
    if (wanted.state != DOCUMENT_OK || document->state != DOCUMENT_OK || !document->has_registry ||
        document->size_bytes != text.len || document->registry.count != wanted.registry.count ||
        document->registry.integer_keys != 0 || document->agents.len != wanted.agents.len ||
        document->agents.offset + shift != wanted.agents.offset)
        trouble = "a streamed document is the whole one";
    if (!trouble && document->bytes.data && !str_equal(buffer_str(&document->bytes), text))
        trouble = "the text that is kept is the text";
    if (!trouble)
        trouble = check_blocks(document, text);
    for (size_t i = 0; !trouble && i < wanted.registry.count; i++) {
        const struct entry *is = &document->registry.entries[i];
        const struct entry *must = &wanted.registry.entries[i];
        if (!same_entry(is, must))
            trouble = "a streamed entry is the whole one's";
        else if (document_entry_span(document, is).offset + shift !=
                 document_entry_span(&wanted, must).offset)
            trouble = "a streamed entry stands where it stands";
        else if (registry_find(&document->registry, entry_session_id(is)) != is)
            trouble = "every entry is found by its id";
    }
    document_done(&wanted);
    return trouble;
}

/* ---- the delta says what has changed ---- */

/* Walks both versions, led by the changes; what is not listed is the same and in the same order. */
static const char *check_delta(const struct document_delta *delta, const struct entry *old,
                               size_t old_count, const struct registry *registry)
{
    size_t from = 0, to = 0, at = 0;
    while (from < old_count || to < registry->count || at < delta->count) {
        const struct document_change *change = at < delta->count ? &delta->changes[at] : NULL;
        if (!change || (change->old_place != from && change->place != to)) {
            RULE(from < old_count && to < registry->count);
            RULE(old[from].id == registry->entries[to].id);
            RULE(same_entry(&old[from], &registry->entries[to]));
            RULE(delta->moves_places || from == to);
            from++;
            to++;
            continue;
        }
        RULE(change->old_place == SIZE_MAX || change->old_place == from);
        RULE(change->place == SIZE_MAX || change->place == to);
        RULE((change->old_place == SIZE_MAX) == !change->before.id);
        RULE((change->place == SIZE_MAX) == !change->after.id);
        RULE(!change->before.id || same_entry(&change->before, &old[from]));
        RULE(!change->after.id || same_entry(&change->after, &registry->entries[to]));
        RULE(change->before.is_odd || !same_entry(&change->before, &change->after));
        RULE(delta->moves_places || (change->before.id ? from == to : to >= old_count));
        from += change->before.id != NULL;
        to += change->after.id != NULL;
        at++;
    }
    return NULL;
}

/* ---- a load ---- */

static int feed(struct reload *reload, struct document *document, struct str text)
{
    size_t most = reload_below(&reload->random, 2) ? text.len + 1 : 90;
    size_t hint = reload_below(&reload->random, 8) ? text.len : reload_below(&reload->random, 5000);
    size_t at = 0, count;
    int result;
    document_loader_begin(reload->loader, document, hint);
    do {
        size_t room;
        char *to = document_loader_room(reload->loader, &room);
        if (!to)
            abort();
        count = 1 + reload_below(&reload->random, most);
        count = count < room ? count : room;
        count = count < text.len - at ? count : text.len - at;
        if (count > 0)
            memcpy(to, text.data + at, count);
        at += count;
        result = document_loader_take(reload->loader, count);
    } while (result == 0 && count > 0);
    return result ? result : document_loader_finish(reload->loader, &reload->delta);
}

/* From nothing, and where that is not possible by document_parse(). */
static const char *load_afresh(struct reload *reload, struct str text)
{
    struct document made;
    document_init(&made);
    int result = feed(reload, &made, text);
    RULE(result == 0 || result == DOCUMENT_NOT_USUAL);
    RULE(made.state == DOCUMENT_MISSING && made.registry.count == 0);
    reload->was_streamed = result == 0;
    if (result == 0) {
        RULE(reload->delta.is_whole);
        document_loader_apply(reload->loader);
    } else {
        made = parse(STR(""), text);
    }
    document_done(&reload->known);
    reload->known = made;
    return result == 0 ? check_document(&reload->known, text) : NULL;
}

static const char *load(struct reload *reload, struct str text, const struct entry *old,
                        size_t old_count)
{
    struct document *known = &reload->known;
    bool is_whole = !known->blocks.items;
    int result = feed(reload, known, text);
    RULE(result == 0 || result == DOCUMENT_NOT_USUAL);
    RULE(known->registry.count == old_count);
    RULE(old_count == 0 || memcmp(known->registry.entries, old, old_count * sizeof(*old)) == 0);
    RULE(result == 0 || known->state != DOCUMENT_OK || known->registry.index.reach == old_count);
    if (result != 0)
        return load_afresh(reload, text);
    document_loader_apply(reload->loader);
    reload->was_streamed = true;
    reload->was_repaired = !reload->delta.is_whole;
    RULE(!is_whole || reload->delta.is_whole);
    const char *trouble = check_document(known, text);
    if (!trouble && reload->was_repaired)
        trouble = check_delta(&reload->delta, old, old_count, &known->registry);
    return trouble;
}

const char *reload_next(struct reload *reload, struct str text)
{
    const struct registry *registry = &reload->known.registry;
    size_t count = registry->count;
    struct entry *old = calloc(count + 1, sizeof(*old));
    if (!old)
        abort();
    if (count > 0)
        memcpy(old, registry->entries, count * sizeof(*old));
    reload->was_repaired = reload->was_streamed = false;
    const char *trouble = load(reload, text, old, count);
    free(old);
    return trouble;
}
