#include "core/evidence_part.h"

#include "core/iso_time.h"
#include "core/json.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of /proc/<pid>/stat, where the name in parentheses is the second field and may hold anything. */
enum { STATE_FIELD = 3, START_TIME_FIELD = 22 };

static bool is_alive(struct str stat_text, struct str start_time)
{
    const char *at = stat_text.len ? memrchr(stat_text.data, ')', stat_text.len) : NULL;
    if (!at || at[1] != ' ' || at[2] == '\0' || strchr("ZXx", at[2]))
        return false;
    if (json_kind(start_time) <= JSON_NULL)
        return true; /* not given */
    at += 2;
    for (int field = STATE_FIELD; field < START_TIME_FIELD; field++) {
        at = strchr(at, ' ');
        if (!at)
            return false;
        at++;
    }
    char *end;
    errno = 0;
    unsigned long long ticks = strtoull(at, &end, 10);
    return end != at && errno == 0 && (double)ticks == evidence_number(start_time);
}

/* -ENOMEM, or 0 with *ret_pid: the lock's process where it lives, else 0. */
static int find_process(int proc_fd, struct str lock, struct buffer *memory, pid_t *ret_pid)
{
    double pid = evidence_number(json_member(lock, STR("pid")));
    char name[64];
    struct stat info;
    struct str text;
    *ret_pid = 0;
    if (!(pid >= 1 && pid <= INT_MAX) || pid != trunc(pid))
        return 0;
    (void)snprintf(name, sizeof(name), "%d/stat", (int)pid);
    int result = evidence_read_file(proc_fd, name, EVIDENCE_LOCK_BYTES, memory, &text, &info);
    if (result == 0 && is_alive(text, json_member(lock, STR("starttime"))))
        *ret_pid = (pid_t)pid;
    return result;
}

static int find_created(struct str lock, const struct stat *info, struct buffer *word,
                        double *ret_ms)
{
    struct str created = json_member(lock, STR("createdAt"));
    double ms = evidence_number(created);
    if (json_kind(created) == JSON_STRING) {
        buffer_clear(word);
        json_decode(created, word);
        if (word->failed)
            return -ENOMEM;
        ms = iso_time_ms(buffer_str(word));
    }
    *ret_ms = isnan(ms) ? evidence_mtime_ms(info) : ms;
    return 0;
}

int evidence_read_lock(int sessions_fd, int proc_fd, struct str gateway_session_id,
                       struct evidence_scratch *scratch, struct evidence *evidence)
{
    char name[EVIDENCE_NAME_SIZE];
    struct stat info;
    struct str text, lock;
    pid_t pid;
    double created_ms;
    if (!evidence_name(name, gateway_session_id, ".jsonl.lock"))
        return 0;
    int result =
        evidence_read_file(sessions_fd, name, EVIDENCE_LOCK_BYTES, &scratch->text, &text, &info);
    if (result == 0)
        result = evidence_parse(text, &lock);
    if (result != 0 || !lock.data)
        return result;
    result = find_created(lock, &info, &scratch->word, &created_ms);
    if (result == 0)
        result = find_process(proc_fd, lock, &scratch->word, &pid);
    if (result != 0 || pid == 0)
        return result;
    evidence->lock_pid = pid;
    evidence->lock_ms = created_ms;
    return 0;
}
