#include "core/evidence_part.h"

#include "core/json.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* The session id in a decoded key "agent:<agent>:web:<id>" of this agent; absent for other keys. */
static struct str session_of_key(struct str key, const char *agent)
{
    const struct str start = STR("agent:"), web = STR(":web:");
    size_t agent_len = strlen(agent);
    if (!str_starts(key, start) || key.len < start.len + agent_len)
        return (struct str){0};
    for (size_t i = 0; i < agent_len; i++)
        if (evidence_lower(key.data[start.len + i]) != agent[i])
            return (struct str){0};
    size_t passed = start.len + agent_len;
    if (!str_starts((struct str){key.data + passed, key.len - passed}, web))
        return (struct str){0};
    passed += web.len;
    return (struct str){key.data + passed, key.len - passed};
}

/* The first item whose session id is not before `id`. */
static size_t find_item(const struct evidence_item *items, size_t count, struct str id)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(items[middle].subject->session_id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void take_record(struct str record, struct evidence_item *item)
{
    struct str id = json_member(record, STR("sessionId"));
    struct str status = json_member(record, STR("status"));
    item->stored_id = json_kind(id) == JSON_STRING ? id : (struct str){0};
    item->evidence->says_running =
        json_kind(status) == JSON_STRING && json_string_equals(status, STR("running"));
    item->evidence->status_ms = evidence_number(json_member(record, STR("updatedAt")));
}

static int read_store(int sessions_fd, struct evidence_item *items, size_t count,
                      struct evidence_scratch *scratch)
{
    struct stat info;
    struct str text, root;
    struct json_cursor cursor;
    struct json_item member;
    int result = evidence_read_file(sessions_fd, "sessions.json", EVIDENCE_STORE_BYTES,
                                    &scratch->store, &text, &info);
    if (result == 0)
        result = evidence_parse(text, &root);
    if (result != 0 || json_kind(root) != JSON_OBJECT || !json_enter(root, &cursor))
        return result;
    while (json_next(&cursor, &member)) {
        buffer_clear(&scratch->word);
        json_decode(member.key, &scratch->word);
        if (scratch->word.failed)
            return -ENOMEM;
        struct str id = session_of_key(buffer_str(&scratch->word), items->agent);
        if (!id.data)
            continue;
        for (size_t i = find_item(items, count, id);
             i < count && str_equal(items[i].subject->session_id, id); i++)
            take_record(member.value, &items[i]);
    }
    return 0;
}

/* The file may bear the id that the chat's index knows, or the newer one of the store; before the
 * gateway gave one it was the chat's own. */
static int find_lock(int sessions_fd, int proc_fd, struct evidence_item *item,
                     struct evidence_scratch *scratch)
{
    const struct evidence_subject *subject = item->subject;
    struct evidence *evidence = item->evidence;
    int result = 0;
    if (subject->gateway_session_id.len > 0)
        result = evidence_read_lock(sessions_fd, proc_fd, subject->gateway_session_id, scratch,
                                    evidence);
    if (result == 0 && evidence->lock_pid == 0 && item->stored_id.data) {
        buffer_clear(&scratch->word);
        json_decode(item->stored_id, &scratch->word);
        if (scratch->word.failed)
            return -ENOMEM;
        result =
            evidence_read_lock(sessions_fd, proc_fd, buffer_str(&scratch->word), scratch, evidence);
    }
    if (subject->gateway_session_id.len == 0 && !item->stored_id.data)
        result = evidence_read_lock(sessions_fd, proc_fd, subject->session_id, scratch, evidence);
    return result;
}

static double find_wal(int agent_fd)
{
    struct stat info;
    double ms = (double)NAN;
    int fd = evidence_open_dir(agent_fd, "agent");
    if (fd < 0)
        return ms;
    if (fstatat(fd, "openclaw-agent.sqlite-wal", &info, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(info.st_mode))
        ms = evidence_mtime_ms(&info);
    (void)close(fd);
    return ms;
}

int evidence_read_agent(int agents_fd, int proc_fd, struct evidence_item *items, size_t count,
                        struct evidence_scratch *scratch)
{
    int result = 0;
    int agent_fd = evidence_open_dir(agents_fd, items->agent);
    if (agent_fd < 0)
        return 0;
    double wal_ms = find_wal(agent_fd);
    int sessions_fd = evidence_open_dir(agent_fd, "sessions");
    if (sessions_fd >= 0)
        result = read_store(sessions_fd, items, count, scratch);
    for (size_t i = 0; i < count && result == 0; i++) {
        items[i].evidence->wal_ms = wal_ms;
        if (sessions_fd >= 0)
            result = find_lock(sessions_fd, proc_fd, &items[i], scratch);
    }
    if (sessions_fd >= 0)
        (void)close(sessions_fd);
    (void)close(agent_fd);
    return result;
}
