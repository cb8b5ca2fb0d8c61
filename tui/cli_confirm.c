#include "tui/cli_confirm.h"

#include "core/consequence.h"
#include "tui/cli_print.h"
#include "tui/cli_words.h"
#include "tui/duration.h"
#include "tui/text.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWER_SIZE = 64, LISTED_MAX = 10, TITLE_COLUMNS = 40 };

bool cli_asks(const struct cli *cli, enum operation_kind kind)
{
    static const uint32_t asking = 1u << OPERATION_IDLE | 1u << OPERATION_RELEASE |
                                   1u << OPERATION_EXPIRE | 1u << OPERATION_PURGE |
                                   1u << OPERATION_PURGE_DELETED | 1u << OPERATION_PURGE_EXPIRED;
    const struct options *options = cli->options;
    return cli->is_interactive && !options->yes && !options->dry_run && (asking & 1u << kind);
}

/* The entry that an operation is about; NULL for none, and for one that is refused anyway. */
static const struct entry *entry_of(const struct cli *cli, const struct operation *operation)
{
    const struct entry *entry = registry_get(&cli->state->document.registry, operation->session_id);
    bool is_refused =
        entry && operation->kind == OPERATION_PURGE && !operation->force && entry_is_live(entry);
    return is_refused ? NULL : entry;
}

static bool is_purge(enum operation_kind kind)
{
    return kind == OPERATION_PURGE || kind == OPERATION_PURGE_DELETED ||
           kind == OPERATION_PURGE_EXPIRED;
}

/* What a change without a session would remove: a dry run knows. */
static size_t count_removed(const struct cli *cli, const struct change *change)
{
    struct store store = cli->state->store;
    struct outcome outcome = {0};
    struct store_report report;
    store.dry_run = true;
    int r = store_apply(&store, change->operations, 1, NULL, &outcome, &report, NULL);
    size_t count = r == 0 ? outcome.purged_count : 0;
    outcome_done(&outcome);
    return count;
}

/* How many entries the change is about, and for how many of them it is risky. */
static size_t count_concerned(const struct cli *cli, const struct change *change, size_t *ret_risky)
{
    size_t count = 0;
    *ret_risky = 0;
    if (!change->operations[0].session_id.data)
        return count_removed(cli, change);
    for (size_t i = 0; i < change->count; i++) {
        struct str id = change->operations[i].session_id;
        struct buffer risk = {0};
        if (!entry_of(cli, &change->operations[i]))
            continue;
        count++;
        *ret_risky += words_add_risk(cli, change->kind, id, &risk);
        buffer_done(&risk);
    }
    return count;
}

static void add_title(const struct cli *cli, size_t row, struct buffer *text)
{
    struct str title = model_title(&cli->state->model, row);
    if (title.len == 0)
        return;
    buffer_add_str(text, STR(" \""));
    (void)text_safe(title, TITLE_COLUMNS, cli->options->ascii, text);
    buffer_add_char(text, '"');
}

/* 71aa02bd "Refund copy for EU" (active, last used 12s ago, on chat-slot-main-4) */
static void add_entry(const struct cli *cli, enum operation_kind kind, const struct entry *entry,
                      struct buffer *text)
{
    const struct model *model = &cli->state->model;
    size_t row = words_row(cli, entry_session_id(entry));
    double used_ms = model_used_ms(model, &state_shown(cli->state)->registry, row);
    char quiet[DURATION_TEXT_SIZE];
    cli_add_short_id(cli, entry_session_id(entry), text);
    add_title(cli, row, text);
    buffer_addf(text, " (%s, last used %s ago", entry_state_word((enum entry_state)entry->state),
                duration_elapsed((double)model->now_ms - used_ms, quiet));
    if (entry_chat_agent_id(entry).len) {
        buffer_add_str(text, STR(", on "));
        buffer_add_str(text, entry_chat_agent_id(entry));
    }
    if (model_run(model, row).is_running)
        (void)words_add_risk(cli, kind, entry_session_id(entry), text);
    buffer_add_char(text, ')');
}

/* The sessions, a line each; the first ones of many. */
static void list_sessions(const struct cli *cli, const struct change *change)
{
    size_t listed = 0;
    for (size_t i = 0; i < change->count && listed < LISTED_MAX; i++) {
        const struct entry *entry = entry_of(cli, &change->operations[i]);
        struct buffer text = {0};
        if (!entry)
            continue;
        add_entry(cli, change->kind, entry, &text);
        cli_message(cli, buffer_str(&text));
        buffer_done(&text);
        listed++;
    }
}

/* "y" or "yes", on a line of its own. */
static bool answered_yes(const struct cli *cli)
{
    char line[ANSWER_SIZE];
    if (!fgets(line, sizeof(line), cli->in))
        return false;
    char *answer = line + strspn(line, " \t");
    size_t len = strlen(answer);
    while (len > 0 && strchr(" \t\r\n", answer[len - 1]))
        len--;
    answer[len] = '\0';
    return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}

int cli_ask(struct cli *cli, struct str question)
{
    cli_message(cli, question);
    (void)fprintf(cli->err, "slotop: do it? [y/N] ");
    (void)fflush(cli->err);
    if (answered_yes(cli))
        return 0;
    cli_message(cli, STR("not confirmed; nothing was changed"));
    return ERROR_REFUSED;
}

/* The one entry that the change is about; NULL where it is about more, or about no session. */
static const struct entry *only_entry(const struct cli *cli, const struct change *change,
                                      size_t count)
{
    const struct entry *entry = NULL;
    bool is_one = count == 1 && change->operations[0].session_id.data;
    for (size_t i = 0; is_one && i < change->count && !entry; i++)
        entry = entry_of(cli, &change->operations[i]);
    return entry;
}

/* What the change comes to for all its sessions together. */
static void add_outlook(const struct cli *cli, const struct change *change, struct buffer *text)
{
    size_t *rows = calloc(change->count, sizeof(*rows));
    struct consequence_many many = {.rows = rows, .kind = change->kind};
    if (!rows) {
        text->failed = true;
        return;
    }
    for (size_t i = 0; i < change->count; i++) {
        const struct entry *entry = entry_of(cli, &change->operations[i]);
        if (entry)
            rows[many.count++] = words_row(cli, entry_session_id(entry));
    }
    consequence_add_many(&state_shown(cli->state)->registry, &cli->state->model, &many, text);
    free(rows);
}

static void add_many(const struct cli *cli, const struct change *change, size_t count,
                     struct buffer *text)
{
    buffer_addf(text, "%zu %s? ", count, count == 1 ? "session" : "sessions");
    if (change->operations[0].session_id.data)
        add_outlook(cli, change, text);
    else
        buffer_addf(text, "%s", change_words(change->kind)->next);
}

/* A session and what becomes of it and its slot; or a list, and what it comes to together. */
static int ask(struct cli *cli, const struct change *change, size_t count)
{
    const struct entry *entry = only_entry(cli, change, count);
    struct buffer text = {0};
    if (!entry && change->operations[0].session_id.data)
        list_sessions(cli, change);
    buffer_addf(&text, "%s ", change_words(change->kind)->ask);
    if (entry) {
        add_entry(cli, change->kind, entry, &text);
        buffer_addf(&text, "? ");
        consequence_add(&state_shown(cli->state)->registry, &cli->state->model,
                        words_row(cli, entry_session_id(entry)), change->kind, &text);
    } else {
        add_many(cli, change, count, &text);
    }
    int status = cli_ask(cli, buffer_str(&text));
    buffer_done(&text);
    return status;
}

int cli_confirm(struct cli *cli, const struct change *change)
{
    size_t risky;
    if (!cli_asks(cli, change->kind))
        return 0;
    size_t count = count_concerned(cli, change, &risky);
    if (count == 0 || (count == 1 && risky == 0 && !is_purge(change->kind)))
        return 0;
    return ask(cli, change, count);
}
