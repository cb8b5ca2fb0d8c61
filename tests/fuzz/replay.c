/*
 * Gives a fuzz target every input of its committed corpus: tests/fuzz/corpus/<name> for a program
 * called replay_<name>, or the directory that is its argument.
 *
 * The inputs run in a child, so that one that kills it is named and the others still run.
 */
#include "tests/fuzz/fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS_PER_INPUT = 60, INPUT_MAX = 1 << 20 };

struct corpus {
    const char *directory;
    struct dirent **files;
    size_t count;
};

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void run_input(const char *directory, const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "r");
    uint8_t *bytes = malloc(INPUT_MAX);
    FUZZ_CHECK(file && bytes);
    size_t size = fread(bytes, 1, INPUT_MAX, file);
    FUZZ_CHECK(size < INPUT_MAX && fclose(file) == 0);
    uint8_t *exact = realloc(bytes, size ? size : 1);
    FUZZ_CHECK(exact);
    alarm(SECONDS_PER_INPUT);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

/* Runs the inputs from *done on, counting them there, in a child; its wait status. */
static int run_from(const struct corpus *corpus, volatile size_t *done)
{
    (void)fflush(NULL);
    pid_t child = fork();
    int status = -1;
    if (child == 0) {
        (void)LLVMFuzzerInitialize(NULL, NULL);
        for (; *done < corpus->count; ++*done)
            run_input(corpus->directory, corpus->files[*done]->d_name);
        exit(0);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

static void every_input_of_the_corpus_holds(void **state)
{
    const struct corpus *corpus = *state;
    size_t failures = 0;
    size_t *done =
        mmap(NULL, sizeof(*done), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(done != MAP_FAILED);
    while (run_from(corpus, done) != 0) {
        failures++;
        if (*done == corpus->count) /* a leak, found at the end */
            break;
        print_error("does not hold: %s/%s\n", corpus->directory, corpus->files[*done]->d_name);
        ++*done;
    }
    assert_int_equal(failures, 0);
    print_message("vectors: %zu inputs\n", *done);
    assert_int_equal(munmap(done, sizeof(*done)), 0);
}

int main(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '_');
    char directory[256];
    (void)snprintf(directory, sizeof(directory), "tests/fuzz/corpus/%s", name ? name + 1 : "");
    struct corpus corpus = {.directory = argc > 1 ? argv[1] : directory};
    int count = scandir(corpus.directory, &corpus.files, is_input, alphasort);
    if (count <= 0) {
        print_error("%s: no inputs\n", corpus.directory);
        return 1;
    }
    corpus.count = (size_t)count;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(every_input_of_the_corpus_holds, &corpus),
    };
    int failed = cmocka_run_group_tests_name(argv[0], tests, NULL, NULL);
    for (size_t i = 0; i < corpus.count; i++)
        free(corpus.files[i]);
    free(corpus.files);
    return failed;
}
