#include "tui/line_complete.h"

#include "tui/filter.h"
#include "tui/line_words.h"
#include "tui/options.h"
#include "tui/options_table.h"
#include "tui/theme.h"

#include <string.h>
#include <strings.h>

/* A completion in the making. */
struct maker {
    const struct line_sources *sources;
    struct line_completion *completion;
    struct str word; /* what is typed of it, without quotes */
};

static struct str keep(struct maker *maker, struct str text)
{
    return arena_copy(&maker->completion->arena, text);
}

static size_t common_len(struct str a, struct str b)
{
    size_t len = 0;
    while (len < a.len && len < b.len && a.data[len] == b.data[len])
        len++;
    while (len > 0 && len < a.len && ((unsigned char)a.data[len] & 0xc0) == 0x80)
        len--;
    return len;
}

/* Only what can be typed is offered. */
static bool is_typed(struct str word)
{
    struct line_edit edit;
    line_edit_set(&edit, word);
    return str_equal(line_edit_str(&edit), word);
}

/* One more of them, which is not shown. */
static void count(struct line_completion *completion, struct str word)
{
    completion->total++;
    completion->common.len = common_len(completion->common, word);
}

static void add_plain(struct maker *maker, struct str word, struct str note)
{
    struct line_completion *completion = maker->completion;
    if (completion->count == LINE_CANDIDATES_MAX) {
        count(completion, word);
        return;
    }
    struct str kept = is_typed(word) ? keep(maker, word) : (struct str){0};
    if (!kept.data)
        return;
    if (completion->total == 0)
        completion->common = kept;
    count(completion, kept);
    completion->items[completion->count++] = (struct line_candidate){kept, keep(maker, note)};
}

static void add(struct maker *maker, struct str word, struct str note)
{
    struct buffer quoted = {0};
    line_words_quote(word, &quoted);
    if (!quoted.failed)
        add_plain(maker, buffer_str(&quoted), note);
    buffer_done(&quoted);
}

static void add_if(struct maker *maker, const char *word, const char *note)
{
    if (word && str_starts(str_of(word), maker->word))
        add(maker, str_of(word), str_of(note));
}

/* ---- words of the tables ---- */

/* Those that the shell has, too, or only they have not. */
static void add_commands(struct maker *maker, bool in_shell)
{
    for (size_t i = 0; i < command_count; i++) {
        unsigned flags = commands[i].flags;
        bool is_hidden = maker->sources->read_only && (flags & COMMAND_CHANGES);
        if ((flags & COMMAND_IN_LINE) && !is_hidden && in_shell == !!(flags & COMMAND_IN_SHELL))
            add_if(maker, commands[i].name, commands[i].summary);
    }
}

static bool knows(const struct command *command, const struct option_row *row)
{
    return (row->commands & OPTION_IN_LINE) && option_is_of(row, command->id);
}

static void add_options(struct maker *maker, const struct command *command)
{
    for (size_t i = 0; i < option_row_count; i++) {
        struct buffer name = {0};
        if (!knows(command, &option_rows[i]))
            continue;
        buffer_addf(&name, "--%s", option_rows[i].name);
        if (!name.failed)
            add_if(maker, name.data, option_rows[i].summary);
        buffer_done(&name);
    }
}

/* The word is the argument of the option before it. */
static bool is_argument(const struct command *command, const char *before)
{
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (knows(command, row) && row->argument && strncmp(before, "--", 2) == 0 &&
            strcmp(before + 2, row->name) == 0)
            return true;
    }
    return false;
}

/* ---- words of the registry ---- */

static const struct registry *registry_of(const struct maker *maker)
{
    return &state_shown(maker->sources->state)->registry;
}

static bool holds(struct str text, struct str part)
{
    for (size_t i = 0; i + part.len <= text.len; i++) {
        if (strncasecmp(text.data + i, part.data, part.len) == 0)
            return true;
    }
    return false;
}

static void add_session(struct maker *maker, size_t row)
{
    const struct model *model = &maker->sources->state->model;
    const struct registry *registry = registry_of(maker);
    struct str id = entry_session_id(model_entry(model, registry, row));
    struct str title = model_title(model, row);
    struct buffer note = {0};
    if (maker->completion->count == LINE_CANDIDATES_MAX) { /* there may be very many */
        count(maker->completion, id);
        return;
    }
    size_t len = model_short_len(model, registry, id);
    id.len = len > maker->word.len || !str_starts(id, maker->word) ? len : id.len;
    buffer_addf(&note, "%-9s ", session_view_name(model_view(model, row)));
    buffer_add_str(&note, title);
    add(maker, id, note.failed ? (struct str){0} : buffer_str(&note));
    buffer_done(&note);
}

/* Sessions whose id begins so; without such, those whose title has it in it. */
static void add_sessions(struct maker *maker, bool by_title)
{
    const struct state *state = maker->sources->state;
    const struct rows *rows = maker->sources->rows;
    struct str word = maker->word;
    for (size_t i = 0; state->has_model && i < rows->count; i++) {
        size_t row = rows->entries[i];
        struct str id = entry_session_id(model_entry(&state->model, registry_of(maker), row));
        if (by_title ? holds(model_title(&state->model, row), word) : str_starts(id, word))
            add_session(maker, row);
    }
    if (!by_title && maker->completion->total == 0 && word.len > 0)
        add_sessions(maker, true);
}

static void add_value(struct maker *maker, const char *field, const char *mark, struct str value)
{
    struct buffer word = {0};
    buffer_addf(&word, "%s%s", field, mark);
    buffer_add_str(&word, value);
    if (!word.failed && str_starts(buffer_str(&word), maker->word))
        add(maker, buffer_str(&word), STR(""));
    buffer_done(&word);
}

/* The values of the field that the word begins with, as far as they can be listed. */
static void add_values(struct maker *maker)
{
    const struct model *model = &maker->sources->state->model;
    const char *word;
    if (str_starts(maker->word, STR("state:"))) {
        for (size_t i = 0; (word = filter_state_word(i)); i++)
            add_value(maker, "state", ":", str_of(word));
    } else if (str_starts(maker->word, STR("slot:"))) {
        for (size_t i = 0; i < model->slot_count; i++)
            add_value(maker, "slot", ":", model->slots[i].label);
    } else if (str_starts(maker->word, STR("finding:"))) {
        for (size_t i = 0; i < model->finding_count; i++)
            add_value(maker, "finding", ":", str_of(model->findings[i].code));
    } else if (str_starts(maker->word, STR("run:"))) {
        add_value(maker, "run", ":", STR("yes"));
        add_value(maker, "run", ":", STR("no"));
    }
}

/* The terms of a filter. */
static void add_terms(struct maker *maker)
{
    const char *name, *mark;
    for (size_t i = 0; (name = filter_field_name(i, &mark)); i++) {
        if (maker->word.len <= strlen(name))
            add_value(maker, name, mark, STR(""));
    }
    if (maker->sources->state->has_model)
        add_values(maker);
}

/* ---- the word at the cursor ---- */

/* The names of columns have blanks in them, which need no quotes: they are all that follows. */
static void add_columns(struct maker *maker, struct str rest)
{
    for (unsigned i = 0; i < SORT_COUNT; i++) {
        struct str name = str_of(sort_key_name((enum sort_key)i));
        if (str_starts(name, rest))
            add_plain(maker, name, STR(""));
    }
}

static void add_offers(struct maker *maker)
{
    const struct line_offers *offers = maker->sources->offers;
    for (size_t i = 0; i < offers->count; i++) {
        if (str_starts(offers->items[i].word, maker->word))
            add_plain(maker, offers->items[i].word, offers->items[i].note);
    }
}

static void add_arguments(struct maker *maker, const struct command *command)
{
    if (command == maker->sources->offers->of) {
        add_offers(maker);
    } else if (command->id == COMMAND_THEME) {
        for (unsigned i = 0; i < THEME_COUNT; i++)
            add_if(maker, theme_name((enum theme)i), "");
    } else if (command->id == COMMAND_FILTER) {
        add_terms(maker);
    } else if (command->id != COMMAND_ALLOCATE && strstr(command->arguments, "SESSION")) {
        add_sessions(maker, false);
    }
}

static void add_candidates(struct maker *maker, const struct line_words *words, size_t at,
                           struct str line)
{
    const struct command *command = at > 0 ? options_line_command(str_of(words->words[0])) : NULL;
    maker->completion->command = command;
    if (at == 0) {
        add_commands(maker, true);
        add_commands(maker, false);
    } else if (!command || (at > 1 && is_argument(command, words->words[at - 1]))) {
        return;
    } else if (command->id == COMMAND_SORT_NEXT) {
        maker->completion->from = words->starts[1];
        add_columns(maker, (struct str){line.data + words->starts[1], line.len - words->starts[1]});
    } else if (str_starts(maker->word, STR("-"))) {
        add_options(maker, command);
    } else {
        add_arguments(maker, command);
    }
}

void line_complete(const struct line_sources *sources, const struct line_edit *edit,
                   struct line_completion *ret_completion)
{
    struct maker maker = {.sources = sources, .completion = ret_completion};
    struct line_words words;
    line_completion_done(ret_completion);
    struct str line = {edit->text, edit->at};
    if (line_words_split(line, &words, NULL) != 0)
        return;
    size_t at = words.count > 0 && words.ends_in_word ? words.count - 1 : words.count;
    ret_completion->from = words.starts[at];
    maker.word = words.words[at] ? str_of(words.words[at]) : STR("");
    add_candidates(&maker, &words, at, line);
    line_words_done(&words);
}

void line_offers_done(struct line_offers *offers)
{
    arena_done(&offers->arena);
    *offers = (struct line_offers){.of = NULL};
}

void line_completion_done(struct line_completion *completion)
{
    arena_done(&completion->arena);
    *completion = (struct line_completion){.count = 0};
}
