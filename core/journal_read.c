/* From the bytes of the journal back to operations. */
#include "core/journal_part.h"

#include "core/file.h"
#include "core/json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define EXACT_MAX 9007199254740992.0 /* 2^53 */

bool journal_last_line(struct str text, size_t *left, struct str *ret_line)
{
    size_t end = *left;
    while (end > 0 && text.data[end - 1] == '\n')
        end--;
    if (end == 0) {
        *left = 0;
        return false;
    }
    const char *newline = memrchr(text.data, '\n', end);
    size_t start = newline ? (size_t)(newline - text.data) + 1 : 0;
    *ret_line = (struct str){text.data + start, end - start};
    *left = start;
    return true;
}

uint32_t journal_id_parse(struct str text)
{
    uint32_t id = 0;
    if (str_starts(text, STR("op-"))) {
        text.data += 3;
        text.len -= 3;
    }
    if (text.len == 0 || text.len > 9)
        return 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return 0;
        id = id * 10 + (uint32_t)(text.data[i] - '0');
    }
    return id;
}

/* A line that is being read. */
struct reading {
    struct arena *arena;
    struct buffer scratch;
    bool failed;
};

/* The decoded string under a name; absent where there is none. */
static struct str string_of(struct reading *reading, struct str object, struct str name)
{
    struct str literal = json_member(object, name);
    if (json_kind(literal) != JSON_STRING)
        return (struct str){0};
    buffer_clear(&reading->scratch);
    json_decode(literal, &reading->scratch);
    /* The copy of an empty string needs an address, too. */
    struct str decoded = {reading->scratch.len ? reading->scratch.data : "", reading->scratch.len};
    struct str copy = arena_copy(reading->arena, decoded);
    reading->failed |= reading->scratch.failed || !copy.data;
    return copy;
}

static int64_t integer_of(struct str object, struct str name)
{
    struct str value = json_member(object, name);
    double number = json_kind(value) == JSON_NUMBER ? json_to_number(value) : 0;
    return fabs(number) < EXACT_MAX ? (int64_t)number : 0;
}

static uint32_t id_of(struct reading *reading, struct str object, struct str name)
{
    return journal_id_parse(string_of(reading, object, name));
}

/* The stored entry: null stands for none. */
static struct str entry_of(struct str change, struct str name)
{
    struct str value = json_member(change, name);
    return json_kind(value) == JSON_NULL ? (struct str){0} : value;
}

static bool read_change(struct reading *reading, struct str text, struct journal_change *ret_change)
{
    *ret_change = (struct journal_change){
        .session_id = string_of(reading, text, STR("session")),
        .slot_id = string_of(reading, text, STR("slot")),
        .before = entry_of(text, STR("before")),
        .after = entry_of(text, STR("after")),
    };
    return ret_change->session_id.data;
}

static size_t count_items(struct str array)
{
    struct json_cursor cursor;
    struct json_item item;
    size_t count = 0;
    if (!json_enter(array, &cursor) || cursor.is_object)
        return 0;
    while (json_next(&cursor, &item))
        count++;
    return count;
}

static bool read_changes(struct reading *reading, struct str array,
                         struct journal_operation *operation)
{
    struct json_cursor cursor;
    struct json_item item;
    size_t count = count_items(array);
    if (count == 0)
        return false;
    operation->changes = arena_alloc(reading->arena, count * sizeof(*operation->changes));
    if (!operation->changes) {
        reading->failed = true;
        return false;
    }
    (void)json_enter(array, &cursor);
    while (json_next(&cursor, &item)) {
        struct journal_change *change = &operation->changes[operation->change_count++];
        if (!read_change(reading, item.value, change))
            return false;
    }
    return true;
}

static bool read_operation(struct reading *reading, struct str object,
                           struct journal_operation *operation)
{
    *operation = (struct journal_operation){
        .id = id_of(reading, object, STR("id")),
        .time_ms = integer_of(object, STR("time")),
        .user = string_of(reading, object, STR("user")),
        .host = string_of(reading, object, STR("host")),
        .tty = string_of(reading, object, STR("tty")),
        .pid = integer_of(object, STR("pid")),
        .registry = string_of(reading, object, STR("registry")),
        .command = string_of(reading, object, STR("command")),
        .undoes = id_of(reading, object, STR("undoes")),
        .outcome = string_of(reading, object, STR("outcome")),
    };
    return operation->id && operation->registry.data && operation->command.data &&
           read_changes(reading, json_member(object, STR("changes")), operation);
}

int journal_read_line(struct str line, struct arena *arena, struct journal_operation *ret_operation)
{
    struct json_fault fault;
    struct reading reading = {.arena = arena};
    struct journal_operation operation;
    if (!json_check(line, &fault))
        return fault.reason == JSON_NO_MEMORY ? -ENOMEM : 0;
    bool is_whole = read_operation(&reading, json_root(line), &operation);
    buffer_done(&reading.scratch);
    if (reading.failed)
        return -ENOMEM;
    if (!is_whole)
        return 0;
    *ret_operation = operation;
    return 1;
}

static int load(const char *dir, const char *name, struct buffer *content, struct error *error)
{
    struct buffer path = {0};
    buffer_addf(&path, "%s/%s", dir, name);
    if (path.failed)
        return error_set(error, ERROR_SYSTEM, ENOMEM, "reading the journal: out of memory");
    int result = file_load(path.data, JOURNAL_FILE_MAX_BYTES, content, error);
    buffer_done(&path);
    return result == -ENOENT || result == -ENOTDIR ? 0 : result;
}

int journal_open_log(const struct journal *journal, struct journal_log *ret_log,
                     struct error *error)
{
    struct journal_log log = {0};
    /* In this order a rotation meanwhile shows lines twice; in the other it would hide them. */
    int result = load(journal->dir, JOURNAL_NAME, &log.files[0], error);
    if (result == 0)
        result = load(journal->dir, JOURNAL_OLD_NAME, &log.files[1], error);
    if (result != 0) {
        journal_close_log(&log);
        return result;
    }
    journal_rewind(&log);
    *ret_log = log;
    return 0;
}

void journal_close_log(struct journal_log *log)
{
    buffer_done(&log->files[0]);
    buffer_done(&log->files[1]);
    arena_done(&log->arena);
    *log = (struct journal_log){0};
}

void journal_rewind(struct journal_log *log)
{
    log->file = 0;
    log->left = log->files[0].len;
}

int journal_previous(struct journal_log *log, struct journal_operation *ret_operation,
                     struct error *error)
{
    for (;;) {
        struct str line;
        arena_done(&log->arena);
        if (!journal_last_line(buffer_str(&log->files[log->file]), &log->left, &line)) {
            if (log->file == 1)
                return 0;
            log->file = 1;
            log->left = log->files[1].len;
            continue;
        }
        int result = journal_read_line(line, &log->arena, ret_operation);
        if (result < 0)
            return error_set(error, ERROR_SYSTEM, ENOMEM, "reading the journal: out of memory");
        if (result > 0)
            return result;
    }
}
