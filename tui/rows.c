#include "tui/rows.h"

#include "tui/filter.h"
#include "tui/order.h"
#include "tui/row_keys.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SPARE_SHARE = 16, WORD_BITS = 64 };

static const char *const sort_names[SORT_COUNT] = {
    [SORT_LAST_USE] = "last use",  [SORT_SESSION] = "session", [SORT_TITLE] = "title",
    [SORT_STATE] = "state",        [SORT_SLOT] = "slot",       [SORT_AGE] = "age",
    [SORT_EXPIRES] = "expires in", [SORT_RUN] = "run",         [SORT_FINDING] = "finding",
};

const char *sort_key_name(enum sort_key key)
{
    assert(key < SORT_COUNT);
    return sort_names[key];
}

/* What the rows are arranged for, and by what means. */
struct arranging {
    struct rows *rows;
    struct row_keys keys;
    struct filter filter;
    struct filter_scan scan;
    bool reverse;
    bool is_order_known; /* but for the rows that the model names */
    bool is_shown_known; /* the same */
    uint32_t *changed;   /* these, each once, ascending */
    size_t changed_count;
    uint64_t *is_changed; /* a bit for each row, of this model and the one before */
};

static bool has_bit(const uint64_t *bits, size_t at)
{
    return bits[at / WORD_BITS] >> (at % WORD_BITS) & 1;
}

static void set_bit(uint64_t *bits, size_t at, bool is)
{
    uint64_t mask = UINT64_C(1) << (at % WORD_BITS);
    bits[at / WORD_BITS] = (bits[at / WORD_BITS] & ~mask) | (is ? mask : 0);
}

static size_t words_of(size_t count)
{
    return count / WORD_BITS + 1;
}

/* ---- memory ---- */

static bool grow(void **items, size_t count, size_t size)
{
    void *grown = reallocarray(*items, count, size);
    if (grown)
        *items = grown;
    return grown != NULL;
}

/* Shows what it showed, wherever that is by now. */
static void point(struct rows *rows)
{
    rows->entries = rows->is_filtered ? rows->matches : rows->order;
}

/* Makes room for so many rows; what is only needed for a filter is made with the first one. */
static bool make_room(struct rows *rows, size_t total, bool is_filtered)
{
    void *order = rows->order, *matches = rows->matches, *is_shown = rows->is_shown;
    size_t capacity = rows->capacity;
    bool is_made = true;
    if (total > capacity || !order) {
        capacity = total + total / SPARE_SHARE + 1;
        is_made = grow(&order, capacity, sizeof(*rows->order));
    }
    bool grows = capacity != rows->capacity;
    bool has_both = matches && is_shown;
    if (is_made && (has_both ? grows : is_filtered))
        is_made = grow(&matches, capacity, sizeof(*rows->matches)) &&
                  grow(&is_shown, words_of(capacity), sizeof(*rows->is_shown));
    rows->order = order;
    rows->matches = matches;
    rows->is_shown = is_shown;
    rows->capacity = is_made ? capacity : rows->capacity;
    point(rows);
    return is_made;
}

void rows_done(struct rows *rows)
{
    free(rows->order);
    free(rows->matches);
    free(rows->is_shown);
    buffer_done(&rows->filter);
    *rows = (struct rows){0};
}

/* ---- what changed ---- */

static int compare_rows(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* Rows of forgotten sessions get other numbers when entries are added, and are named anew. */
static bool list_changed(struct arranging *arranging)
{
    const struct model *model = arranging->keys.model;
    size_t total = model_row_count(model), before = arranging->rows->total;
    arranging->changed = calloc(model->changed_count + 1, sizeof(*arranging->changed));
    arranging->is_changed = calloc(words_of(total > before ? total : before), sizeof(uint64_t));
    if (!arranging->changed || !arranging->is_changed)
        return false;
    for (size_t i = 0; i < model->changed_count; i++) {
        uint32_t row = model->changed[i];
        if (row < total && !has_bit(arranging->is_changed, row))
            arranging->changed[arranging->changed_count++] = row;
        if (row < total || row < before)
            set_bit(arranging->is_changed, row, true);
    }
    qsort(arranging->changed, arranging->changed_count, sizeof(*arranging->changed), compare_rows);
    return true;
}

/* ---- the order of all rows ---- */

static struct order order_of(struct arranging *arranging)
{
    return (struct order){
        .reverse = arranging->reverse,
        .texts_from = row_texts_from(&arranging->keys),
        .compare = row_compare_texts,
        .context = &arranging->keys,
    };
}

/* Sorts rows that are ascending. -ENOMEM. */
static int sort_rows(struct arranging *arranging, uint32_t *rows, size_t count)
{
    struct order order = order_of(arranging);
    order.rows = rows;
    order.count = count;
    order.keys = malloc((count ? count : 1) * sizeof(*order.keys));
    int result = order.keys ? 0 : -ENOMEM;
    for (size_t i = 0; result == 0 && i < count; i++)
        order.keys[i] = row_key(&arranging->keys, rows[i]);
    if (result == 0)
        result = order_sort(&order);
    free(order.keys);
    return result;
}

static int build_order(struct arranging *arranging)
{
    struct rows *rows = arranging->rows;
    size_t total = model_row_count(arranging->keys.model);
    uint32_t *fresh = malloc((rows->capacity ? rows->capacity : 1) * sizeof(*fresh));
    if (!fresh)
        return -ENOMEM;
    for (size_t i = 0; i < total; i++)
        fresh[i] = (uint32_t)i;
    int result = sort_rows(arranging, fresh, total);
    if (result != 0) {
        free(fresh);
        return result;
    }
    free(rows->order);
    rows->order = fresh;
    return 0;
}

/* Takes out what has changed, and what was forgotten. */
static size_t take_out(struct arranging *arranging)
{
    const struct rows *rows = arranging->rows;
    uint32_t *order = rows->order;
    size_t kept = 0;
    for (size_t i = 0; i < rows->total; i++) {
        uint32_t row = order[i];
        order[kept] = row;
        kept += row < rows->entry_count && !has_bit(arranging->is_changed, row);
    }
    return kept;
}

/* The first of the kept rows that stands behind this one. */
static size_t find_place(struct arranging *arranging, const struct order *order, size_t kept,
                         uint32_t row)
{
    const uint32_t *rows = arranging->rows->order;
    uint64_t key = row_key(&arranging->keys, row);
    size_t low = 0, high = kept;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint64_t other = row_key(&arranging->keys, rows[middle]);
        if (order_compare(order, other, rows[middle], key, row) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Puts the changed rows between the others, from the last on, so that each is moved once. */
static int repair_order(struct arranging *arranging)
{
    uint32_t *rows = arranging->rows->order, *changed = arranging->changed;
    size_t count = arranging->changed_count;
    int result = sort_rows(arranging, changed, count);
    if (result != 0)
        return result;
    size_t kept = take_out(arranging);
    struct order order = order_of(arranging);
    for (size_t left = count; left > 0; left--) {
        size_t place = find_place(arranging, &order, kept, changed[left - 1]);
        memmove(&rows[place + left], &rows[place], (kept - place) * sizeof(*rows));
        rows[place + left - 1] = changed[left - 1];
        kept = place;
    }
    return 0;
}

static int arrange_order(struct arranging *arranging)
{
    if (!arranging->is_order_known)
        return build_order(arranging);
    return arranging->is_changed ? repair_order(arranging) : 0;
}

/* ---- what the filter shows ---- */

static void look_at(struct arranging *arranging, size_t row)
{
    set_bit(arranging->rows->is_shown, row, filter_scan_matches(&arranging->scan, row));
}

static void choose(struct arranging *arranging)
{
    struct rows *rows = arranging->rows;
    size_t total = rows->total;
    arranging->scan =
        filter_scan_begin(&arranging->filter, arranging->keys.registry, arranging->keys.model);
    for (size_t i = 0; arranging->is_shown_known && i < arranging->changed_count; i++)
        look_at(arranging, arranging->changed[i]);
    for (size_t row = 0; !arranging->is_shown_known && row < total; row++)
        look_at(arranging, row);
    rows->count = 0;
    for (size_t i = 0; i < total; i++) {
        rows->matches[rows->count] = rows->order[i];
        rows->count += has_bit(rows->is_shown, rows->order[i]);
    }
}

/* ---- all ---- */

/* What is known already of what is wanted. False without memory. */
static bool compare(struct arranging *arranging, struct str text)
{
    const struct rows *rows = arranging->rows;
    const struct model *model = arranging->keys.model;
    bool is_kept = model->version != 0;
    bool is_same = is_kept && rows->version == model->version;
    bool is_next = is_kept && model->is_followed && rows->version + 1 == model->version;
    arranging->is_order_known = (is_same || is_next) && rows->sort == arranging->keys.sort &&
                                rows->reverse == arranging->reverse;
    arranging->is_shown_known =
        (is_same || (is_next && !filter_tells_of_time(&arranging->filter))) && rows->is_filtered &&
        str_equal(text, buffer_str(&rows->filter));
    return !is_next || list_changed(arranging);
}

/* Nothing fails from here on. */
static void finish(struct arranging *arranging, struct buffer *text)
{
    struct rows *rows = arranging->rows;
    const struct model *model = arranging->keys.model;
    rows->is_filtered = !filter_is_empty(&arranging->filter);
    rows->total = rows->count = model_row_count(model);
    if (rows->is_filtered)
        choose(arranging);
    point(rows);
    rows->entry_count = model->entry_count;
    rows->version = model->version;
    rows->sort = arranging->keys.sort;
    rows->reverse = arranging->reverse;
    buffer_done(&rows->filter);
    rows->filter = *text;
    *text = (struct buffer){0};
}

int rows_build(struct rows *rows, const struct registry *registry, const struct model *model,
               enum sort_key sort, bool reverse, struct str text)
{
    struct arranging arranging = {.rows = rows,
                                  .keys = {.registry = registry, .model = model, .sort = sort},
                                  .reverse = reverse};
    struct buffer copy = {0};
    int result = filter_parse(text, false, &arranging.filter, NULL);
    if (result != 0)
        return result;
    buffer_add_str(&copy, text);
    if (copy.failed || !compare(&arranging, text) ||
        !make_room(rows, model_row_count(model), !filter_is_empty(&arranging.filter)))
        result = -ENOMEM;
    if (result == 0)
        result = arrange_order(&arranging);
    if (result == 0)
        finish(&arranging, &copy);
    free(arranging.changed);
    free(arranging.is_changed);
    filter_done(&arranging.filter);
    buffer_done(&copy);
    return result;
}

size_t rows_find(const struct rows *rows, const struct registry *registry,
                 const struct model *model, struct str session_id)
{
    size_t index = model_find_row(model, registry, session_id);
    if (index == SIZE_MAX)
        return SIZE_MAX;
    for (size_t row = 0; row < rows->count; row++) {
        if (rows->entries[row] == index)
            return row;
    }
    return SIZE_MAX;
}
