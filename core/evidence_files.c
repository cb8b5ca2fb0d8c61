#include "core/evidence_part.h"

#include "core/file.h"
#include "core/json.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char NAME_CHARACTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789_-";

static bool is_name(struct str id)
{
    if (id.len == 0 || id.len > EVIDENCE_ID_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++)
        if (!memchr(NAME_CHARACTERS, id.data[i], sizeof(NAME_CHARACTERS) - 1))
            return false;
    return true;
}

bool evidence_name(char name[EVIDENCE_NAME_SIZE], struct str id, const char *suffix)
{
    if (!is_name(id))
        return false;
    (void)snprintf(name, EVIDENCE_NAME_SIZE, "%.*s%s", (int)id.len, id.data, suffix);
    return true;
}

char evidence_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int evidence_open_dir(int directory_fd, const char *name)
{
    /* O_PATH: a directory that we may pass but not list is enough. */
    return openat(directory_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int evidence_open_file(int directory_fd, const char *name, struct stat *ret_info)
{
    int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd;
    do
        fd = openat(directory_fd, name, flags);
    while (fd < 0 && errno == EINTR);
    if (fd >= 0 && (fstat(fd, ret_info) != 0 || !S_ISREG(ret_info->st_mode))) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

int evidence_read_file(int directory_fd, const char *name, size_t limit_bytes,
                       struct buffer *memory, struct str *ret_text, struct stat *ret_info)
{
    *ret_text = (struct str){0};
    int fd = evidence_open_file(directory_fd, name, ret_info);
    if (fd < 0)
        return 0;
    int result = file_read(fd, name, limit_bytes, memory, NULL);
    (void)close(fd);
    if (result == 0)
        *ret_text = buffer_str(memory);
    return result == -ENOMEM ? -ENOMEM : 0;
}

int evidence_parse(struct str text, struct str *ret_root)
{
    struct json_fault fault;
    *ret_root = (struct str){0};
    if (!text.data)
        return 0;
    if (!json_check(text, &fault))
        return fault.reason == JSON_NO_MEMORY ? -ENOMEM : 0;
    *ret_root = json_root(text);
    return 0;
}

double evidence_mtime_ms(const struct stat *info)
{
    return (double)info->st_mtim.tv_sec * 1000 + (double)info->st_mtim.tv_nsec / 1e6;
}

double evidence_number(struct str value)
{
    double number = json_kind(value) == JSON_NUMBER ? json_to_number(value) : (double)NAN;
    return isfinite(number) ? number : (double)NAN;
}
