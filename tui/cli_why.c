#include "tui/cli_why.h"

#include "tui/cli_print.h"
#include "tui/cli_session.h"
#include "tui/cli_why_part.h"
#include "tui/json_out.h"

#include <stdlib.h>

#define RECENT_MS 86400000.0

static int explain_recent(struct cli *cli, const struct why_sources *sources)
{
    struct why *whys;
    size_t count;
    struct error error;
    struct buffer json = {0};
    double since_ms = (double)sources->now_ms - RECENT_MS;
    if (why_recent(sources, since_ms, WHY_RECENT_MAX, &whys, &count, &error) < 0)
        return cli_fail(cli, &error);
    json_out_open(&json, '[');
    for (size_t i = 0; i < count && cli->options->json; i++)
        why_add_json(sources, &whys[i], &json);
    json_out_close(&json, ']');
    if (cli->options->json)
        cli_json(cli, &json, false);
    else
        why_print_list(cli, sources, whys, count);
    for (size_t i = 0; i < count; i++)
        why_done(&whys[i]);
    free(whys);
    buffer_done(&json);
    return 0;
}

/* A session that did not fall back: what it is on, and since when. */
static void say_no_fallback(const struct cli *cli, const struct why_words *words, int64_t now_ms)
{
    struct buffer text = {0};
    buffer_add_str(&text, words->head);
    buffer_add_char(&text, ' ');
    why_words_add_when(words, now_ms, &text);
    cli_message(cli, buffer_str(&text));
    buffer_done(&text);
}

static void print_words(struct cli *cli, const struct why_sources *sources, const struct why *why)
{
    struct why_words words;
    if (why_words_make(sources, why, &words, NULL) < 0) {
        cli->output.failed = true;
        return;
    }
    if (words.is_fallback)
        why_print(cli, &words, sources->now_ms);
    else
        say_no_fallback(cli, &words, sources->now_ms);
    why_words_done(&words);
}

static int print_explained(struct cli *cli, const struct why_sources *sources,
                           const struct why *why)
{
    struct buffer json = {0};
    if (cli->options->json) {
        why_add_json(sources, why, &json);
        cli_json(cli, &json, false);
    } else {
        print_words(cli, sources, why);
    }
    buffer_done(&json);
    return why->cause != WHY_NO_FALLBACK ? 0 : ERROR_NOT_FOUND;
}

static int explain_one(struct cli *cli, const struct why_sources *sources, struct str wanted)
{
    struct error error;
    struct why why;
    const struct entry *entry = NULL;
    if (session_resolve(&sources->document->registry, wanted, &entry, &error) < 0)
        return cli_fail(cli, &error);
    if (why_explain(sources, entry ? entry_session_id(entry) : wanted, &why, &error) < 0) {
        struct buffer json = {0};
        bool wants_json = error.kind == ERROR_NOT_FOUND && cli->options->json;
        json_out_raw(&json, STR("null"));
        if (wants_json)
            cli_json(cli, &json, true);
        buffer_done(&json);
        return wants_json ? ERROR_NOT_FOUND : cli_fail(cli, &error);
    }
    int status = print_explained(cli, sources, &why);
    why_done(&why);
    return status;
}

static int explain_asked(struct cli *cli, int64_t now_ms)
{
    struct why_sources sources = state_why_sources(cli->state, now_ms);
    struct buffer wanted = {0};
    int status;
    if (cli->options->argument_count == 0)
        return explain_recent(cli, &sources);
    session_decode(cli->options->arguments[0], &wanted);
    status = wanted.failed ? cli_fail_memory(cli, "why")
                           : explain_one(cli, &sources, buffer_str(&wanted));
    buffer_done(&wanted);
    return status;
}

int cli_why(struct cli *cli)
{
    int64_t now_ms = cli_now_ms(cli);
    int status = cli_look(cli, PART_ALL, now_ms);
    if (status != 0)
        return status;
    int unusable = cli_check_usable(cli, "");
    if (unusable != 0 && !cli->state->document.has_registry)
        return unusable;
    status = explain_asked(cli, now_ms);
    return unusable != 0 ? unusable : status;
}
