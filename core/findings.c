#include "core/findings_part.h"

#include "core/gc.h"

#include <errno.h>

bool entry_is_long_due(const struct entry *entry, int64_t now_ms)
{
    return entry_is_due(entry, now_ms - GC_INTERVAL_MS);
}

bool entry_is_ahead(const struct entry *entry, int64_t now_ms)
{
    return entry_is_live(entry) && entry->last_active_at_ms - (double)now_ms > CLOCK_AHEAD_MS;
}

const struct document *findings_look(const struct model_sources *sources)
{
    return sources->look ? sources->look : sources->document;
}

static void note(struct telling *telling, enum finding_kind kind, size_t subject)
{
    struct subjects *subjects = &telling->subjects[kind];
    if (subjects->count < FINDINGS_EACH_MAX)
        subjects->first[subjects->count] = subject;
    subjects->count++;
}

static void note_registry(struct telling *telling)
{
    if (telling->sources->wipe)
        note(telling, KIND_WIPED, 0);
    switch (findings_look(telling->sources)->state) {
    case DOCUMENT_TORN:
        note(telling, KIND_TORN, 0);
        break;
    case DOCUMENT_MALFORMED:
        note(telling, KIND_MALFORMED, 0);
        break;
    case DOCUMENT_UNREADABLE:
        note(telling, KIND_UNREADABLE, 0);
        break;
    case DOCUMENT_OK:
    case DOCUMENT_MISSING:
        break;
    }
}

static void note_pool(struct telling *telling)
{
    static const enum finding_kind kinds[] = {
        [CONFIG_OK] = KIND_NO_SLOTS,
        [CONFIG_MISSING] = KIND_NO_CONFIG,
        [CONFIG_NOT_STRICT] = KIND_NOT_STRICT,
        [CONFIG_NO_LIST] = KIND_NO_LIST,
        [CONFIG_ENTRY_INVALID] = KIND_ENTRY_INVALID,
        [CONFIG_UNREADABLE] = KIND_CONFIG_UNREADABLE,
    };
    enum finding_kind kind = kinds[telling->sources->pool->state];
    const struct counts *counts = &telling->model->counts;
    bool throws = telling->sources->workspace->source == ACTIVE_THROWS;
    if (throws)
        note(telling, KIND_UI_STATE, 0);
    /* Without a workspace there is no pool to miss; a broken config is one for all. */
    if (counts->slots == 0 && (!throws || findings_words[kind].severity == SEVERITY_ERROR))
        note(telling, kind, 0);
    if (counts->slots > 0 && counts->free == 0)
        note(telling, KIND_FULL, 0);
    for (size_t i = 0; i < telling->model->slot_count; i++) {
        const struct slot *slot = &telling->model->slots[i];
        if (slot->view == SLOT_DOUBLE && !slot->is_duplicate)
            note(telling, KIND_DOUBLE, i);
    }
}

static void note_fallbacks(struct telling *telling)
{
    const struct model *model = telling->model;
    for (size_t i = 0; i < model->fallback_count; i++) {
        enum session_view view = model_view(model, model->fallbacks[i]);
        if (view != VIEW_OVERDUE)
            note(telling, view == VIEW_STRANDED ? KIND_STRANDED : KIND_FALLBACK,
                 model->fallbacks[i]);
    }
}

static void note_session(struct telling *telling, size_t index)
{
    const struct entry *entry = &telling->sources->document->registry.entries[index];
    int64_t now_ms = telling->sources->now_ms;
    if (entry->changes & CHANGE_REMOVED)
        return;
    switch (model_view(telling->model, index)) {
    case VIEW_OVERDUE:
        note(telling, entry_is_long_due(entry, now_ms) ? KIND_LONG_OVERDUE : KIND_OVERDUE, index);
        break;
    case VIEW_ORPHAN:
        /* A pool that is empty is a finding of its own. */
        if (telling->model->slot_count > 0)
            note(telling, KIND_ORPHAN, index);
        break;
    case VIEW_ACTIVE:
    case VIEW_IDLE:
    case VIEW_FALLBACK:
    case VIEW_STRANDED:
    case VIEW_EXPIRED:
    case VIEW_RELEASED:
    case VIEW_ODD:
        break;
    }
    if (findings_oddity(entry))
        note(telling, KIND_ODD, index);
    if (entry_is_ahead(entry, now_ms))
        note(telling, KIND_AHEAD, index);
}

static struct str kept(struct arena *arena, const struct buffer *text)
{
    return text->failed ? (struct str){0} : arena_copy(arena, buffer_str(text));
}

/* Tells of one subject, or of all of a kind. */
static int tell(struct telling *telling, size_t subject, bool of_all)
{
    const struct finding_words *words = &findings_words[telling->kind];
    struct model *model = telling->model;
    struct buffer message = {0};
    struct buffer remedy = {0};
    telling->subject = subject;
    findings_add_text(telling, of_all ? words->message_many : words->message, &message);
    findings_add_text(telling, of_all ? words->remedy_many : words->remedy, &remedy);
    struct finding finding = {
        .code = words->code,
        .severity = words->severity,
        .subject = arena_copy(&model->arena, findings_subject(telling)),
        .message = kept(&model->arena, &message),
        .remedy = kept(&model->arena, &remedy),
    };
    buffer_done(&message);
    buffer_done(&remedy);
    if (!finding.subject.data || !finding.message.data || !finding.remedy.data)
        return -ENOMEM;
    model->findings[model->finding_count++] = finding;
    return 0;
}

static int tell_kind(struct telling *telling, enum finding_kind kind)
{
    const struct subjects *subjects = &telling->subjects[kind];
    bool of_all = subjects->count > FINDINGS_EACH_MAX;
    size_t findings = of_all ? 1 : subjects->count;
    int result = 0;
    telling->kind = kind;
    for (size_t i = 0; i < findings && result == 0; i++)
        result = tell(telling, subjects->first[i], of_all);
    return result;
}

int findings_tell(const struct model_sources *sources, struct model *model)
{
    static const enum severity worst_first[] = {SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO};
    struct telling telling = {.sources = sources, .model = model};
    size_t most = (size_t)KIND_COUNT * FINDINGS_EACH_MAX;
    int result = 0;
    model->findings = arena_alloc(&model->arena, most * sizeof(*model->findings));
    if (!model->findings)
        return -ENOMEM;
    note_registry(&telling);
    note_pool(&telling);
    note_fallbacks(&telling);
    for (size_t i = 0; i < sources->document->registry.count; i++)
        note_session(&telling, i);
    for (size_t i = 0; i < sizeof(worst_first) / sizeof(worst_first[0]); i++) {
        for (int kind = 0; kind < KIND_COUNT && result == 0; kind++) {
            if (findings_words[kind].severity == worst_first[i])
                result = tell_kind(&telling, (enum finding_kind)kind);
        }
    }
    return result;
}
