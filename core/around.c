#include "core/around.h"

#include "core/holder.h"

#include <errno.h>
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
    around->holder[0] = '\0';
    if (file_identify(sources->registry_path, &identity, NULL) == 0 && identity.exists)
        holder_name(&identity, around->holder, sizeof(around->holder));
}

int around_load(struct around *around, unsigned parts, const struct around_sources *sources,
                struct error *error)
{
    int result = 0;
    if (parts & PART_WORKSPACES)
        result = load_workspaces(around, sources, error);
    if (result == 0 && parts & PART_CHATS)
        result = chats_load(&around->chats, sources->state_dir, &around->workspaces, error);
    if (result == 0 && parts & PART_SERVER)
        result = server_look(sources->state_dir, PROC, &around->server, error);
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
