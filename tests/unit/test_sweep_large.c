// LDFLAGS: @tests/sweep/calls.opts
/* The sweeps of test_sweep.c over registries that are edited without their text: here all are large,
 * in blocks of few entries. What loads and edits those is built into this test once more. */
#define DOCUMENT_KEEP_BYTES 0
#define KNOWN_LEAST_BYTES 0
#define DOCUMENT_BLOCK_ENTRIES 2
#define SWEEP_NAME "sweep_large"

#include "core/document_loader.c"
#include "core/document_loader_apply.c"
#include "core/document_loader_match.c"
#include "core/store_large.c"

#include "tests/unit/test_sweep.c"
