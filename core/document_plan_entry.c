/* The edit of one entry that stays: changed values in their windows, else the whole entry. */
#include "core/document_part.h"

/*
 * Where a value can give and take white space: from behind its colon up to the next member's
 * name, or up to the closing brace. `comma` is NULL for the last member.
 */
struct window {
    const char *begin;
    struct str value;
    const char *comma;
    const char *end;
};

static const char *skip_space(const char *at)
{
    while (document_is_space(*at))
        at++;
    return at;
}

static struct window window_of(const struct json_item *item)
{
    struct window window = {.value = item->value};
    window.begin = skip_space(item->key.data + item->key.len) + 1;
    window.end = skip_space(item->value.data + item->value.len);
    if (*window.end == ',') {
        window.comma = window.end;
        window.end = skip_space(window.end + 1);
    }
    return window;
}

static void add_range(const char *from, const char *to, struct buffer *out)
{
    buffer_add(out, from, (size_t)(to - from));
}

/* Appends the window, equally long, with another value; false, nothing appended, if it is tight.
 * The white space at the end gives first, what stands before the value last. */
static bool refit(const struct window *window, struct str value, struct buffer *out)
{
    const char *behind_value = window->value.data + window->value.len;
    const char *gives = window->comma ? window->comma + 1 : behind_value;
    size_t room = (size_t)(window->end - gives);
    size_t len = (size_t)(window->end - window->begin);
    size_t comma = window->comma ? 1 : 0;
    if (value.len <= window->value.len + room) {
        size_t space = window->value.len + room - value.len;
        add_range(window->begin, window->value.data, out);
        buffer_add_str(out, value);
        add_range(behind_value, gives, out);
        buffer_add(out, gives, space < room ? space : room);
        buffer_add_repeat(out, ' ', space < room ? 0 : space - room);
        return true;
    }
    if (value.len + comma > len)
        return false;
    buffer_add_repeat(out, ' ', len - value.len - comma);
    buffer_add_str(out, value);
    buffer_add_repeat(out, ',', comma);
    return true;
}

/* The members that change and stand in the text, in its order, and those that are missing. */
struct change_set {
    const struct entry *entry;
    enum field present[2];
    size_t present_count;
    enum field missing[2];
    size_t missing_count;
};

static struct change_set changes_of(const struct entry *entry, const struct fields *fields)
{
    /* The order in which the seed sets them: new members get it. */
    static const enum field order[] = {FIELD_LAST_ACTIVE, FIELD_STATE};
    struct change_set set = {.entry = entry};
    for (size_t i = 0; i < 2; i++) {
        unsigned mark = order[i] == FIELD_STATE ? CHANGE_STATE : CHANGE_LAST_ACTIVE;
        if (!(entry->changes & mark))
            continue;
        if (fields->of[order[i]].key.data)
            set.present[set.present_count++] = order[i];
        else
            set.missing[set.missing_count++] = order[i];
    }
    if (set.present_count == 2 &&
        fields->of[FIELD_STATE].key.data < fields->of[FIELD_LAST_ACTIVE].key.data) {
        set.present[0] = FIELD_STATE;
        set.present[1] = FIELD_LAST_ACTIVE;
    }
    return set;
}

static struct str changed_value(struct edits *edits, const struct entry *entry, enum field field)
{
    buffer_clear(&edits->scratch2);
    document_add_changed_value(entry, field, &edits->scratch2);
    edits->failed |= edits->scratch2.failed;
    return buffer_str(&edits->scratch2);
}

/* From the first to the last changed window, equally long, into scratch. */
static bool refit_windows(struct edits *edits, const struct change_set *set,
                          const struct fields *fields, const char **ret_begin)
{
    const char *at = NULL;
    buffer_clear(&edits->scratch);
    if (set->missing_count > 0)
        return false;
    for (size_t i = 0; i < set->present_count; i++) {
        struct window window = window_of(&fields->of[set->present[i]]);
        if (at)
            add_range(at, window.begin, &edits->scratch);
        else
            *ret_begin = window.begin;
        struct str value = changed_value(edits, set->entry, set->present[i]);
        if (!refit(&window, value, &edits->scratch))
            return false;
        at = window.end;
    }
    return true;
}

/* Members that were not there, laid out like the last one that was. */
static void add_missing(struct edits *edits, const struct change_set *set,
                        const struct json_item *last)
{
    struct str space = {0};
    if (last->key.data) {
        const char *begin = last->key.data;
        while (document_is_space(begin[-1]))
            begin--;
        space = (struct str){begin, (size_t)(last->key.data - begin)};
    }
    for (size_t i = 0; i < set->missing_count; i++) {
        if (last->key.data || i > 0)
            buffer_add_char(&edits->scratch, ',');
        buffer_add_str(&edits->scratch, space);
        buffer_add_str(&edits->scratch, set->missing[i] == FIELD_STATE ? STR("\"state\":")
                                                                       : STR("\"lastActiveAt\":"));
        if (space.len > 0)
            buffer_add_char(&edits->scratch, ' ');
        document_add_changed_value(set->entry, set->missing[i], &edits->scratch);
    }
}

/* The whole entry with its own bytes but for the changes, as long as it gets, into scratch. */
static void rewrite(struct edits *edits, const struct change_set *set, const struct fields *fields,
                    struct str entry_text)
{
    const char *at = entry_text.data;
    buffer_clear(&edits->scratch);
    for (size_t i = 0; i < set->present_count; i++) {
        struct str old = fields->of[set->present[i]].value;
        add_range(at, old.data, &edits->scratch);
        document_add_changed_value(set->entry, set->present[i], &edits->scratch);
        at = old.data + old.len;
    }
    const char *members_end = fields->last.key.data
                                  ? fields->last.value.data + fields->last.value.len
                                  : entry_text.data + 1;
    add_range(at, members_end, &edits->scratch);
    add_missing(edits, set, &fields->last);
    add_range(members_end, entry_text.data + entry_text.len, &edits->scratch);
}

static int edit_whole(struct edits *edits, struct str entry_text)
{
    (void)document_fit(&edits->scratch, entry_text.len);
    size_t offset = (size_t)(entry_text.data - edits->document->bytes.data);
    return document_add_edit(edits, offset, entry_text.len, buffer_str(&edits->scratch));
}

static int edit_replaced(struct edits *edits, const struct entry *entry, struct str entry_text)
{
    buffer_clear(&edits->scratch);
    buffer_clear(&edits->scratch2);
    document_add_new_source(entry, &edits->scratch2);
    if (!edits->scratch2.failed)
        json_stringify(buffer_str(&edits->scratch2), 2, 2, &edits->scratch);
    return edit_whole(edits, entry_text);
}

int document_edit_entry(struct edits *edits, const struct entry *entry)
{
    struct str entry_text = document_entry_text(edits->document, entry);
    unsigned changes = document_effective_changes(entry);
    if (changes & CHANGE_REPLACED)
        return edit_replaced(edits, entry, entry_text);
    if (changes == CHANGE_NONE)
        return 0;
    struct fields fields;
    document_scan_fields(entry_text, &fields);
    struct change_set set = changes_of(entry, &fields);
    const char *begin = NULL;
    if (refit_windows(edits, &set, &fields, &begin)) {
        size_t offset = (size_t)(begin - edits->document->bytes.data);
        return document_add_edit(edits, offset, edits->scratch.len, buffer_str(&edits->scratch));
    }
    rewrite(edits, &set, &fields, entry_text);
    return edit_whole(edits, entry_text);
}
