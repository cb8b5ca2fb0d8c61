// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Generated versions of a registry, chats and pool, with other orders and filters between them, and
 * with memory that fails now and then: what is kept from one version to the next and repaired
 * (tally, short ids, rows of the table) is what is made anew, whatever happened. One fixed seed;
 * SLOTOP_REPAIRS=N makes N versions. */
#include "core/state.h"
#include "tests/helpers/memory.h"
#include "tests/helpers/reload.h"
#include "tests/helpers/tree.h"
#include "tui/rows.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795357816000)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MINUTE_MS INT64_C(60000)
#define DAY_MS INT64_C(86400000)

enum { VERSIONS = 6000, EACH = 100, SESSIONS_MAX = 180, SESSIONS_FIRST = 120, CHATS_MOST = 12 };

struct session {
    unsigned id, slot, state;
    int64_t created_ms, used_ms;
    bool is_odd;
};

/* What the server has, and two who look at it. */
struct world {
    struct tree tree;
    uint64_t random;
    int64_t now_ms;
    struct session sessions[SESSIONS_MAX];
    size_t count, most;
    unsigned next_id, pool;
    struct state kept, fresh;
    struct rows rows;
    enum sort_key sort;
    bool reverse;
    const char *filter;
    size_t followed, failures;
};

static size_t below(struct world *world, size_t limit)
{
    return reload_below(&world->random, limit);
}

/* ---- files ---- */

/* Some begin alike, as far as ids are shown, and further. */
static void add_id(unsigned id, struct buffer *out)
{
    unsigned first = id % 7 ? id * 2654435761U : 0xabcdef00U + id % 3;
    buffer_addf(out, "%08x-5f6e-%04x", first, id);
}

static void add_session(const struct session *session, struct buffer *out)
{
    static const char *const states[] = {"active", "idle", "expired", "deleted", "paused"};
    static const char *const agents[] = {"chat-slot-main-1", "chat-slot-main-2", "chat-slot-main-3",
                                         "chat-slot-x-9", "main"};
    buffer_addf(out, "\n    \"");
    add_id(session->id, out);
    buffer_addf(out,
                "\": {\"chatAgentId\": \"%s\", \"workspaceAgentId\": \"main\", \"state\": \"%s\"",
                agents[session->slot], states[session->state]);
    if (session->is_odd)
        buffer_addf(out, ", \"createdAt\": \"then\", \"lastActiveAt\": {}");
    else
        buffer_addf(out, ", \"createdAt\": %lld, \"lastActiveAt\": %lld",
                    (long long)session->created_ms, (long long)session->used_ms);
    buffer_addf(out, ", \"idleTtlMs\": 1800000}");
}

static void put(struct world *world, const char *path, struct buffer *text)
{
    assert_false(text->failed);
    tree_write(&world->tree, path, text->data, text->len);
    buffer_done(text);
}

static void save_registry(struct world *world)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (size_t i = 0; i < world->count; i++) {
        buffer_addf(&text, i ? "," : "");
        add_session(&world->sessions[i], &text);
    }
    buffer_addf(&text, "\n  }\n}\n");
    put(world, "s/chat-agents.json", &text);
}

/* Of sessions that there are, that there were, and that there never were. */
static void save_chats(struct world *world)
{
    struct buffer text = {0};
    size_t chats = below(world, 3) ? below(world, CHATS_MOST) : 0;
    buffer_addf(&text, "[");
    for (size_t i = 0; i < chats; i++) {
        bool is_known = world->count > 0 && below(world, 4) > 0;
        unsigned id = is_known ? world->sessions[below(world, world->count)].id
                               : (unsigned)below(world, world->next_id + 5);
        buffer_addf(&text, "%s{\"id\": \"", i ? "," : "");
        add_id(id, &text);
        buffer_addf(&text, "\", \"title\": \"Invoice %zu\", \"updatedAt\": %lld", below(world, 9),
                    (long long)(world->now_ms - (int64_t)below(world, 5) * MINUTE_MS / 2));
        if (below(world, 4) > 0)
            buffer_addf(&text, ", \"chatAgentId\": \"chat-slot-main-%zu\"", below(world, 4));
        buffer_addf(&text, "}");
    }
    buffer_addf(&text, "]");
    put(world, "s/workspace/.openclaw/web-chat/index.json", &text);
}

static void save_pool(struct world *world)
{
    static const char *const pools[] = {
        "{\"id\":\"chat-slot-main-1\"},{\"id\":\"chat-slot-main-2\"},{\"id\":\"chat-slot-main-3\"}",
        "{\"id\":\"chat-slot-main-2\"},{\"id\":\"chat-slot-main-1\"},{\"id\":\"chat-slot-main-2\"}",
        "{\"id\":\"main\"}",
    };
    struct buffer text = {0};
    world->pool = (unsigned)below(world, 2 * COUNT(pools));
    buffer_addf(&text, "{\"agents\":{\"list\":[%s]}}",
                pools[world->pool < COUNT(pools) ? world->pool : 0]);
    put(world, "s/openclaw.json", &text);
}

/* ---- what happens ---- */

static struct session new_session(struct world *world)
{
    bool is_old = below(world, 3) > 0;
    int64_t ago_ms = is_old ? DAY_MS - 60 * MINUTE_MS + (int64_t)below(world, 120) * MINUTE_MS
                            : (int64_t)below(world, 40) * MINUTE_MS;
    return (struct session){
        .id = world->next_id++,
        .slot = (unsigned)below(world, 5),
        .state = is_old            ? 2
                 : below(world, 3) ? 2 + (unsigned)below(world, 2)
                                   : (unsigned)below(world, 5),
        .created_ms = world->now_ms - ago_ms - (int64_t)below(world, 3) * MINUTE_MS,
        .used_ms = world->now_ms - ago_ms,
        .is_odd = below(world, 30) == 0,
    };
}

static void put_in(struct world *world, size_t place)
{
    struct session *at = &world->sessions[place];
    if (world->count == world->most)
        return;
    memmove(at + 1, at, (world->count - place) * sizeof(*at));
    world->count++;
    *at = new_session(world);
}

static void take_out(struct world *world, size_t place, size_t count)
{
    struct session *at = &world->sessions[place];
    count = count < world->count - place ? count : world->count - place;
    memmove(at, at + count, (world->count - place - count) * sizeof(*at));
    world->count -= count;
}

static void change_session(struct world *world, struct session *session)
{
    struct session *other = &world->sessions[below(world, world->count)];
    struct session before = *session;
    switch (below(world, 20)) {
    case 0:
        *session = *other; /* the two change places */
        *other = before;
        break;
    case 1:
        session->is_odd = !session->is_odd;
        break;
    case 2:
    case 3:
        session->slot = (unsigned)below(world, 5);
        break;
    case 4:
    case 5:
    case 6:
    case 7:
        session->state = (unsigned)below(world, 5);
        break;
    case 8:
    case 9:
    case 10:
        session->used_ms = world->now_ms - (int64_t)below(world, 3) * MINUTE_MS;
        break;
    case 11:
        session->used_ms += DAY_MS * ((int64_t)below(world, 3) - 1);
        break;
    default:
        session->state = session->state < 2 ? 2 : session->state;
        break;
    }
}

static void change(struct world *world)
{
    size_t place = world->count ? below(world, world->count) : 0;
    size_t what = below(world, 40);
    if (world->count == 0 || what < 12)
        put_in(world, world->count);
    else if (what == 12)
        put_in(world, place);
    else if (what == 13)
        take_out(world, place, 1 + below(world, 5));
    else if (what == 14 && below(world, 10) == 0)
        take_out(world, 0, world->count);
    else
        change_session(world, &world->sessions[place]);
}

/* What the next look is about. */
static unsigned next_version(struct world *world)
{
    unsigned parts = PART_REGISTRY;
    static const int64_t steps[] = {0, 0, 0, 1000, 7000, MINUTE_MS, 40 * MINUTE_MS, -MINUTE_MS};
    world->now_ms += steps[below(world, COUNT(steps))];
    for (size_t changes = below(world, 4); changes > 0; changes--)
        change(world);
    if (below(world, 8) == 0) {
        save_chats(world);
        parts |= PART_CHATS;
    }
    if (below(world, 60) == 0) {
        save_pool(world);
        parts |= PART_CONFIG;
    }
    save_registry(world);
    return parts;
}

static void next_wish(struct world *world)
{
    static const char *const filters[] = {
        "",        "",          "",        "e",      "!",         "state:expired", "state:overdue",
        "abc",     "slot:2",    "!slot:-", "age>1d", "quiet>5m",  "left<20m",      "finding:growth",
        "finding", "finding:s", "invoice", "run:no", "id:abcdef", "title:invoice",
    };
    if (below(world, 5) == 0)
        world->sort = (enum sort_key)below(world, SORT_COUNT);
    if (below(world, 10) == 0)
        world->reverse = !world->reverse;
    if (below(world, 4) == 0)
        world->filter = filters[below(world, COUNT(filters))];
}

/* ---- the same ---- */

static void assert_same_number(double a, double b)
{
    assert_true(a == b || (isnan(a) && isnan(b)));
}

static void assert_same_str(struct str a, struct str b)
{
    assert_true(!a.data == !b.data && str_equal(a, b));
}

static void assert_same_slots(const struct model *a, const struct model *b)
{
    assert_int_equal(a->slot_count, b->slot_count);
    for (size_t i = 0; i < a->slot_count; i++) {
        const struct slot *x = &a->slots[i], *y = &b->slots[i];
        assert_int_equal(x->view, y->view);
        assert_int_equal(x->holder_count, y->holder_count);
        assert_int_equal(x->holder, y->holder);
        assert_int_equal(x->has_last, y->has_last);
        assert_int_equal(x->has_last ? x->last_holder : 0, y->has_last ? y->last_holder : 0);
        assert_int_equal(x->sharer_count, y->sharer_count);
        assert_int_equal(x->sharer, y->sharer);
        assert_same_number(x->frees_at_ms, y->frees_at_ms);
    }
}

static void assert_same_findings(const struct model *a, const struct model *b)
{
    assert_int_equal(a->finding_count, b->finding_count);
    for (size_t i = 0; i < a->finding_count; i++) {
        assert_same_str(a->findings[i].subject, b->findings[i].subject);
        assert_same_str(a->findings[i].message, b->findings[i].message);
        assert_same_str(a->findings[i].remedy, b->findings[i].remedy);
    }
}

static void assert_same_rows(const struct state *x, const struct state *y)
{
    const struct model *a = &x->model, *b = &y->model;
    const struct registry *registry = &state_shown(x)->registry;
    assert_int_equal(model_row_count(a), model_row_count(b));
    for (size_t row = 0; row < model_row_count(a); row++) {
        struct str id = entry_session_id(model_entry(a, registry, row));
        assert_same_str(id, entry_session_id(model_entry(b, &state_shown(y)->registry, row)));
        assert_int_equal(model_view(a, row), model_view(b, row));
        assert_int_equal(model_finding_rank(a, row), model_finding_rank(b, row));
        assert_same_str(model_title(a, row), model_title(b, row));
        assert_int_equal(model_short_len(a, registry, id),
                         model_short_len(b, &state_shown(y)->registry, id));
    }
}

static void assert_same_model(const struct state *x, const struct state *y)
{
    const struct model *a = &x->model, *b = &y->model;
    assert_memory_equal(&a->counts, &b->counts, sizeof(a->counts));
    assert_same_slots(a, b);
    assert_same_findings(a, b);
    assert_same_rows(x, y);
    assert_int_equal(a->fallback_count, b->fallback_count);
    for (size_t i = 0; i < a->fallback_count; i++)
        assert_int_equal(a->fallbacks[i], b->fallbacks[i]);
    assert_int_equal(a->next_free_slot, b->next_free_slot);
    assert_same_number(a->next_change_ms, b->next_change_ms);
}

/* Some allocation from here on fails. */
static void fail_perhaps(struct world *world)
{
    enum { CALLS = 30 };
    calls_until_failure = below(world, 8) == 0 ? 1 + below(world, CALLS) : 0;
}

/* What failed without memory is done again. */
static bool has_failed(struct world *world, int result)
{
    calls_until_failure = 0;
    world->failures += result != 0;
    assert_true(result == 0 || result == -ENOMEM);
    return result != 0;
}

static int arrange(const struct world *world, struct rows *rows, const struct state *state)
{
    return rows_build(rows, &state_shown(state)->registry, &state->model, world->sort,
                      world->reverse, str_of(world->filter));
}

static void assert_same_table(struct world *world)
{
    struct rows anew = {0};
    fail_perhaps(world);
    if (has_failed(world, arrange(world, &world->rows, &world->kept)))
        assert_int_equal(arrange(world, &world->rows, &world->kept), 0);
    assert_int_equal(arrange(world, &anew, &world->fresh), 0);
    assert_int_equal(world->rows.total, anew.total);
    assert_int_equal(world->rows.count, anew.count);
    if (anew.count > 0)
        assert_memory_equal(world->rows.entries, anew.entries, anew.count * sizeof(*anew.entries));
    rows_done(&anew);
}

/* ---- all ---- */

static void look(struct state *state, unsigned parts, int64_t now_ms)
{
    struct state_look look = {.parts = parts, .now_ms = now_ms};
    assert_int_equal(state_load(state, &look, NULL), 0);
    assert_int_equal(state_model(state, now_ms, NULL), 0);
}

static void look_without_memory(struct world *world, unsigned parts)
{
    struct state_look wish = {.parts = parts, .now_ms = world->now_ms};
    struct error error;
    fail_perhaps(world);
    if (has_failed(world, state_load(&world->kept, &wish, &error)))
        assert_int_equal(state_load(&world->kept, &wish, &error), 0);
    fail_perhaps(world);
    if (has_failed(world, state_model(&world->kept, world->now_ms, &error)))
        assert_int_equal(state_model(&world->kept, world->now_ms, &error), 0);
}

static void open_state(struct world *world, struct state *state)
{
    struct environment environment = {.home = world->tree.path, .current_dir = "/"};
    assert_int_equal(state_init(state, &environment, tree_path(&world->tree, "s"), NULL, NULL), 0);
}

static void make_world(struct world *world, uint64_t seed)
{
    *world = (struct world){.random = seed, .now_ms = NOW, .filter = "", .next_id = 1};
    tree_make(&world->tree);
    tree_put(&world->tree, "s/workspace/.openclaw/web-chat/index.json", "[]");
    save_pool(world);
    world->most = below(world, 3) ? SESSIONS_MAX : 1 + below(world, 4); /* or nearly none */
    for (size_t i = 0; i < SESSIONS_FIRST && i < world->most; i++)
        put_in(world, i);
    save_registry(world);
    open_state(world, &world->kept);
    open_state(world, &world->fresh);
    world->kept.is_streamed = true;
    world->kept.stream.is_verified_later = true; /* nobody else writes: it need not be watched */
    look(&world->kept, PART_ALL, NOW);
    look(&world->fresh, PART_ALL, NOW);
}

static void leave_world(struct world *world)
{
    rows_done(&world->rows);
    state_done(&world->kept);
    state_done(&world->fresh);
    tree_remove(&world->tree);
}

static void step(struct world *world)
{
    if (below(world, 4) > 0) {
        unsigned parts = next_version(world);
        look_without_memory(world, parts);
        look(&world->fresh, parts, world->now_ms);
        world->followed += world->kept.model.is_followed;
        assert_same_model(&world->kept, &world->fresh);
    }
    next_wish(world);
    if (below(world, 8) > 0) /* now and then a version is not arranged at all */
        assert_same_table(world);
}

static void what_is_repaired_is_what_is_made_anew(void **context)
{
    (void)context;
    const char *wish = getenv("SLOTOP_REPAIRS");
    size_t versions = wish ? (size_t)atoll(wish) : VERSIONS;
    size_t followed = 0, failures = 0;
    for (size_t i = 0; i < versions; i += EACH) {
        struct world world;
        make_world(&world, UINT64_C(0x5107095) + i);
        for (size_t k = 0; k < EACH; k++)
            step(&world);
        followed += world.followed;
        failures += world.failures;
        leave_world(&world);
    }
    printf("repairs: %zu of %zu, %zu times without memory\n", followed, versions, failures);
    assert_true(followed > versions / 4);
    assert_true(followed < versions);
    assert_true(failures > versions / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_repaired_is_what_is_made_anew),
    };
    return cmocka_run_group_tests_name("repair_property", tests, NULL, NULL);
}
