/*
 * paths_part.h - what core/paths.c and core/workspaces.c share; not for others.
 */
#ifndef SLOTOP_CORE_PATHS_PART_H
#define SLOTOP_CORE_PATHS_PART_H

#include "core/paths.h"

/* The part of `text` that JavaScript's trim() leaves. */
struct str paths_trim(struct str text);

/* The workspace that a directory of this name is, a part of it or static; absent for none. */
struct str workspace_name_of_directory(struct str directory);

#endif
