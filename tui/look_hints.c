#include "tui/look_hints.h"

#include <string.h>

int look_hints_open(struct look_hints *hints, struct error *error)
{
    *hints = (struct look_hints){0};
    return folders_open(&hints->folders, error);
}

void look_hints_done(struct look_hints *hints)
{
    folders_close(hints->folders);
    hints->folders = NULL;
}

int look_hints_fd(const struct look_hints *hints)
{
    return folders_fd(hints->folders);
}

int look_hints_follow(struct look_hints *hints, const struct state *state, struct error *error)
{
    struct around_folders folders = {0};
    int result = around_folders(&state->around, state->dir.data, &state->pool,
                                buffer_str(&state->workspace.agent_id), &folders, error);
    if (result == 0)
        result = folders_set(hints->folders, folders.paths, folders.count, error);
    for (size_t i = 0; result == 0 && i < folders.count && i < FOLDERS_MAX; i++)
        hints->parts_of[i] = folders.parts[i];
    arena_done(&folders.arena);
    return result;
}

void look_hints_take(struct look_hints *hints, int64_t steady_now_ms)
{
    bool changed[FOLDERS_MAX] = {false};
    if (!folders_drain(hints->folders, changed))
        return;
    for (size_t i = 0; i < FOLDERS_MAX; i++)
        if (changed[i])
            look_hints_add(hints, hints->parts_of[i], steady_now_ms);
}

void look_hints_add(struct look_hints *hints, unsigned parts, int64_t steady_now_ms)
{
    int64_t settled_ms = steady_now_ms + HINTS_SETTLE_MS;
    if (hints->pending == 0 && hints->next_look_ms < settled_ms)
        hints->next_look_ms = settled_ms;
    hints->pending |= parts;
}

unsigned look_hints_due(struct look_hints *hints, int64_t steady_now_ms)
{
    unsigned parts = hints->pending;
    if (parts == 0 || steady_now_ms < hints->next_look_ms)
        return 0;
    hints->pending = 0;
    hints->next_look_ms = steady_now_ms + HINTS_EVERY_MS;
    return parts;
}

int64_t look_hints_wait_ms(const struct look_hints *hints, int64_t steady_now_ms)
{
    if (hints->pending == 0)
        return -1;
    return hints->next_look_ms > steady_now_ms ? hints->next_look_ms - steady_now_ms : 0;
}
