/*
 * fuzz.h - what the fuzz targets share.
 *
 * A target is one file, fuzz_<name>.c: LLVMFuzzerTestOneInput() takes any bytes and aborts where a
 * rule does not hold. `make fuzz` links it with libFuzzer, which makes up the bytes; `make check`
 * links it with replay.c, which gives it the files of corpus/<name>.
 */
#ifndef SLOTOP_TESTS_FUZZ_H
#define SLOTOP_TESTS_FUZZ_H

#include "core/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Before the first input: the locale that main sets. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define FUZZ_CHECK(rule) ((rule) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #rule))
/* Says on standard error what does not hold, and aborts. */
_Noreturn void fuzz_fail(const char *file, int line, const char *rule);
/* The two texts are the same; else both are said. */
void fuzz_check_equal(const struct buffer *got, const struct buffer *wanted);

/* An input taken apart from its front. */
struct fuzz_input {
    const uint8_t *at;
    const uint8_t *end;
};
bool fuzz_is_empty(const struct fuzz_input *input);
uint8_t fuzz_byte(struct fuzz_input *input); /* 0 behind the end */
/* What comes before the next NUL, which is taken off too; buffer_done(). Never NULL. */
struct buffer fuzz_text(struct fuzz_input *input);
/* All that is left, in place: a read beyond it is seen. */
struct str fuzz_rest(struct fuzz_input *input);

#endif
