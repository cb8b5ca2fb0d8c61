/* What a line after ':' does: the shell's words and options, by the ways that the keys have. */
#include "tui/app_part.h"

#include "tui/cli_session.h"
#include "tui/filter.h"
#include "tui/line_words.h"
#include "tui/options.h"

#include <errno.h>
#include <string.h>

/* A line that was read. */
struct line_call {
    struct line_words words;
    char *argv[LINE_WORDS_MAX + 2];
    struct options options;
    struct str rest; /* of the line behind the name of the command, as it was typed */
};

static void call_done(struct line_call *call)
{
    line_words_done(&call->words);
}

/* A filter has a language of its own: its quotes are not the line's. */
static bool is_raw(const struct line_call *call)
{
    const struct command *command =
        call->words.count > 0 ? options_line_command(str_of(call->words.words[0])) : NULL;
    return command && command->id == COMMAND_FILTER;
}

static int read_options(struct line_call *call, struct error *error)
{
    size_t count = call->words.count;
    static char program[] = "slotop";
    if (is_raw(call)) {
        call->options = (struct options){.command = command_by_id(COMMAND_FILTER)};
        return 0;
    }
    if (call->words.is_open)
        return error_set(error, ERROR_USAGE, EINVAL, "A quote is not closed");
    call->argv[0] = program;
    memcpy(call->argv + 1, call->words.words, (count + 1) * sizeof(call->argv[0]));
    return options_parse_line((int)count + 1, call->argv, &call->options, error);
}

/* The caller does call_done(), whatever is returned. */
static int read_call(struct str line, struct line_call *ret_call, struct error *error)
{
    *ret_call = (struct line_call){.rest = line};
    int result = line_words_split(line, &ret_call->words, error);
    if (result != 0)
        return result;
    size_t behind = ret_call->words.count > 1 ? ret_call->words.starts[1] : line.len;
    ret_call->rest = (struct str){line.data + behind, line.len - behind};
    return read_options(ret_call, error);
}

/* The sentence, with its end. */
static void say_error(struct app *app, enum ui_tone tone, const struct error *error)
{
    size_t len = strlen(error->text);
    bool is_question = len > 0 && error->text[len - 1] == '?';
    ui_say(&app->ui, tone, "%s%s", error->text, is_question ? "" : ".");
}

int app_line_check(struct app *app, struct str line)
{
    struct error error = {0};
    struct line_call call;
    int result = read_call(line, &call, &error);
    if (result != 0)
        say_error(app, TONE_ERROR, &error);
    call_done(&call);
    return result;
}

/* ---- sessions ---- */

static const struct registry *registry_of(const struct app *app)
{
    return &state_shown(app->state)->registry;
}

/* The entry that a word means; NULL after a message. */
static const struct entry *find_entry(struct app *app, const char *word)
{
    struct error error = {0};
    const struct entry *entry = NULL;
    if (session_resolve(registry_of(app), str_of(word), &entry, &error) != 0) {
        say_error(app, TONE_WARNING, &error);
        return NULL;
    }
    if (!entry) {
        struct buffer *out = ui_message(&app->ui, TONE_WARNING);
        buffer_addf(out, "No session begins with %s; Tab lists them, also by their titles.", word);
    }
    return entry;
}

/* What the operator saw when the line was opened may be gone, and another one be in its place. */
static bool is_other_target(struct app *app)
{
    const struct entry *entry = app_target_entry(app);
    struct str before = buffer_str(&app->ui.prompt.target_id);
    if (!entry || str_equal(entry_session_id(entry), before))
        return false;
    ui_say(&app->ui, TONE_WARNING,
           "Not done: another session is under the cursor now than when you began to type.");
    return true;
}

static void act_on_one(struct app *app, const struct line_call *call, int64_t now_ms)
{
    const struct action *action = app_action(call->options.command->id);
    app_refresh(app, now_ms);
    const struct entry *entry = find_entry(app, call->options.arguments[0]);
    if (entry && app_hold_entry(app, entry))
        app_act_on_held(app, action, now_ms);
}

/* They are tagged, so that they are seen while it is asked, and then it is what the key does to
 * tags. */
static void act_on_many(struct app *app, const struct line_call *call, int64_t now_ms)
{
    app_refresh(app, now_ms);
    app_lend_tags(app);
    for (int i = 0; i < call->options.argument_count; i++) {
        const struct entry *entry = find_entry(app, call->options.arguments[i]);
        bool is_tagged = entry && tags_add(&app->ui.tags, entry, TAG_KEPT);
        if (entry && !is_tagged)
            ui_say(&app->ui, TONE_ERROR, "Not done: out of memory.");
        if (!is_tagged) {
            app_return_tags(app);
            return;
        }
    }
    app_ask_lent(app, app_action(call->options.command->id));
}

static void act(struct app *app, const struct line_call *call, int64_t now_ms)
{
    const struct options *options = &call->options;
    if (options->due)
        app_walk(app, OPERATION_EXPIRE_DUE, 0, now_ms);
    else if (options->has_expired_before)
        app_walk(app, OPERATION_PURGE_EXPIRED, now_ms - options->expired_before_ms, now_ms);
    else if (options->argument_count > 1)
        act_on_many(app, call, now_ms);
    else if (options->argument_count == 1)
        act_on_one(app, call, now_ms);
    else if (ui_acts_on_tags(&app->ui) || !is_other_target(app))
        app_act(app, options->command, now_ms);
}

/* ---- commands that the keys do not have ---- */

static void single(struct app *app, const struct line_call *call, int64_t now_ms)
{
    const struct options *options = &call->options;
    const char *word = options->argument_count > 0 ? options->arguments[0] : NULL;
    struct single single = {
        .command = options->command,
        .has_ttl = options->has_ttl,
        .ttl_ms = options->ttl_ms,
    };
    if (options->command->id == COMMAND_ALLOCATE) {
        single.session_id = str_of(word);
    } else {
        app_refresh(app, now_ms);
        single.seen = word ? find_entry(app, word) : app_target_entry(app);
        if (word ? !single.seen : is_other_target(app))
            return;
        if (!single.seen) {
            app_refuse(app);
            return;
        }
        single.session_id = entry_session_id(single.seen);
    }
    app_single(app, &single, now_ms);
}

static void undo(struct app *app, const struct line_call *call, int64_t now_ms)
{
    const struct options *options = &call->options;
    uint32_t id = 0;
    if (options->argument_count == 0) {
        app_undo(app, false, now_ms);
        return;
    }
    id = journal_id_parse(str_of(options->arguments[0]));
    if (id)
        app_undo_named(app, id, now_ms);
    else
        ui_say(&app->ui, TONE_WARNING, "'%s' names no operation, as op-0042 does.",
               options->arguments[0]);
}

static void change(struct app *app, const struct line_call *call, int64_t now_ms)
{
    const struct options *options = &call->options;
    if (app_may_not_change(app, options->command))
        return;
    switch ((unsigned)options->command->id) {
    case COMMAND_IDLE:
    case COMMAND_EXPIRE:
    case COMMAND_RELEASE:
    case COMMAND_PURGE:
        act(app, call, now_ms);
        break;
    case COMMAND_ALLOCATE:
    case COMMAND_TOUCH:
    case COMMAND_RESUME:
    case COMMAND_ENSURE:
        single(app, call, now_ms);
        break;
    case COMMAND_GC:
        app_walk(app, OPERATION_GC, 0, now_ms);
        break;
    case COMMAND_UNDO:
        undo(app, call, now_ms);
        break;
    case COMMAND_RESTORE:
        app_restore(app, options->argument_count > 0 ? options->arguments[0] : NULL, now_ms);
        break;
    default:
        app_command(app, options->command, 0, now_ms);
        break;
    }
}

/* ---- what changes only the screen ---- */

/* The words of a line as one, with single blanks. */
static void join(const struct options *options, struct buffer *out)
{
    for (int i = 0; i < options->argument_count; i++)
        buffer_addf(out, i > 0 ? " %s" : "%s", options->arguments[i]);
}

static void sort_by(struct app *app, const struct options *options, int64_t now_ms)
{
    struct buffer name = {0};
    unsigned found = SORT_COUNT;
    join(options, &name);
    for (unsigned i = 0; i < SORT_COUNT && found == SORT_COUNT; i++) {
        if (str_starts(str_of(sort_key_name((enum sort_key)i)), buffer_str(&name)))
            found = i;
    }
    if (found < SORT_COUNT) {
        app->ui.sort = (enum sort_key)found;
        app_arrange(app, CAUSE_OPERATOR, now_ms);
    } else {
        ui_say(&app->ui, TONE_WARNING, "There is no column '%s'; Tab lists them.",
               name.data ? name.data : "");
    }
    buffer_done(&name);
}

static void set_theme(struct app *app, const struct options *options)
{
    enum theme theme = (enum theme)(((int)app->theme + 1) % THEME_COUNT);
    if (options->argument_count > 0 && !theme_by_name(str_of(options->arguments[0]), &theme)) {
        ui_say(&app->ui, TONE_WARNING, "There is no theme '%s'; Tab lists them.",
               options->arguments[0]);
        return;
    }
    app->theme = theme;
    ui_say(&app->ui, TONE_NONE, "Theme: %s.", theme_name(theme));
}

static void set_filter(struct app *app, struct str text, int64_t now_ms)
{
    struct filter filter = {0};
    struct error error = {0};
    bool is_of_table = ui_filtered(&app->ui) == UI_NORMAL;
    if (is_of_table && filter_parse(text, true, &filter, &error) != 0) {
        say_error(app, TONE_WARNING, &error);
        return;
    }
    filter_done(&filter);
    app_set_filter(app, text, now_ms);
}

static void search_help(struct app *app, struct str text, int64_t now_ms)
{
    app_open(app, UI_HELP);
    app_set_filter(app, text, now_ms);
}

static void show(struct app *app, const struct options *options, int64_t now_ms)
{
    const struct entry *entry = options->argument_count > 0 ? find_entry(app, options->arguments[0])
                                                            : app_target_entry(app);
    if (entry) {
        app_jump_to(app, entry_session_id(entry), now_ms);
        app_open(app, UI_DETAIL);
    } else if (options->argument_count == 0) {
        app_refuse(app);
    }
}

static void why(struct app *app, const struct options *options, int64_t now_ms)
{
    if (options->argument_count == 0) {
        app_why(app, now_ms);
        return;
    }
    const struct entry *entry = find_entry(app, options->arguments[0]);
    if (entry)
        app_why_session(app, entry_session_id(entry), now_ms);
}

static void look(struct app *app, const struct line_call *call, int64_t now_ms)
{
    const struct options *options = &call->options;
    enum command_id id = options->command->id;
    bool has_argument = options->argument_count > 0;
    if (id == COMMAND_QUIT)
        app->ui.quit = true;
    else if (id == COMMAND_SHOW)
        show(app, options, now_ms);
    else if (id == COMMAND_WHY)
        why(app, options, now_ms);
    else if (id == COMMAND_DOCTOR)
        app_findings(app);
    else if (id == COMMAND_THEME)
        set_theme(app, options);
    else if (id == COMMAND_FILTER && call->rest.len > 0)
        set_filter(app, call->rest, now_ms);
    else if (id == COMMAND_HELP && has_argument)
        search_help(app, call->rest, now_ms);
    else if (id == COMMAND_SORT_NEXT && has_argument)
        sort_by(app, options, now_ms);
    else
        app_command(app, options->command, 0, now_ms);
}

void app_line_run(struct app *app, struct str line, int64_t now_ms)
{
    struct error error = {0};
    struct line_call call;
    ui_be_silent(&app->ui);
    if (read_call(line, &call, &error) != 0)
        say_error(app, TONE_ERROR, &error);
    else if (!call.options.command)
        ; /* nothing was typed */
    else if (call.options.command->flags & COMMAND_CHANGES)
        change(app, &call, now_ms);
    else
        look(app, &call, now_ms);
    call_done(&call);
}
