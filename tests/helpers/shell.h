/*
 * shell.h - a person at a terminal who types commands: a real state directory, answers to
 * questions, and what was printed.
 */
#ifndef SLOTOP_TESTS_SHELL_H
#define SLOTOP_TESTS_SHELL_H

#include "tests/helpers/tree.h"
#include "tui/cli.h"

#define SHELL_NOW_MS INT64_C(1773892506902)

struct shell {
    struct tree tree; /* the home: the state directory is .openclaw-dench in it */
    struct options options;
    struct environment environment;
    bool interactive;
    int width;
    FILE *in; /* NULL: nothing is answered */
    char *out, *err;
    int status;
};

/* A home with a pool of three slots and this registry; caller: shell_close(). */
struct shell *shell_open(const char *registry);
void shell_close(struct shell *shell);
void shell_put_registry(const struct shell *shell, const char *text);
char *shell_registry(const struct shell *shell); /* caller frees */
/* What the next commands read. */
void shell_answer(struct shell *shell, const char *text);
void shell_say(struct shell *shell, int count, char **words);

/* Runs "slotop WORD…". */
#define SAY(shell, ...)                                                                            \
    do {                                                                                           \
        char *words[] = {(char[]){"slotop"}, __VA_ARGS__, NULL};                                   \
        shell_say((shell), (int)(sizeof(words) / sizeof(words[0])) - 1, words);                    \
    } while (0)
#define W(word) ((char[]){word})

#endif
