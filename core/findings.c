#include "core/findings_part.h"

#include <errno.h>
#include <string.h>

static const enum severity worst_first[] = {SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO};

const struct document *findings_look(const struct model_sources *sources)
{
    return sources->look ? sources->look : sources->document;
}

void findings_mark(struct telling *telling, enum finding_kind kind, size_t row)
{
    struct beside *beside = making_beside(telling->making, row);
    if (beside)
        beside->findings |= UINT64_C(1) << kind;
}

void findings_note(struct telling *telling, enum finding_kind kind, size_t subject)
{
    struct subjects *subjects = &telling->subjects[kind];
    if (subjects->count < FINDINGS_EACH_MAX)
        subjects->first[subjects->count] = subject;
    subjects->count++;
    if (findings_words[kind].about == ABOUT_SESSION)
        findings_mark(telling, kind, subject);
}

static void note_registry(struct telling *telling)
{
    if (telling->sources->wipe)
        findings_note(telling, KIND_WIPED, 0);
    if (telling->sources->holder)
        findings_note(telling, KIND_HELD_OPEN, 0);
    switch (findings_look(telling->sources)->state) {
    case DOCUMENT_TORN:
        findings_note(telling, KIND_TORN, 0);
        break;
    case DOCUMENT_MALFORMED:
        findings_note(telling, KIND_MALFORMED, 0);
        break;
    case DOCUMENT_UNREADABLE:
        findings_note(telling, KIND_UNREADABLE, 0);
        break;
    case DOCUMENT_OK:
    case DOCUMENT_MISSING:
        break;
    }
}

/* ---- the pool ---- */

static bool is_retired(const struct telling *telling)
{
    const struct model_sources *sources = telling->sources;
    enum config_state config = sources->pool->state;
    return sources->server && sources->server->retires_pool &&
           sources->workspace->source != ACTIVE_THROWS && telling->model->slot_count == 0 &&
           (config == CONFIG_OK || config == CONFIG_MISSING || config == CONFIG_NO_LIST);
}

static void note_no_slots(struct telling *telling)
{
    static const enum finding_kind kinds[] = {
        [CONFIG_OK] = KIND_NO_SLOTS,
        [CONFIG_MISSING] = KIND_NO_CONFIG,
        [CONFIG_NOT_STRICT] = KIND_NOT_STRICT,
        [CONFIG_NO_LIST] = KIND_NO_LIST,
        [CONFIG_ENTRY_INVALID] = KIND_ENTRY_INVALID,
        [CONFIG_UNREADABLE] = KIND_CONFIG_UNREADABLE,
    };
    enum finding_kind kind =
        telling->is_retired ? KIND_RETIRED : kinds[telling->sources->pool->state];
    bool throws = telling->sources->workspace->source == ACTIVE_THROWS;
    /* Without a workspace there is no pool to miss; a broken config is one for all. */
    if (!throws || findings_words[kind].severity == SEVERITY_ERROR)
        findings_note(telling, kind, 0);
}

size_t findings_owner(const struct telling *telling, struct str slot_id)
{
    size_t owner = SIZE_MAX;
    size_t longest = telling->making->agent_id.len;
    for (size_t i = 0; i < telling->agent_count; i++) {
        const struct known_agent *agent = &telling->agents[i];
        if (agent->id.len > longest && str_starts(slot_id, agent->slot_prefix)) {
            owner = i;
            longest = agent->id.len;
        }
    }
    return owner;
}

static void note_pool(struct telling *telling)
{
    const struct counts *counts = &telling->model->counts;
    if (telling->sources->workspace->source == ACTIVE_THROWS)
        findings_note(telling, KIND_UI_STATE, 0);
    if (telling->is_down)
        findings_note(telling, KIND_SERVER_DOWN, 0);
    if (counts->slots == 0)
        note_no_slots(telling);
    if (counts->slots > 0 && counts->free == 0)
        findings_note(telling, KIND_FULL, 0);
    for (size_t i = 0; i < telling->model->slot_count; i++) {
        const struct slot *slot = &telling->model->slots[i];
        if (slot->is_duplicate)
            continue;
        if (slot->view == SLOT_DOUBLE)
            findings_note(telling, KIND_DOUBLE, i);
        if (findings_owner(telling, slot->id) != SIZE_MAX)
            findings_note(telling, KIND_FOREIGN, i);
    }
}

/* ---- all of them ---- */

static struct str kept(struct arena *arena, const struct buffer *text)
{
    return text->failed ? (struct str){0} : arena_copy(arena, buffer_str(text));
}

/* A text of the table with its values, in the arena; no data without memory. */
static struct str told(const struct telling *telling, const char *text)
{
    struct buffer whole = {0};
    findings_add_text(telling, text, &whole);
    struct str result = kept(&telling->model->arena, &whole);
    buffer_done(&whole);
    return result;
}

/* Tells of one subject, or of all of a kind. */
static int tell(struct telling *telling, size_t subject, bool of_all)
{
    const struct finding_words *words = &findings_words[telling->kind];
    const char *headline = of_all ? words->headline_many : words->headline;
    struct model *model = telling->model;
    telling->subject = subject;
    struct finding finding = {
        .code = words->code,
        .severity = words->severity,
        .subject = arena_copy(&model->arena, findings_subject(telling)),
        .message = told(telling, of_all ? words->message_many : words->message),
        .remedy = told(telling, of_all ? words->remedy_many : words->remedy),
    };
    finding.headline = headline ? told(telling, headline) : finding.message;
    if (!finding.subject.data || !finding.message.data || !finding.remedy.data ||
        !finding.headline.data)
        return -ENOMEM;
    model->findings[model->finding_count++] = finding;
    return 0;
}

/* Of these, two subjects are one finding already. */
static bool is_one_for_all(enum finding_kind kind)
{
    return kind == KIND_GC_STOPPED || kind == KIND_HOARD;
}

static int tell_kind(struct telling *telling, enum finding_kind kind)
{
    const struct subjects *subjects = &telling->subjects[kind];
    size_t most = is_one_for_all(kind) ? 1 : FINDINGS_EACH_MAX;
    bool of_all = subjects->count > most;
    size_t findings = of_all ? 1 : subjects->count;
    int result = 0;
    telling->kind = kind;
    for (size_t i = 0; i < findings && result == 0; i++)
        result = tell(telling, subjects->first[i], of_all);
    return result;
}

/* The agents of all workspaces, with what the ids of their slots begin with. */
static int learn_agents(struct telling *telling)
{
    const struct workspaces *workspaces = telling->sources->workspaces;
    struct arena *arena = &telling->model->arena;
    size_t count = workspaces ? workspaces->count : 0;
    struct buffer text = {0};
    int result = 0;
    telling->agents = arena_alloc(arena, count * sizeof(*telling->agents));
    if (!telling->agents)
        return -ENOMEM;
    for (size_t i = 0; i < count && result == 0; i++) {
        struct known_agent *agent = &telling->agents[i];
        buffer_clear(&text);
        workspace_agent_id(workspaces->names[i], &text);
        agent->id = kept(arena, &text);
        buffer_clear(&text);
        config_add_slot_prefix(agent->id, &text);
        agent->slot_prefix = kept(arena, &text);
        if (!agent->id.data || !agent->slot_prefix.data)
            result = -ENOMEM;
    }
    buffer_done(&text);
    telling->agent_count = count;
    return result;
}

static int tell_all(struct telling *telling)
{
    size_t most = (size_t)KIND_COUNT * FINDINGS_EACH_MAX;
    struct model *model = telling->model;
    int result = 0;
    model->findings = arena_alloc(&model->arena, most * sizeof(*model->findings));
    if (!model->findings)
        return -ENOMEM;
    for (size_t i = 0; i < sizeof(worst_first) / sizeof(worst_first[0]); i++) {
        for (int kind = 0; kind < KIND_COUNT && result == 0; kind++) {
            if (findings_words[kind].severity == worst_first[i])
                result = tell_kind(telling, (enum finding_kind)kind);
        }
    }
    return result;
}

int findings_tell(struct making *making)
{
    const struct server *server = making->sources->server;
    struct telling telling = {.making = making,
                              .sources = making->sources,
                              .model = &making->model,
                              .growth = &making->tally->growth};
    int result = learn_agents(&telling);
    if (result != 0)
        return result;
    telling.is_retired = is_retired(&telling);
    telling.is_down = server && server->state == SERVER_DOWN;
    note_registry(&telling);
    note_pool(&telling);
    findings_note_sessions(&telling);
    return tell_all(&telling);
}

/* Which findings name a row. */
static uint64_t kinds_of(const struct model *model, size_t row)
{
    const struct beside *beside = model_beside(model, row);
    uint64_t growth = model->views[row] & ROW_OUTLIVED ? UINT64_C(1) << KIND_GROWTH : 0;
    return growth | (beside ? beside->findings : 0);
}

bool model_has_finding(const struct model *model, size_t row, struct str code)
{
    uint64_t kinds = kinds_of(model, row);
    for (int kind = 0; kinds >> kind; kind++) {
        if (kinds >> kind & 1 && str_starts(str_of(findings_words[kind].code), code))
            return true;
    }
    return false;
}

/* In the order of findings. */
static unsigned rank_of(enum finding_kind kind)
{
    unsigned rank = 0;
    for (int other = 0; other < KIND_COUNT; other++)
        rank +=
            findings_words[other].severity > findings_words[kind].severity ||
            (findings_words[other].severity == findings_words[kind].severity && other < (int)kind);
    return rank;
}

unsigned model_finding_rank(const struct model *model, size_t row)
{
    unsigned best = MODEL_NO_FINDING;
    for (uint64_t kinds = kinds_of(model, row); kinds; kinds &= kinds - 1) {
        unsigned rank = rank_of((enum finding_kind)__builtin_ctzll(kinds));
        best = rank < best ? rank : best;
    }
    return best;
}
