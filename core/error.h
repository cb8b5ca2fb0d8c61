/*
 * error.h - what went wrong, as a sentence for an operator.
 *
 * Every function of core that can fail returns 0 or -errno and takes a `struct error *` as its
 * last parameter, which it fills before it returns non-zero. The sentence says what was being
 * done, on which path, why it failed, and what is true now. The kind decides the exit status of
 * the command line and the colour on the screen; nobody parses the text.
 */
#ifndef SLOTOP_CORE_ERROR_H
#define SLOTOP_CORE_ERROR_H

#include <stddef.h>

/* The values are the command line's exit statuses (cli contract). */
enum error_kind {
    ERROR_NONE = 0,
    ERROR_NOT_FOUND = 1, /* no such session; nothing matched */
    ERROR_USAGE = 2,     /* the request itself makes no sense */
    ERROR_CONFLICT = 3,  /* the registry changed under us; not done */
    ERROR_REFUSED = 4,   /* read-only, a guard, or the operator said no */
    ERROR_UNUSABLE = 5,  /* torn, malformed, unreadable, no permission; nothing was changed */
    ERROR_SYSTEM = 6,    /* disk full, I/O error, no memory */
};

enum { ERROR_TEXT_SIZE = 512 };

struct error {
    enum error_kind kind;
    char text[ERROR_TEXT_SIZE]; /* one line, always terminated, may hold hostile bytes of a path */
};

/*
 * Fills `error` (NULL allowed: nobody wants the sentence) and returns -errnum, so that a failing
 * function ends with `return error_set(...)`. `errnum` is positive. The text is cut, never overrun.
 */
int error_set(struct error *error, enum error_kind kind, int errnum, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The sentence for a failed allocation while `doing` ("reading the registry"); returns -ENOMEM. */
int error_no_memory(struct error *error, const char *doing);

/* The kind that a plain errno deserves: EACCES, EPERM, ELOOP, EISDIR… unusable; the rest system. */
enum error_kind error_kind_of(int errnum);

#endif
