/* The properties of test_reload_property.c with blocks, chunks and limits so small that every edge
 * is met all the time: the loader is built into this test once more. */
#define DOCUMENT_BLOCK_ENTRIES 3
#define DOCUMENT_BLOCK_BYTES 1000
#define DOCUMENT_CHUNK_BYTES 48
#define DOCUMENT_HEAD_BYTES 64
#define DOCUMENT_KEEP_BYTES 2000
#define LOADER_MANY_ENTRIES 10
#define LOADER_WASTE_BYTES 4000

#include "core/document_loader.c"
#include "core/document_loader_apply.c"
#include "core/document_loader_match.c"

#include "tests/unit/test_reload_property.c"
