/* The end of a load: what it comes to, the memory for it, and the change itself. */
#include "core/document_loader_part.h"

#include "core/registry_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The registry's entries at their new places. */
static int place_entries(struct document_loader *loader)
{
    const struct entry *old = loader->document->registry.entries;
    size_t count = loader->place;
    struct entry *entries = reallocarray(NULL, count + 1, sizeof(*entries));
    if (!entries)
        return -ENOMEM;
    memory_expect(entries, count * sizeof(*entries));
    for (size_t i = 0; i < loader->run_count; i++) {
        const struct kept_run *run = &loader->runs[i];
        memcpy(entries + run->place, old + run->old_place, run->count * sizeof(*entries));
    }
    for (size_t i = 0; i < loader->member_count; i++)
        entries[loader->members[i].place] = loader->members[i].entry;
    loader->entries = entries;
    return registry_make_index(entries, count, &loader->index) ? 0 : -ENOMEM;
}

int document_loader_finish(struct document_loader *loader, struct document_delta *ret_delta)
{
    int result = 0;
    if (!loader->has_ended || loader->phase != LOADER_SPACE)
        return DOCUMENT_NOT_USUAL;
    if (loader->has_jump)
        result = place_entries(loader);
    else if (loader->is_reload)
        result = registry_reserve(&loader->document->registry, loader->place) ? 0 : -ENOMEM;
    if (result == 0 && ret_delta)
        *ret_delta = (struct document_delta){
            .is_whole = !loader->is_reload,
            .moves_places = loader->has_jump,
            .changes = loader->changes,
            .count = loader->change_count,
            .entries_read = loader->entries_read,
            .blocks_skipped = loader->blocks_skipped,
        };
    return result;
}

static void apply_members(struct document_loader *loader)
{
    struct registry *registry = &loader->document->registry;
    if (loader->has_jump) {
        registry_replace(registry, loader->entries, loader->place, loader->index);
        loader->entries = NULL;
        loader->index = (struct string_index){0};
        return;
    }
    for (size_t i = 0; i < loader->member_count; i++) {
        const struct loaded *member = &loader->members[i];
        if (member->old_place == LOADER_NONE)
            (void)registry_push(registry, &member->entry);
        else
            registry->entries[member->place] = member->entry;
    }
}

/* The text for the document, and the buffer of the one before for the next load. */
static struct buffer exchange_text(struct document_loader *loader, struct buffer old)
{
    struct buffer text = {0};
    if (loader->keeps_text) {
        text = loader->text;
        loader->text = old;
    } else {
        buffer_done(&old);
    }
    return text;
}

void document_loader_apply(struct document_loader *loader)
{
    struct document *document = loader->document;
    struct document_blocks blocks = loader->blocks;
    struct buffer text = exchange_text(loader, document->bytes);
    document->bytes = (struct buffer){0};
    if (loader->is_reload) {
        apply_members(loader);
        loader->blocks = document->blocks;
    } else {
        document_done(document);
        *document = loader->made;
        document_init(&loader->made);
        loader->blocks = (struct document_blocks){0};
    }
    document->bytes = text;
    document->are_windows = false;
    document->blocks = blocks;
    document->agents = loader->agents;
    document->size_bytes = loader->text_offset + (text.data ? text.len : loader->text.len);
    document->state = DOCUMENT_OK;
    document->has_registry = true;
    loader->document = NULL;
}

int loader_load_text(struct document *document, struct buffer *bytes)
{
    struct document_loader *loader = document_loader_new();
    if (!loader)
        return -ENOMEM;
    document_loader_begin(loader, document, bytes->len);
    loader->text = *bytes;
    loader->keeps_text = true;
    loader->has_ended = true;
    int result = loader_walk(loader);
    if (result == 0)
        result = document_loader_finish(loader, NULL);
    if (result == 0)
        document_loader_apply(loader);
    *bytes = loader->text;
    loader->text = (struct buffer){0};
    document_loader_free(loader);
    return result;
}
