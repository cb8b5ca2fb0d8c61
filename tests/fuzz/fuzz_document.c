/*
 * Input: a registry's text, NUL, how far the text is pushed towards the edge of a page, a script of
 * operations. Whatever the rules do, the plan of bytes makes the text say what the registry says,
 * and touches nothing else; so do its steps, after each of which the text parses.
 */
#include "core/document_steps.h"
#include "core/intent.h"
#include "core/outcome.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 3, OPERATIONS_MAX = 4, STOPS = 3, TIME_STEP_MS = 60000, NO_REGISTRY = -1 };
#define BASE_MS INT64_C(1773890082560)

/* From both ends of what there is to know: what the text is, what its registry holds. */
static int open_text(struct document *document, struct str text)
{
    struct buffer bytes = {0};
    FUZZ_CHECK(buffer_reserve(&bytes, text.len + 1));
    buffer_add_str(&bytes, text);
    document_init(document);
    FUZZ_CHECK(document_parse(document, &bytes, NULL) == 0);
    FUZZ_CHECK((document->state == DOCUMENT_TORN) == !json_check(text, NULL));
    FUZZ_CHECK(document->has_registry || document->state != DOCUMENT_OK);
    FUZZ_CHECK((document->state == DOCUMENT_OK) == (document->trouble[0] == '\0'));
    return document->has_registry ? 0 : NO_REGISTRY;
}

/* JSON has no infinity: 1e400, written again, is null, which JavaScript counts as 0. */
static bool same_when_printed(double wanted, double got)
{
    return wanted == got || (isnan(wanted) && isnan(got)) || (isinf(wanted) && got == 0);
}

static bool same_entry(const struct entry *a, const struct entry *b)
{
    return str_equal(entry_session_id(a), entry_session_id(b)) && a->state == b->state &&
           a->shape == b->shape && str_equal(entry_chat_agent_id(a), entry_chat_agent_id(b)) &&
           str_equal(entry_workspace_agent_id(a), entry_workspace_agent_id(b)) &&
           same_when_printed(a->created_at_ms, b->created_at_ms) &&
           same_when_printed(a->last_active_at_ms, b->last_active_at_ms) &&
           same_when_printed(entry_idle_ttl_ms(a), entry_idle_ttl_ms(b));
}

/* Entry by entry in the same order, but for what `wanted` has as removed or moved to the end. */
static void check_same_registry(const struct registry *wanted, const struct registry *got)
{
    size_t present = 0;
    for (size_t i = 0; i < wanted->count; i++) {
        const struct entry *entry = &wanted->entries[i];
        if (entry->changes & CHANGE_REMOVED)
            continue;
        const struct entry *found = registry_find(got, entry_session_id(entry));
        FUZZ_CHECK(found && same_entry(entry, found));
        present++;
    }
    FUZZ_CHECK(present == got->count);
}

static void check_same_print(const struct document *got, const struct document *wanted)
{
    struct buffer got_text = {0}, wanted_text = {0};
    FUZZ_CHECK(document_print_whole(got, &got_text, NULL) == 0);
    FUZZ_CHECK(document_print_whole(wanted, &wanted_text, NULL) == 0);
    fuzz_check_equal(&got_text, &wanted_text);
    buffer_done(&got_text);
    buffer_done(&wanted_text);
}

/* As read, it prints as JavaScript prints it; and read the general way it is the same. */
static void check_reading(const struct document *document)
{
    struct str text = buffer_str(&document->bytes);
    struct str root = json_root(text);
    struct buffer whole = {0}, wanted = {0}, longer = {0};
    struct document again;
    FUZZ_CHECK(registry_is_clean(&document->registry));
    FUZZ_CHECK(document_print_whole(document, &whole, NULL) == 0);
    json_stringify(root, 2, 0, &wanted);
    buffer_add_char(&wanted, '\n');
    fuzz_check_equal(&whole, &wanted);
    buffer_add_str(&longer, STR("{\"\":0,"));
    buffer_add(&longer, root.data + 1, root.len - 1);
    FUZZ_CHECK(open_text(&again, buffer_str(&longer)) == 0);
    FUZZ_CHECK(again.registry.count == document->registry.count);
    for (size_t i = 0; i < again.registry.count; i++)
        FUZZ_CHECK(same_entry(&again.registry.entries[i], &document->registry.entries[i]));
    document_done(&again);
    buffer_done(&whole);
    buffer_done(&wanted);
    buffer_done(&longer);
}

static struct str choose_session(const struct registry *registry, uint8_t choice)
{
    static const struct str others[] = {{"new", 3}, {"", 0}, {"7", 1}, {"x\xed\xbf\xbf\"\\\0y", 8}};
    if (choice % 2 && registry->count > 0)
        return entry_session_id(&registry->entries[(size_t)choice / 2 % registry->count]);
    return others[choice / 2 % (sizeof(others) / sizeof(others[0]))];
}

static struct str choose_entry_text(const struct document *document, uint8_t choice)
{
    static const struct str others[] = {
        {"{}", 2},
        {"{\"chatAgentId\":\"chat-slot-m-1\",\"state\":\"active\",\"x\":[1.50]}", 59},
        {" {\"state\":\"idle\",\"state\":7,\"lastActiveAt\":\"5\"} ", 47},
        {NULL, 0},
    };
    const struct registry *registry = &document->registry;
    if (choice % 2 == 0 || registry->count == 0)
        return others[choice / 2 % (sizeof(others) / sizeof(others[0]))];
    const struct entry *entry = &registry->entries[(size_t)choice / 2 % registry->count];
    struct str text = document_entry_text(document, entry);
    return json_kind(text) == JSON_OBJECT ? text : STR("{\"state\":\"expired\"}");
}

static struct operation choose_operation(const struct document *document, struct fuzz_input *script,
                                         int64_t now_ms)
{
    const struct registry *registry = &document->registry;
    struct operation operation = {.now_ms = now_ms, .before_ms = now_ms - TIME_STEP_MS};
    operation.kind = (enum operation_kind)(fuzz_byte(script) % (OPERATION_PUT_BACK + 1));
    operation.session_id = choose_session(registry, fuzz_byte(script));
    uint8_t flags = fuzz_byte(script);
    operation.force = flags & 1;
    operation.has_ttl = flags & 2;
    operation.ttl_ms = flags & 4 ? 1.5 : -1e300 * (double)flags;
    operation.has_guard = flags & 8;
    operation.guard_absent = flags & 16 && operation.kind == OPERATION_PUT_BACK;
    const struct entry *entry = registry_find(registry, operation.session_id);
    if (entry && !(flags & 32)) {
        operation.guard_state = (enum entry_state)entry->state;
        operation.guard_last_active_at_ms = entry->last_active_at_ms;
    }
    if (operation.kind == OPERATION_PUT_BACK)
        operation.entry_text = choose_entry_text(document, fuzz_byte(script));
    return operation;
}

static void check_outcome(const struct document *document, struct outcome *outcome)
{
    FUZZ_CHECK(outcome_fill_texts(document, outcome, NULL) == 0);
    for (size_t i = 0; i < outcome->change_count; i++) {
        const struct change_record *record = &outcome->changes[i];
        FUZZ_CHECK(!record->before_json.data || json_check(record->before_json, NULL));
        FUZZ_CHECK(!record->after_json.data || json_check(record->after_json, NULL));
        FUZZ_CHECK(record->kind == ERROR_NONE || (!record->changed && record->reason));
    }
}

/* One operation; where the seed would throw, or it is refused, the registry must be as it was. */
static void apply_one(struct document *document, struct fuzz_input *script, int64_t now_ms,
                      struct outcome *ret_outcome)
{
    static const struct str slots[] = {{"chat-slot-m-1", 13}, {"chat-slot-m-22", 14}};
    static const struct pool pool = {{"m", 1}, slots, sizeof(slots) / sizeof(slots[0])};
    struct operation operation = choose_operation(document, script, now_ms);
    struct outcome outcome = {0};
    struct buffer id = {0}, before = {0}, after = {0};
    buffer_add_str(&id, operation.session_id);
    operation.session_id = id.data ? buffer_str(&id) : STR("");
    FUZZ_CHECK(document_print_whole(document, &before, NULL) == 0);
    int result = operation_apply(&document->registry, &operation, &pool, &outcome, NULL);
    FUZZ_CHECK(result == 0 || (result == -EUCLEAN && outcome.change_count == 0));
    if (result == 0)
        check_outcome(document, &outcome);
    if (outcome.change_count == 0 || outcome.changes[0].kind != ERROR_NONE) {
        FUZZ_CHECK(document_print_whole(document, &after, NULL) == 0);
        fuzz_check_equal(&after, &before);
    }
    *ret_outcome = outcome;
    buffer_done(&id);
    buffer_done(&before);
    buffer_done(&after);
}

/* Ascending, apart, beginning with what differs; only the last one grows, at the end of file. */
static void check_patches(const struct document *document, const struct plan *plan)
{
    uint64_t at = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct patch *patch = &plan->patches[i];
        uint64_t grows_by = i + 1 == plan->count ? plan->grows_by : 0;
        FUZZ_CHECK(patch->offset >= at && patch->text.len > 0);
        at = patch->offset + patch->old_len;
        FUZZ_CHECK(at <= document->bytes.len);
        FUZZ_CHECK(patch->text.len == patch->old_len + grows_by);
        FUZZ_CHECK(grows_by == 0 || at == document->bytes.len);
        FUZZ_CHECK(grows_by > 0 || patch->text.data[0] != document->bytes.data[patch->offset]);
    }
    FUZZ_CHECK(plan->count > 0 || plan->grows_by == 0);
    FUZZ_CHECK(plan->count == 0 || !registry_is_clean(&document->registry));
}

/* A writer stopped between two patches leaves a text that parses; all of them are what
 * plan_apply() makes. */
static void check_interrupted(const struct document *document, const struct plan *plan,
                              size_t written, const struct buffer *applied)
{
    struct buffer text = {0};
    buffer_add_str(&text, buffer_str(&document->bytes));
    buffer_add_repeat(&text, ' ', plan->grows_by);
    for (size_t i = 0; i < written; i++) {
        const struct patch *patch = &plan->patches[i];
        memcpy(text.data + patch->offset, patch->text.data, patch->text.len);
    }
    FUZZ_CHECK(json_check(buffer_str(&text), NULL));
    if (written == plan->count)
        fuzz_check_equal(&text, applied);
    buffer_done(&text);
}

static void check_says_the_same(const struct document *wanted, struct str text)
{
    struct document document;
    FUZZ_CHECK(open_text(&document, text) == 0);
    check_same_print(&document, wanted);
    check_same_registry(&wanted->registry, &document.registry);
    document_done(&document);
}

static bool can_be_split(const struct step *step)
{
    uint64_t last = step->offset + step->text.len - 1;
    return step->text.len > LEASED_STORE_BYTES &&
           step->offset / LEASED_PAGE_BYTES != last / LEASED_PAGE_BYTES;
}

/* After each step the text parses; after the last it is the registry, and what is not passing
 * stands where it was put. */
static void check_steps(const struct document *document, const struct plan *plan)
{
    struct steps steps;
    struct buffer text = {0};
    size_t split_count = 0;
    FUZZ_CHECK(document_steps(document, plan, &steps, NULL) == 0);
    buffer_add_str(&text, buffer_str(&document->bytes));
    buffer_add_repeat(&text, ' ', steps.grows_by);
    for (size_t i = 0; i < steps.count; i++) {
        const struct step *step = &steps.items[i];
        FUZZ_CHECK(step->text.len > 0 && step->offset + step->text.len <= text.len);
        memcpy(text.data + step->offset, step->text.data, step->text.len);
        FUZZ_CHECK(json_check(buffer_str(&text), NULL));
        split_count += can_be_split(step);
    }
    FUZZ_CHECK(split_count == steps.split_count);
    for (size_t i = 0; i < steps.count; i++) {
        const struct step *step = &steps.items[i];
        FUZZ_CHECK(step->is_passing ||
                   memcmp(text.data + step->offset, step->text.data, step->text.len) == 0);
    }
    check_says_the_same(document, buffer_str(&text));
    steps_done(&steps);
    buffer_done(&text);
}

/* Entries that no rule changed have the very bytes they had. */
static void check_untouched(const struct document *before, const struct document *after)
{
    for (size_t i = 0; i < before->registry.count; i++) {
        const struct entry *old = &before->registry.entries[i];
        const struct entry *new = registry_find(&after->registry, entry_session_id(old));
        if (old->changes == CHANGE_NONE)
            FUZZ_CHECK(
                new &&str_equal(document_entry_text(before, old), document_entry_text(after, new)));
    }
}

/* What was wished holds in what was made of it. (Of two wishes for one entry only the later.) */
static void check_intents(const struct outcome *outcomes, size_t count,
                          const struct document *after)
{
    struct intents intents;
    FUZZ_CHECK(intents_collect(outcomes, count, &intents, NULL) == 0);
    for (size_t i = 0; count == 1 && i < intents.count; i++)
        FUZZ_CHECK(intent_fate(&intents.items[i], &after->registry) == INTENT_HOLDS);
    intents_done(&intents);
}

static void check_plan(const struct document *before, struct buffer *ret_edited)
{
    struct plan plan;
    FUZZ_CHECK(document_plan(before, &plan, NULL) == 0);
    check_patches(before, &plan);
    FUZZ_CHECK(plan_apply(before, &plan, ret_edited, NULL) == 0);
    for (size_t stop = 0; stop <= STOPS; stop++)
        check_interrupted(before, &plan, plan.count * stop / STOPS, ret_edited);
    check_steps(before, &plan);
    check_says_the_same(before, buffer_str(ret_edited));
    plan_done(&plan);
}

/* One edit of `text`, which becomes the edited text. */
static void edit(struct buffer *text, struct fuzz_input *script, int64_t now_ms)
{
    struct document before, after;
    struct outcome outcomes[OPERATIONS_MAX];
    struct buffer edited = {0};
    FUZZ_CHECK(open_text(&before, buffer_str(text)) == 0);
    uint8_t head = fuzz_byte(script);
    size_t count = 1 + head % OPERATIONS_MAX;
    for (size_t i = 0; i < count; i++)
        apply_one(&before, script, now_ms + head / OPERATIONS_MAX * TIME_STEP_MS, &outcomes[i]);
    check_plan(&before, &edited);
    FUZZ_CHECK(open_text(&after, buffer_str(&edited)) == 0);
    check_untouched(&before, &after);
    check_intents(outcomes, count, &after);
    for (size_t i = 0; i < count; i++)
        outcome_done(&outcomes[i]);
    document_done(&before);
    document_done(&after);
    buffer_done(text);
    *text = edited;
}

/* Behind so much white space that it lies over the edge of a page, here or there. */
static void push(struct buffer *text, size_t spaces)
{
    struct buffer pushed = {0};
    buffer_add_repeat(&pushed, ' ', spaces % LEASED_PAGE_BYTES);
    buffer_add_str(&pushed, buffer_str(text));
    FUZZ_CHECK(!pushed.failed && pushed.data);
    buffer_done(text);
    *text = pushed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, data + size};
    struct buffer text = fuzz_text(&input);
    struct document document;
    int result = open_text(&document, buffer_str(&text));
    if (result == 0)
        check_reading(&document);
    document_done(&document);
    if (result == 0 && !fuzz_is_empty(&input)) {
        size_t spaces = fuzz_byte(&input);
        push(&text, spaces << 8 | fuzz_byte(&input));
    }
    for (int64_t round = 0; result == 0 && round < ROUNDS && !fuzz_is_empty(&input); round++)
        edit(&text, &input, BASE_MS + round);
    buffer_done(&text);
    return 0;
}
