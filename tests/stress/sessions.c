#include "tests/stress/sessions.h"

#include "core/json.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BATCH_EVERY = 8 };

static const int64_t clock_start_ms = 1773890000000;

/* xorshift64: the same seed makes the same wishes. */
uint64_t sessions_random(struct sessions *sessions, uint64_t below)
{
    uint64_t x = sessions->random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    sessions->random = x;
    return x % below;
}

static int64_t monotonic_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void make_id(unsigned operator_index, unsigned number, char id[SESSION_ID_SIZE])
{
    (void)snprintf(id, SESSION_ID_SIZE, "%02u%06x-5555-4bbb-8ccc-000000000000", operator_index,
                   number);
}

static void give_new_id(struct sessions *sessions, struct session *session)
{
    *session = (struct session){0};
    make_id(sessions->operator_index, ++sessions->made, session->id);
}

static struct held held_of(const struct entry *entry)
{
    if (!entry || (entry->changes & CHANGE_REMOVED))
        return (struct held){0};
    return (struct held){true, (enum entry_state)entry->state, entry->last_active_at_ms,
                         entry->created_at_ms};
}

static bool same_ms(double a, double b)
{
    return a >= b && a <= b;
}

static bool same(struct held a, struct held b)
{
    if (!a.exists || !b.exists)
        return a.exists == b.exists;
    return a.state == b.state && same_ms(a.last_active_ms, b.last_active_ms) &&
           same_ms(a.created_ms, b.created_ms);
}

static bool is_own(const struct sessions *sessions, struct str id)
{
    char prefix[16];
    (void)snprintf(prefix, sizeof(prefix), "%02u", sessions->operator_index);
    return str_starts(id, str_of(prefix)) && id.len < SESSION_ID_SIZE;
}

/* An id that a session had once, to the letter. */
static bool was_given(const struct sessions *sessions, struct str id)
{
    char known[SESSION_ID_SIZE];
    make_id(sessions->operator_index, 0, known);
    if (memmem(id.data, id.len, "-aaaa-", strlen("-aaaa-"))) /* of those that were adopted */
        return id.len == strlen(known);
    for (unsigned i = 1; i <= sessions->made; i++) {
        make_id(sessions->operator_index, i, known);
        if (str_equal(id, str_of(known)))
            return true;
    }
    return false;
}

void sessions_adopt(struct sessions *sessions, const struct registry *registry)
{
    size_t count = 0;
    sessions->clock_ms = clock_start_ms;
    for (size_t i = 0; i < registry->count && count < sessions->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (!is_own(sessions, entry_session_id(entry)))
            continue;
        struct session *session = &sessions->items[count++];
        memcpy(session->id, entry_session_id(entry).data, entry_session_id(entry).len);
        session->now = held_of(entry);
    }
}

/* Of those that keep their length and place. Few end a session, for nothing here begins one. */
static enum operation_kind choose_small(struct sessions *sessions, struct held now)
{
    uint64_t random = sessions_random(sessions, 40);
    bool is_live = now.state == STATE_ACTIVE || now.state == STATE_IDLE;
    if (random == 0 && now.state != STATE_DELETED)
        return OPERATION_RELEASE;
    if (random == 1 && is_live)
        return OPERATION_EXPIRE;
    return random % 2 == 0 && now.state == STATE_ACTIVE ? OPERATION_IDLE : OPERATION_TOUCH;
}

/* What can be done to a session so that something changes, by how it is. */
static enum operation_kind choose(struct sessions *sessions, struct held now)
{
    static const enum operation_kind of_active[] = {
        OPERATION_IDLE, OPERATION_EXPIRE, OPERATION_RELEASE, OPERATION_TOUCH, OPERATION_ALLOCATE};
    static const enum operation_kind of_ended[] = {OPERATION_ALLOCATE, OPERATION_ALLOCATE,
                                                   OPERATION_PURGE, OPERATION_TOUCH};
    if (sessions->only_small)
        return choose_small(sessions, now);
    if (!now.exists)
        return OPERATION_ALLOCATE;
    if (now.state == STATE_ACTIVE)
        return of_active[sessions_random(sessions, 5)];
    if (now.state == STATE_IDLE)
        return of_active[1 + sessions_random(sessions, 4)];
    if (now.state == STATE_EXPIRED && sessions_random(sessions, 4) == 0)
        return OPERATION_RELEASE;
    return of_ended[sessions_random(sessions, 4)];
}

/* The seed's rules, once more. */
static struct held after(struct held now, const struct operation *operation)
{
    double now_ms = (double)operation->now_ms;
    bool is_live = now.exists && (now.state == STATE_ACTIVE || now.state == STATE_IDLE);
    struct held then = now;
    if (operation->kind == OPERATION_ALLOCATE)
        then = (struct held){true, STATE_ACTIVE, now_ms, is_live ? now.created_ms : now_ms};
    if (operation->kind == OPERATION_TOUCH) {
        then.last_active_ms = now_ms;
        then.state = now.state == STATE_IDLE ? STATE_ACTIVE : now.state;
    }
    if (operation->kind == OPERATION_IDLE)
        then.state = STATE_IDLE;
    if (operation->kind == OPERATION_EXPIRE)
        then.state = STATE_EXPIRED;
    if (operation->kind == OPERATION_RELEASE)
        then.state = STATE_DELETED;
    if (operation->kind == OPERATION_PURGE)
        then = (struct held){0};
    return then;
}

void sessions_wish(struct sessions *sessions, struct wish *ret_wish)
{
    struct wish wish = {0};
    size_t wanted = sessions_random(sessions, BATCH_EVERY) == 0 ? BATCH_COUNT : 1;
    unsigned first = (unsigned)sessions_random(sessions, sessions->count);
    for (unsigned i = 0; i < sessions->count && wish.count < wanted; i++) {
        unsigned place = (first + 7 * i) % sessions->count; /* every place once */
        struct session *session = &sessions->items[place];
        if (session->is_missing || (sessions->only_small && !session->now.exists))
            continue;
        if (!session->now.exists)
            give_new_id(sessions, session);
        struct operation *operation = &wish.operations[wish.count];
        operation->kind = choose(sessions, session->now);
        operation->session_id = str_of(session->id);
        operation->now_ms = ++sessions->clock_ms;
        operation->has_guard = session->now.exists;
        operation->guard_state = session->now.state;
        operation->guard_last_active_at_ms = session->now.last_active_ms;
        wish.sessions[wish.count] = place;
        wish.after[wish.count++] = after(session->now, operation);
    }
    *ret_wish = wish;
}

void sessions_keep(struct sessions *sessions, const struct wish *wish)
{
    for (size_t i = 0; i < wish->count; i++) {
        struct session *session = &sessions->items[wish->sessions[i]];
        session->before = session->now;
        session->now = wish->after[i];
        session->done_at_ms = monotonic_ms();
        session->is_missing = session->is_told = false;
    }
}

static void print_held(const char *word, struct held held)
{
    if (held.exists)
        printf("%s %s %.0f %.0f", word, entry_state_name(held.state), held.last_active_ms,
               held.created_ms);
    else
        printf("%s absent", word);
}

static void say(const char *what, const struct session *session)
{
    printf("# %s: %s", what, session->id);
    print_held(" is", session->found);
    print_held(", was left", session->now);
    if (same(session->found, session->before))
        printf(", and is as before its last edit");
    if (session->done_at_ms)
        printf(", of %.0f ms ago, first missed after %.0f ms",
               (double)(monotonic_ms() - session->done_at_ms),
               (double)(session->missed_at_ms - session->done_at_ms));
    printf("\n");
}

/* The body of another session's entry; or as an edit left it, but for its creation, which no edit
 * and no server changes by itself. */
static bool is_garbled(const struct session *session)
{
    struct held found = session->found;
    if (session->is_anothers)
        return true;
    found.created_ms = session->now.created_ms;
    return same(found, session->now);
}

/* Released ones, GC takes away; and slotop leaves that so, whoever did it. */
static bool is_gone(const struct session *session)
{
    return !session->found.exists && session->now.exists && session->now.state == STATE_DELETED;
}

static enum session_fate fate_of(const struct session *session)
{
    if (!session->is_missing)
        return SESSION_AS_LEFT;
    if (session->is_told)
        return SESSION_TOLD;
    if (is_garbled(session))
        return SESSION_GARBLED;
    return is_gone(session) ? SESSION_GONE : SESSION_LOST;
}

unsigned sessions_count(const struct sessions *sessions, enum session_fate fate)
{
    unsigned count = fate == SESSION_GARBLED ? sessions->garbled : 0;
    count += fate == SESSION_LOST ? sessions->strays : 0;
    for (size_t i = 0; i < sessions->count; i++)
        count += fate_of(&sessions->items[i]) == fate;
    return count;
}

void sessions_say(const struct sessions *sessions)
{
    if (sessions->strays)
        printf("# lost: %u purged sessions are there again\n", sessions->strays);
    for (size_t i = 0; i < sessions->count; i++) {
        enum session_fate fate = fate_of(&sessions->items[i]);
        if (fate == SESSION_GARBLED || fate == SESSION_LOST)
            say(fate == SESSION_LOST ? "lost" : "garbled", &sessions->items[i]);
    }
}

void sessions_tell(struct sessions *sessions, struct str session_id)
{
    for (size_t i = 0; i < sessions->count; i++)
        if (str_equal(session_id, str_of(sessions->items[i].id)))
            sessions->items[i].is_told = true;
}

void sessions_tell_moved(struct sessions *sessions, struct str session_id,
                         const struct registry *registry)
{
    struct held found = held_of(registry_find(registry, session_id));
    for (size_t i = 0; i < sessions->count; i++) {
        struct session *session = &sessions->items[i];
        bool is_later = found.last_active_ms > session->now.last_active_ms ||
                        found.state > session->now.state || found.state == STATE_OTHER;
        if (str_equal(session_id, str_of(session->id)) && found.exists && is_later)
            session->is_told = true;
    }
}

static void say_mixed(struct sessions *sessions, const struct session *session, struct held wanted)
{
    sessions->mixed++;
    printf("# neither before nor after: %s", session->id);
    print_held(" is", session->found);
    print_held(", was", session->now);
    print_held(", was to be", wanted);
    printf("\n");
}

/* Ids of this operator's that no session has: purged ones that came back, or what several servers
 * that write at once have made of one. */
static void count_strays(struct sessions *sessions, const struct registry *registry)
{
    sessions->strays = sessions->garbled = 0;
    for (size_t i = 0; i < registry->count; i++) {
        struct str id = entry_session_id(&registry->entries[i]);
        bool is_known = !is_own(sessions, id);
        for (size_t k = 0; !is_known && k < sessions->count; k++)
            is_known = str_equal(id, str_of(sessions->items[k].id));
        bool was_an_id = !is_known && was_given(sessions, id);
        sessions->strays += was_an_id;
        sessions->garbled += !is_known && !was_an_id;
    }
}

/* The wish's place in the sessions it concerns, or `count`. */
static size_t part_of(const struct wish *wish, unsigned place)
{
    size_t part = 0;
    while (part < wish->count && wish->sessions[part] != place)
        part++;
    return part;
}

/* What is in flight holds as it is found. True where it is done. */
static bool settle_part(struct sessions *sessions, struct session *session, struct held wanted)
{
    bool is_done = same(session->found, wanted);
    if (!is_done && !same(session->found, session->now))
        say_mixed(sessions, session, wanted);
    session->now = session->found;
    session->done_at_ms = 0;
    return is_done;
}

/* The entry says that it is another session's than its key does. */
static bool is_anothers(const struct document *document, struct str id)
{
    const struct entry *entry = registry_find(&document->registry, id);
    if (!entry)
        return false;
    struct document_span span = document_entry_span(document, entry);
    struct str value = {document->bytes.data + span.offset, span.len};
    struct str session_id =
        json_kind(value) == JSON_OBJECT ? json_member(value, STR("sessionId")) : (struct str){0};
    return json_kind(session_id) != JSON_STRING || !json_string_equals(session_id, id);
}

void sessions_check(struct sessions *sessions, const struct document *document,
                    const struct wish *in_flight, enum wish_fate *ret_fate)
{
    static const struct wish none;
    const struct wish *wish = in_flight ? in_flight : &none;
    size_t done = 0;
    for (unsigned i = 0; i < sessions->count; i++) {
        struct session *session = &sessions->items[i];
        size_t part = part_of(wish, i);
        session->found = held_of(registry_find(&document->registry, str_of(session->id)));
        session->is_anothers = is_anothers(document, str_of(session->id));
        if (part < wish->count)
            done += settle_part(sessions, session, wish->after[part]);
        bool was_missing = session->is_missing;
        session->is_missing = !same(session->found, session->now);
        if (session->is_missing && !was_missing)
            session->missed_at_ms = monotonic_ms();
    }
    count_strays(sessions, &document->registry);
    sessions->batches_halved += done != 0 && done != wish->count;
    if (ret_fate)
        *ret_fate = wish->count && done == wish->count ? WISH_AFTER : WISH_BEFORE;
}
