#include "core/around.h"

#include "core/holder.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char PROC[] = "/proc";

static int load_workspaces(struct around *around, const struct around_sources *sources,
                           struct error *error)
{
    struct workspaces workspaces;
    int result = workspaces_discover(sources->state_dir, &workspaces, error);
    if (result != 0)
        return result;
    workspaces_done(&around->workspaces);
    around->workspaces = workspaces;
    return 0;
}

static bool are_same(const struct evidences *a, const struct evidences *b)
{
    for (size_t i = 0; i < a->count && a->count == b->count; i++) {
        const struct evidence *x = &a->items[i], *y = &b->items[i];
        if (!str_equal(x->session_id, y->session_id) || x->has_transcript != y->has_transcript ||
            x->is_streaming != y->is_streaming || x->lock_pid != y->lock_pid ||
            x->says_running != y->says_running ||
            !same_number(x->transcript_ms, y->transcript_ms) ||
            !same_number(x->lock_ms, y->lock_ms) || !same_number(x->status_ms, y->status_ms) ||
            !same_number(x->wal_ms, y->wal_ms))
            return false;
    }
    return a->count == b->count;
}

static bool is_same_server(const struct server *a, const struct server *b)
{
    return a->state == b->state && a->is_certain == b->is_certain && a->pid == b->pid &&
           a->port == b->port && same_number(a->started_ms, b->started_ms) &&
           strcmp(a->version, b->version) == 0 && a->retires_pool == b->retires_pool;
}

static int load_server(struct around *around, const struct around_sources *sources,
                       struct error *error)
{
    struct server before = around->server;
    int result = server_look(sources->state_dir, PROC, &around->server, error);
    if (!(around->known & PART_SERVER) || !is_same_server(&before, &around->server))
        around->is_as_before = false;
    return result;
}

static int load_traces(struct around *around, const struct around_sources *sources,
                       struct error *error)
{
    struct evidence_subject *subjects;
    struct evidences evidences;
    size_t count;
    int result = around_subjects(sources, &around->chats, &subjects, &count, error);
    if (result != 0)
        return result;
    result = evidence_gather(sources->state_dir, PROC, subjects, count, &evidences, error);
    free(subjects);
    if (result != 0)
        return result;
    if (around->known & PART_TRACES && are_same(&around->evidences, &evidences)) {
        evidences_done(&evidences); /* others may have borrowed the ones that are known */
        return 0;
    }
    around->is_as_before = false;
    evidences_done(&around->evidences);
    around->evidences = evidences;
    return 0;
}

static int load_history(struct around *around, const struct around_sources *sources,
                        struct error *error)
{
    struct buffer path = {0};
    struct history *history;
    int result = 0;
    if (sources->state_home)
        result = history_add_path(sources->state_home, sources->registry_path, &path, error);
    if (result == 0)
        result = history_open(path.data, &history, error);
    buffer_done(&path);
    if (result != 0)
        return result;
    history_close(around->history);
    around->history = history;
    return 0;
}

static void look_for_holder(struct around *around, const struct around_sources *sources)
{
    struct file_identity identity;
    char before[AROUND_HOLDER_SIZE];
    memcpy(before, around->holder, sizeof(before));
    around->holder[0] = '\0';
    if (file_identify(sources->registry_path, &identity, NULL) == 0 && identity.exists)
        holder_name(&identity, around->holder, sizeof(around->holder));
    if (strcmp(before, around->holder) != 0)
        around->is_as_before = false;
}

int around_load(struct around *around, unsigned parts, const struct around_sources *sources,
                struct error *error)
{
    const unsigned compared = PART_SERVER | PART_TRACES | PART_HOLDER;
    int result = 0;
    around->is_as_before = !(parts & ~compared);
    if (parts & PART_WORKSPACES)
        result = load_workspaces(around, sources, error);
    if (result == 0 && parts & PART_CHATS)
        result = chats_load(&around->chats, sources->state_dir, &around->workspaces, error);
    if (result == 0 && parts & PART_SERVER)
        result = load_server(around, sources, error);
    if (result == 0 && parts & PART_TRACES)
        result = load_traces(around, sources, error);
    if (result == 0 && parts & PART_HISTORY)
        result = load_history(around, sources, error);
    if (result == 0 && parts & PART_HOLDER)
        look_for_holder(around, sources);
    if (result == 0)
        around->known |= parts;
    return result;
}

void around_done(struct around *around)
{
    history_close(around->history);
    evidences_done(&around->evidences);
    chats_done(&around->chats);
    workspaces_done(&around->workspaces);
    *around = (struct around){0};
}

struct beat around_beat(const struct around *around)
{
    size_t count = 0;
    const struct history_event *events =
        around->history ? history_events(around->history, &count) : NULL;
    return beat_infer(&around->server, events, count);
}
