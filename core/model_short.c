/* How far ids have to be written out: few of them begin as another one does, and only these are
 * looked at closely. */
#include "core/model_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHORT_ID_BYTES = 8,
    BITS_EACH = 5,      /* 2^5 bits of each map for a row: what is not alike rarely seems so */
    CLOSE_SHARE = 8,    /* where more than an eighth of the rows seem alike, each is looked up when
                           it is asked for… */
    CLOSE_ALWAYS = 256, /* …but not so few */
};

/* The rows that may begin as another one. */
struct alike {
    const struct model *model;
    const struct registry *registry;
    uint64_t *once, *again; /* a bit for what ids begin with */
    unsigned bits;
    uint32_t *rows;
    size_t count;
};

static struct str id_at(const struct alike *alike, size_t row)
{
    return entry_session_id(model_entry(alike->model, alike->registry, row));
}

/* The bit of an id; false for one that is no longer than what is shown anyway. */
static bool find_bit(const struct alike *alike, size_t row, size_t *ret_bit)
{
    struct str id = id_at(alike, row);
    uint64_t first;
    if (id.len < SHORT_ID_BYTES)
        return false;
    memcpy(&first, id.data, sizeof(first));
    first = (first ^ first >> 29) * UINT64_C(0x9E3779B97F4A7C15);
    *ret_bit = (size_t)(first >> (64 - alike->bits));
    return true;
}

static void mark(struct alike *alike)
{
    size_t rows = model_row_count(alike->model), bit;
    for (size_t row = 0; row < rows; row++) {
        if (!find_bit(alike, row, &bit))
            continue;
        uint64_t mask = UINT64_C(1) << (bit & 63);
        alike->again[bit >> 6] |= alike->once[bit >> 6] & mask;
        alike->once[bit >> 6] |= mask;
    }
}

/* False where there are more than `most`. */
static bool collect(struct alike *alike, size_t most)
{
    size_t rows = model_row_count(alike->model), bit;
    for (size_t row = 0; row < rows; row++) {
        if (!find_bit(alike, row, &bit) || !(alike->again[bit >> 6] >> (bit & 63) & 1))
            continue;
        if (alike->count == most)
            return false;
        alike->rows[alike->count++] = (uint32_t)row;
    }
    return true;
}

static int compare_ids(const void *left, const void *right, void *context)
{
    return str_compare(id_at(context, *(const uint32_t *)left),
                       id_at(context, *(const uint32_t *)right));
}

/* How many bytes both begin with. */
static size_t shared_len(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    size_t len = 0;
    while (len < shorter && a.data[len] == b.data[len])
        len++;
    return len;
}

/* Not in the middle of a character. */
static size_t whole_len(struct str id, size_t len)
{
    while (len < id.len && ((unsigned char)id.data[len] & 0xC0) == 0x80)
        len++;
    return len < id.len ? len : id.len;
}

/* By which the lens are kept: entries that are added do not move those of forgotten sessions. */
static size_t key_of(const struct model *model, size_t row)
{
    return model_is_forgotten(model, row) ? UINT32_MAX - 1 - (row - model->entry_count) : row;
}

/* In the order of the ids, whoever shares the most stands beside. */
static int note_lens(struct alike *alike, struct row_map *lens)
{
    qsort_r(alike->rows, alike->count, sizeof(*alike->rows), compare_ids, alike);
    for (size_t i = 0; i < alike->count; i++) {
        struct str id = id_at(alike, alike->rows[i]);
        size_t shared = 0;
        if (i > 0)
            shared = shared_len(id, id_at(alike, alike->rows[i - 1]));
        if (i + 1 < alike->count) {
            size_t behind = shared_len(id, id_at(alike, alike->rows[i + 1]));
            shared = behind > shared ? behind : shared;
        }
        if (shared >= SHORT_ID_BYTES &&
            !row_map_put(lens, key_of(alike->model, alike->rows[i]), whole_len(id, shared + 1)))
            return -ENOMEM;
    }
    return 0;
}

static int make(struct making *making, struct short_ids *short_ids)
{
    const struct model *model = &making->model;
    struct alike alike = {.model = model, .registry = making->registry, .bits = BITS_EACH + 6};
    size_t rows = model_row_count(model);
    size_t most = rows / CLOSE_SHARE + CLOSE_ALWAYS;
    int result = -ENOMEM;
    while (rows >> (alike.bits - BITS_EACH) > 0)
        alike.bits++;
    alike.once = calloc((size_t)1 << (alike.bits - 6), sizeof(*alike.once));
    alike.again = calloc((size_t)1 << (alike.bits - 6), sizeof(*alike.again));
    alike.rows = calloc(most, sizeof(*alike.rows));
    if (alike.once && alike.again && alike.rows) {
        mark(&alike);
        short_ids->is_known = collect(&alike, most);
        result = short_ids->is_known ? note_lens(&alike, &short_ids->lens) : 0;
    }
    if (short_ids->is_known && result == 0) {
        short_ids->firsts = alike.once;
        short_ids->bits = alike.bits;
        alike.once = NULL;
    }
    free(alike.rows);
    free(alike.again);
    free(alike.once);
    return result;
}

/* Whether an entry before this one begins as it does. */
static bool has_like(const struct alike *alike, size_t row)
{
    struct str id = id_at(alike, row);
    for (size_t i = 0; i < row; i++) {
        struct str other = id_at(alike, i);
        if (other.len >= SHORT_ID_BYTES && memcmp(other.data, id.data, SHORT_ID_BYTES) == 0)
            return true;
    }
    return false;
}

/* Looks at the entries that were added. False where all have to be looked at: one of them begins as
 * another one does, or there are too many for the bits by now. */
static bool extend(const struct making *making, struct short_ids *short_ids)
{
    const struct model *model = &making->model;
    struct alike alike = {.model = model,
                          .registry = making->registry,
                          .once = short_ids->firsts,
                          .bits = short_ids->bits};
    size_t bit;
    if (short_ids->is_known && model_row_count(model) >> (alike.bits - BITS_EACH) > 0)
        return false;
    for (size_t row = short_ids->entry_count; short_ids->is_known && row < model->entry_count;
         row++) {
        if (!find_bit(&alike, row, &bit))
            continue;
        uint64_t mask = UINT64_C(1) << (bit & 63);
        if (alike.once[bit >> 6] & mask && (model->forgotten_count > 0 || has_like(&alike, row)))
            return false;
        alike.once[bit >> 6] |= mask;
    }
    short_ids->entry_count = model->entry_count;
    return true;
}

void short_ids_done(struct short_ids *short_ids)
{
    row_map_done(&short_ids->lens);
    free(short_ids->firsts);
    *short_ids = (struct short_ids){.is_made = false};
}

/* What tells one list of forgotten sessions from another. */
static uint64_t hash_forgotten(const struct model *model)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < model->forgotten_count; i++) {
        struct str id = entry_session_id(&model->forgotten[i]);
        for (size_t k = 0; k < id.len; k++)
            hash = (hash ^ (unsigned char)id.data[k]) * UINT64_C(0x100000001B3);
        hash += 1;
    }
    return hash;
}

int model_shorten(struct making *making)
{
    struct model *model = &making->model;
    struct short_ids *given = making->sources->short_ids;
    struct short_ids *short_ids = given ? given : &model->own_short_ids;
    uint64_t hash = hash_forgotten(model);
    model->short_ids = given;
    if (short_ids->is_made && short_ids->forgotten_hash == hash &&
        short_ids->entry_count <= model->entry_count && extend(making, short_ids))
        return 0;
    short_ids_done(short_ids);
    int result = make(making, short_ids);
    if (result != 0) {
        short_ids_done(short_ids);
        return result;
    }
    short_ids->is_made = true;
    short_ids->entry_count = model->entry_count;
    short_ids->forgotten_hash = hash;
    return 0;
}

static size_t look_up(const struct registry *registry, struct str id)
{
    size_t len = SHORT_ID_BYTES;
    for (size_t i = 0; i < registry->count && len < id.len; i++) {
        struct str other = entry_session_id(&registry->entries[i]);
        /* Nearly all differ in the bytes that are shown anyway. */
        if (other.len >= len && memcmp(other.data, id.data, len) == 0 && !str_equal(other, id) &&
            !(registry->entries[i].changes & CHANGE_REMOVED))
            len = shared_len(id, other) + 1;
    }
    return whole_len(id, len);
}

size_t model_short_len(const struct model *model, const struct registry *registry,
                       struct str session_id)
{
    const struct short_ids *short_ids = model->short_ids ? model->short_ids : &model->own_short_ids;
    size_t row = SIZE_MAX;
    if (short_ids->is_known && model->entry_count == registry->count)
        row = model_find_row(model, registry, session_id);
    if (row == SIZE_MAX)
        return look_up(registry, session_id);
    size_t len = row_map_find(&short_ids->lens, key_of(model, row));
    return whole_len(session_id, len != ROW_MAP_NONE ? len : SHORT_ID_BYTES);
}
