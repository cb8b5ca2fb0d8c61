#include "tests/fuzz/fuzz.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        abort();
    return 0;
}

void fuzz_fail(const char *file, int line, const char *rule)
{
    (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, rule);
    abort();
}

void fuzz_check_equal(const struct buffer *got, const struct buffer *wanted)
{
    FUZZ_CHECK(!got->failed && !wanted->failed);
    if (str_equal(buffer_str(got), buffer_str(wanted)) || got->len + wanted->len == 0)
        return;
    (void)fprintf(stderr, "got:\n%.*s\nwanted:\n%.*s\n", (int)got->len, got->data ? got->data : "",
                  (int)wanted->len, wanted->data ? wanted->data : "");
    fuzz_fail(__FILE__, __LINE__, "got equals wanted");
}

bool fuzz_is_empty(const struct fuzz_input *input)
{
    return input->at == input->end;
}

uint8_t fuzz_byte(struct fuzz_input *input)
{
    return fuzz_is_empty(input) ? 0 : *input->at++;
}

struct buffer fuzz_text(struct fuzz_input *input)
{
    struct str rest = {(const char *)input->at, (size_t)(input->end - input->at)};
    const char *nul = rest.len ? memchr(rest.data, 0, rest.len) : NULL;
    struct buffer text = {0};
    size_t len = nul ? (size_t)(nul - rest.data) : rest.len;
    FUZZ_CHECK(buffer_reserve(&text, len + 1));
    buffer_add(&text, len ? rest.data : "", len);
    input->at += nul ? len + 1 : len;
    return text;
}

struct str fuzz_rest(struct fuzz_input *input)
{
    struct str rest = {(const char *)input->at, (size_t)(input->end - input->at)};
    input->at = input->end;
    return rest;
}
