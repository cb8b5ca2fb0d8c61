#include "core/why_part.h"

#include "core/shell.h"

#include <string.h>

static void add_stays(const struct why *why, struct buffer *out)
{
    buffer_addf(out, "this one stays on ");
    buffer_add_str(out, why->agent_id);
}

static size_t first_free_now(const struct inquiry *inquiry)
{
    for (size_t i = 0; i < inquiry->why->slot_count; i++)
        if (!inquiry->places[i].is_held_now)
            return i;
    return SIZE_MAX;
}

/* The longest quiet of those who hold their slot still, in this way; SIZE_MAX: none. */
static size_t find_still(const struct why *why, enum holding holding)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < why->slot_count; i++) {
        const struct why_slot *hold = &why->slots[i];
        if (hold->holding != holding || !hold->holds_still || hold->is_used_later)
            continue;
        if (found == SIZE_MAX || hold->used_ms < why->slots[found].used_ms)
            found = i;
    }
    return found;
}

static void advise_elsewhere(const struct inquiry *inquiry, struct buffer *out)
{
    struct str agent_id = inquiry->why->agent_id;
    struct str name = str_equal(agent_id, STR("main")) ? STR("default") : agent_id;
    if (!workspace_name_is_valid(name)) {
        buffer_addf(out, "Look at the workspace of that agent: slotop -w NAME why SESSION.");
        return;
    }
    buffer_addf(out, "slotop -w ");
    buffer_add_str(out, name);
    buffer_addf(out, " why ");
    shell_add_word(inquiry->why->session_id, out);
}

static void advise_quiet(const struct inquiry *inquiry, size_t place, struct buffer *out)
{
    const struct why_slot *hold = &inquiry->why->slots[place];
    buffer_addf(out, "If ");
    inquiry_add_short_id(inquiry, hold->session_id, out);
    buffer_addf(out, " is done, slotop expire ");
    shell_add_word(hold->session_id, out);
    buffer_addf(out, " frees slot ");
    buffer_add_str(out, inquiry_label(inquiry, place));
    buffer_addf(out, " for the next new chat; ");
    add_stays(inquiry->why, out);
    buffer_add_char(out, '.');
}

static void advise_pool(const struct inquiry *inquiry, struct buffer *out)
{
    const struct why *why = inquiry->why;
    size_t free_now = first_free_now(inquiry);
    size_t ghost = find_still(why, HOLDING_GHOST);
    size_t quiet = find_still(why, HOLDING_QUIET);
    if (free_now != SIZE_MAX) {
        buffer_addf(out, "Slot ");
        buffer_add_str(out, inquiry_label(inquiry, free_now));
        buffer_addf(out, " is free: a new chat gets it; ");
        add_stays(why, out);
        buffer_add_char(out, '.');
    } else if (ghost != SIZE_MAX) {
        buffer_addf(out, "slotop expire ");
        shell_add_word(why->slots[ghost].session_id, out);
    } else if (inquiry->is_due_now) {
        buffer_addf(out, "slotop expire --due");
    } else if (quiet != SIZE_MAX) {
        advise_quiet(inquiry, quiet, out);
    } else {
        buffer_addf(out, "Every slot is held, so a new chat falls back, too; ");
        add_stays(why, out);
        buffer_add_char(out, '.');
    }
}

/* Its chat; one that is new may be indexed in a moment. */
static bool is_deleted(const struct inquiry *inquiry)
{
    double age_ms = (double)inquiry->sources->now_ms - inquiry->why->at_ms;
    return !(age_ms < MODEL_GHOST_MS) && inquiry_lacks_chat(inquiry, inquiry->why->session_id);
}

void inquiry_add_advice(const struct inquiry *inquiry, struct buffer *out)
{
    const struct why *why = inquiry->why;
    if (why->cause == WHY_NO_FALLBACK) {
        buffer_addf(out, "slotop show ");
        shell_add_word(why->session_id, out);
    } else if (is_deleted(inquiry)) {
        buffer_addf(out, "Nothing is to be done for it: its chat is deleted by now.");
    } else if (inquiry->is_elsewhere) {
        advise_elsewhere(inquiry, out);
    } else if (inquiry->sources->pool->state == CONFIG_NOT_STRICT) {
        buffer_addf(out, "Take out of openclaw.json what only JSON5 allows: comments, trailing "
                         "commas, a byte order mark.");
    } else if (inquiry->sources->pool->state != CONFIG_OK) {
        buffer_addf(out, "slotop status");
    } else if (why->slot_count == 0) {
        buffer_addf(out, "DenchClaw 2.3.6 and later create no slots: there, every chat runs on its "
                         "workspace agent.");
    } else {
        advise_pool(inquiry, out);
    }
}
