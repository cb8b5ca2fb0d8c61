#include "tui/cli_session.h"

#include "core/json.h"

#include <errno.h>
#include <string.h>

enum { CANDIDATES_LISTED = 5, CANDIDATE_BYTES = 40 };

void session_decode(const char *argument, struct buffer *out)
{
    struct buffer literal = {0};
    buffer_add_char(&literal, '"');
    for (const char *at = argument; *at; at++) {
        if (*at == '"' || *at == '\\')
            buffer_addf(&literal, "\\%c", *at);
        else if ((unsigned char)*at < ' ')
            buffer_addf(&literal, "\\u%04x", (unsigned)*at);
        else
            buffer_add_char(&literal, *at);
    }
    buffer_add_char(&literal, '"');
    if (literal.failed)
        out->failed = true;
    else
        json_decode(buffer_str(&literal), out);
    buffer_done(&literal);
}

static size_t count_characters(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return count;
}

/* At most CANDIDATE_BYTES of an id, for a list in a sentence. */
static void add_candidate(struct buffer *list, struct str id)
{
    buffer_add(list, ", ", list->len ? 2 : 0);
    buffer_add(list, id.data, id.len > CANDIDATE_BYTES ? CANDIDATE_BYTES : id.len);
    if (id.len > CANDIDATE_BYTES)
        buffer_add_str(list, STR("..."));
}

/* An error's text is a C string: a NUL of an id would end it. */
static void replace_nuls(struct buffer *list)
{
    for (size_t i = 0; i < list->len; i++)
        if (list->data[i] == '\0')
            list->data[i] = '?';
}

static int refuse_ambiguous(struct str wanted, size_t matches, struct buffer *list,
                            struct error *error)
{
    if (matches > CANDIDATES_LISTED)
        buffer_addf(list, " and %zu more", matches - CANDIDATES_LISTED);
    replace_nuls(list);
    if (list->failed)
        return error_no_memory(error, "looking for a session");
    int shown = wanted.len > CANDIDATE_BYTES ? CANDIDATE_BYTES : (int)wanted.len;
    return error_set(error, ERROR_USAGE, ENOTUNIQ, "%.*s: several sessions begin so: %s", shown,
                     wanted.data, list->data);
}

int session_resolve(const struct registry *registry, struct str wanted,
                    const struct entry **ret_entry, struct error *error)
{
    const struct entry *found = registry_get(registry, wanted);
    size_t matches = 0;
    struct buffer list = {0};
    bool may_be_prefix = !found && count_characters(wanted) >= SESSION_PREFIX_MIN;
    for (size_t i = 0; may_be_prefix && i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (!str_starts(entry_session_id(entry), wanted) || entry->changes & CHANGE_REMOVED)
            continue;
        found = entry;
        if (++matches <= CANDIDATES_LISTED)
            add_candidate(&list, entry_session_id(entry));
    }
    int r = matches > 1 ? refuse_ambiguous(wanted, matches, &list, error) : 0;
    buffer_done(&list);
    if (r == 0)
        *ret_entry = found;
    return r;
}
