#include "tests/helpers/tree.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void tree_make(struct tree *tree)
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(tree->path, sizeof(tree->path), "%s/slotop-test-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(tree->path))
        abort();
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

void tree_remove(struct tree *tree)
{
    (void)nftw(tree->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *tree_path(const struct tree *tree, const char *name)
{
    static char ring[8][512];
    static unsigned next;
    char *path = ring[next++ % 8];
    (void)snprintf(path, sizeof(ring[0]), "%s/%s", tree->path, name);
    return path;
}

void tree_write(const struct tree *tree, const char *name, const char *text, size_t len)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", tree->path, name);
    for (char *slash = strchr(path + strlen(tree->path) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0777);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    if (!file || fwrite(text, 1, len, file) != len || fclose(file) != 0)
        abort();
}

void tree_put(const struct tree *tree, const char *name, const char *text)
{
    tree_write(tree, name, text, strlen(text));
}

char *tree_read(const struct tree *tree, const char *name)
{
    FILE *file = fopen(tree_path(tree, name), "r");
    char *text = NULL;
    size_t len = 0, got = 0;
    if (!file)
        return NULL;
    do {
        char *more = realloc(text, len + 65537);
        if (!more)
            abort();
        text = more;
        got = fread(text + len, 1, 65536, file);
        len += got;
    } while (got > 0);
    text[len] = '\0';
    (void)fclose(file);
    return text;
}

size_t tree_count(const struct tree *tree, const char *name)
{
    DIR *directory = opendir(tree_path(tree, name));
    size_t count = 0;
    if (!directory)
        return 0;
    for (struct dirent *item = readdir(directory); item; item = readdir(directory))
        count += strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0;
    (void)closedir(directory);
    return count;
}
