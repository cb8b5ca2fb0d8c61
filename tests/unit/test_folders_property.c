/* Directories made, removed, moved and exchanged at random: no hint is missed, none is invented. */
#include "core/folders.h"
#include "tests/helpers/tree.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* All paths of up to three names of a and b: a, b, a/a, … b/b/b. */
enum { DEPTH = 3, PATHS = 2 + 4 + 8, WALKS = 40, STEPS = 60 };

struct walk {
    struct tree tree;
    struct folders *folders;
    char paths[PATHS][320];
    uint32_t random;
};

static uint32_t random_below(struct walk *walk, uint32_t limit)
{
    walk->random = walk->random * 1664525u + 1013904223u;
    return (walk->random >> 8) % limit;
}

static void name_paths(struct walk *walk)
{
    size_t place = 0;
    for (unsigned depth = 1; depth <= DEPTH; depth++)
        for (unsigned bits = 0; bits < 1u << depth; bits++) {
            char *path = walk->paths[place++];
            int len = snprintf(path, sizeof(walk->paths[0]), "%s", walk->tree.path);
            for (unsigned i = 0; i < depth; i++)
                len += snprintf(path + len, sizeof(walk->paths[0]) - (size_t)len, "/%c",
                                bits >> i & 1 ? 'b' : 'a');
        }
}

/* What comes of it does not matter: many fail. */
static void step(struct walk *walk)
{
    const char *one = walk->paths[random_below(walk, PATHS)];
    const char *other = walk->paths[random_below(walk, PATHS)];
    switch (random_below(walk, 6)) {
    case 0:
        (void)rmdir(one);
        break;
    case 1:
        (void)rename(one, other);
        break;
    case 2:
        (void)renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
        break;
    default:
        (void)mkdir(one, 0777);
    }
}

/* 0 for a path that is missing. */
static void look(const struct walk *walk, ino_t *inodes)
{
    for (size_t i = 0; i < PATHS; i++) {
        struct stat info;
        inodes[i] = stat(walk->paths[i], &info) == 0 ? info.st_ino : 0;
    }
}

static void set_half(struct walk *walk, const size_t *places, size_t count)
{
    const char *list[PATHS];
    for (size_t i = 0; i < count; i++)
        list[i] = walk->paths[places[i]];
    assert_int_equal(folders_set(walk->folders, list, count, NULL), 0);
}

/* A file in each directory is reported of it, and of no other. Returns how many there are. */
static size_t probe(struct walk *walk, const size_t *places, size_t count)
{
    size_t probes = 0;
    for (size_t i = 0; i < count; i++) {
        bool changed[FOLDERS_MAX] = {false};
        char name[400];
        (void)snprintf(name, sizeof(name), "%s/probe", walk->paths[places[i]]);
        int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
        if (fd < 0)
            continue;
        (void)close(fd);
        assert_true(folders_drain(walk->folders, changed));
        for (size_t k = 0; k < count; k++)
            assert_int_equal(changed[k], k == i);
        assert_int_equal(unlink(name), 0);
        (void)folders_drain(walk->folders, NULL);
        probes++;
    }
    return probes;
}

static size_t wander(struct walk *walk)
{
    size_t places[PATHS], count = 0, probes = 0;
    ino_t before[PATHS], after[PATHS];
    for (size_t i = 0; i < PATHS; i++)
        if (random_below(walk, 2))
            places[count++] = i;
    set_half(walk, places, count);
    for (unsigned i = 0; i < STEPS; i++) {
        bool changed[FOLDERS_MAX] = {false};
        look(walk, before);
        for (uint32_t steps = random_below(walk, 4); steps > 0; steps--)
            step(walk);
        look(walk, after);
        if (random_below(walk, 8) == 0)
            set_half(walk, places, count); /* loses nothing */
        (void)folders_drain(walk->folders, changed);
        for (size_t k = 0; k < count; k++)
            if (before[places[k]] != after[places[k]])
                assert_true(changed[k]);
        assert_false(folders_drain(walk->folders, NULL));
        probes += probe(walk, places, count);
    }
    return probes;
}

static void whatever_happens_to_directories_they_are_watched_where_they_are(void **state)
{
    size_t probes = 0;
    (void)state;
    for (uint32_t seed = 0; seed < WALKS; seed++) {
        struct walk walk = {.random = seed};
        tree_make(&walk.tree);
        name_paths(&walk);
        assert_int_equal(folders_open(&walk.folders, NULL), 0);
        probes += wander(&walk);
        folders_close(walk.folders);
        tree_remove(&walk.tree);
    }
    assert_true(probes > 1000);
    printf("vectors: %d steps, %zu probes\n", WALKS * STEPS, probes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens_to_directories_they_are_watched_where_they_are),
    };
    return cmocka_run_group_tests_name("folders_property", tests, NULL, NULL);
}
