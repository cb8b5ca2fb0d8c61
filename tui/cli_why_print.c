#include "core/json.h"
#include "tui/cli_print.h"
#include "tui/cli_why_part.h"
#include "tui/json_out.h"

#include <math.h>
#include <string.h>

enum {
    LABEL_COLUMNS_MIN = 4,
    LABEL_COLUMNS_MAX = 16,
    HOLDING_COLUMNS = 7,
    SPAN_COLUMNS = 6,
    FREED_COLUMNS = 16,
    ID_COLUMNS = 8,
    CLOCK_COLUMNS = 8,
    CAUSE_COLUMNS = 8,
    MISS_COLUMNS = 24,
    WRAP_COLUMNS = 80, /* where the width of the output is not known */
    INDENT_COLUMNS = 2,
};

static struct str title_of(const struct why_sources *sources, struct str session_id)
{
    const struct chat *chat = sources->chats ? chats_find(sources->chats, session_id) : NULL;
    return chat ? chat->title : (struct str){0};
}

static void json_time(const char *key, double at_ms, struct buffer *json)
{
    struct buffer number = {0};
    json_print_number(isfinite(at_ms) ? floor(at_ms) : at_ms, &number);
    json_out_key(json, key);
    json_out_raw(json, buffer_str(&number));
    json->failed |= number.failed;
    buffer_done(&number);
}

static void json_string(const char *key, struct str text, struct buffer *json)
{
    json_out_key(json, key);
    json_out_string(json, text);
}

static void json_bool(const char *key, bool value, struct buffer *json)
{
    json_out_key(json, key);
    json_out_bool(json, value);
}

static void json_slot(const struct why_sources *sources, const struct why_slot *slot,
                      struct buffer *json)
{
    json_out_open(json, '{');
    json_string("slot", sources->model->slots[slot->slot].label, json);
    json_string("id", sources->model->slots[slot->slot].id, json);
    json_string("holding", str_of(holding_name(slot->holding)), json);
    json_string("session", slot->session_id, json);
    json_string("title", title_of(sources, slot->session_id), json);
    json_time("since", slot->since_ms, json);
    json_time("used", slot->used_ms, json);
    json_bool("usedLater", slot->is_used_later, json);
    json_time("freed", slot->freed_ms, json);
    json_time("freedBy", slot->freed_by_ms, json);
    json_bool("freedSeen", slot->is_freed_seen, json);
    json_bool("heldStill", slot->holds_still, json);
    json_out_close(json, '}');
}

void why_add_json(const struct why_sources *sources, const struct why *why, struct buffer *json)
{
    char time[CLI_TIME_SIZE];
    bool has_nearest = why->nearest != SIZE_MAX;
    json_out_open(json, '{');
    json_string("session", why->session_id, json);
    json_string("agent", why->agent_id, json);
    json_time("at", why->at_ms, json);
    json_string("time", isnan(why->at_ms) ? (struct str){0} : str_of(cli_time(why->at_ms, time)),
                json);
    json_string("cause", str_of(why_cause_name(why->cause)), json);
    json_bool("seen", why->is_seen, json);
    json_string("sentence", why->sentence, json);
    json_string("advice", why->advice, json);
    json_out_key(json, "slots");
    json_out_open(json, '[');
    for (size_t i = 0; i < why->slot_count; i++)
        json_slot(sources, &why->slots[i], json);
    json_out_close(json, ']');
    json_string("nearest",
                has_nearest ? sources->model->slots[why->slots[why->nearest].slot].id
                            : (struct str){0},
                json);
    json_out_close(json, '}');
}

static size_t label_columns(const struct why_words *words, bool ascii)
{
    size_t columns = LABEL_COLUMNS_MIN;
    for (size_t i = 0; i < words->line_count; i++) {
        size_t width = text_width(words->lines[i].label, ascii);
        columns = width > columns ? width : columns;
    }
    return columns < LABEL_COLUMNS_MAX ? columns : LABEL_COLUMNS_MAX;
}

static void print_columns(struct cli *cli, size_t columns)
{
    struct cli_line line;
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_COLUMN, STR("SLOT"), columns);
    cli_field(&line, ROLE_COLUMN, STR("WAS"), HOLDING_COLUMNS);
    cli_field_right(&line, ROLE_COLUMN, STR("HELD"), SPAN_COLUMNS);
    cli_field_right(&line, ROLE_COLUMN, STR("UNUSED"), SPAN_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("FREED AFTER"), FREED_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("SESSION"), ID_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("TITLE"), 0);
    cli_line_end(&line);
}

static void print_slot(struct cli *cli, const struct why_line *slot, size_t columns)
{
    struct cli_line line;
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_TEXT, slot->label, columns);
    cli_field(&line, slot->role, slot->holding, HOLDING_COLUMNS);
    cli_field_right(&line, ROLE_TEXT, slot->held, SPAN_COLUMNS);
    cli_field_right(&line, ROLE_TEXT, slot->unused, SPAN_COLUMNS);
    cli_field(&line, ROLE_TEXT, slot->freed, FREED_COLUMNS);
    cli_field(&line, ROLE_TEXT, slot->id, cli->width ? ID_COLUMNS : 0);
    cli_field(&line, ROLE_TEXT, slot->title, 0);
    cli_line_end(&line);
}

/* Sentences for people, broken at blanks; lines after the first are indented. Clears `raw`. */
static void print_wrapped(struct cli *cli, struct buffer *raw, size_t indent)
{
    bool ascii = cli->options->ascii;
    size_t most = cli->width > 0 ? (size_t)cli->width : WRAP_COLUMNS;
    size_t column = 0;
    struct str rest = buffer_str(raw);
    cli->output.failed |= raw->failed;
    while (rest.len > 0) {
        const char *blank = memchr(rest.data, ' ', rest.len);
        struct str word = {rest.data, blank ? (size_t)(blank - rest.data) : rest.len};
        size_t skipped = word.len + (blank != NULL);
        size_t width = text_width(word, ascii);
        if (column > 0 && column + 1 + width > most) {
            buffer_add_char(&cli->output, '\n');
            buffer_add_repeat(&cli->output, ' ', indent);
            column = indent;
        } else if (column > 0) {
            buffer_add_char(&cli->output, ' ');
            column++;
        }
        column += text_safe(word, SIZE_MAX, ascii, &cli->output);
        rest = (struct str){rest.data + skipped, rest.len - skipped};
    }
    buffer_add_char(&cli->output, '\n');
    buffer_clear(raw);
}

static void print_text(struct cli *cli, struct str text, size_t indent)
{
    struct buffer raw = {0};
    buffer_add_str(&raw, text);
    print_wrapped(cli, &raw, indent);
    buffer_done(&raw);
}

static void print_head(struct cli *cli, const struct why_words *words, int64_t now_ms)
{
    struct buffer text = {0};
    buffer_add_str(&text, words->head);
    buffer_add_char(&text, ' ');
    why_words_add_when(words, now_ms, &text);
    buffer_add_char(&text, '.');
    print_wrapped(cli, &text, 0);
    buffer_done(&text);
}

static void print_advice(struct cli *cli, const struct why_words *words)
{
    struct buffer text = {0};
    buffer_add_str(&text, words->now);
    if (words->now_is_command)
        cli_sentence(cli, &text); /* a command stays in one line */
    else
        print_wrapped(cli, &text, INDENT_COLUMNS);
    buffer_done(&text);
    if (words->aftermath.len > 0)
        print_text(cli, words->aftermath, INDENT_COLUMNS);
}

void why_print(struct cli *cli, const struct why_words *words, int64_t now_ms)
{
    size_t columns = label_columns(words, cli->options->ascii);
    print_head(cli, words, now_ms);
    print_text(cli, words->cause, INDENT_COLUMNS);
    if (words->line_count > 0)
        print_columns(cli, columns);
    for (size_t i = 0; i < words->line_count; i++)
        print_slot(cli, &words->lines[i], columns);
    print_advice(cli, words);
}

/* "4 fallbacks in the last day: 3 hoarded, 1 overdue." */
static void print_counts(struct cli *cli, const struct why *whys, size_t count)
{
    size_t counts[WHY_UNKNOWN + 1] = {0};
    struct buffer text = {0};
    const char *before = ": ";
    for (size_t i = 0; i < count; i++)
        counts[whys[i].cause]++;
    buffer_addf(&text, "%zu fallback%s%s in the last day", count, count == 1 ? "" : "s",
                count < WHY_RECENT_MAX ? "" : " or more");
    for (size_t cause = 0; cause <= WHY_UNKNOWN; cause++) {
        if (counts[cause] == 0)
            continue;
        buffer_addf(&text, "%s%zu %s", before, counts[cause],
                    why_cause_name((enum why_cause)cause));
        before = ", ";
    }
    buffer_add_char(&text, '.');
    cli_sentence(cli, &text);
    buffer_done(&text);
}

/* "slot 4: 24s (seen)" */
static void add_miss(const struct why_sources *sources, const struct why *why, struct buffer *out)
{
    if (why->nearest == SIZE_MAX) {
        buffer_add_char(out, '-');
        return;
    }
    const struct why_slot *slot = &why->slots[why->nearest];
    buffer_addf(out, "slot ");
    buffer_add_str(out, sources->model->slots[slot->slot].label);
    buffer_addf(out, ": ");
    why_words_add_freed(slot, why->at_ms, out);
}

static void print_line(struct cli *cli, const struct why_sources *sources, const struct why *why)
{
    struct cli_line line;
    struct buffer clock = {0}, id = {0}, miss = {0};
    why_words_add_clock(why->at_ms, sources->now_ms, &clock);
    cli_add_short_id(cli, why->session_id, &id);
    add_miss(sources, why, &miss);
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_TEXT, buffer_str(&clock), CLOCK_COLUMNS);
    cli_field(&line, ROLE_TEXT, str_of(why_cause_name(why->cause)), CAUSE_COLUMNS);
    cli_field(&line, ROLE_TEXT, buffer_str(&miss), MISS_COLUMNS);
    cli_field(&line, ROLE_TEXT, buffer_str(&id), cli->width ? ID_COLUMNS : 0);
    cli_field(&line, ROLE_TEXT, title_of(sources, why->session_id), 0);
    cli_line_end(&line);
    cli->output.failed |= clock.failed || id.failed || miss.failed;
    buffer_done(&clock);
    buffer_done(&id);
    buffer_done(&miss);
}

void why_print_list(struct cli *cli, const struct why_sources *sources, const struct why *whys,
                    size_t count)
{
    struct cli_line line;
    print_counts(cli, whys, count);
    if (count == 0)
        return;
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_COLUMN, STR("AT"), CLOCK_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("CAUSE"), CAUSE_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("FREED AFTER"), MISS_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("SESSION"), ID_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("TITLE"), 0);
    cli_line_end(&line);
    for (size_t cause = 0; cause <= WHY_UNKNOWN; cause++)
        for (size_t i = 0; i < count; i++)
            if (whys[i].cause == (enum why_cause)cause)
                print_line(cli, sources, &whys[i]);
}
