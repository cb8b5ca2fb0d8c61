#include "tui/duration.h"
#include "tui/filter_part.h"

#include <errno.h>
#include <string.h>

enum { SHOWN_MAX = 100 }; /* of what was typed, in a sentence */

static const char fields_are[] =
    "fields are state: slot: title: id: workspace: finding: run: age> quiet> left< (also < and >); "
    "text with one of : < > in it stands in quotes";

static const struct {
    const char *word;
    enum filter_field field;
} fields[] = {
    {"state", FILTER_STATE},
    {"slot", FILTER_SLOT},
    {"title", FILTER_TITLE},
    {"id", FILTER_ID},
    {"workspace", FILTER_WORKSPACE},
    {"finding", FILTER_FINDING},
    {"run", FILTER_RUN},
    {"age", FILTER_AGE},
    {"quiet", FILTER_QUIET},
    {"left", FILTER_LEFT},
};

static const struct {
    const char *word;
    uint32_t traits;
} states[] = {
    {"active", TRAIT_STATE(STATE_ACTIVE)},
    {"idle", TRAIT_STATE(STATE_IDLE)},
    {"expired", TRAIT_STATE(STATE_EXPIRED)},
    {"released", TRAIT_STATE(STATE_DELETED)},
    {"odd", TRAIT_STATE(STATE_OTHER) | TRAIT_VIEW(VIEW_ODD)},
    {"live", TRAIT_LIVE},
    {"overdue", TRAIT_OVERDUE | TRAIT_VIEW(VIEW_OVERDUE)},
    {"fallback", TRAIT_FALLBACK},
    {"stranded", TRAIT_VIEW(VIEW_STRANDED)},
    {"orphan", TRAIT_VIEW(VIEW_ORPHAN)},
    {"running", TRAIT_RUNNING | TRAIT_VIEW(VIEW_RUNNING)},
    {"shared", TRAIT_VIEW(VIEW_SHARED)},
    {"ghost", TRAIT_VIEW(VIEW_GHOST)},
    {"in-use", TRAIT_VIEW(VIEW_IN_USE)},
    {"no-entry", TRAIT_VIEW(VIEW_FORGOTTEN)},
    /* the same in other words */
    {"deleted", TRAIT_STATE(STATE_DELETED)},
    {"expired!", TRAIT_VIEW(VIEW_IN_USE)},
    {"no entry", TRAIT_VIEW(VIEW_FORGOTTEN)},
    {"forgotten", TRAIT_VIEW(VIEW_FORGOTTEN)},
};

enum { STATE_WORDS = 15 }; /* then come others for the same */

const char *filter_field_name(size_t i, const char **ret_mark)
{
    if (i >= sizeof(fields) / sizeof(fields[0]))
        return NULL;
    *ret_mark = fields[i].field >= FILTER_AGE ? ">" : ":";
    return fields[i].word;
}

const char *filter_state_word(size_t i)
{
    return i < STATE_WORDS ? states[i].word : NULL;
}

static int shown_len(struct str text)
{
    return text.len > SHOWN_MAX ? SHOWN_MAX : (int)text.len;
}

static bool is_start(const char *word, struct str text)
{
    return text.len <= strlen(word) && strncasecmp(word, text.data, text.len) == 0;
}

static bool is_word(const char *word, struct str text)
{
    return text.len == strlen(word) && is_start(word, text);
}

/* ---- terms ---- */

/* One that is not whole may be the beginning of a word. */
static uint32_t traits_of_word(struct str word, bool whole)
{
    uint32_t traits = 0;
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (is_word(states[i].word, word))
            return states[i].traits;
        if (!whole && is_start(states[i].word, word))
            traits |= states[i].traits;
    }
    return traits;
}

static int read_state(struct filter_term *term, struct str word, bool whole, struct error *error)
{
    uint32_t traits = traits_of_word(word, whole);
    if (traits == 0)
        return error_set(error, ERROR_USAGE, EINVAL,
                         "'%.*s' is none of active, idle, expired, released, odd, live, overdue, "
                         "fallback, stranded, orphan, running, shared, ghost, in-use, no-entry",
                         shown_len(word), word.data);
    term->traits |= traits;
    return 0;
}

static int read_run(struct filter_term *term, struct str word, bool whole, struct error *error)
{
    bool (*is)(const char *, struct str) = whole ? is_word : is_start;
    term->wants_run = is("yes", word);
    if (!term->wants_run && !is("no", word))
        return error_set(error, ERROR_USAGE, EINVAL, "'%.*s' is neither yes nor no",
                         shown_len(word), word.data);
    return 0;
}

/* Names of agents and workspaces are taken as they are; elsewhere case is ignored. */
static int copy_value(struct filter *filter, enum filter_field field, struct str value,
                      struct str *ret_copy)
{
    bool is_name = field == FILTER_SLOT || field == FILTER_WORKSPACE;
    char *copy = arena_alloc(&filter->arena, value.len);
    if (!copy)
        return -ENOMEM;
    for (size_t i = 0; i < value.len; i++)
        copy[i] = is_name ? value.data[i] : filter_lower(value.data[i]);
    *ret_copy = (struct str){copy, value.len};
    return 0;
}

static int read_values(struct filter *filter, struct filter_term *term, const struct str *values,
                       bool whole, struct error *error)
{
    struct str *copies = arena_alloc(&filter->arena, term->value_count * sizeof(*copies));
    int r = copies ? 0 : -ENOMEM;
    for (size_t i = 0; i < term->value_count && r == 0; i++) {
        if (values[i].len == 0)
            return error_set(error, ERROR_USAGE, EINVAL, "'' is no value");
        if (term->field == FILTER_STATE)
            r = read_state(term, values[i], whole, error);
        else if (term->field == FILTER_RUN)
            r = read_run(term, values[i], whole, error);
        else
            r = copy_value(filter, term->field, values[i], &copies[i]);
    }
    term->values = copies;
    return r == -ENOMEM ? error_no_memory(error, "reading the filter") : r;
}

static int add_term(struct filter *filter, const struct filter_term *term, struct error *error)
{
    if (!filter->terms)
        filter->terms = arena_alloc(&filter->arena, FILTER_TERMS_MAX * sizeof(*filter->terms));
    if (!filter->terms)
        return error_no_memory(error, "reading the filter");
    if (filter->count == FILTER_TERMS_MAX)
        return error_set(error, ERROR_USAGE, EINVAL, "there are more than %d terms",
                         FILTER_TERMS_MAX);
    filter->terms[filter->count++] = *term;
    return 0;
}

int filter_add(struct filter *filter, enum filter_field field, const struct str *values,
               size_t count, struct error *error)
{
    struct filter_term term = {.field = field, .value_count = count};
    int r = read_values(filter, &term, values, true, error);
    return r == 0 ? add_term(filter, &term, error) : r;
}

/* ---- what was typed ---- */

struct parser {
    struct filter filter;
    bool strict;
    bool is_open;    /* the word has a quote that is not closed */
    struct str word; /* without the ! */
    bool is_negated;
};

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The first of these bytes that is not in quotes; the length where there is none. */
static size_t find_unquoted(struct str text, const char *bytes, size_t count)
{
    bool quoted = false;
    for (size_t at = 0; at < text.len; at++) {
        if (text.data[at] == '"')
            quoted = !quoted;
        else if (!quoted && memchr(bytes, text.data[at], count))
            return at;
    }
    return text.len;
}

static struct str behind(struct str text, size_t at)
{
    return at < text.len ? (struct str){text.data + at, text.len - at} : STR("");
}

/* Takes the next word off the text; false at its end. */
static bool take_word(struct parser *parser, struct str *text)
{
    static const char blanks[] = {' ', '\t', '\n', '\v', '\f', '\r'};
    while (text->len > 0 && is_blank(*text->data))
        *text = behind(*text, 1);
    if (text->len == 0)
        return false;
    struct str word = {text->data, find_unquoted(*text, blanks, sizeof(blanks))};
    *text = behind(*text, word.len);
    bool quoted = false;
    for (size_t i = 0; i < word.len; i++)
        quoted ^= word.data[i] == '"';
    parser->is_open = quoted;
    parser->is_negated = word.data[0] == '!';
    parser->word = parser->is_negated ? behind(word, 1) : word;
    return true;
}

/* A copy without quotes; absent without memory. */
static struct str unquoted(struct parser *parser, struct str text)
{
    char *copy = arena_alloc(&parser->filter.arena, text.len);
    size_t len = 0;
    for (size_t i = 0; copy && i < text.len; i++)
        if (text.data[i] != '"')
            copy[len++] = text.data[i];
    return (struct str){copy, len};
}

/* A field whose value is still to be typed says nothing yet. */
static int add_values(struct parser *parser, enum filter_field field, const struct str *values,
                      size_t count, struct error *error)
{
    struct filter_term term = {
        .field = field, .is_negated = parser->is_negated, .value_count = count};
    if (count == 0 && !parser->strict)
        return 0;
    if (count == 0)
        return error_set(error, ERROR_USAGE, EINVAL, "nothing is asked for");
    int r = read_values(&parser->filter, &term, values, parser->strict, error);
    return r == 0 ? add_term(&parser->filter, &term, error) : r;
}

static int add_text(struct parser *parser, struct error *error)
{
    struct str text = unquoted(parser, parser->word);
    if (!text.data)
        return error_no_memory(error, "reading the filter");
    return add_values(parser, FILTER_TEXT, &text, text.len > 0, error);
}

static int add_time(struct parser *parser, enum filter_field field, size_t at, struct error *error)
{
    struct str text = unquoted(parser, behind(parser->word, at + 1));
    struct filter_term term = {
        .field = field,
        .is_negated = parser->is_negated,
        .is_above = parser->word.data[at] == '>',
    };
    int64_t ms;
    if (!text.data)
        return error_no_memory(error, "reading the filter");
    if (text.len == 0 && !parser->strict)
        return 0;
    if (!duration_parse(text, &ms))
        return error_set(error, ERROR_USAGE, EINVAL,
                         "'%.*s' is no span of time such as 90s, 30m, 2h, 7d or 1500ms",
                         shown_len(text), text.data);
    term.ms = (double)ms;
    return add_term(&parser->filter, &term, error);
}

/* Values that are still to be typed are left out. */
static int add_field(struct parser *parser, enum filter_field field, struct str text,
                     struct error *error)
{
    struct str values[FILTER_VALUES_MAX];
    bool has_several = field != FILTER_TITLE && field != FILTER_RUN;
    size_t count = 0;
    for (bool more = text.len > 0; more;) {
        size_t end = has_several ? find_unquoted(text, ",", 1) : text.len;
        struct str value = unquoted(parser, (struct str){text.data, end});
        more = end < text.len;
        text = behind(text, end + 1);
        if (!value.data)
            return error_no_memory(error, "reading the filter");
        if (value.len == 0 && !parser->strict)
            continue;
        if (count == FILTER_VALUES_MAX)
            return error_set(error, ERROR_USAGE, EINVAL, "there are more than %d values",
                             FILTER_VALUES_MAX);
        values[count++] = value;
    }
    return add_values(parser, field, values, count, error);
}

static int add_word(struct parser *parser, struct error *error)
{
    struct str word = parser->word;
    size_t at = find_unquoted(word, ":<>", 3);
    struct str name = {word.data, at};
    if (parser->is_open && parser->strict)
        return error_set(error, ERROR_USAGE, EINVAL, "a quote is not closed");
    if (at == word.len)
        return add_text(parser, error);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (!is_word(fields[i].word, name) ||
            (word.data[at] == ':') != (fields[i].field < FILTER_AGE))
            continue;
        if (fields[i].field >= FILTER_AGE)
            return add_time(parser, fields[i].field, at, error);
        return add_field(parser, fields[i].field, behind(word, at + 1), error);
    }
    return error_set(error, ERROR_USAGE, EINVAL, "there is no field '%.*s%c'; %s", shown_len(name),
                     name.data, word.data[at], fields_are);
}

/* What went wrong with a word, with the word. */
static int refuse_word(const struct parser *parser, const struct error *why, struct error *error)
{
    return error_set(error, why->kind, EINVAL, "'%s%.*s': %s", parser->is_negated ? "!" : "",
                     shown_len(parser->word), parser->word.data, why->text);
}

int filter_parse(struct str text, bool strict, struct filter *ret_filter, struct error *error)
{
    struct parser parser = {.strict = strict};
    struct error why = {0};
    int r = 0;
    while (r == 0 && (strict || parser.filter.count < FILTER_TERMS_MAX) &&
           take_word(&parser, &text)) {
        r = add_word(&parser, &why);
        if (r == -EINVAL && !strict)
            r = add_text(&parser, &why);
    }
    if (r != 0) {
        filter_done(&parser.filter);
        return r == -EINVAL ? refuse_word(&parser, &why, error)
                            : error_no_memory(error, "reading the filter");
    }
    *ret_filter = parser.filter;
    return 0;
}
