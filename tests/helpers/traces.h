/*
 * traces.h - a state directory, a web-chat directory and a /proc of files, and what is found there.
 */
#ifndef SLOTOP_TESTS_TRACES_H
#define SLOTOP_TESTS_TRACES_H

#include "core/evidence.h"
#include "tests/helpers/tree.h"

/* state/, chats/ and proc/ in a tree. */
struct traces {
    struct tree tree;
    char state[320], chats[320], proc[320];
    struct evidences found;
};

int traces_set_up(void **state);
int traces_tear_down(void **state);

/* Session "s" on the agent "slot", its transcript in chats/. */
struct evidence_subject traces_subject(const struct traces *traces);
/* Gathers anew for these; good until the next call. */
const struct evidence *traces_gather(struct traces *traces, const struct evidence_subject *subjects,
                                     size_t count);
/* …for traces_subject() alone. */
const struct evidence *traces_look(struct traces *traces);

/* proc/<pid>/stat as the kernel writes it, of a process of this name, state and start time. */
void traces_process(const struct traces *traces, int pid, const char *name, char state,
                    unsigned long long start_time);
void traces_set_time(const struct traces *traces, const char *name, int64_t mtime_ms);

#endif
