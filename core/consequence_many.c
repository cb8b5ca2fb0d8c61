/* What an action on several sessions comes to together. */
#include "core/consequence.h"

#include <stdlib.h>

enum { NAMED_MAX = 3 };

static struct str slot_id_at(const void *owner, size_t place)
{
    const struct model *model = owner;
    return model->slots[place].id;
}

static struct string_source slots_of(const struct model *model)
{
    return (struct string_source){slot_id_at, model};
}

/* How many holders each slot would lose; NULL without memory. The caller frees it. */
static size_t *count_leaving(const struct registry *registry, const struct model *model,
                             const struct consequence_many *many)
{
    struct string_index ids = {0};
    size_t *leaving = calloc(model->slot_count + 1, sizeof(*leaving));
    if (!leaving || !string_index_reserve(&ids, slots_of(model), model->slot_count)) {
        free(leaving);
        return NULL;
    }
    for (size_t i = 0; i < model->slot_count; i++)
        if (!model->slots[i].is_duplicate)
            string_index_put(&ids, slots_of(model), i);
    for (size_t i = 0; i < many->count; i++) {
        const struct entry *entry = model_entry(model, registry, many->rows[i]);
        size_t place = entry_is_live(entry) && entry_chat_agent_id(entry).data
                           ? string_index_find(&ids, slots_of(model), entry_chat_agent_id(entry))
                           : STRING_INDEX_NONE;
        if (place != STRING_INDEX_NONE)
            leaving[place]++;
    }
    string_index_done(&ids);
    return leaving;
}

static void add_freed(const struct registry *registry, const struct model *model,
                      const struct consequence_many *many, struct buffer *out)
{
    size_t freed = 0;
    size_t *leaving = count_leaving(registry, model, many);
    if (!leaving) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < model->slot_count; i++)
        freed += leaving[i] > 0 && model->slots[i].holder_count == leaving[i];
    free(leaving);
    if (freed == 0 && many->kind != OPERATION_PURGE)
        buffer_addf(out, "No slot becomes free. ");
    else if (freed > 0)
        buffer_addf(out, "%zu %s free for new chats; nothing moves the old ones. ", freed,
                    freed == 1 ? "slot becomes" : "slots become");
}

/* The first of those in use by their ids: whoever decides may want to look at them. */
static void add_in_use(const struct registry *registry, const struct model *model,
                       const struct consequence_many *many, struct buffer *out)
{
    size_t risky[NAMED_MAX];
    size_t count = 0;
    for (size_t i = 0; i < many->count; i++) {
        if (!consequence_is_risky(registry, model, many->rows[i], many->kind))
            continue;
        if (count < NAMED_MAX)
            risky[count] = many->rows[i];
        count++;
    }
    if (count == 0)
        return;
    if (count == many->count)
        buffer_addf(out, "%s in use (",
                    count == 1   ? "It is"
                    : count == 2 ? "Both of them are"
                                 : "All of them are");
    else
        buffer_addf(out, "%zu of them %s in use (", count, count == 1 ? "is" : "are");
    for (size_t i = 0; i < count && i < NAMED_MAX; i++) {
        struct str id = entry_session_id(model_entry(model, registry, risky[i]));
        buffer_addf(out, i > 0 ? ", " : "");
        buffer_add(out, id.data, model_short_len(model, registry, id));
    }
    buffer_addf(out, count > NAMED_MAX ? ", ...). " : "). ");
}

void consequence_add_many(const struct registry *registry, const struct model *model,
                          const struct consequence_many *many, struct buffer *out)
{
    add_in_use(registry, model, many, out);
    if (many->kind == OPERATION_IDLE) {
        buffer_addf(out, "An idle session keeps its slot until GC expires it.");
        return;
    }
    add_freed(registry, model, many, out);
    if (many->kind == OPERATION_RELEASE)
        buffer_addf(out, "The server's GC removes what is released.");
    else if (many->kind == OPERATION_EXPIRE)
        buffer_addf(out, "What is expired stays in the registry: GC never removes it.");
    else
        buffer_addf(out, "The server knows nothing of a session that has no entry.");
}
