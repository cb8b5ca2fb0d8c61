/* Removed members become white space, added ones go behind the last that stays. */
#include "core/document_part.h"

#include "core/leased.h"

#include <errno.h>

static size_t space_count(struct str text)
{
    size_t count = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else
            count += !in_string && document_is_space(c);
    }
    return count;
}

/* Takes the first `excess` bytes of white space outside strings out. */
static void squeeze(struct buffer *text, size_t excess)
{
    size_t kept = 0;
    bool in_string = false;
    for (size_t i = 0; i < text->len; i++) {
        char c = text->data[i];
        if (excess > 0 && !in_string && document_is_space(c)) {
            excess--;
            continue;
        }
        text->data[kept++] = c;
        if (in_string && c == '\\')
            text->data[kept++] = text->data[++i];
        else if (c == '"')
            in_string = !in_string;
    }
    text->len = kept;
}

bool document_fit(struct buffer *text, size_t len)
{
    if (text->failed || text->len == 0)
        return false;
    if (text->len > len) {
        size_t excess = text->len - len;
        if (space_count(buffer_str(text)) < excess)
            return false;
        squeeze(text, excess);
    } else if (text->len < len) {
        char last = text->data[text->len - 1];
        size_t more = len - text->len;
        text->len--;
        buffer_add_repeat(text, ' ', more);
        buffer_add_char(text, last);
    }
    return !text->failed;
}

/* What a walk over the members leaves behind. */
struct tail {
    const char *kept_end; /* behind the last member that stays, or behind the opening brace */
    const char *text_end; /* behind the last member of the text, or behind the opening brace */
    bool has_kept;
};

/* Only what is not white space changes, so that lines stay lines. */
static int blank(struct edits *edits, const char *from, const char *to)
{
    struct buffer *text = &edits->scratch;
    buffer_clear(text);
    buffer_add(text, from, (size_t)(to - from));
    for (size_t i = 0; i < text->len; i++) {
        if (!document_is_space(text->data[i]))
            text->data[i] = ' ';
    }
    size_t offset = (size_t)(from - edits->document->bytes.data);
    return document_add_edit(edits, offset, (size_t)(to - from), buffer_str(text));
}

static bool is_member_gone(struct edits *edits, struct str key, bool *failed)
{
    struct str id = document_decode(key, &edits->scratch);
    *failed |= !id.data;
    const struct entry *entry = id.data ? registry_find(&edits->document->registry, id) : NULL;
    return entry && document_is_gone(entry);
}

/* A run of members that go, one behind the other. */
struct run {
    const char *begin;       /* the first one's key; NULL when there is no run */
    struct json_cursor from; /* a cursor that gives the first one next */
    size_t count;
};

static struct patch patch_of(struct edits *edits, const char *from, const char *to)
{
    return (struct patch){.offset = (size_t)(from - edits->document->bytes.data),
                          .old_len = (size_t)(to - from)};
}

/* True when blanking these bytes cannot be split by a kill. */
static bool can_blank(struct edits *edits, const char *from, const char *to)
{
    struct patch patch = patch_of(edits, from, to);
    return patch.offset / LEASED_PAGE_BYTES ==
           (patch.offset + patch.old_len - 1) / LEASED_PAGE_BYTES;
}

/* Gives a member the key of a later one, which then counts in its place. False if it cannot. */
static bool shadow(struct edits *edits, struct str key, struct str later_key, int *result)
{
    const char *colon = key.data + key.len;
    while (document_is_space(*colon))
        colon++;
    struct patch patch = patch_of(edits, key.data, colon);
    if (later_key.len > patch.old_len)
        return false;
    buffer_clear(&edits->scratch);
    buffer_add_str(&edits->scratch, later_key);
    buffer_add_repeat(&edits->scratch, ' ', patch.old_len - later_key.len);
    patch.text = buffer_str(&edits->scratch);
    if (edits->scratch.failed || !document_is_whole(edits, &patch))
        return false;
    *result = document_add_edit(edits, patch.offset, patch.old_len, patch.text);
    return true;
}

/*
 * A run between members that stay, or before one: at once where a kill cannot split that, else
 * member by member, each with the comma behind it, or shadowed where it lies over an edge.
 */
static int remove_run(struct edits *edits, struct run *run, struct str next_key)
{
    if (run->count == 0)
        return 0;
    if (can_blank(edits, run->begin, next_key.data))
        return blank(edits, run->begin, next_key.data);
    struct json_item item, following;
    int result = 0;
    (void)json_next(&run->from, &item);
    for (size_t i = 0; result == 0 && i < run->count; i++, item = following) {
        following.key = next_key;
        if (i + 1 < run->count)
            (void)json_next(&run->from, &following);
        if (can_blank(edits, item.key.data, following.key.data) ||
            !shadow(edits, item.key, next_key, &result))
            result = blank(edits, item.key.data, following.key.data);
    }
    return result;
}

/* The run at the end: each with the comma before it; where nothing stays, with the one behind. */
static int remove_last_run(struct edits *edits, struct run *run, const struct tail *tail)
{
    if (run->count == 0)
        return 0;
    if (can_blank(edits, tail->kept_end, tail->text_end))
        return blank(edits, tail->kept_end, tail->text_end);
    const char *from = tail->kept_end;
    struct json_item item;
    int result = 0;
    for (size_t i = 0; result == 0 && i < run->count; i++) {
        (void)json_next(&run->from, &item);
        const char *to = item.value.data + item.value.len;
        for (; !tail->has_kept && i + 1 < run->count && *to != ','; to++)
            continue;
        to += !tail->has_kept && i + 1 < run->count;
        result = blank(edits, from, to);
        from = to;
    }
    return result;
}

/*
 * Runs of members that go, each with the comma behind it, as the members before the run keep
 * theirs. The run at the end is left to the caller.
 */
static int blank_runs(struct edits *edits, struct tail *ret_tail, struct run *ret_last)
{
    struct json_cursor cursor;
    struct json_item item;
    struct run run = {0};
    bool failed = false;
    int result = 0;
    const char *first = document_agents(edits->document).data + 1;
    struct tail tail = {.kept_end = first, .text_end = first};
    (void)json_enter(document_agents(edits->document), &cursor);
    struct json_cursor before = cursor;
    for (; result == 0 && !failed && json_next(&cursor, &item); before = cursor) {
        tail.text_end = item.value.data + item.value.len;
        if (is_member_gone(edits, item.key, &failed)) {
            if (run.count++ == 0) {
                run.begin = item.key.data;
                run.from = before;
            }
            continue;
        }
        result = remove_run(edits, &run, item.key);
        run = (struct run){0};
        tail.kept_end = tail.text_end;
        tail.has_kept = true;
    }
    *ret_tail = tail;
    *ret_last = run;
    return failed ? -ENOMEM : result;
}

/* A cursor that gives the entry at this place in the file next. */
static struct json_cursor cursor_at(const struct document *document, size_t place)
{
    struct str agents = document_agents(document);
    struct json_cursor cursor;
    (void)json_enter(agents, &cursor);
    if (place > 0) {
        const struct registry *registry = &document->registry;
        struct str text =
            document_entry_text(document, &registry->entries[registry->integer_keys + place - 1]);
        cursor.at = text.data + text.len;
        cursor.first = false;
    }
    return cursor;
}

/* The same where blocks tell that the registry has the order of the text: only the runs and what is
 * next to them is looked at. */
static int blank_known_runs(struct edits *edits, struct tail *ret_tail, struct run *ret_last)
{
    const struct document *document = edits->document;
    const struct entry *entries = document->registry.entries + document->registry.integer_keys;
    size_t count = document->blocks.items[document->blocks.count].first;
    int result = 0;
    for (size_t i = 0, begin; result == 0 && i < count;) {
        for (begin = i; i < count && document_is_gone(&entries[i]); i++)
            continue;
        struct run run = {.from = cursor_at(document, begin), .count = i - begin};
        struct json_cursor cursor = run.from;
        struct json_item item;
        if (run.count > 0 && json_next(&cursor, &item))
            run.begin = item.key.data;
        if (i == count) {
            *ret_last = run;
            *ret_tail = (struct tail){.kept_end = run.from.at,
                                      .text_end = cursor_at(document, count).at,
                                      .has_kept = begin > 0};
            return 0;
        }
        if (run.count > 0) {
            cursor = cursor_at(document, i);
            (void)json_next(&cursor, &item);
            result = remove_run(edits, &run, item.key);
        }
        while (i < count && !document_is_gone(&entries[i]))
            i++;
    }
    *ret_last = (struct run){0};
    const char *end = cursor_at(document, count).at;
    *ret_tail = (struct tail){.kept_end = end, .text_end = end, .has_kept = count > 0};
    return result;
}

/* Without removals the members need no walk: the last one ends before the closing brace. */
static struct tail tail_at_end(struct str agents)
{
    const char *end = agents.data + agents.len - 1;
    while (document_is_space(end[-1]))
        end--;
    return (struct tail){.kept_end = end, .text_end = end, .has_kept = end > agents.data + 1};
}

/* A member as the seed prints it, with what comes before it. */
static void print_member(struct buffer *out, const struct entry *entry, bool comma)
{
    buffer_add_str(out, comma ? STR(",\n    ") : STR("\n    "));
    json_quote(entry_session_id(entry), out);
    buffer_add_str(out, STR(": "));
}

/* The members that go behind the others: added ones, and those that are written again. */
static void print_added(struct edits *edits, bool comma)
{
    const struct registry *registry = &edits->document->registry;
    struct buffer *out = &edits->scratch;
    struct buffer *source = &edits->scratch2;
    buffer_clear(out);
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (!document_is_new(entry))
            continue;
        print_member(out, entry, comma);
        comma = true;
        buffer_clear(source);
        document_add_new_source(entry, source);
        if (!source->failed)
            json_stringify(buffer_str(source), 2, 2, out);
        out->failed |= source->failed;
    }
    for (size_t i = 0; i < edits->again_count; i++) {
        print_member(out, edits->again[i], comma);
        comma = true;
        out->failed |= document_print_entry(edits->document, edits->again[i], 2, 2, out, NULL) != 0;
    }
}

/* The last line of white space before the closing brace; the seed's where there is none. */
static struct str closing_space(const struct tail *tail, const char *brace)
{
    const char *line = brace;
    while (line > tail->text_end && line[-1] != '\n')
        line--;
    if (line > tail->text_end) {
        line -= line - 1 > tail->text_end && line[-2] == '\r' ? 2 : 1;
        return (struct str){line, (size_t)(brace - line)};
    }
    return tail->has_kept ? (struct str){0} : STR("\n  ");
}

/* Fills the room up to the closing brace, whose own line stays where there is place for it. */
static void pad_room(struct buffer *text, const char *room, size_t room_len)
{
    for (size_t i = text->len; i < room_len; i++)
        buffer_add_char(text, document_is_space(room[i]) ? room[i] : ' ');
}

static int add_members(struct edits *edits, const struct tail *tail)
{
    struct str agents = document_agents(edits->document);
    struct buffer *text = &edits->scratch;
    const char *brace = agents.data + agents.len - 1;
    size_t room = (size_t)(brace - tail->kept_end);
    print_added(edits, tail->has_kept);
    if (text->len <= room)
        pad_room(text, tail->kept_end, room);
    else if (!document_fit(text, room))
        buffer_add_str(text, closing_space(tail, brace));
    size_t offset = (size_t)(tail->kept_end - edits->document->bytes.data);
    return document_add_edit(edits, offset, room, buffer_str(text));
}

int document_edit_members(struct edits *edits)
{
    const struct registry *registry = &edits->document->registry;
    bool any_gone = false;
    bool any_new = edits->again_count > 0;
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        any_gone |= entry->value_len > 0 && document_is_gone(entry);
        any_new |= document_is_new(entry);
    }
    struct tail tail = tail_at_end(document_agents(edits->document));
    struct run last = {0};
    int result = 0;
    if (any_gone && edits->document->blocks.count > 0)
        result = blank_known_runs(edits, &tail, &last);
    else if (any_gone)
        result = blank_runs(edits, &tail, &last);
    if (result == 0 && any_new)
        return add_members(edits, &tail);
    return result ? result : remove_last_run(edits, &last, &tail);
}
