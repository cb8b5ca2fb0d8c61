/* Removed members become white space, added ones go behind the last that stays. */
#include "core/document_part.h"

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

/*
 * Runs of members that go, each with the comma behind it, as the members before the run keep
 * theirs. The run at the end is left to the caller.
 */
static int blank_runs(struct edits *edits, struct tail *ret_tail)
{
    struct json_cursor cursor;
    struct json_item item;
    const char *run = NULL;
    bool failed = false;
    int result = 0;
    const char *first = edits->document->agents.data + 1;
    struct tail tail = {.kept_end = first, .text_end = first};
    (void)json_enter(edits->document->agents, &cursor);
    while (result == 0 && !failed && json_next(&cursor, &item)) {
        tail.text_end = item.value.data + item.value.len;
        if (is_member_gone(edits, item.key, &failed)) {
            run = run ? run : item.key.data;
            continue;
        }
        if (run)
            result = blank(edits, run, item.key.data);
        run = NULL;
        tail.kept_end = tail.text_end;
        tail.has_kept = true;
    }
    *ret_tail = tail;
    return failed ? -ENOMEM : result;
}

/* Without removals the members need no walk: the last one ends before the closing brace. */
static struct tail tail_at_end(struct str agents)
{
    const char *end = agents.data + agents.len - 1;
    while (document_is_space(end[-1]))
        end--;
    return (struct tail){.kept_end = end, .text_end = end, .has_kept = end > agents.data + 1};
}

/* The added members as the seed prints them, with commas before, into scratch. */
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
        buffer_add_str(out, comma ? STR(",\n    ") : STR("\n    "));
        comma = true;
        json_quote(entry->session_id, out);
        buffer_add_str(out, STR(": "));
        buffer_clear(source);
        document_add_new_source(entry, source);
        if (!source->failed)
            json_stringify(buffer_str(source), 2, 2, out);
        out->failed |= source->failed;
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
    struct str agents = edits->document->agents;
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
    bool any_new = false;
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        any_gone |= entry->value_len > 0 && document_is_gone(entry);
        any_new |= document_is_new(entry);
    }
    struct tail tail = tail_at_end(edits->document->agents);
    int result = any_gone ? blank_runs(edits, &tail) : 0;
    if (result == 0 && any_new)
        result = add_members(edits, &tail);
    else if (result == 0 && tail.text_end > tail.kept_end)
        result = blank(edits, tail.kept_end, tail.text_end);
    return result;
}
