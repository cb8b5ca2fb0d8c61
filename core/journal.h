/*
 * journal.h - what operators did: an append-only file of JSON lines, one an operation.
 *
 * <dir>/journal.jsonl, mode 0600 in a directory of mode 0700 (both made so). One line is one
 * write(2), then fsync; ids count up, whoever appends: the file is locked meanwhile (flock), for
 * half a second at most. A line that a crash has torn is passed over by readers, and the next one
 * begins on a line of its own. A file that would pass rotate_bytes becomes journal.jsonl.1, in
 * place of the former one; ids go on counting. Readers see both.
 *
 * A line: {"id","time","at","user","tty","host","pid","registry","command","undoes"?,"changes":
 * [{"session","slot","before","after"}],"outcome"}; before and after are the stored entries, null
 * where there was none. Session ids and entries are data of strangers; JSON's quoting keeps a line
 * one line.
 *
 * Calling sequence: journal_append() after each operation that changed something and before it is
 * told. To read: journal_open_log(), journal_previous() until it is false, journal_close_log().
 */
#ifndef SLOTOP_CORE_JOURNAL_H
#define SLOTOP_CORE_JOURNAL_H

#include "core/base.h"
#include "core/error.h"

enum {
    JOURNAL_ID_SIZE = 16,
    JOURNAL_ID_MAX = 999999999,
    JOURNAL_ROTATE_BYTES = 8 << 20,
    JOURNAL_LINE_MAX_BYTES = 16 << 20,
};

/* Where it is, and who writes. Strings are borrowed. */
struct journal {
    const char *dir; /* absolute; made with what is above it if missing */
    const char *user, *host;
    const char *tty; /* NULL for none */
    int64_t pid;
    size_t rotate_bytes;
};

/* What an operation did to one session. */
struct journal_change {
    struct str session_id;    /* decoded */
    struct str slot_id;       /* decoded; absent for none */
    struct str before, after; /* checked JSON of the stored entry; absent where there was none */
};

struct journal_operation {
    uint32_t id; /* 1…JOURNAL_ID_MAX */
    int64_t time_ms;
    struct str user, host, tty; /* as read; appended are the journal's own */
    int64_t pid;
    struct str registry; /* path of chat-agents.json, as journal_registry() has it */
    struct str command;  /* the shell's word: "release", "undo"; "redo" for the undo of an undo */
    uint32_t undoes;     /* 0, or the operation that this one took back */
    struct str outcome;  /* "verified", and how the edit went */
    struct journal_change *changes;
    size_t change_count;
};

/*
 * Appends one operation and fills *ret_id. Errors: -EFBIG a line beyond JOURNAL_LINE_MAX_BYTES,
 * -EWOULDBLOCK locked for too long, -ENOMEM, what mkdir, open, write and fsync fail with: the
 * operation is done all the same, which the caller tells. After a failed or short write nothing of
 * the line is left, where the system lets us cut it off.
 */
int journal_append(const struct journal *journal, const struct journal_operation *operation,
                   uint32_t *ret_id, struct error *error);

/*
 * Keeps other slotops of this user from changing a registry, from before an edit until it is in
 * the journal: so whoever finds his own edit gone can ask the journal whether another slotop took
 * it back. Waits for half a second at most. A descriptor for journal_let_go(), or -errno: then go
 * ahead without. The system lets go when the process ends.
 */
int journal_hold(const struct journal *journal);
void journal_let_go(int hold); /* negative: nothing to do */

/* Appends the name under which operations on a registry are recorded: its real path, or that of its
 * directory and its name where it is missing; else the path as given. ret_name->failed tells. */
void journal_registry(const char *path, struct buffer *ret_name);

/* "op-0042". Returns text. */
const char *journal_id_text(uint32_t id, char text[JOURNAL_ID_SIZE]);
/* The id that a person means by "op-0042", "op-42" or "42"; 0 for anything else. */
uint32_t journal_id_parse(struct str text);

/* The lines, walked from the newest to the oldest. */
struct journal_log {
    struct buffer files[2]; /* the newer one first */
    size_t file;            /* where the walk is */
    size_t left;            /* so many bytes of it are still to be walked */
    struct arena arena;     /* of the operation that was read last */
};

/* Reads the files; missing ones have no lines. -ENOMEM, -EFBIG, -EACCES and so on. */
int journal_open_log(const struct journal *journal, struct journal_log *ret_log,
                     struct error *error);
void journal_close_log(struct journal_log *log);
/*
 * The next older operation; its strings are good until the next call. 0 after the oldest, 1 for
 * an operation, -ENOMEM. Lines that are no whole record are passed over.
 */
int journal_previous(struct journal_log *log, struct journal_operation *ret_operation,
                     struct error *error);
/* Starts the walk anew at the newest line. */
void journal_rewind(struct journal_log *log);

/* Reads one line: 1, 0 if it is no whole record, -ENOMEM. Strings are in `line` or the arena. */
int journal_read_line(struct str line, struct arena *arena,
                      struct journal_operation *ret_operation);

#endif
