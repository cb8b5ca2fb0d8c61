#include "core/server.h"

#include "core/file.h"
#include "core/iso_time.h"
#include "core/json.h"
#include "core/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROCESS_NAME "web-runtime/process.json"
#define MANIFEST_NAME "web-runtime/manifest.json"
#define RETIRING_VERSION "2.3.6"

/* The text of a JSON document, checked; empty where there is none that can be read. -ENOMEM. */
static int load_json(const char *state_dir, const char *name, struct buffer *text)
{
    struct buffer path = {0};
    struct json_fault fault;
    paths_join(state_dir, name, &path);
    int result = path.failed ? -ENOMEM : file_load(path.data, SERVER_FILE_BYTES, text, NULL);
    buffer_done(&path);
    if (result == 0 && !json_check(buffer_str(text), &fault))
        result = fault.reason == JSON_NO_MEMORY ? -ENOMEM : -EINVAL;
    if (result == 0 || result == -ENOMEM)
        return result;
    buffer_clear(text);
    return 0;
}

/* A member that is a whole number from 1 to `highest`; 0 for anything else. */
static int positive_member(struct str object, struct str name, int highest)
{
    struct str value = json_member(object, name);
    double number = json_kind(value) == JSON_NUMBER ? json_to_number(value) : 0;
    return number >= 1 && number <= highest && number == floor(number) ? (int)number : 0;
}

/* A member's decoded string; empty where it is none. False without memory. */
static bool string_member(struct str object, struct str name, struct buffer *ret_text)
{
    struct str value = json_member(object, name);
    buffer_clear(ret_text);
    if (json_kind(value) == JSON_STRING)
        json_decode(value, ret_text);
    return !ret_text->failed;
}

static int read_started(struct str object, double *ret_ms)
{
    struct str value = json_member(object, STR("startedAt"));
    struct buffer text = {0};
    double ms = (double)NAN;
    if (json_kind(value) == JSON_NUMBER)
        ms = json_to_number(value);
    else if (string_member(object, STR("startedAt"), &text))
        ms = iso_time_ms(buffer_str(&text));
    bool failed = text.failed;
    buffer_done(&text);
    *ret_ms = isfinite(ms) ? ms : (double)NAN;
    return failed ? -ENOMEM : 0;
}

/* Dead but not yet reaped: "pid (name) Z ...". The name may hold anything. */
static bool is_zombie(int process_fd)
{
    char text[512];
    int fd = openat(process_fd, "stat", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t got = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
    if (fd >= 0)
        (void)close(fd);
    const char *name_end = got > 0 ? memrchr(text, ')', (size_t)got) : NULL;
    return name_end && text + got - name_end > 2 && (name_end[2] == 'Z' || name_end[2] == 'X');
}

static bool same_directory(int process_fd, const char *app_dir)
{
    struct stat current, app;
    return fstatat(process_fd, "cwd", &current, 0) == 0 && stat(app_dir, &app) == 0 &&
           current.st_dev == app.st_dev && current.st_ino == app.st_ino;
}

/* The kernel's path of a directory, which may say that it is deleted, and a normalised one. */
static bool same_path(struct str current, struct str app_dir)
{
    struct str deleted = STR(" (deleted)");
    return str_starts(current, app_dir) &&
           (current.len == app_dir.len ||
            str_equal((struct str){current.data + app_dir.len, current.len - app_dir.len},
                      deleted));
}

/* An existing process: is it in the directory of the web app? */
static void judge_directory(int process_fd, const struct buffer *app_dir, struct server *server)
{
    char current[PATH_MAX];
    ssize_t len = readlinkat(process_fd, "cwd", current, sizeof(current));
    int errnum = errno;
    bool is_absolute = app_dir->len > 0 && app_dir->data[0] == '/';
    bool is_gone = len < 0 && (errnum == ENOENT || errnum == ESRCH);
    server->is_certain = is_gone || (len >= 0 && is_absolute);
    if (is_gone)
        server->state = SERVER_DOWN;
    else if (!server->is_certain || same_directory(process_fd, app_dir->data) ||
             same_path((struct str){current, (size_t)len}, buffer_str(app_dir)))
        server->state = SERVER_UP;
    else
        server->state = SERVER_DOWN;
}

static void judge_process(const char *proc, const struct buffer *app_dir, struct server *server)
{
    char name[24];
    int proc_fd = open(proc, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (proc_fd < 0)
        return;
    (void)snprintf(name, sizeof(name), "%ld", (long)server->pid);
    int process_fd = openat(proc_fd, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (process_fd >= 0 && !is_zombie(process_fd)) {
        judge_directory(process_fd, app_dir, server);
    } else if (process_fd >= 0 || errno == ENOENT || errno == ESRCH) {
        server->state = SERVER_DOWN;
        server->is_certain = process_fd >= 0 || faccessat(proc_fd, "1", F_OK, 0) == 0;
    }
    if (process_fd >= 0)
        (void)close(process_fd);
    (void)close(proc_fd);
}

/* Appends the normalised runtimeAppDir; nothing where there is none that can be a path. -ENOMEM. */
static int read_app_dir(struct str object, struct buffer *ret_app_dir)
{
    struct buffer text = {0};
    if (string_member(object, STR("runtimeAppDir"), &text) && text.len > 0 &&
        !memchr(text.data, '\0', text.len))
        paths_join(text.data, ".", ret_app_dir);
    bool failed = text.failed || ret_app_dir->failed;
    buffer_done(&text);
    return failed ? -ENOMEM : 0;
}

static int look_at_process(const char *state_dir, const char *proc, struct server *server)
{
    struct buffer text = {0}, app_dir = {0};
    int result = load_json(state_dir, PROCESS_NAME, &text);
    struct str object = json_root(buffer_str(&text));
    if (result == 0)
        result = read_started(object, &server->started_ms);
    if (result == 0)
        result = read_app_dir(object, &app_dir);
    if (result == 0) {
        server->pid = positive_member(object, STR("pid"), INT_MAX);
        server->port = positive_member(object, STR("port"), UINT16_MAX);
        if (server->pid > 0)
            judge_process(proc, &app_dir, server);
    }
    buffer_done(&text);
    buffer_done(&app_dir);
    return result;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* How long the numbers with dots between them at the start are; 0 where something other than the
 * end or a suffix follows. */
static size_t version_len(struct str text)
{
    size_t len = 0;
    while (len < text.len && (is_digit(text.data[len]) ||
                              (text.data[len] == '.' && len > 0 && text.data[len - 1] != '.')))
        len++;
    bool is_whole = len > 0 && text.data[len - 1] != '.' &&
                    (len == text.len || text.data[len] == '-' || text.data[len] == '+');
    return is_whole ? len : 0;
}

static int look_at_manifest(const char *state_dir, struct server *server)
{
    struct buffer text = {0}, version = {0};
    int result = load_json(state_dir, MANIFEST_NAME, &text);
    if (result == 0 &&
        !string_member(json_root(buffer_str(&text)), STR("deployedDenchVersion"), &version))
        result = -ENOMEM;
    size_t len = result == 0 ? version_len(buffer_str(&version)) : 0;
    if (len > 0 && len < sizeof(server->version)) {
        memcpy(server->version, version.data, len);
        server->version[len] = '\0';
        server->retires_pool = server_version_compare(server->version, RETIRING_VERSION) >= 0;
    }
    buffer_done(&text);
    buffer_done(&version);
    return result;
}

int server_look(const char *state_dir, const char *proc, struct server *ret_server,
                struct error *error)
{
    struct server server = {.state = SERVER_UNKNOWN, .started_ms = (double)NAN};
    int result = look_at_process(state_dir, proc, &server);
    if (result == 0)
        result = look_at_manifest(state_dir, &server);
    if (result != 0)
        return error_no_memory(error, "looking at the server");
    *ret_server = server;
    return 0;
}

/* Takes the next number of a version without its leading zeros, and the dot behind it. */
static struct str take_number(const char **at)
{
    while (**at == '0')
        ++*at;
    struct str number = {*at, 0};
    while (is_digit((*at)[number.len]))
        number.len++;
    *at += number.len;
    if (**at == '.')
        ++*at;
    return number;
}

int server_version_compare(const char *a, const char *b)
{
    while (is_digit(*a) || is_digit(*b)) {
        struct str left = take_number(&a);
        struct str right = take_number(&b);
        if (left.len != right.len)
            return left.len < right.len ? -1 : 1;
        int order = str_compare(left, right);
        if (order != 0)
            return order;
    }
    return 0;
}
