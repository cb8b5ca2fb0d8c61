#include "tests/helpers/traces.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

int traces_set_up(void **state)
{
    struct traces *traces = calloc(1, sizeof(*traces));
    if (!traces)
        return -1;
    tree_make(&traces->tree);
    (void)snprintf(traces->state, sizeof(traces->state), "%s/state", traces->tree.path);
    (void)snprintf(traces->chats, sizeof(traces->chats), "%s/chats", traces->tree.path);
    (void)snprintf(traces->proc, sizeof(traces->proc), "%s/proc", traces->tree.path);
    *state = traces;
    return mkdir(traces->state, 0777) + mkdir(traces->chats, 0777) + mkdir(traces->proc, 0777);
}

int traces_tear_down(void **state)
{
    struct traces *traces = *state;
    evidences_done(&traces->found);
    tree_remove(&traces->tree);
    free(traces);
    return 0;
}

struct evidence_subject traces_subject(const struct traces *traces)
{
    return (struct evidence_subject){
        .session_id = STR("s"), .agent_id = STR("slot"), .folder = traces->chats};
}

const struct evidence *traces_gather(struct traces *traces, const struct evidence_subject *subjects,
                                     size_t count)
{
    evidences_done(&traces->found);
    if (evidence_gather(traces->state, traces->proc, subjects, count, &traces->found, NULL) != 0)
        abort();
    return traces->found.items;
}

const struct evidence *traces_look(struct traces *traces)
{
    struct evidence_subject subject = traces_subject(traces);
    return traces_gather(traces, &subject, 1);
}

void traces_process(const struct traces *traces, int pid, const char *name, char state,
                    unsigned long long start_time)
{
    char path[64], text[512];
    (void)snprintf(path, sizeof(path), "proc/%d/stat", pid);
    (void)snprintf(text, sizeof(text),
                   "%d (%s) %c 1 4242 4242 0 -1 4194304 100 0 0 0 7 3 0 0 20 0 11 0 %llu 1234 56 "
                   "18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0\n",
                   pid, name, state, start_time);
    tree_put(&traces->tree, path, text);
}

void traces_set_time(const struct traces *traces, const char *name, int64_t mtime_ms)
{
    struct timespec time = {.tv_sec = mtime_ms / 1000, .tv_nsec = mtime_ms % 1000 * 1000000};
    const struct timespec times[] = {time, time};
    if (utimensat(AT_FDCWD, tree_path(&traces->tree, name), times, 0) != 0)
        abort();
}
