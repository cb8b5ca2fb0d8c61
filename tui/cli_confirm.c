#include "tui/cli_confirm.h"

#include "tui/cli_print.h"
#include "tui/cli_words.h"
#include "tui/duration.h"

#include <string.h>

enum { ANSWER_SIZE = 64, LISTED_MAX = 10 };

bool cli_asks(const struct cli *cli, enum operation_kind kind)
{
    static const uint32_t asking = 1u << OPERATION_IDLE | 1u << OPERATION_RELEASE |
                                   1u << OPERATION_EXPIRE | 1u << OPERATION_PURGE |
                                   1u << OPERATION_PURGE_DELETED | 1u << OPERATION_PURGE_EXPIRED;
    const struct options *options = cli->options;
    return cli->is_interactive && !options->yes && !options->dry_run && (asking & 1u << kind);
}

static const struct entry *entry_of(const struct cli *cli, const struct operation *operation)
{
    return registry_get(&cli->state->document.registry, operation->session_id);
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

/* How many entries the change is about, and whether one of them was used just now. */
static size_t count_concerned(const struct cli *cli, const struct change *change,
                              bool *ret_is_recent)
{
    size_t count = 0;
    *ret_is_recent = false;
    if (!change->operations[0].session_id.data)
        return count_removed(cli, change);
    for (size_t i = 0; i < change->count; i++) {
        const struct entry *entry = entry_of(cli, &change->operations[i]);
        if (!entry)
            continue;
        count++;
        if ((double)change->now_ms - entry->last_active_at_ms < CONFIRM_RECENT_MS)
            *ret_is_recent = true;
    }
    return count;
}

static void add_entry(const struct cli *cli, const struct entry *entry, int64_t now_ms,
                      struct buffer *text)
{
    char quiet[DURATION_TEXT_SIZE];
    cli_add_short_id(cli, entry->session_id, text);
    buffer_addf(text, " (%s, last used %s ago", entry_state_word((enum entry_state)entry->state),
                duration_elapsed((double)now_ms - entry->last_active_at_ms, quiet));
    if (entry->chat_agent_id.len) {
        buffer_add_str(text, STR(", on "));
        buffer_add_str(text, entry->chat_agent_id);
    }
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
        add_entry(cli, entry, change->now_ms, &text);
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

/* "Release 71aa02bd (active, last used 12s ago, on chat-slot-main-4)? …", or a list and a number.
 */
static int ask(struct cli *cli, const struct change *change, size_t count)
{
    const struct change_words *words = change_words(change->kind);
    bool has_sessions = change->operations[0].session_id.data != NULL;
    struct buffer text = {0};
    if (has_sessions && count > 1)
        list_sessions(cli, change);
    buffer_addf(&text, "%s ", words->ask);
    for (size_t i = 0; has_sessions && count == 1 && i < change->count; i++) {
        const struct entry *entry = entry_of(cli, &change->operations[i]);
        if (entry)
            add_entry(cli, entry, change->now_ms, &text);
    }
    if (!has_sessions || count > 1)
        buffer_addf(&text, "%zu %s", count, count == 1 ? "session" : "sessions");
    buffer_addf(&text, "? %s", words->next);
    int status = cli_ask(cli, buffer_str(&text));
    buffer_done(&text);
    return status;
}

int cli_confirm(struct cli *cli, const struct change *change)
{
    bool is_recent;
    if (!cli_asks(cli, change->kind))
        return 0;
    size_t count = count_concerned(cli, change, &is_recent);
    if (count == 0 || (count == 1 && !is_recent && !is_purge(change->kind)))
        return 0;
    return ask(cli, change, count);
}
