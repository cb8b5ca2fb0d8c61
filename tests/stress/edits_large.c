// LDFLAGS: -Wl,--wrap=fcntl,--wrap=file_pause_ms
/* The driver of edits.c with registries that are edited without their text: here all are large, in
 * blocks of few entries. What loads and edits those is built into this driver once more. */
#define DOCUMENT_KEEP_BYTES 0
#define KNOWN_LEAST_BYTES 0
#define DOCUMENT_BLOCK_ENTRIES 4

#include "core/document_loader.c"
#include "core/document_loader_apply.c"
#include "core/document_loader_match.c"
#include "core/store_large.c"

#include "tests/stress/edits.c"
