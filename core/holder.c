#include "core/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_open(int proc_fd, const char *pid, const struct file_identity *file)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "%.20s/fd", pid);
    int fd = openat(proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    bool found = false;
    if (!directory) {
        if (fd >= 0)
            (void)close(fd);
        return false;
    }
    for (struct dirent *item = readdir(directory); item && !found; item = readdir(directory)) {
        struct stat info;
        if (isdigit((unsigned char)item->d_name[0]) && fstatat(fd, item->d_name, &info, 0) == 0)
            found = (uint64_t)info.st_dev == file->device && (uint64_t)info.st_ino == file->inode;
    }
    (void)closedir(directory);
    return found;
}

static void read_name(int proc_fd, const char *pid, char name[32])
{
    char path[64];
    (void)snprintf(path, sizeof(path), "%.20s/comm", pid);
    int fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, name, 31) : 0;
    if (fd >= 0)
        (void)close(fd);
    name[got > 0 ? got : 0] = '\0';
    name[strcspn(name, "\n")] = '\0';
}

void holder_name(const struct file_identity *file, char *text, size_t text_size)
{
    text[0] = '\0';
    DIR *proc = opendir("/proc");
    if (!proc)
        return;
    long own_pid = (long)getpid();
    for (struct dirent *item = readdir(proc); item; item = readdir(proc)) {
        if (!isdigit((unsigned char)item->d_name[0]) || strtol(item->d_name, NULL, 10) == own_pid ||
            !has_open(dirfd(proc), item->d_name, file))
            continue;
        char name[32];
        read_name(dirfd(proc), item->d_name, name);
        (void)snprintf(text, text_size, "%s (pid %.20s)", name[0] ? name : "a process",
                       item->d_name);
        break;
    }
    (void)closedir(proc);
}
