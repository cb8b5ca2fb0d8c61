#include "tui/cli_filter.h"

#include <errno.h>
#include <string.h>

/* What --state can ask about an entry: its stored state, and what the model makes of it. */
enum trait {
    TRAIT_ODD = 1 << STATE_OTHER,
    TRAIT_ACTIVE = 1 << STATE_ACTIVE,
    TRAIT_IDLE = 1 << STATE_IDLE,
    TRAIT_EXPIRED = 1 << STATE_EXPIRED,
    TRAIT_RELEASED = 1 << STATE_DELETED,
    TRAIT_OVERDUE = 1 << 8,
    TRAIT_FALLBACK = 1 << 9,
    TRAIT_STRANDED = 1 << 10,
    TRAIT_ORPHAN = 1 << 11,
};

static const struct {
    const char *word;
    uint32_t traits;
} words[] = {
    {"active", TRAIT_ACTIVE},     {"idle", TRAIT_IDLE},
    {"expired", TRAIT_EXPIRED},   {"deleted", TRAIT_RELEASED},
    {"released", TRAIT_RELEASED}, {"odd", TRAIT_ODD},
    {"overdue", TRAIT_OVERDUE},   {"live", TRAIT_ACTIVE | TRAIT_IDLE},
    {"fallback", TRAIT_FALLBACK}, {"stranded", TRAIT_STRANDED},
    {"orphan", TRAIT_ORPHAN},
};

static uint32_t traits_of_word(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strlen(words[i].word) == len && strncasecmp(words[i].word, word, len) == 0)
            return words[i].traits;
    return 0;
}

static int parse_states(const char *states, uint32_t *ret_traits, struct error *error)
{
    uint32_t traits = 0;
    for (const char *at = states;; at++) {
        size_t len = strcspn(at, ",");
        uint32_t more = traits_of_word(at, len);
        if (more == 0)
            return error_set(error, ERROR_USAGE, EINVAL,
                             "--state: '%.*s' is none of active, idle, expired, released, odd, "
                             "live, overdue, fallback, stranded, orphan",
                             len > 100 ? 100 : (int)len, at);
        traits |= more;
        at += len;
        if (*at == '\0')
            break;
    }
    *ret_traits = traits;
    return 0;
}

int filter_parse(const struct options *options, int64_t now_ms, struct filter *ret_filter,
                 struct error *error)
{
    struct filter filter = {
        .slot = str_of(options->slot),
        .fallback = options->fallback,
        .now_ms = now_ms,
    };
    int r = options->states ? parse_states(options->states, &filter.traits, error) : 0;
    if (r < 0)
        return r;
    filter.is_set = filter.traits != 0 || filter.slot.data || filter.fallback;
    *ret_filter = filter;
    return 0;
}

static uint32_t traits_of_entry(const struct filter *filter, const struct entry *entry,
                                enum session_view view)
{
    uint32_t traits = entry->shape == ENTRY_OBJECT ? UINT32_C(1) << entry->state : TRAIT_ODD;
    if (entry_is_live(entry) && entry_is_due(entry, filter->now_ms))
        traits |= TRAIT_OVERDUE;
    if (entry_is_fallback(entry))
        traits |= TRAIT_FALLBACK;
    if (view == VIEW_STRANDED)
        traits |= TRAIT_STRANDED;
    if (view == VIEW_ORPHAN)
        traits |= TRAIT_ORPHAN;
    return traits;
}

static bool is_on_slot(struct str slot, const struct entry *entry, const struct model *model)
{
    if (str_equal(entry->chat_agent_id, slot))
        return true;
    for (size_t i = 0; i < model->slot_count; i++)
        if (str_equal(model->slots[i].label, slot) &&
            str_equal(model->slots[i].id, entry->chat_agent_id))
            return true;
    return false;
}

bool filter_passes(const struct filter *filter, const struct document *document,
                   const struct model *model, size_t entry_index)
{
    const struct entry *entry = &document->registry.entries[entry_index];
    enum session_view view = model_view(model, entry_index);
    if (filter->traits && !(filter->traits & traits_of_entry(filter, entry, view)))
        return false;
    if (filter->slot.data && !is_on_slot(filter->slot, entry, model))
        return false;
    return !filter->fallback || entry_is_fallback(entry);
}
