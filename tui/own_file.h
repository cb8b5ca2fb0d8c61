/*
 * own_file.h - slotop's small files of its own in its state directory: what was typed, what was
 * shown. None of it is worth a word when it fails.
 */
#ifndef SLOTOP_TUI_OWN_FILE_H
#define SLOTOP_TUI_OWN_FILE_H

#include "core/base.h"

/* Appends `text` in one write to `path`, which is made (0600; up to three directories above it
 * 0700) where it is missing; `anew`: what it held before is gone. A symbolic link, or what is no
 * regular file, is left alone. False where it did not work. */
bool own_file_append(const char *path, struct str text, bool anew);

#endif
