/* What one frame costs on a terminal: one entry changed, beside a full redraw. */
#include "tests/bench/bench.h"

#include "tui/app.h"
#include "tui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FRAMES = 41 };

struct frames {
    struct state state;
    struct app app;
    struct term *term;
    struct cells cells;
    int64_t now_ms;
};

static double cpu_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

/* Draws and shows after one session, which is not under the cursor, got another state. */
static double frame_ms(struct frames *frames, bool is_full)
{
    uint8_t *view = &frames->state.model.views[frames->app.rows.entries[1]];
    *view ^= VIEW_ACTIVE ^ VIEW_IDLE;
    double start = cpu_ms();
    struct view picture = app_view(&frames->app, frames->now_ms, 12, 0);
    view_draw(&picture, &frames->cells);
    if (is_full)
        term_invalidate(frames->term);
    term_show(frames->term, &frames->cells);
    return cpu_ms() - start;
}

static bool open_frames(struct frames *frames, const struct place *place)
{
    struct error error;
    struct environment environment = {.home = place->tree.path, .current_dir = "/"};
    struct term_look look = {.color = true};
    frames->now_ms = place->made_ms + 1000;
    if (state_init(&frames->state, &environment, NULL, NULL, &error) != 0 ||
        state_load(&frames->state, &(struct state_look){.parts = PART_ALL}, &error) != 0 ||
        app_init(&frames->app, &frames->state, &error) != 0 ||
        cells_resize(&frames->cells, BENCH_WIDTH, BENCH_HEIGHT) != 0 ||
        term_open(&look, &frames->term, &error) != 0)
        return false;
    app_fit(&frames->app, BENCH_WIDTH, BENCH_HEIGHT, frames->now_ms);
    (void)frame_ms(frames, true);
    return true;
}

/* In a process of its own, whose terminal is the pty. */
static void draw_frames(const struct place *place, int out)
{
    struct frames frames = {.now_ms = 0};
    struct pairs pairs = {.count = 0};
    (void)setenv("TERM", "xterm-256color", 1);
    if (!open_frames(&frames, place))
        _exit(1);
    for (int i = 0; i < FRAMES; i++) {
        double full = frame_ms(&frames, true);
        (void)frame_ms(&frames, false);
        pairs_add(&pairs, frame_ms(&frames, false), full);
    }
    _exit(write(out, &pairs, sizeof(pairs)) == sizeof(pairs) ? 0 : 1);
}

/* Never sleeps: to wake it up would cost the frame more than drawing, and is the terminal's price.
 */
static void drain(int fd)
{
    char bytes[4096];
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    while (read(fd, bytes, sizeof(bytes)) > 0 || errno == EAGAIN)
        continue;
}

void bench_frames(const struct place *place)
{
    int pipes[2], master, status;
    struct pairs pairs;
    struct winsize size = {.ws_row = BENCH_HEIGHT, .ws_col = BENCH_WIDTH};
    if (pipe(pipes) != 0)
        abort();
    pid_t child = forkpty(&master, NULL, NULL, &size);
    if (child == 0)
        draw_frames(place, pipes[1]);
    if (child < 0)
        abort();
    drain(master);
    (void)waitpid(child, &status, 0);
    if (status != 0 || read(pipes[0], &pairs, sizeof(pairs)) != sizeof(pairs))
        abort();
    (void)close(master);
    (void)close(pipes[0]);
    (void)close(pipes[1]);
    goal_print(GOAL_FRAME_CPU, place->n, &pairs);
}
