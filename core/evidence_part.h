/*
 * evidence_part.h - internal to evidence: reading below directories, and what one agent's hold.
 *
 * Everything here returns 0 or -ENOMEM; what is missing, unsafe, too long or garbage leaves the
 * traces as they were.
 */
#ifndef SLOTOP_CORE_EVIDENCE_PART_H
#define SLOTOP_CORE_EVIDENCE_PART_H

#include "core/evidence.h"

#include <sys/stat.h>

enum { EVIDENCE_ID_MAX = 128, EVIDENCE_NAME_SIZE = EVIDENCE_ID_MAX + 32 };

/* Memory that is used again from file to file. */
struct evidence_scratch {
    struct buffer text;  /* of the file at hand */
    struct buffer store; /* of the session store at hand */
    struct buffer word;  /* a decoded string */
};

/* A subject whose agent can be a directory. */
struct evidence_item {
    char agent[EVIDENCE_NAME_SIZE]; /* lower case */
    const struct evidence_subject *subject;
    struct str stored_id; /* literal in scratch.store: the gateway's session id; absent: unknown */
    struct evidence *evidence;
};

/* Makes "<id><suffix>". False when the id cannot be a file's name. */
bool evidence_name(char name[EVIDENCE_NAME_SIZE], struct str id, const char *suffix);
char evidence_lower(char c); /* of ASCII, in any locale */
/* -1 when it is missing, no directory, or a link. */
int evidence_open_dir(int directory_fd, const char *name);
/* Opens for reading; -1 when it is missing, a link, or not regular. */
int evidence_open_file(int directory_fd, const char *name, struct stat *ret_info);
/* *ret_text is absent when there is no such file, or it is longer than the limit. */
int evidence_read_file(int directory_fd, const char *name, size_t limit_bytes,
                       struct buffer *memory, struct str *ret_text, struct stat *ret_info);
/* *ret_root is absent when it is no strict JSON. */
int evidence_parse(struct str text, struct str *ret_root);
double evidence_mtime_ms(const struct stat *info);
/* The value when it is a finite number, else NaN. */
double evidence_number(struct str value);

/* evidence_transcript.c */
int evidence_read_transcript(const struct evidence_subject *subject,
                             struct evidence_scratch *scratch, struct evidence *evidence);

/* evidence_agent.c: store, locks and write-ahead file of the agent that all `items` have in common;
 * they are in the order of their session ids. */
int evidence_read_agent(int agents_fd, int proc_fd, struct evidence_item *items, size_t count,
                        struct evidence_scratch *scratch);

/* evidence_lock.c: the lock of a gateway session, whose id may lie in scratch->word. */
int evidence_read_lock(int sessions_fd, int proc_fd, struct str gateway_session_id,
                       struct evidence_scratch *scratch, struct evidence *evidence);

#endif
