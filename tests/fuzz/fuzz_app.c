/*
 * Input: flags, then events of a byte each, keys and others. No event breaks the dashboard or what
 * it draws, and Esc leads out.
 *
 * The state directory is real, so that looking again is; the store only evaluates (dry_run).
 */
#include "tests/fuzz/fuzz.h"
#include "tests/helpers/tree.h"
#include "tui/app.h"

#include <stdlib.h>
#include <string.h>

enum {
    /* question, three panes one over the other, range, search, filter, a pane that fills the
     * screen, a frozen one, dashboard */
    ESCAPES_TO_LEAVE = 10,
    FIRST_SPECIAL = 0xc0, /* bytes from here on are no characters */
    EVENTS_MAX = 200,
    DRAWS_MAX = 3, /* the slowest of all */
    SECOND_MS = 1000,
};
#define BASE_MS INT64_C(1773890082560)

#define ENTRY(id, agent, state, ago)                                                               \
    "\"" id "\":{\"chatAgentId\":\"" agent "\",\"workspaceAgentId\":\"main\",\"sessionId\":\"" id  \
    "\",\"workspaceDir\":\"\",\"state\":\"" state "\",\"createdAt\":1773880082560,"                \
    "\"lastActiveAt\":17738" ago "000,\"idleTtlMs\":1800000}"
#define ACTIVE_1 ENTRY("aaaaaaaa-1", "chat-slot-main-1", "active", "90080")
#define IDLE_2 ENTRY("aaaaaaaa-2", "chat-slot-main-2", "idle", "89000")
#define DOUBLE_1 ENTRY("ee", "chat-slot-main-1", "active", "90000")
#define FALLBACK ENTRY("cc", "main", "active", "88900")
#define EXPIRED ENTRY("dd", "chat-slot-main-2", "expired", "80000")
#define RELEASED ENTRY("dd", "main", "deleted", "80000")
#define HOSTILE                                                                                    \
    "\"\\u202e\\u0007x\":{\"state\":\"\\u001b[31m\",\"chatAgentId\":\"\\ud800\","                  \
    "\"lastActiveAt\":\"1e400\"},\"\":{},\"7\":5,\"l\":[],\"t\":{\"state\":\"idle\","              \
    "\"lastActiveAt\":1e308,\"idleTtlMs\":-1e308,\"createdAt\":null}"

/* What the server may have saved. */
static const char *const registries[] = {
    "{\"agents\":{" ACTIVE_1 "," IDLE_2 "," FALLBACK "," EXPIRED "}}",
    "{\"agents\":{" ACTIVE_1 "," DOUBLE_1 "," RELEASED "}}",
    "{\"agents\":{" HOSTILE "}}",
    "{\"agents\":{\"n\":null," IDLE_2 "}}",
    "{\"agents\":{}}",
    "[]",
};
enum { REGISTRY_COUNT = sizeof(registries) / sizeof(registries[0]) };

static const char *const configs[] = {
    ("{\"agents\":{\"list\":[{\"id\":\"main\"},{\"id\":\"chat-slot-main-1\"},"
     "{\"id\":\"chat-slot-main-2\"},{\"id\":\"chat-slot-main-\\u0000\"}]}}"),
    "{\"agents\":{\"list\":[{\"id\":\"chat-slot-main-1\"},{\"id\":5}]}}",
    "{agents: {}} // not strict",
};
enum { CONFIG_COUNT = sizeof(configs) / sizeof(configs[0]) };

/* One directory for all inputs of the process; it goes when the process does. */
static struct tree directory;
static const struct journal journal = {.dir = directory.path,
                                       .user = "u",
                                       .host = "h",
                                       .pid = 1,
                                       .rotate_bytes = JOURNAL_ROTATE_BYTES};

static void remove_directory(void)
{
    tree_remove(&directory);
}

static void save(const char *name, const char *text)
{
    tree_put(&directory, name, text);
}

/* The journal's one operation, for u and its like: of an entry of registries[1]. */
static void record_release(void)
{
    struct buffer registry = {0};
    uint32_t id;
    struct journal_change change = {
        .session_id = STR("dd"),
        .before = STR("{\"state\":\"active\",\"chatAgentId\":\"chat-slot-main-2\"}"),
        .after = STR("{\"state\":\"deleted\",\"lastActiveAt\":1773880000000}"),
    };
    journal_registry(tree_path(&directory, "chat-agents.json"), &registry);
    struct journal_operation operation = {
        .time_ms = BASE_MS,
        .registry = buffer_str(&registry),
        .command = STR("release"),
        .outcome = STR("verified"),
        .changes = &change,
        .change_count = 1,
    };
    FUZZ_CHECK(journal_append(&journal, &operation, &id, NULL) == 0);
    buffer_done(&registry);
}

static void make_directory(void)
{
    if (directory.path[0])
        return;
    tree_make(&directory);
    FUZZ_CHECK(atexit(remove_directory) == 0);
    tree_put(&directory, "workspace/x", "");
    save("chat-agents.json", registries[0]);
    record_release();
}

/* Closing an inotify waits for the kernel, for longer than all else here takes: one for all. */
static struct opens opens = {.fd = -1, .wd = -1};

static void swap_opens(struct app *app)
{
    struct opens theirs = app->opens;
    app->opens = opens;
    opens = theirs;
}

/* A dashboard, and who sits before it. */
struct session {
    struct state state;
    struct app app;
    struct cells cells;
    int64_t now_ms;
    int draws;
};

static void open_session(struct session *session, uint8_t flags)
{
    struct environment environment = {.home = directory.path, .current_dir = "/"};
    *session = (struct session){.now_ms = BASE_MS};
    save("chat-agents.json", registries[flags % REGISTRY_COUNT]);
    save("openclaw.json", configs[flags / 8 % CONFIG_COUNT]);
    FUZZ_CHECK(state_init(&session->state, &environment, directory.path, NULL, NULL) == 0);
    session->state.store.dry_run = true;
    session->state.store.read_only = flags & 0x20;
    FUZZ_CHECK(state_load(&session->state, &(struct state_look){.parts = PART_ALL}, NULL) == 0);
    FUZZ_CHECK(app_init(&session->app, &session->state, NULL) == 0);
    session->app.journal = &journal;
    swap_opens(&session->app);
    FUZZ_CHECK(cells_resize(&session->cells, flags & 0x40 ? 110 : 40, 10) == 0);
    session->cells.ascii = flags & 0x80;
}

static void close_session(struct session *session)
{
    cells_done(&session->cells);
    swap_opens(&session->app);
    app_done(&session->app);
    state_done(&session->state);
}

static void draw(struct session *session)
{
    struct cells *cells = &session->cells;
    if (session->draws++ >= DRAWS_MAX)
        return;
    cells_clear(cells);
    app_fit(&session->app, cells->width, cells->height, session->now_ms);
    struct view view = app_view(&session->app, session->now_ms, 0, 0);
    view_draw(&view, cells);
    for (int i = 0; i < cells->width * cells->height; i++) {
        const struct glyph *glyph = &cells->cells[i].glyph;
        FUZZ_CHECK(glyph->width <= 2 && glyph->len <= GLYPH_BYTES);
        FUZZ_CHECK(glyph->len == 0 || (glyph->text[0] & 0xe0 && glyph->text[0] != 0x7f));
    }
    FUZZ_CHECK(view_next_change_ms(&view, cells->width, cells->height) > session->now_ms);
}

/* What the view and the next key rely on. */
static void check(const struct session *session)
{
    const struct app *app = &session->app;
    const struct ui *ui = &app->ui;
    FUZZ_CHECK(ui->mode < UI_MODES && ui->sort < SORT_COUNT);
    FUZZ_CHECK(ui->filter.len <= UI_FILTER_MAX);
    FUZZ_CHECK((ui->mode == UI_CONFIRM) == (ui->question.len > 0));
    FUZZ_CHECK(ui->mode != UI_MENU || !app->read_only);
    FUZZ_CHECK(ui->mode != UI_CONFIRM || !app->read_only || app->is_locked);
    FUZZ_CHECK(app->held_parts == 0 || ui->mode == UI_CONFIRM || ui->mode == UI_MENU ||
               app->freeze.is_on);
    if (app->rows.count == 0)
        return;
    const struct registry *registry = &state_shown(app->state)->registry;
    FUZZ_CHECK(ui->cursor_row < app->rows.count);
    size_t index = app->rows.entries[ui->cursor_row];
    FUZZ_CHECK(index < registry->count);
    FUZZ_CHECK(str_equal(entry_session_id(&registry->entries[index]), buffer_str(&ui->cursor_id)) ||
               entry_session_id(&registry->entries[index]).len + ui->cursor_id.len == 0);
}

static void send(struct session *session, struct event event)
{
    app_handle(&session->app, &event, session->now_ms);
    check(session);
}

static void send_key(struct session *session, enum event_kind kind, uint32_t key)
{
    send(session, (struct event){.kind = kind, .key = key});
}

static void send_files(struct session *session, unsigned parts)
{
    send(session, (struct event){.kind = EVENT_FILES, .parts = parts});
}

/* The events that are no characters; some are followed by a byte that says more. */
static void send_special(struct session *session, uint8_t special, struct fuzz_input *input)
{
    uint8_t more;
    switch (special % 8) {
    case 0:
        send_key(session, EVENT_KEY, KEY_CODE_BASE + fuzz_byte(input) % 32);
        break;
    case 1:
        send_key(session, EVENT_PASTE, fuzz_byte(input));
        break;
    case 2:
        more = fuzz_byte(input);
        FUZZ_CHECK(cells_resize(&session->cells, 1 + more % 16 * 9, 1 + more / 16 * 2) == 0);
        send(session, (struct event){.kind = EVENT_RESIZE});
        draw(session);
        break;
    case 3:
        save("chat-agents.json", registries[fuzz_byte(input) % REGISTRY_COUNT]);
        send_files(session, PART_REGISTRY);
        break;
    case 4:
        save("openclaw.json", configs[fuzz_byte(input) % CONFIG_COUNT]);
        send_files(session, PART_CONFIG);
        break;
    case 5:
        session->now_ms += (int64_t)fuzz_byte(input) * fuzz_byte(input) * SECOND_MS / 4;
        send(session, (struct event){.kind = EVENT_TIME});
        break;
    case 6:
        send_files(session, fuzz_byte(input) & PART_ALL);
        break;
    default:
        send(session, (struct event){.kind = EVENT_RESUMED});
        break;
    }
}

static void check_way_out(struct session *session)
{
    int presses = 0;
    for (; presses < ESCAPES_TO_LEAVE && !session->app.ui.quit; presses++)
        send_key(session, EVENT_KEY, KEY_ESCAPE);
    FUZZ_CHECK(session->app.ui.quit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, data + size};
    struct session session;
    make_directory();
    open_session(&session, fuzz_byte(&input));
    for (int i = 0; i < EVENTS_MAX && !fuzz_is_empty(&input) && !session.app.ui.quit; i++) {
        uint8_t byte = fuzz_byte(&input);
        if (byte < FIRST_SPECIAL)
            send_key(&session, EVENT_KEY, byte);
        else
            send_special(&session, byte, &input);
    }
    draw(&session);
    check_way_out(&session);
    close_session(&session);
    return 0;
}
