/* A working copy of a document, for rules to put their marks on. */
#include "core/document_windows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FOR_NEW = 16 };

/* NULL without memory; also for nothing. */
static void *copy_array(const void *array, size_t count, size_t more, size_t size)
{
    void *copy = reallocarray(NULL, count + more, size);
    if (!copy)
        return NULL;
    memory_expect(copy, (count + more) * size);
    if (count > 0)
        memcpy(copy, array, count * size);
    return copy;
}

static bool copy_indexes(const struct registry *from, struct registry *copy)
{
    return string_index_copy(&from->index, &copy->index) &&
           string_index_copy(&from->interned_index, &copy->interned_index) &&
           string_index_copy(&from->terms_index, &copy->terms_index);
}

/* What is odd about an entry may be changed with it: a copy of its own. */
static bool copy_odd_entries(struct registry *copy)
{
    for (size_t i = 0; i < copy->count; i++) {
        struct entry *entry = &copy->entries[i];
        if (!entry->is_odd)
            continue;
        struct entry_odd *odd = arena_alloc(&copy->arena, sizeof(*odd));
        if (!odd)
            return false;
        *odd = *entry->odd;
        entry->odd = odd;
    }
    return true;
}

static bool copy_registry(const struct registry *from, struct registry *copy)
{
    *copy = (struct registry){
        .entries = copy_array(from->entries, from->count, ROOM_FOR_NEW, sizeof(*copy->entries)),
        .count = from->count,
        .capacity = from->count + ROOM_FOR_NEW,
        .integer_keys = from->integer_keys,
        .interned = copy_array(from->interned, from->interned_count, 1, sizeof(*copy->interned)),
        .interned_count = from->interned_count,
        .interned_capacity = from->interned_count + 1,
        .terms = copy_array(from->terms, from->terms_count, 1, sizeof(*copy->terms)),
        .terms_count = from->terms_count,
        .terms_capacity = from->terms_count + 1,
    };
    return copy->entries && copy->interned && copy->terms && copy_indexes(from, copy) &&
           copy_odd_entries(copy);
}

int document_copy(const struct document *from, struct document *ret_copy)
{
    struct document copy = {
        .state = from->state,
        .size_bytes = from->size_bytes,
        .agents = from->agents,
        .blocks = from->blocks,
        .has_registry = from->has_registry,
    };
    copy.blocks.items =
        copy_array(from->blocks.items, from->blocks.count + 1, 0, sizeof(*copy.blocks.items));
    copy.blocks.capacity = from->blocks.count + 1;
    if (!copy_registry(&from->registry, &copy.registry) || !copy.blocks.items) {
        document_done(&copy);
        return -ENOMEM;
    }
    *ret_copy = copy;
    return 0;
}
