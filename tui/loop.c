#include "tui/loop.h"

#include "tui/clock.h"
#include "tui/look_hints.h"
#include "tui/signals.h"
#include "tui/term_copy.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    CHECK_EVERY_MS = 5000,
    /* A registry that is still torn then is no save in progress: the screen may say so. */
    SECOND_LOOK_MS = 200,
    UNREADABLE_LOOK_MS = 1000,
    /* What changed so shortly before the watch began may have changed after it was read: the
     * registry is known by its identity, the files around it only by their age. */
    REGISTRY_RECENT_MS = 100,
    SIDE_RECENT_MS = 10000,
    PROGRESS_MS = 100, /* between two figures of a registry that is being loaded */
    SIZE_MIN = 1,      /* of cells_resize() */
    SIZE_LIMIT = 1000,
    SIGNAL_STATUS = 128, /* exit status of a signal, without its number */
    MS_PER_S = 1000,
    NS_PER_MS = 1000000,
};

/* In the order of enum state_part: what the watch reports are parts. */
static const char *const names[] = {"chat-agents.json", "openclaw.json", ".dench-ui-state.json"};
enum { NAME_COUNT = sizeof(names) / sizeof(*names), UI_STATE_NAME = 2 };
_Static_assert(PART_UI_STATE == 1 << UI_STATE_NAME && PART_WORKSPACES == 1 << NAME_COUNT,
               "bit i of the watch is names[i], the bit after the last the directories");

enum source { SOURCE_TERM, SOURCE_SIGNALS, SOURCE_WATCH, SOURCE_HINTS, SOURCE_CLOCK, SOURCE_COUNT };

struct loop {
    struct app *app;
    struct term *term;
    const struct loop_options *options;
    struct term_look look;
    struct signals signals;
    struct watch *watch;
    struct look_hints hints;
    int clock_fd; /* readable when the clock was set; -1 where there is no such thing */
    struct cells cells;
    bool has_new_size;
    bool is_resumed;          /* was stopped: the terminal shows something else */
    int64_t next_change_ms;   /* epoch; INT64_MAX: time alone changes nothing */
    int64_t next_check_ms;    /* steady */
    int64_t second_look_ms;   /* steady; INT64_MAX: none is due */
    int64_t next_progress_ms; /* steady */
    bool leaves;
    int status;
};

/* The operator's time. */
static int64_t epoch_ms(const struct loop *loop)
{
    return loop->options->has_now ? loop->options->now_ms : clock_epoch_ms();
}

static void leave(struct loop *loop, int status)
{
    if (!loop->leaves)
        loop->status = status;
    loop->leaves = true;
}

static void feed(struct loop *loop, struct event event)
{
    app_handle(loop->app, &event, epoch_ms(loop));
    if (loop->app->ui.quit)
        leave(loop, 0);
}

static int measure(struct loop *loop, struct error *error)
{
    int width = 0, height = 0;
    term_size(loop->term, &width, &height);
    width = width < SIZE_MIN ? SIZE_MIN : width > SIZE_LIMIT ? SIZE_LIMIT : width;
    height = height < SIZE_MIN ? SIZE_MIN : height > SIZE_LIMIT ? SIZE_LIMIT : height;
    if (cells_resize(&loop->cells, width, height) != 0)
        return error_no_memory(error, "drawing the screen");
    loop->has_new_size = false;
    return 0;
}

/* Has the terminal copy what the operator asked for. */
static void copy(struct loop *loop)
{
    struct app *app = loop->app;
    struct buffer sequence = {0};
    if (app->clipboard.len == 0)
        return;
    term_copy_sequence(buffer_str(&app->clipboard), loop->options->in_tmux, &sequence);
    if (sequence.failed)
        ui_say(&app->ui, TONE_ERROR, "Not copied: out of memory.");
    else if (!term_send(loop->term, buffer_str(&sequence)))
        ui_say(&app->ui, TONE_WARNING, "Not copied: this terminal has no way to do that.");
    buffer_done(&sequence);
    buffer_clear(&app->clipboard);
}

/* What the operator wants of the terminal. */
static void adjust_term(struct loop *loop)
{
    const struct app *app = loop->app;
    if (loop->look.theme != app->theme) {
        loop->look.theme = app->theme;
        term_restyle(loop->term, &loop->look);
    }
    term_use_mouse(loop->term, app->ui.has_mouse);
}

static int draw(struct loop *loop, struct error *error)
{
    if (loop->has_new_size && measure(loop, error) != 0)
        return -ENOMEM;
    int64_t now_ms = app_time_ms(loop->app, epoch_ms(loop));
    copy(loop);
    time_t now_s = (time_t)(now_ms / MS_PER_S);
    struct tm local = {0};
    (void)localtime_r(&now_s, &local);
    struct cells *cells = &loop->cells;
    app_fit(loop->app, cells->width, cells->height, now_ms);
    struct view view = app_view(loop->app, now_ms, local.tm_hour, local.tm_min);
    view_draw(&view, cells);
    adjust_term(loop);
    if (loop->app->repaint)
        term_invalidate(loop->term);
    term_show(loop->term, cells);
    loop->app->repaint = false;
    loop->app->dirty = false;
    loop->next_change_ms = loop->options->has_now
                               ? INT64_MAX
                               : view_next_change_ms(&view, cells->width, cells->height);
    return 0;
}

static void take_signals(struct loop *loop)
{
    int number;
    while (signals_next(&loop->signals, &number)) {
        if (number == SIGWINCH) {
            loop->has_new_size = true;
            feed(loop, (struct event){.kind = EVENT_RESIZE});
        } else if (number == SIGTSTP) {
            term_suspend(loop->term);
            loop->is_resumed = true;
        } else if (number == SIGCONT) {
            loop->is_resumed = true;
        } else {
            leave(loop, SIGNAL_STATUS + number);
            feed(loop, (struct event){.kind = EVENT_QUIT, .signal = number});
        }
    }
}

static void take_keys(struct loop *loop)
{
    struct event event;
    while (!loop->leaves && term_next_event(loop->term, &event)) {
        if (event.kind == EVENT_RESUMED) {
            loop->is_resumed = true;
            continue;
        }
        if (event.kind == EVENT_INPUT_END)
            leave(loop, SIGNAL_STATUS + SIGHUP);
        feed(loop, event);
    }
}

/* After a stop, whatever caused it: once, although the key and the SIGCONT both tell of it. */
static void resume(struct loop *loop)
{
    take_signals(loop);
    loop->is_resumed = false;
    loop->has_new_size = true;
    loop->next_check_ms = 0;
    term_invalidate(loop->term);
    feed(loop, (struct event){.kind = EVENT_RESUMED});
}

static void input_ended(struct loop *loop)
{
    leave(loop, SIGNAL_STATUS + SIGHUP);
    feed(loop, (struct event){.kind = EVENT_INPUT_END});
}

/* Asks the watch where it has something to say, and for its safety net where that is due. */
static int ask_watch(struct loop *loop, bool is_ready, bool is_check_due, unsigned *ret_parts,
                     struct error *error)
{
    int64_t now_ms = clock_steady_ms();
    uint32_t told = 0, found = 0;
    int result = 0;
    if (is_ready || watch_timeout_ms(loop->watch, now_ms) == 0)
        result = watch_drain(loop->watch, now_ms, &told, error);
    if (result == 0 && is_check_due) {
        result = watch_check(loop->watch, &found, error);
        loop->next_check_ms = now_ms + CHECK_EVERY_MS;
    }
    *ret_parts = told | found;
    return result;
}

static int take_files(struct loop *loop, bool is_ready, struct error *error)
{
    const struct document *document = &app_truth(loop->app)->document;
    bool is_check_due = clock_steady_ms() >= loop->next_check_ms;
    bool is_second = clock_steady_ms() >= loop->second_look_ms;
    bool is_unusable = document->state == DOCUMENT_TORN || document->state == DOCUMENT_UNREADABLE;
    unsigned told = 0;
    int result = ask_watch(loop, is_ready, is_check_due, &told, error);
    unsigned parts = told;
    if (is_second || (is_check_due && is_unusable))
        parts |= PART_REGISTRY;
    if (parts & PART_BASE)
        look_hints_add(&loop->hints,
                       parts & PART_WORKSPACES ? PART_CHATS | PART_TRACES : PART_TRACES,
                       clock_steady_ms());
    if (is_check_due) /* a process that ends tells nobody */
        look_hints_add(&loop->hints, PART_SERVER | PART_TRACES, clock_steady_ms());
    parts |= look_hints_due(&loop->hints, clock_steady_ms());
    if (watch_mode(loop->watch) != loop->app->watch_mode) {
        loop->app->watch_mode = watch_mode(loop->watch);
        loop->app->dirty = true;
    }
    if (is_second)
        loop->second_look_ms = INT64_MAX;
    if (parts != 0)
        feed(loop, (struct event){.kind = EVENT_FILES, .parts = parts});
    if (result == 0 && parts & (PART_BASE | PART_CHATS) & ~(unsigned)PART_REGISTRY)
        result = look_hints_follow(&loop->hints, loop->app->state, error);
    if (document->state == DOCUMENT_UNREADABLE) /* a disk that heals tells nobody */
        loop->second_look_ms = clock_steady_ms() + UNREADABLE_LOOK_MS;
    else if (told != 0 && document->state == DOCUMENT_TORN)
        loop->second_look_ms = clock_steady_ms() + SECOND_LOOK_MS;
    return result;
}

static void take_time(struct loop *loop, bool is_clock_set)
{
    uint64_t expirations;
    if (is_clock_set)
        (void)!read(loop->clock_fd, &expirations, sizeof(expirations));
    if (!is_clock_set && epoch_ms(loop) < loop->next_change_ms)
        return;
    feed(loop, (struct event){.kind = EVENT_TIME});
    loop->app->dirty = true; /* also finds out what is due next */
}

static int64_t sooner(int64_t a_ms, int64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

/* For poll(2): milliseconds until something is due; -1 for never. */
static int sleep_ms(const struct loop *loop)
{
    int64_t now_ms = clock_steady_ms(), left_ms = INT64_MAX;
    if (loop->app->state->loading.is_on)
        return 0;
    int poll_ms = watch_timeout_ms(loop->watch, now_ms);
    if (poll_ms >= 0)
        left_ms = poll_ms;
    if (look_hints_wait_ms(&loop->hints, now_ms) >= 0)
        left_ms = sooner(left_ms, look_hints_wait_ms(&loop->hints, now_ms));
    if (loop->second_look_ms != INT64_MAX)
        left_ms = sooner(left_ms, loop->second_look_ms - now_ms);
    if (loop->next_change_ms != INT64_MAX)
        left_ms = sooner(left_ms, loop->next_change_ms - epoch_ms(loop));
    if (left_ms == INT64_MAX)
        return -1;
    return left_ms < 0 ? 0 : (int)sooner(left_ms, INT_MAX);
}

/* Sleeps until there is something to do, then does all of it. */
static int run_round(struct loop *loop, struct error *error)
{
    struct pollfd sources[SOURCE_COUNT] = {
        [SOURCE_TERM] = {.fd = term_fd(loop->term), .events = POLLIN},
        [SOURCE_SIGNALS] = {.fd = loop->signals.fd, .events = POLLIN},
        [SOURCE_WATCH] = {.fd = watch_fd(loop->watch), .events = POLLIN},
        [SOURCE_HINTS] = {.fd = look_hints_fd(&loop->hints), .events = POLLIN},
        [SOURCE_CLOCK] = {.fd = loop->clock_fd, .events = POLLIN},
    };
    if (poll(sources, SOURCE_COUNT, sleep_ms(loop)) < 0) {
        int errnum = errno;
        return errnum == EINTR ? 0
                               : error_set(error, ERROR_SYSTEM, errnum,
                                           "waiting for something to happen: %s; the dashboard "
                                           "ended, nothing was changed",
                                           strerror(errnum));
    }
    if (sources[SOURCE_SIGNALS].revents)
        take_signals(loop);
    if (sources[SOURCE_TERM].revents & POLLIN)
        take_keys(loop);
    if (sources[SOURCE_TERM].revents & (POLLHUP | POLLERR | POLLNVAL))
        input_ended(loop);
    if (loop->is_resumed)
        resume(loop);
    if (loop->leaves)
        return 0;
    if (sources[SOURCE_HINTS].revents)
        look_hints_take(&loop->hints, clock_steady_ms());
    take_time(loop, sources[SOURCE_CLOCK].revents != 0);
    return take_files(loop, sources[SOURCE_WATCH].revents != 0, error);
}

static bool is_recent(const struct file_identity *identity, int64_t span_ms)
{
    return identity->exists && clock_epoch_ms() - identity->ctime_ns / NS_PER_MS < span_ms;
}

static bool is_recent_path(const char *path, int64_t span_ms)
{
    struct file_identity identity;
    return file_identify(path, &identity, NULL) != 0 || is_recent(&identity, span_ms);
}

/* Looks again at what may have changed between the load and the beginning of the watch, and at who
 * keeps the registry open: a walk over all processes, for which the first picture does not wait. */
static int catch_up(struct loop *loop, struct error *error)
{
    const struct state *state = loop->app->state;
    struct buffer ui_state_path = {0};
    struct file_identity identity = {0};
    unsigned parts = 0;
    paths_join(state->dir.data, names[UI_STATE_NAME], &ui_state_path);
    if (ui_state_path.failed)
        return error_no_memory(error, "watching the state directory");
    if (file_identify(state->registry_path.data, &identity, NULL) != 0 ||
        !file_identity_equal(&identity, &state->identity) ||
        is_recent(&identity, REGISTRY_RECENT_MS))
        parts |= PART_REGISTRY;
    if (is_recent_path(state->dir.data, SIDE_RECENT_MS) ||
        is_recent_path(state->config_path.data, SIDE_RECENT_MS) ||
        is_recent_path(ui_state_path.data, SIDE_RECENT_MS))
        parts |= PART_CONFIG | PART_UI_STATE | PART_WORKSPACES;
    buffer_done(&ui_state_path);
    if (parts)
        feed(loop, (struct event){.kind = EVENT_FILES, .parts = parts});
    look_hints_add(&loop->hints, PART_CHATS | PART_SERVER | PART_TRACES | PART_HOLDER,
                   clock_steady_ms());
    if (state->document.state == DOCUMENT_TORN)
        loop->second_look_ms = clock_steady_ms() + SECOND_LOOK_MS;
    return 0;
}

/* A part of a large registry, between two looks at keys and signals. */
static int load_slice(struct loop *loop, struct error *error)
{
    struct app *app = loop->app;
    app_load_slice(app, epoch_ms(loop));
    if (clock_steady_ms() >= loop->next_progress_ms) {
        app->dirty = true;
        loop->next_progress_ms = clock_steady_ms() + PROGRESS_MS;
    }
    if (app->state->loading.is_on)
        return 0;
    int result = look_hints_follow(&loop->hints, app->state, error);
    return result == 0 ? catch_up(loop, error) : result;
}

int loop_run(struct app *app, struct term *term, const struct loop_options *options,
             struct error *error)
{
    struct loop loop = {
        .app = app, .term = term, .options = options, .look = options->look, .has_new_size = true};
    loop.cells.ascii = options->ascii;
    loop.second_look_ms = INT64_MAX;
    if (signals_open(&loop.signals, error) != 0)
        return ERROR_SYSTEM;
    loop.clock_fd = clock_open_set_fd();
    loop.next_check_ms = clock_steady_ms() + CHECK_EVERY_MS;
    int result = watch_open(app->state->dir.data, names, NAME_COUNT, &loop.watch, error);
    if (result == 0)
        result = look_hints_open(&loop.hints, error);
    if (result == 0)
        result = look_hints_follow(&loop.hints, app->state, error);
    if (result == 0) {
        app->watch_mode = watch_mode(loop.watch);
        result = draw(&loop, error);
    }
    loop.next_progress_ms = clock_steady_ms() + PROGRESS_MS;
    if (result == 0 && !app->state->loading.is_on)
        result = catch_up(&loop, error);
    while (result == 0 && !loop.leaves) {
        if (app->dirty) {
            result = draw(&loop, error);
            app_rest(app, epoch_ms(&loop));
        }
        if (result == 0)
            result = run_round(&loop, error);
        if (result == 0 && app->state->loading.is_on && !loop.leaves)
            result = load_slice(&loop, error);
    }
    cells_done(&loop.cells);
    look_hints_done(&loop.hints);
    watch_close(loop.watch);
    if (loop.clock_fd >= 0)
        (void)close(loop.clock_fd);
    signals_close(&loop.signals);
    return result != 0 ? ERROR_SYSTEM : loop.status;
}
