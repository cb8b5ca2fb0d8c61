/*
 * server.h - what the files say of the DenchClaw server: does it live, since when, which version.
 *
 * <state>/web-runtime/process.json {pid (may be -1), port, gatewayPort, startedAt, runtimeAppDir}
 * and manifest.json {deployedDenchVersion}. Both are strict JSON of at most SERVER_FILE_BYTES. The
 * pid is the server's when the process lives (a zombie does not) and its current directory is
 * runtimeAppDir, be it deleted meanwhile; where that cannot be read (another user's) or compared, a
 * living process is taken for it and `is_certain` is false. So it is for a process that is not
 * there where process 1 cannot be seen either (other users' processes are hidden).
 */
#ifndef SLOTOP_CORE_SERVER_H
#define SLOTOP_CORE_SERVER_H

#include "core/base.h"
#include "core/error.h"

#include <sys/types.h>

enum server_state {
    SERVER_UNKNOWN, /* no process.json, or none that can be read, or it names no process (pid -1: a
                       service manager started it), or there is no `proc` */
    SERVER_UP,
    SERVER_DOWN, /* process.json names a process that is not there, or not the server's */
};

enum { SERVER_VERSION_SIZE = 32, SERVER_FILE_BYTES = 64 << 10 };

struct server {
    enum server_state state;
    bool is_certain; /* false for UNKNOWN */
    pid_t pid;       /* of process.json; 0 when there is none, or no positive one */
    int port;        /* 0 when unknown */
    double
        started_ms; /* startedAt: number or ISO 8601 text with Z or an offset; NaN when unknown */
    char version[SERVER_VERSION_SIZE]; /* "2.3.5"; "" when unknown or not numbers with dots between
                                          them (a suffix such as -rc.1 or +build is cut off) */
    bool retires_pool;                 /* version 2.3.6 or later: it creates no slots any more */
};

/*
 * Looks. Never fails for what the files are. `proc` is "/proc", or a directory in its place
 * (tests). -ENOMEM only, *ret_server untouched.
 */
int server_look(const char *state_dir, const char *proc, struct server *ret_server,
                struct error *error);

/* Orders versions by their numbers: negative, 0, positive; "2.3.10" is after "2.3.6". A missing
 * number is 0; what follows the first byte that is no digit and no dot does not count. */
int server_version_compare(const char *a, const char *b);

#endif
