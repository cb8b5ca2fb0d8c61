/* What happens to the registry from now on: watched, told and kept. */
#include "core/watch.h"
#include "tui/cli_events_part.h"
#include "tui/cli_print.h"
#include "tui/clock.h"
#include "tui/signals.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
    CHECK_EVERY_MS = 5000, /* the watch's safety net */
    LOOK_AGAIN_MS = 1000,  /* at what cannot be read: a disk that heals tells nobody */
    SOURCE_SIGNALS = 0,
    SOURCE_WATCH,
    SOURCE_OUTPUT,
    SOURCE_COUNT,
};

static const char *const names[] = {"chat-agents.json"};

struct follow {
    struct cli *cli;
    struct history *history;
    struct signals signals;
    struct watch *watch;
    struct document shown; /* the last look that could be used */
    bool has_shown;
    bool is_torn;          /* and that is told */
    bool has_told_trouble; /* of the history */
    int64_t torn_since_ms; /* steady; INT64_MAX: not torn */
    int64_t next_look_ms;  /* steady; INT64_MAX: when the watch says so */
    int64_t next_check_ms; /* steady */
};

/* Another slotop that changes the registry keeps the journal held until its operation is in it. */
static int read_story(const struct follow *follow, const struct events *events, struct story *story,
                      struct error *error)
{
    const struct journal *journal = follow->cli->journal;
    double since_ms = events->items[0].at_ms;
    for (size_t i = 1; i < events->count; i++)
        since_ms = events->items[i].at_ms < since_ms ? events->items[i].at_ms : since_ms;
    if (journal && access(journal->dir, F_OK) == 0)
        journal_let_go(journal_hold(journal));
    return story_read(follow->cli, since_ms - HISTORY_SAME_MS, story, error);
}

static void keep(struct follow *follow, const struct events *events)
{
    const struct store *store = &follow->cli->state->store;
    struct error error;
    if (store->read_only || store->dry_run)
        return;
    if (history_add(follow->history, events, &error) < 0) {
        (void)cli_fail(follow->cli, &error);
        return;
    }
    const char *trouble = history_trouble(follow->history);
    if (*trouble && !follow->has_told_trouble)
        cli_message(follow->cli, str_of(trouble));
    follow->has_told_trouble = *trouble;
}

/* Prints events, and keeps them. */
static int tell(struct follow *follow, struct events *events)
{
    struct story story = {0};
    struct error error;
    if (events->count == 0)
        return 0;
    if (read_story(follow, events, &story, &error) < 0)
        (void)cli_fail(follow->cli, &error); /* told without the operators, then */
    for (size_t i = 0; i < events->count; i++) {
        struct told told = {.event = events->items[i]};
        const struct told *done = story_find(&story, &told.event);
        if (done) {
            told = *done;
            events->items[i].by = BY_OPERATOR;
        }
        events_print(follow->cli, &follow->shown.registry, &told);
    }
    keep(follow, events);
    story_done(&story);
    return cli_flush(follow->cli, 0);
}

/* Of the file as a whole. */
static int tell_of_file(struct follow *follow, enum history_event_kind kind)
{
    struct history_event event = {
        .at_ms = (double)cli_now_ms(follow->cli), .kind = kind, .by = BY_SOMEBODY};
    struct events events = {.items = &event, .count = 1};
    return tell(follow, &events);
}

/* A look that can be used: what has changed since the last one of these. */
static int take_registry(struct follow *follow, struct document *look)
{
    struct events events = {0};
    struct error error;
    int status = 0;
    if (follow->is_torn)
        status = tell_of_file(follow, EVENT_MENDED);
    if (status == 0 && follow->has_shown &&
        events_between(&follow->shown.registry, &look->registry, cli_now_ms(follow->cli), false,
                       &events, &error) < 0)
        status = cli_fail(follow->cli, &error);
    document_done(&follow->shown);
    follow->shown = *look;
    document_init(look);
    follow->has_shown = true;
    follow->is_torn = false;
    follow->torn_since_ms = follow->next_look_ms = INT64_MAX;
    if (status == 0)
        status = tell(follow, &events);
    events_done(&events);
    return status;
}

/* One that cannot: a save in progress, or it is torn. */
static int take_fault(struct follow *follow, const struct document *look)
{
    int64_t now_ms = clock_steady_ms();
    follow->next_look_ms = now_ms + LOOK_AGAIN_MS;
    if (look->state == DOCUMENT_UNREADABLE || follow->is_torn)
        return 0;
    if (follow->torn_since_ms == INT64_MAX)
        follow->torn_since_ms = now_ms;
    follow->next_look_ms = follow->torn_since_ms + STATE_TORN_MS;
    if (now_ms < follow->next_look_ms)
        return 0;
    follow->is_torn = true;
    follow->next_look_ms = INT64_MAX;
    return tell_of_file(follow, EVENT_TORN);
}

static int look(struct follow *follow)
{
    struct document document;
    struct error error;
    int status;
    document_init(&document);
    if (store_load(&follow->cli->state->store, 0, &document, NULL, &error) < 0)
        status = cli_fail(follow->cli, &error);
    else if (document.has_registry)
        status = take_registry(follow, &document);
    else
        status = take_fault(follow, &document);
    document_done(&document);
    return status;
}

/* True when it is time to end. */
static bool take_signals(struct follow *follow)
{
    int number;
    while (signals_next(&follow->signals, &number)) {
        if (number == SIGTSTP)
            (void)raise(SIGSTOP);
        else if (number != SIGWINCH && number != SIGCONT)
            return true;
    }
    return false;
}

static int take_watch(struct follow *follow, bool is_ready)
{
    uint32_t told = 0, found = 0;
    int64_t now_ms = clock_steady_ms();
    struct error error;
    int result = 0;
    if (is_ready || watch_timeout_ms(follow->watch, now_ms) == 0)
        result = watch_drain(follow->watch, now_ms, &told, &error);
    if (result == 0 && now_ms >= follow->next_check_ms) {
        result = watch_check(follow->watch, &found, &error);
        follow->next_check_ms = now_ms + CHECK_EVERY_MS;
    }
    if (result != 0)
        return cli_fail(follow->cli, &error);
    return ((told | found) & PART_REGISTRY) || now_ms >= follow->next_look_ms ? look(follow) : 0;
}

static int sleep_ms(const struct follow *follow)
{
    int64_t now_ms = clock_steady_ms(), until_ms = follow->next_check_ms;
    int watch_ms = watch_timeout_ms(follow->watch, now_ms);
    if (follow->next_look_ms < until_ms)
        until_ms = follow->next_look_ms;
    if (watch_ms >= 0 && now_ms + watch_ms < until_ms)
        until_ms = now_ms + watch_ms;
    return until_ms > now_ms ? (int)(until_ms - now_ms) : 0;
}

static int run(struct follow *follow)
{
    struct pollfd sources[SOURCE_COUNT] = {
        [SOURCE_SIGNALS] = {.fd = follow->signals.fd, .events = POLLIN},
        [SOURCE_OUTPUT] = {.fd = fileno(follow->cli->out)}, /* tells when nobody reads any more */
    };
    int status = look(follow);
    while (status == 0) {
        sources[SOURCE_WATCH] = (struct pollfd){.fd = watch_fd(follow->watch), .events = POLLIN};
        if (poll(sources, SOURCE_COUNT, sleep_ms(follow)) < 0) {
            if (errno == EINTR)
                continue;
            return cli_fail_memory(follow->cli, "waiting for something to happen");
        }
        if (sources[SOURCE_SIGNALS].revents && take_signals(follow))
            return 0;
        if (sources[SOURCE_OUTPUT].revents & (POLLERR | POLLHUP))
            return ERROR_SYSTEM;
        status = take_watch(follow, sources[SOURCE_WATCH].revents != 0);
    }
    return status;
}

/* Begins with what was loaded for the events that are told already. */
static void take_first(struct follow *follow)
{
    struct document *loaded = &follow->cli->state->document;
    follow->has_shown = loaded->has_registry;
    if (!loaded->has_registry) {
        (void)cli_check_usable(follow->cli, "");
        follow->is_torn = loaded->state != DOCUMENT_UNREADABLE;
    }
    follow->shown = *loaded;
    document_init(loaded);
}

int events_follow(struct cli *cli, struct history *history)
{
    struct follow follow = {
        .cli = cli,
        .history = history,
        .torn_since_ms = INT64_MAX,
        .next_look_ms = INT64_MAX,
        .next_check_ms = clock_steady_ms() + CHECK_EVERY_MS,
    };
    struct error error;
    int status = cli_flush(cli, 0);
    if (status != 0)
        return status;
    int result = signals_open(&follow.signals, NULL);
    if (result < 0) {
        (void)error_set(&error, ERROR_SYSTEM, -result, "preparing for signals: %s",
                        strerror(-result));
        return cli_fail(cli, &error);
    }
    take_first(&follow);
    if (watch_open(cli->state->dir.data, names, 1, &follow.watch, &error) < 0)
        status = cli_fail(cli, &error);
    else
        status = run(&follow);
    watch_close(follow.watch);
    document_done(&follow.shown);
    signals_close(&follow.signals);
    return status;
}
