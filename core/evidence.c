#include "core/evidence_part.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct str id_at(const void *owner, size_t place)
{
    const struct evidence *items = owner;
    return items[place].session_id;
}

static struct string_source source_of(const struct evidences *evidences)
{
    return (struct string_source){id_at, evidences->items};
}

/* One item for each subject, with no trace yet. */
static int make_items(const struct evidence_subject *subjects, size_t count,
                      struct evidences *evidences)
{
    evidences->items = arena_alloc(&evidences->arena, count * sizeof(*evidences->items));
    if (!evidences->items || !string_index_reserve(&evidences->by_id, source_of(evidences), count))
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        struct str id = arena_copy(&evidences->arena, subjects[i].session_id);
        if (!id.data)
            return -ENOMEM;
        evidences->items[i] = (struct evidence){
            .session_id = id,
            .transcript_ms = (double)NAN,
            .lock_ms = (double)NAN,
            .status_ms = (double)NAN,
            .wal_ms = (double)NAN,
        };
        string_index_put(&evidences->by_id, source_of(evidences), i);
        evidences->count = i + 1;
    }
    return 0;
}

static int compare_items(const void *a, const void *b)
{
    const struct evidence_item *left = a, *right = b;
    int order = strcmp(left->agent, right->agent);
    if (order != 0)
        return order;
    return str_compare(left->subject->session_id, right->subject->session_id);
}

/* The subjects whose agent can be a directory, by agent and session. Returns how many. */
static size_t sort_by_agent(const struct evidence_subject *subjects,
                            const struct evidences *evidences, struct evidence_item *items)
{
    size_t count = 0;
    for (size_t i = 0; i < evidences->count; i++) {
        struct evidence_item *item = &items[count];
        *item = (struct evidence_item){.subject = &subjects[i], .evidence = &evidences->items[i]};
        if (!evidence_name(item->agent, subjects[i].agent_id, ""))
            continue;
        for (char *c = item->agent; *c; c++)
            *c = evidence_lower(*c);
        count++;
    }
    qsort(items, count, sizeof(*items), compare_items);
    return count;
}

/* Each agent once, for all its subjects. */
static int read_agents(int agents_fd, int proc_fd, struct evidence_item *items, size_t count,
                       struct evidence_scratch *scratch)
{
    int result = 0;
    for (size_t from = 0, to; from < count && result == 0; from = to) {
        for (to = from + 1; to < count && strcmp(items[to].agent, items[from].agent) == 0; to++)
            ;
        result = evidence_read_agent(agents_fd, proc_fd, items + from, to - from, scratch);
    }
    return result;
}

static int read_state_dir(const char *state_dir, const char *proc, struct evidence_item *items,
                          size_t count, struct evidence_scratch *scratch)
{
    int result = 0;
    int state_fd = open(state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int proc_fd = open(proc, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int agents_fd = state_fd >= 0 ? evidence_open_dir(state_fd, "agents") : -1;
    if (agents_fd >= 0)
        result = read_agents(agents_fd, proc_fd, items, count, scratch);
    const int fds[] = {agents_fd, proc_fd, state_fd};
    for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
        if (fds[i] >= 0)
            (void)close(fds[i]);
    return result;
}

int evidence_gather(const char *state_dir, const char *proc,
                    const struct evidence_subject *subjects, size_t count,
                    struct evidences *ret_evidences, struct error *error)
{
    struct evidences evidences = {0};
    struct evidence_scratch scratch = {0};
    struct evidence_item *items = NULL;
    int result = make_items(subjects, count < EVIDENCE_MAX ? count : EVIDENCE_MAX, &evidences);
    if (result != 0)
        goto done;
    for (size_t i = 0; i < evidences.count && result == 0; i++)
        result = evidence_read_transcript(&subjects[i], &scratch, &evidences.items[i]);
    if (result != 0 || evidences.count == 0)
        goto done;
    items = malloc(evidences.count * sizeof(*items));
    result = items ? read_state_dir(state_dir, proc, items,
                                    sort_by_agent(subjects, &evidences, items), &scratch)
                   : -ENOMEM;
done:
    free(items);
    buffer_done(&scratch.text);
    buffer_done(&scratch.store);
    buffer_done(&scratch.word);
    if (result == 0) {
        *ret_evidences = evidences;
        return 0;
    }
    evidences_done(&evidences);
    return error_no_memory(error, "looking for runs");
}

void evidences_done(struct evidences *evidences)
{
    string_index_done(&evidences->by_id);
    arena_done(&evidences->arena);
    *evidences = (struct evidences){0};
}

const struct evidence *evidences_find(const struct evidences *evidences, struct str session_id)
{
    size_t place = string_index_find(&evidences->by_id, source_of(evidences), session_id);
    return place == STRING_INDEX_NONE ? NULL : &evidences->items[place];
}
