#include "tui/view_parts.h"

#include "tui/event_words.h"

#include <stdio.h>

enum { ITEMS_MAX = 16, ITEM_BYTES = 48, KEEP_ALWAYS = 0, MINUTE_MS = 60000 };

enum place { PLACE_LEFT, PLACE_MIDDLE, PLACE_RIGHT, PLACE_COUNT };

/* A piece of the first line. The higher `drop`, the sooner it goes where room is short. */
struct item {
    enum place place;
    enum role role;
    int gap; /* columns before it */
    int drop;
    struct str text; /* borrowed, or `own` */
    char own[ITEM_BYTES];
    int width;
    int room;              /* what it is counted with when room is short; `width` or more */
    int64_t changes_in_ms; /* INT64_MAX: not by time */
};

struct header {
    struct item items[ITEMS_MAX];
    size_t count;
};

static struct item *add(struct header *header, enum place place, enum role role, int drop)
{
    struct item *item = &header->items[header->count++];
    *item = (struct item){.place = place, .role = role, .gap = 2, .drop = drop};
    item->changes_in_ms = INT64_MAX;
    return item;
}

static void add_word(struct header *header, enum role role, int drop, const char *word)
{
    add(header, PLACE_RIGHT, role, drop)->text = str_of(word);
}

static void add_identity(const struct pen *pen, struct header *header, int width)
{
    enum { WIDE = 120 };
    const struct state *state = pen->view->state;
    add(header, PLACE_LEFT, ROLE_HEADER, 7)->text = STR("slotop");
    struct item *name = add(header, PLACE_LEFT, ROLE_TEXT, 5);
    name->text = buffer_str(&state->workspace.name);
    if (name->text.len == 0)
        name->text = STR("no workspace");
    if (width >= WIDE)
        add(header, PLACE_LEFT, ROLE_DIM, 9)->text = buffer_str(&state->registry_path);
}

static void add_count(struct header *header, enum role role, int drop, size_t count,
                      const char *word)
{
    struct item *item = add(header, PLACE_MIDDLE, role, drop);
    (void)snprintf(item->own, sizeof(item->own), "%zu %s", count, word);
    item->gap = 3;
}

static void add_counts(const struct pen *pen, struct header *header)
{
    if (!pen->model)
        return;
    const struct counts *counts = &pen->model->counts;
    struct item *held = add(header, PLACE_MIDDLE, ROLE_TEXT, KEEP_ALWAYS);
    if (counts->slots > 0 && view_is_unknown(pen)) {
        (void)snprintf(held->own, sizeof(held->own), "?/%zu held", counts->slots);
        return;
    }
    if (counts->slots > 0)
        (void)snprintf(held->own, sizeof(held->own), "%zu/%zu held", counts->held, counts->slots);
    else
        held->text = STR("no slots");
    if (counts->slots > 0)
        add_count(header, ROLE_TEXT, 4, counts->free, "free");
    if (view_is_retired(pen))
        return;
    size_t fallbacks = pen->model->fallback_count;
    add_count(header, fallbacks ? ROLE_FALLBACK : ROLE_TEXT, fallbacks ? 2 : 6, fallbacks,
              "fallback");
}

/* Nothing goes on without it; its version is for who has room to read it. */
static void add_server(const struct pen *pen, struct header *header, int width)
{
    enum { WIDE = 140 };
    const struct around *around = &pen->view->state->around;
    const struct server *server = &around->server;
    if (!(around->known & PART_SERVER))
        return;
    if (server->state == SERVER_DOWN)
        add_word(header, server->is_certain ? ROLE_ERROR : ROLE_WARNING, 1,
                 server->is_certain ? "SERVER DOWN" : "SERVER DOWN?");
    if (width < WIDE || server->version[0] == '\0')
        return;
    struct item *version = add(header, PLACE_RIGHT, ROLE_DIM, 9);
    (void)snprintf(version->own, sizeof(version->own), "DenchClaw %s", server->version);
}

static void add_loading(const struct state_loading *loading, struct header *header, bool ascii)
{
    struct item *item = add(header, PLACE_RIGHT, ROLE_WARNING, KEEP_ALWAYS);
    char digits[24], grouped[24];
    size_t len = (size_t)snprintf(digits, sizeof(digits), "%zu", loading->entries), out = 0;
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            grouped[out++] = ',';
        grouped[out++] = digits[i];
    }
    grouped[out] = '\0';
    (void)snprintf(item->own, sizeof(item->own), "loading %.23s entries%s", grouped,
                   ascii ? "..." : "\xe2\x80\xa6");
}

/* "PAST 14:25:40" */
static void add_past(const struct view *view, struct header *header)
{
    char time[EVENT_TIME_SIZE];
    int64_t changes_in_ms;
    struct item *item = add(header, PLACE_RIGHT, ROLE_WARNING, KEEP_ALWAYS);
    (void)snprintf(item->own, sizeof(item->own), "PAST %s",
                   event_words_time((double)view->now_ms, view->past_of_ms, time, &changes_in_ms));
}

/* The state of what is shown, in a word: only what reads well is LIVE. */
static void add_health(const struct pen *pen, struct header *header)
{
    const struct view *view = pen->view;
    enum document_state state = view->state->document.state;
    if (view->is_demo)
        add_word(header, ROLE_WARNING, 3, "DEMO");
    if (view->read_only)
        add_word(header, ROLE_WARNING, 1, "READ-ONLY");
    if (view->state->loading.is_on) {
        add_loading(&view->state->loading, header, pen->cells->ascii);
        return;
    }
    if (view->past_of_ms)
        add_past(view, header);
    else if (view->is_frozen)
        add_word(header, ROLE_WARNING, KEEP_ALWAYS, "FROZEN");
    if (view->watch_mode == WATCH_POLLING && !view->is_frozen)
        add_word(header, ROLE_WARNING, state == DOCUMENT_OK ? KEEP_ALWAYS : 3, "POLLING");
    switch (state) {
    case DOCUMENT_OK:
        if (view->watch_mode == WATCH_LIVE && !view->is_frozen)
            add_word(header, ROLE_GOOD, view->read_only ? 2 : KEEP_ALWAYS, "LIVE");
        break;
    case DOCUMENT_MISSING:
        add_word(header, ROLE_WARNING, KEEP_ALWAYS, "NO REGISTRY");
        break;
    case DOCUMENT_TORN:
        add_word(header, ROLE_ERROR, KEEP_ALWAYS, "TORN");
        break;
    case DOCUMENT_MALFORMED:
        add_word(header, ROLE_ERROR, KEEP_ALWAYS, "MALFORMED");
        break;
    case DOCUMENT_UNREADABLE:
        add_word(header, ROLE_ERROR, KEEP_ALWAYS, "UNREADABLE");
        break;
    }
}

/* "<1m", "1m", then as other spans. Returns how long that stays true. */
static int64_t print_write_age(int64_t ms, char text[DURATION_TEXT_SIZE])
{
    if (ms < 2 * MINUTE_MS) {
        (void)snprintf(text, DURATION_TEXT_SIZE, "%s", ms < MINUTE_MS ? "<1m" : "1m");
        return (ms < MINUTE_MS ? MINUTE_MS : 2 * MINUTE_MS) - ms;
    }
    (void)duration_elapsed((double)ms, text);
    return duration_elapsed_next_ms((double)ms);
}

static void add_times(const struct pen *pen, struct header *header)
{
    const struct view *view = pen->view;
    if (view->last_write_ms > 0 && !view->past_of_ms) {
        char text[DURATION_TEXT_SIZE];
        struct item *write = add(header, PLACE_RIGHT, ROLE_DIM, 8);
        write->changes_in_ms = print_write_age(view->now_ms - view->last_write_ms, text);
        (void)snprintf(write->own, sizeof(write->own), ", write %s", text);
        write->gap = 0;
        write->room = (int)sizeof(", write 47h59") - 1;
    }
    struct item *clock = add(header, PLACE_RIGHT, ROLE_HEADER, 5);
    (void)snprintf(clock->own, sizeof(clock->own), "%02d:%02d", view->clock_hour,
                   view->clock_minute);
    clock->gap = 3;
    clock->changes_in_ms = MINUTE_MS - view->now_ms % MINUTE_MS;
}

static struct str text_of(const struct item *item)
{
    return item->text.data ? item->text : str_of(item->own);
}

static void measure(struct header *header, bool ascii)
{
    for (size_t i = 0; i < header->count; i++) {
        struct item *item = &header->items[i];
        item->width = (int)text_width(text_of(item), ascii);
        item->room = item->room > item->width ? item->room : item->width;
    }
}

static int room_of(const struct header *header, enum place place)
{
    int width = 0;
    for (size_t i = 0; i < header->count; i++) {
        const struct item *item = &header->items[i];
        if (item->place == place)
            width += item->room + (width ? item->gap : 0);
    }
    return width;
}

/* Columns that all pieces need: a margin at both sides, three columns between the places. */
static int room_of_all(const struct header *header)
{
    int width = 2;
    int places = 0;
    for (enum place place = PLACE_LEFT; place < PLACE_COUNT; place++) {
        int own = room_of(header, place);
        width += own;
        places += own > 0;
    }
    return width + (places > 1 ? 3 * (places - 1) : 0);
}

static void drop_item(struct header *header, size_t at)
{
    header->count--;
    for (size_t i = at; i < header->count; i++)
        header->items[i] = header->items[i + 1];
}

/* Drops pieces until the line has room for them; the last one is cut if it must be. */
static void fit(struct header *header, int width)
{
    while (header->count > 1 && room_of_all(header) > width) {
        size_t worst = 0;
        for (size_t i = 0; i < header->count; i++) {
            if (header->items[i].drop >= header->items[worst].drop)
                worst = i;
        }
        drop_item(header, worst);
    }
}

static int width_of(const struct header *header, enum place place)
{
    int width = 0;
    for (size_t i = 0; i < header->count; i++) {
        const struct item *item = &header->items[i];
        if (item->place == place)
            width += item->width + (width ? item->gap : 0);
    }
    return width;
}

static void draw_items(struct pen *pen, const struct header *header, int width)
{
    int margin = room_of_all(header) <= width ? 1 : 0;
    int column[PLACE_COUNT] = {margin, 0, width - margin - width_of(header, PLACE_RIGHT)};
    int left = width_of(header, PLACE_LEFT);
    column[PLACE_MIDDLE] = margin + (left > 0 ? left + 3 : 0);
    bool is_first[PLACE_COUNT] = {true, true, true};
    for (size_t i = 0; i < header->count; i++) {
        const struct item *item = &header->items[i];
        int *at = &column[item->place];
        *at += is_first[item->place] ? 0 : item->gap;
        is_first[item->place] = false;
        cells_text(pen->cells, 0, *at, width - *at, item->role, text_of(item));
        pen_changes_in(pen, item->changes_in_ms);
        *at += item->width;
    }
}

void view_draw_header(struct pen *pen, int width)
{
    struct header header = {.count = 0};
    add_identity(pen, &header, width);
    add_counts(pen, &header);
    add_server(pen, &header, width);
    add_health(pen, &header);
    add_times(pen, &header);
    measure(&header, pen->cells->ascii);
    fit(&header, width);
    draw_items(pen, &header, width);
}
