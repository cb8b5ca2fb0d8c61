/*
 * holder.h - who keeps a file open: the answer to "why does the lease say busy?".
 */
#ifndef SLOTOP_CORE_HOLDER_H
#define SLOTOP_CORE_HOLDER_H

#include "core/file.h"

/*
 * Writes "NAME (pid N)" of a process other than this one that has the file open, or "" when none
 * can be seen (no /proc, another user's process). The name is as the kernel has it: raw bytes.
 */
void holder_name(const struct file_identity *file, char *text, size_t text_size);

#endif
