/* Generated versions of a registry, each loaded on top of the one before: the same as a fresh load,
 * whatever happened between. One fixed seed; SLOTOP_RELOADS=N makes N versions. */
#include "tests/helpers/reload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { VERSIONS = 30000, MEMBERS_MAX = 60, SEVERAL = 5, DOCUMENT_VERSIONS = 60 };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PICK(random, array) ((array)[reload_below(random, COUNT(array))])

struct member {
    unsigned id;
    unsigned shape; /* 0: usual */
    unsigned space; /* 0: as the server writes it */
    unsigned state;
    unsigned agent;
    uint64_t last_active_ms;
};

/* A registry being changed, and its text. */
struct version {
    uint64_t random;
    struct member members[MEMBERS_MAX + SEVERAL];
    size_t count;
    unsigned next_id;
    unsigned root;
    struct buffer text;
};

/* ---- the text of a version ---- */

static const char *const states[] = {"active", "idle", "expired", "deleted"};
static const char *const agents[] = {"chat-slot-m-1", "chat-slot-m-2", "m", "", "a~b"};
/* "@" is a number. */
static const char *const shapes[] = {
    NULL,
    "{\"chatAgentId\": \"m\", \"state\": \"idle\", \"lastActiveAt\": @}",
    "{\"state\": \"paused\", \"createdAt\": null, \"lastActiveAt\": @}",
    "{\"lastActiveAt\": \"@\", \"state\": [\"}\", {}], \"idleTtlMs\": true}",
    "{\"note\": \"\\\"}\\\\\", \"deep\": [[{\"a\": \"]\"}]], \"lastActiveAt\": @}",
    "{\"chatAgentId\": \"\xC3\xA9\\u0041\", \"idleTtlMs\": 1e3, \"lastActiveAt\": @.5}",
    "{\"state\": \"idle\", \"state\": \"active\", \"lastActiveAt\": @}",
    "{}",
    "{ }",
};
static const char *const no_objects[] = {"null", "[]", "\"x\"", "7", "false"};
static const char *const ids[] = {"7", "4294967294", "a\\u0062", "", "toString", "\xC3\xA9", "01"};

static void write_id(struct version *version, unsigned id)
{
    if (id < COUNT(ids))
        buffer_addf(&version->text, "\"%s\"", ids[id]);
    else
        buffer_addf(&version->text, "\"%08x-0000-4000-8000-00000000%04x\"", id * 2654435761u, id);
}

static void write_usual(struct version *version, const struct member *member)
{
    static const char *const spaces[] = {"\n      ", "", "\n      ", " \t", "\r\n"};
    const char *space = spaces[member->space % COUNT(spaces)];
    const char *behind = member->space == 0 ? "\n    " : space;
    const char *room = member->space == 2 ? "  " : "";
    const char *agent = agents[member->agent % COUNT(agents)];
    unsigned ttl = member->agent < 2 * COUNT(agents) ? 1800000 : 7;
    buffer_addf(&version->text, "{%s\"chatAgentId\": \"%s\",%s\"workspaceAgentId\": \"m\",%s",
                space, agent, space, space);
    buffer_addf(&version->text, "\"sessionId\": ");
    write_id(version, member->id);
    buffer_addf(&version->text, ",%s\"workspaceDir\": \"\",%s\"state\": \"%s\"%s,%s", space, space,
                states[member->state], room, space);
    buffer_addf(&version->text, "\"createdAt\": %s1773890082560,%s\"lastActiveAt\": %llu,%s", room,
                space, (unsigned long long)member->last_active_ms, space);
    buffer_addf(&version->text, "\"idleTtlMs\": %u%s}", ttl, behind);
}

static void write_member(struct version *version, const struct member *member)
{
    write_id(version, member->id);
    buffer_addf(&version->text, member->space == 1 ? ":" : ": ");
    if (member->shape == 0) {
        write_usual(version, member);
    } else if (member->shape < COUNT(shapes)) {
        for (const char *at = shapes[member->shape]; *at; at++) {
            if (*at == '@')
                buffer_addf(&version->text, "%llu", (unsigned long long)member->last_active_ms);
            else
                buffer_add_char(&version->text, *at);
        }
    } else {
        buffer_add_str(&version->text, str_of(no_objects[member->shape % COUNT(no_objects)]));
    }
}

static void write_text(struct version *version)
{
    static const char *const heads[] = {
        "{\n  \"version\": 1,\n  \"agents\": {",     "{\"version\":12,\"agents\":{",
        " {\"version\" : 1 , \"agents\" :\t{ ",      "{\n  \"agents\": {",
        "{\n  \"version\": \"1\",\n  \"agents\": {",
    };
    static const char *const ends[] = {"\n  }\n}\n", "}}", " } } \n\n\n\n\n     ", "}}", "}}x"};
    buffer_clear(&version->text);
    buffer_add_str(&version->text, str_of(heads[version->root % COUNT(heads)]));
    for (size_t i = 0; i < version->count; i++) {
        if (i > 0)
            buffer_add_char(&version->text, ',');
        if (version->members[i].space != 1)
            buffer_add_str(&version->text, STR("\n    "));
        write_member(version, &version->members[i]);
        if (version->members[i].space == 3)
            buffer_add_str(&version->text, STR("  "));
    }
    buffer_add_str(&version->text, str_of(ends[version->root % COUNT(ends)]));
    assert_false(version->text.failed);
}

/* ---- what happens between two versions ---- */

static struct member new_member(struct version *version)
{
    return (struct member){
        .id = version->next_id++,
        .state = (unsigned)reload_below(&version->random, COUNT(states)),
        .agent = (unsigned)reload_below(&version->random, 2 * COUNT(agents) + 1),
        .last_active_ms = 1773890082560 + reload_below(&version->random, 100000),
    };
}

static void put_in(struct version *version, size_t place, struct member member)
{
    if (version->count >= MEMBERS_MAX)
        return;
    struct member *at = &version->members[place];
    memmove(at + 1, at, (version->count - place) * sizeof(*at));
    *at = member;
    version->count++;
}

static void take_out(struct version *version, size_t place, size_t count)
{
    struct member *at = &version->members[place];
    count = count < version->count - place ? count : version->count - place;
    memmove(at, at + count, (version->count - place - count) * sizeof(*at));
    version->count -= count;
}

/* What is not the server's doing, and rare. */
static void change_oddly(struct version *version, struct member *member)
{
    size_t place = (size_t)(member - version->members);
    struct member *other = &version->members[reload_below(&version->random, version->count)];
    struct member exchanged = *member;
    switch (reload_below(&version->random, 8)) {
    case 0:
        *member = *other;
        *other = exchanged;
        break;
    case 1:
        put_in(version, place, *other); /* twice the same key */
        break;
    case 2:
        member->id = (unsigned)reload_below(&version->random, COUNT(ids));
        break;
    case 3:
        member->shape = COUNT(shapes) + (unsigned)reload_below(&version->random, 9);
        break;
    case 4:
        version->root = (unsigned)reload_below(&version->random, 5);
        break;
    case 5:
        take_out(version, place, version->count);
        break;
    case 6:
        take_out(version, 0, place);
        break;
    default:
        for (size_t i = 0; i < 20; i++)
            put_in(version, place, new_member(version));
        break;
    }
}

static void change(struct version *version)
{
    if (version->count == 0) {
        put_in(version, 0, new_member(version));
        return;
    }
    size_t place = reload_below(&version->random, version->count);
    struct member *member = &version->members[place];
    switch (reload_below(&version->random, 24)) {
    case 0:
    case 1:
    case 2:
        member->state = (unsigned)reload_below(&version->random, COUNT(states));
        break;
    case 3:
    case 4:
    case 5:
        member->last_active_ms += reload_below(&version->random, 5000);
        break;
    case 6:
    case 7:
    case 8:
    case 9:
        put_in(version, version->count, new_member(version));
        break;
    case 10:
    case 11:
        put_in(version, place, new_member(version));
        break;
    case 12:
    case 13:
        take_out(version, place, 1);
        break;
    case 14:
        take_out(version, place, SEVERAL);
        break;
    case 15:
    case 16:
        member->shape = (unsigned)reload_below(&version->random, COUNT(shapes));
        break;
    case 17:
    case 18:
        member->space = (unsigned)reload_below(&version->random, 5);
        break;
    case 19:
    case 20:
        member->agent = (unsigned)reload_below(&version->random, 3 * COUNT(agents));
        break;
    case 21:
        break; /* saved as it was */
    default:
        if (reload_below(&version->random, 4) == 0)
            change_oddly(version, member);
        break;
    }
}

/* What a reader may meet, and nobody meant: a text that ends early, or a byte that is another. */
static struct str spoil(struct version *version)
{
    static const char bytes[] = "\"\\{}[]:,0 \n\tx\x80";
    struct str text = buffer_str(&version->text);
    switch (reload_below(&version->random, 24)) {
    case 0:
        text.len = reload_below(&version->random, text.len + 1);
        break;
    case 1:
        version->text.data[reload_below(&version->random, text.len)] =
            bytes[reload_below(&version->random, sizeof(bytes))];
        break;
    default:
        break;
    }
    return text;
}

struct tally {
    size_t repaired;
    size_t streamed;
    size_t others;
};

static void make_versions(struct reload *reload, struct version *version, size_t count,
                          struct tally *tally)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t changes = 1 + reload_below(&version->random, SEVERAL); changes > 0; changes--)
            change(version);
        write_text(version);
        struct str text = spoil(version);
        const char *trouble = reload_next(reload, text);
        if (trouble)
            fail_msg("%s\nin version %zu: %.*s", trouble, i, (int)text.len, text.data);
        tally->repaired += reload->was_repaired;
        tally->streamed += !reload->was_repaired && reload->was_streamed;
        tally->others += !reload->was_streamed;
    }
}

static void every_version_is_loaded_as_if_from_nothing(void **state)
{
    (void)state;
    const char *wish = getenv("SLOTOP_RELOADS");
    size_t versions = wish ? (size_t)atoll(wish) : VERSIONS;
    struct tally tally = {0};
    for (size_t i = 0; i < versions; i += DOCUMENT_VERSIONS) {
        struct reload reload;
        struct version version = {.random = UINT64_C(0x5107094) + i, .next_id = COUNT(ids)};
        reload_init(&reload, version.random);
        for (size_t members = reload_below(&version.random, MEMBERS_MAX / 2); members > 0;
             members--)
            put_in(&version, 0, new_member(&version));
        make_versions(&reload, &version, DOCUMENT_VERSIONS, &tally);
        buffer_done(&version.text);
        reload_done(&reload);
    }
    printf("reloads: %zu repaired, %zu streamed from nothing, %zu left to the general way\n",
           tally.repaired, tally.streamed, tally.others);
    assert_true(tally.repaired > versions / 3);
    assert_true(tally.streamed > versions / 100);
    assert_true(tally.others > versions / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version_is_loaded_as_if_from_nothing),
    };
    return cmocka_run_group_tests_name("reload_property", tests, NULL, NULL);
}
