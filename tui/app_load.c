#include "tui/app_part.h"

#include <sys/wait.h>
#include <unistd.h>

#define STILL_LOADING "The registry is still being loaded. Until then: ? help, q quit."

/* So much of a registry takes some milliseconds: a key is answered soon enough in between. */
enum { SLICE_BYTES = 2 << 20, NS_PER_MS = 1000000 };

static const struct str still_loading = {STILL_LOADING, sizeof(STILL_LOADING) - 1};

void app_load_slice(struct app *app, int64_t now_ms)
{
    struct state *state = app->state;
    struct state_look look = {.parts = PART_REGISTRY, .now_ms = now_ms};
    struct error error = {0};
    if (state_load_slice(state, SLICE_BYTES, &look, &error) != 0)
        ui_say(&app->ui, TONE_ERROR, "%s", error.text);
    if (state->loading.is_on)
        return;
    /* What is known of chats and traces hangs on the sessions that there are. */
    unsigned parts = app->held_parts | (PART_ALL & ~(unsigned)PART_BASE);
    app->held_parts = 0;
    app->last_write_ms = state->identity.mtime_ns / NS_PER_MS;
    if (str_equal(buffer_str(&app->ui.message), still_loading))
        ui_be_silent(&app->ui);
    app_look_again(app, parts, CAUSE_OPERATOR, now_ms);
}

void app_rest(struct app *app, int64_t now_ms)
{
    struct error error;
    if (!state_needs_copy(app->state, now_ms))
        return;
    /* A process whose parent has gone is nobody's to wait for, and the disk takes its time. */
    pid_t child = fork();
    if (child == 0) {
        if (fork() == 0)
            (void)state_keep_copy(app->state, now_ms, &error);
        _exit(0);
    }
    if (child > 0)
        (void)waitpid(child, NULL, 0);
}

bool app_refuses_while_loading(struct app *app, enum command_id id)
{
    bool is_pane = app->ui.mode == UI_HELP;
    if (!app->state->loading.is_on || is_pane || id == COMMAND_HELP || id == COMMAND_QUIT)
        return false;
    ui_say(&app->ui, TONE_WARNING,
           "The registry is still being loaded. Until then: ? help, q quit.");
    return true;
}
