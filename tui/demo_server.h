/*
 * demo_server.h - the simulated DenchClaw server of the demo.
 *
 * Does to the registry what the real one does, the way the real one does it: reads the file,
 * changes it by the rules, and writes it whole and in place (O_TRUNC), without a lock.
 */
#ifndef SLOTOP_TUI_DEMO_SERVER_H
#define SLOTOP_TUI_DEMO_SERVER_H

#include "core/registry.h"
#include "tui/demo_chats.h"

struct demo_server {
    const char *registry_path;
    struct pool pool;
    uint64_t random; /* state of the generator; not 0 */
    unsigned steps;
    struct demo_chats chats;
};

/* Fills an empty registry with chats of the last minutes: running, held, idle, overdue, fallback,
 * expired and yet in use, released. -ENOMEM or the errno of the write. */
int demo_server_fill(struct demo_server *server, int64_t now_ms, struct error *error);

/* One moment of the server's life: a new chat, a message in an old one, a run that ends, a chat
 * that is deleted, now and then GC. What fails is skipped, as the real server's best-effort
 * background work is. */
void demo_server_step(struct demo_server *server, int64_t now_ms);

/* How long until the next step: 400 to 2,400 ms. */
int demo_server_pause_ms(struct demo_server *server);

#endif
