#include "tui/cli_metrics.h"

#include "tui/cli_print.h"
#include "tui/text.h"

#include <math.h>
#include <string.h>

#define MS_PER_S 1000.0

static void add_help(struct buffer *out, const char *name, const char *help)
{
    buffer_addf(out, "# HELP slotop_%s %s\n# TYPE slotop_%s gauge\n", name, help, name);
}

static void add_gauge(struct buffer *out, const char *name, const char *help, size_t value)
{
    add_help(out, name, help);
    buffer_addf(out, "slotop_%s %zu\n", name, value);
}

/* Label values may hold anything but a bare backslash, quote or newline; what is no text is made
 * harmless besides, for it ends on somebody's screen. */
static void add_label(struct buffer *out, const char *label, struct str value)
{
    struct buffer safe = {0};
    (void)text_safe(value, SIZE_MAX, false, &safe);
    buffer_addf(out, "{%s=\"", label);
    for (size_t i = 0; i < safe.len; i++) {
        if (safe.data[i] == '\\' || safe.data[i] == '"')
            buffer_add_char(out, '\\');
        buffer_add_char(out, safe.data[i]);
    }
    buffer_addf(out, "\"}");
    out->failed |= safe.failed;
    buffer_done(&safe);
}

static void add_labelled(struct buffer *out, const char *name, const char *label, const char *value,
                         size_t number)
{
    buffer_addf(out, "slotop_%s", name);
    add_label(out, label, str_of(value));
    buffer_addf(out, " %zu\n", number);
}

static void add_counts(const struct counts *counts, struct buffer *out)
{
    add_gauge(out, "slots", "Slots of the pool.", counts->slots);
    add_gauge(out, "slots_held", "Slots that a live entry holds.", counts->held);
    add_gauge(out, "slots_free", "Slots that the next new chat can get.", counts->free);
    add_help(out, "entries", "Entries of the registry by their stored state, of any workspace.");
    add_labelled(out, "entries", "state", "active", counts->active);
    add_labelled(out, "entries", "state", "idle", counts->idle);
    add_labelled(out, "entries", "state", "expired", counts->expired);
    add_labelled(out, "entries", "state", "released", counts->released);
    add_labelled(out, "entries", "state", "odd", counts->odd);
    add_help(out, "sessions", "Sessions of which more is to be said than their stored state.");
    add_labelled(out, "sessions", "view", "overdue", counts->overdue);
    add_labelled(out, "sessions", "view", "fallback", counts->fallback);
    add_labelled(out, "sessions", "view", "stranded", counts->stranded);
    add_labelled(out, "sessions", "view", "orphan", counts->orphan);
    add_labelled(out, "sessions", "view", "running", counts->running);
    add_labelled(out, "sessions", "view", "shared", counts->shared);
    add_labelled(out, "sessions", "view", "ghost", counts->ghosts);
    add_labelled(out, "sessions", "view", "in-use", counts->in_use);
}

static void add_slots(const struct model *model, struct buffer *out)
{
    add_help(out, "slot_holders", "Live entries that hold a slot.");
    for (size_t i = 0; i < model->slot_count; i++) {
        const struct slot *slot = &model->slots[i];
        if (slot->is_duplicate)
            continue;
        buffer_addf(out, "slotop_slot_holders");
        add_label(out, "slot", slot->id);
        buffer_addf(out, " %zu\n", slot->holder_count);
    }
}

/* Codes of one kind follow each other within a severity, and a code has one severity. */
static void add_findings(const struct model *model, struct buffer *out)
{
    add_help(out, "findings", "Findings by their code.");
    for (size_t i = 0; i < model->finding_count; i++) {
        const char *code = model->findings[i].code;
        size_t count = 1;
        while (i + 1 < model->finding_count && strcmp(model->findings[i + 1].code, code) == 0) {
            count++;
            i++;
        }
        buffer_addf(out, "slotop_findings{code=\"%s\",severity=\"%s\"} %zu\n", code,
                    severity_name(model->findings[i].severity), count);
    }
}

static void add_moment(struct buffer *out, const char *name, const char *help, double moment_ms)
{
    if (!isfinite(moment_ms))
        return;
    add_help(out, name, help);
    buffer_addf(out, "slotop_%s %.3f\n", name, moment_ms / MS_PER_S);
}

static void add_around(const struct state *state, struct buffer *out)
{
    const struct server *server = &state->around.server;
    bool is_usable =
        state->document.state == DOCUMENT_OK || state->document.state == DOCUMENT_MISSING;
    add_gauge(out, "registry_usable", "1 when the server can read the registry.", is_usable);
    add_gauge(out, "registry_size_bytes", "Size of the registry.", state->document.size_bytes);
    if (server->state != SERVER_UNKNOWN)
        add_gauge(out, "server_up", "1 when the DenchClaw server lives.",
                  server->state == SERVER_UP);
    add_moment(out, "server_start_time_seconds", "When the server began.", server->started_ms);
    add_moment(out, "next_gc_time_seconds", "When the server's GC comes next, inferred.",
               state->model.next_gc_ms);
}

int cli_metrics(struct cli *cli)
{
    int status = cli_look(cli, PART_ALL, cli_now_ms(cli));
    if (status != 0)
        return status;
    add_around(cli->state, &cli->output);
    add_counts(&cli->state->model.counts, &cli->output);
    add_slots(&cli->state->model, &cli->output);
    add_findings(&cli->state->model, &cli->output);
    if (cli->options->is_openmetrics)
        buffer_add_str(&cli->output, STR("# EOF\n"));
    return cli_check_usable(cli, "");
}
