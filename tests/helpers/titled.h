/*
 * titled.h - scenes with everything around the registry: titles, runs, a server and its GC.
 */
#ifndef SLOTOP_TESTS_TITLED_H
#define SLOTOP_TESTS_TITLED_H

#include "tests/helpers/scene.h"

/* A bit of all: running, shared, overdue, stranded, quiet, ended. */
void titled_set_usual(struct scene *scene);
/* The same with two workspaces. */
void titled_set_workspaces(struct scene *scene);
/* Three share a slot; one uses a slot that is free. */
void titled_set_shared(struct scene *scene);
void titled_set_ghost(struct scene *scene);
/* A run by each kind of trace. */
void titled_set_running(struct scene *scene);
void titled_set_server_down(struct scene *scene);
/* Chats that the registry has no entries of; the pin of one is lost. */
void titled_set_forgotten(struct scene *scene);
/* DenchClaw 2.3.6, and what is left of the pool. */
void titled_set_retired(struct scene *scene);
void titled_set_hostile(struct scene *scene);
/* The detail over the table, of a session of which everything is known. */
void titled_set_detail(struct scene *scene);
void titled_set_detail_end(struct scene *scene);
void titled_set_detail_of_forgotten(struct scene *scene);

#endif
