#include "tui/row_keys.h"

#include "tui/order.h"

#include <math.h>
#include <string.h>

struct str rows_slot_label(const struct model *model, const struct entry *entry, size_t place)
{
    static const struct str prefix = {"chat-slot-", sizeof("chat-slot-") - 1};
    struct str id = entry_chat_agent_id(entry);
    if (place < model->slot_count)
        return model->slots[place].label;
    if (!id.data)
        return STR("-");
    if (str_starts(id, prefix) && id.len > prefix.len)
        return (struct str){id.data + prefix.len, id.len - prefix.len};
    return id;
}

static size_t place_of(struct row_keys *keys, struct str agent_id)
{
    const uint64_t golden = UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)((uintptr_t)agent_id.data * golden >> (64 - ROW_MEMO_BITS));
    if (!agent_id.data)
        return SIZE_MAX;
    if (keys->memo[at].agent_id != agent_id.data) {
        keys->memo[at].agent_id = agent_id.data;
        keys->memo[at].place = model_slot_place(keys->model, agent_id);
    }
    return keys->memo[at].place;
}

/* What needs an operator comes first. */
static uint64_t urgency(enum session_view view)
{
    static const uint8_t ranks[] = {
        [VIEW_ODD] = 0,       [VIEW_SHARED] = 1,     [VIEW_IN_USE] = 2, [VIEW_GHOST] = 3,
        [VIEW_STRANDED] = 4,  [VIEW_FALLBACK] = 5,   [VIEW_ORPHAN] = 6, [VIEW_OVERDUE] = 7,
        [VIEW_RUNNING] = 8,   [VIEW_ACTIVE] = 9,     [VIEW_IDLE] = 10,  [VIEW_EXPIRED] = 11,
        [VIEW_RELEASED] = 12, [VIEW_FORGOTTEN] = 13,
    };
    return ranks[view];
}

/* Keys are in the order of the numbers. */
static uint64_t key_of_number(double number)
{
    const uint64_t sign = UINT64_C(1) << 63;
    double positive_zero = number + 0.0;
    uint64_t bits;
    if (isnan(number))
        return ORDER_NONE;
    memcpy(&bits, &positive_zero, sizeof(bits));
    return bits & sign ? ~bits : bits | sign;
}

static uint64_t key_of_run(struct run run)
{
    enum { RANK_BITS = 2 };
    uint64_t rank = run.is_running ? 0 : run.is_stalled ? 1 : 2;
    if (run.source == EVIDENCE_NONE)
        return ORDER_NONE;
    return rank << (64 - RANK_BITS) | key_of_number(-run.at_ms) >> RANK_BITS;
}

/* What a text begins with, so that few texts are ever looked at to compare them. */
static uint64_t key_of_text(struct str text, bool fold)
{
    uint64_t key = 0;
    for (size_t i = 0; i < sizeof(key); i++) {
        unsigned char byte = i < text.len ? (unsigned char)text.data[i] : 0;
        if (fold && byte >= 'A' && byte <= 'Z')
            byte |= 0x20;
        key = key << 8 | byte;
    }
    return key < ORDER_NONE ? key : ORDER_NONE - 1;
}

static uint64_t key_of_slot(struct row_keys *keys, const struct entry *entry)
{
    const struct model *model = keys->model;
    size_t place = place_of(keys, entry_chat_agent_id(entry));
    if (!entry_chat_agent_id(entry).data)
        return ORDER_NONE;
    return place < model->slot_count ? place : model->slot_count + !entry_is_fallback(entry);
}

/* What tells rows of equal keys apart; absent where the key says all. */
static struct str text_of(const struct row_keys *keys, size_t row)
{
    const struct entry *entry = model_entry(keys->model, keys->registry, row);
    if (keys->sort == SORT_SESSION)
        return entry_session_id(entry);
    if (keys->sort == SORT_TITLE)
        return model_title(keys->model, row);
    return rows_slot_label(keys->model, entry, SIZE_MAX);
}

uint64_t row_texts_from(const struct row_keys *keys)
{
    if (keys->sort == SORT_SLOT)
        return keys->model->slot_count;
    return keys->sort == SORT_SESSION || keys->sort == SORT_TITLE ? 0 : ORDER_NONE;
}

uint64_t row_key(struct row_keys *keys, size_t row)
{
    const struct model *model = keys->model;
    const struct entry *entry = model_entry(model, keys->registry, row);
    unsigned rank;
    struct str title;
    switch (keys->sort) {
    case SORT_SESSION:
        return key_of_text(entry_session_id(entry), false);
    case SORT_TITLE:
        title = model_title(model, row);
        return title.data ? key_of_text(title, true) : ORDER_NONE;
    case SORT_STATE:
        return urgency(model_view(model, row));
    case SORT_SLOT:
        return key_of_slot(keys, entry);
    case SORT_AGE:
        return key_of_number(entry->created_at_ms);
    case SORT_RUN:
        return key_of_run(model_run(model, row));
    case SORT_FINDING:
        rank = model_finding_rank(model, row);
        return rank == MODEL_NO_FINDING ? ORDER_NONE : rank;
    case SORT_EXPIRES:
        return key_of_number(entry_is_live(entry) ? entry_expires_at_ms(entry) : NAN);
    case SORT_LAST_USE:
    case SORT_COUNT:
        break;
    }
    return key_of_number(-model_used_ms(model, keys->registry, row));
}

static int compare_titles(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? strncasecmp(a.data, b.data, shorter) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

int row_compare_texts(const void *context, uint32_t row, uint32_t other)
{
    const struct row_keys *keys = context;
    struct str a = text_of(keys, row), b = text_of(keys, other);
    return keys->sort == SORT_TITLE ? compare_titles(a, b) : str_compare(a, b);
}
