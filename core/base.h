/*
 * base.h - the words every module shares: byte strings, growing buffers, arenas.
 *
 * Nothing here touches the outside. All allocation in core goes through malloc/realloc, is
 * checked, and a failure is reported as -ENOMEM by the caller that can say what it was doing.
 */
#ifndef SLOTOP_CORE_BASE_H
#define SLOTOP_CORE_BASE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A run of bytes that somebody else owns. Not NUL-terminated; may hold NULs.
 * `data == NULL` means "absent", which is not the same as empty.
 */
struct str {
    const char *data;
    size_t len;
};

/* A string literal as a struct str. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

struct str str_of(const char *text); /* NULL gives the absent string */
bool str_equal(struct str a, struct str b);
bool str_starts(struct str text, struct str prefix);
/* Bytewise order, shorter first on ties; negative, 0, positive. */
int str_compare(struct str a, struct str b);

/*
 * A growing run of bytes. Zero-initialise, append, read data/len, buffer_done().
 * After a failed append `failed` stays set and later appends do nothing, so that a writer may
 * append without checking and ask once at the end.
 */
struct buffer {
    char *data; /* NUL-terminated whenever not NULL */
    size_t len;
    size_t capacity;
    bool failed; /* an allocation failed: content is incomplete */
};

void buffer_add(struct buffer *buffer, const char *data, size_t len);
void buffer_add_str(struct buffer *buffer, struct str text);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_add_repeat(struct buffer *buffer, char c, size_t count);
void buffer_addf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Makes room for `more` further bytes without changing len. False (and failed) without memory. */
bool buffer_reserve(struct buffer *buffer, size_t more);
/* Forgets the content and the failure, keeps the memory. */
void buffer_clear(struct buffer *buffer);
void buffer_done(struct buffer *buffer);
struct str buffer_str(const struct buffer *buffer);

/* Whether two numbers are the same; NaN, what JavaScript makes of a missing one, is the same as
 * NaN.
 */
static inline bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Large pages for memory that will be used to its end, where it is so large that they pay: a
 * thousandth of the page faults. Changes nothing else; where the kernel has none it does nothing.
 */
void memory_expect(void *memory, size_t size);

/*
 * Memory that is freed all at once: strings that live as long as the registry they belong to.
 * Zero-initialise; addresses stay valid until arena_done().
 */
struct arena_block;
struct arena {
    struct arena_block *blocks;
};

/* Makes room for `size` bytes that are likely to come, in few pieces. */
void arena_expect(struct arena *arena, size_t size);
/* `size` bytes, aligned for any type, or NULL without memory. */
void *arena_alloc(struct arena *arena, size_t size);
/* A copy of `text`, with a NUL behind it that len does not count; absent without memory. */
struct str arena_copy(struct arena *arena, struct str text);
/* The same, but without the NUL, and behind the one before without a gap. */
struct str arena_pack(struct arena *arena, struct str text);
void arena_done(struct arena *arena);

#endif
