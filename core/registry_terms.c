/* Terms and agent ids: few, so entries share them; and what is odd about an entry, its alone. */
#include "core/registry_part.h"

#include <math.h>

static struct str interned_at(const void *owner, size_t place)
{
    const struct registry *registry = owner;
    return registry->interned[place];
}

struct str registry_intern(struct registry *registry, struct str agent_id)
{
    if (!agent_id.data)
        return (struct str){0};
    struct string_source source = {interned_at, registry};
    size_t place = string_index_find(&registry->interned_index, source, agent_id);
    if (place != STRING_INDEX_NONE)
        return registry->interned[place];
    if (!string_index_reserve(&registry->interned_index, source, registry->interned_count + 1))
        return (struct str){0};
    struct str *interned = registry_grown(registry->interned, registry->interned_count,
                                          sizeof(*interned), &registry->interned_capacity);
    if (!interned)
        return (struct str){0};
    registry->interned = interned;
    struct str copy = arena_copy(&registry->arena, agent_id);
    if (!copy.data)
        return copy;
    interned[registry->interned_count++] = copy;
    string_index_put(&registry->interned_index, source, registry->interned_count - 1);
    return copy;
}

/* With interned ids the bytes of equal terms are equal, and there is no padding between them. */
_Static_assert(sizeof(struct entry_terms) == 2 * sizeof(struct str) + sizeof(double), "padding");

static struct str bytes_of(const struct entry_terms *terms)
{
    return (struct str){(const char *)terms, sizeof(*terms)};
}

static struct str terms_at(const void *owner, size_t place)
{
    const struct registry *registry = owner;
    return bytes_of(registry->terms[place]);
}

static const struct entry_terms *add_terms(struct registry *registry,
                                           const struct entry_terms *terms)
{
    struct string_source source = {terms_at, registry};
    if (!string_index_reserve(&registry->terms_index, source, registry->terms_count + 1))
        return NULL;
    const struct entry_terms **all = registry_grown(registry->terms, registry->terms_count,
                                                    sizeof(*all), &registry->terms_capacity);
    if (!all)
        return NULL;
    registry->terms = all;
    struct entry_terms *copy = arena_alloc(&registry->arena, sizeof(*copy));
    if (!copy)
        return NULL;
    *copy = *terms;
    all[registry->terms_count++] = copy;
    string_index_put(&registry->terms_index, source, registry->terms_count - 1);
    return copy;
}

const struct entry_terms *registry_terms(struct registry *registry, const struct entry_terms *terms)
{
    const struct entry_terms wanted = {
        registry_intern(registry, terms->chat_agent_id),
        registry_intern(registry, terms->workspace_agent_id),
        isnan(terms->idle_ttl_ms) ? (double)NAN : terms->idle_ttl_ms,
    };
    if ((terms->chat_agent_id.data && !wanted.chat_agent_id.data) ||
        (terms->workspace_agent_id.data && !wanted.workspace_agent_id.data))
        return NULL;
    size_t place = string_index_find(&registry->terms_index,
                                     (struct string_source){terms_at, registry}, bytes_of(&wanted));
    return place == STRING_INDEX_NONE ? add_terms(registry, &wanted) : registry->terms[place];
}

bool registry_set_terms(struct registry *registry, struct entry *entry,
                        const struct entry_terms *terms)
{
    const struct entry_terms *shared = registry_terms(registry, terms);
    if (!shared)
        return false;
    if (entry->is_odd)
        entry->odd->terms = *shared;
    else
        entry->terms = shared;
    return true;
}

struct entry_odd *registry_make_odd(struct registry *registry, struct entry *entry)
{
    if (entry->is_odd)
        return entry->odd;
    struct entry_odd *odd = arena_alloc(&registry->arena, sizeof(*odd));
    if (!odd)
        return NULL;
    *odd = (struct entry_odd){.terms.idle_ttl_ms = NAN};
    if (entry->terms)
        odd->terms = *entry->terms;
    entry->odd = odd;
    entry->is_odd = true;
    return odd;
}
