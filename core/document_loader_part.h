/*
 * document_loader_part.h - what core/document_loader*.c share: document_loader.c takes bytes in and
 * members out, document_loader_match.c compares these with the entries that are known, and
 * document_loader_apply.c makes the document what was found. Not for others, but for document.c.
 */
#ifndef SLOTOP_CORE_DOCUMENT_LOADER_PART_H
#define SLOTOP_CORE_DOCUMENT_LOADER_PART_H

#include "core/document_loader.h"
#include "core/document_pattern.h"
#include "core/document_scan.h"

enum {
    LOADER_MORE = 2,    /* not an error: the text that is there is not enough */
    LOADER_DIFFERS = 3, /* not an error: this block is not what stands there */
};
#define LOADER_NONE UINT32_MAX

/* These make small inputs hit the edges where a test is built with others. */
#ifndef DOCUMENT_BLOCK_ENTRIES
#define DOCUMENT_BLOCK_ENTRIES 16
#endif
#ifndef DOCUMENT_BLOCK_BYTES /* a block that has grown so long ends, however few its entries */
#define DOCUMENT_BLOCK_BYTES (64 << 10)
#endif
#ifndef DOCUMENT_CHUNK_BYTES /* is read at once */
#define DOCUMENT_CHUNK_BYTES (128 << 10)
#endif
#ifndef DOCUMENT_HEAD_BYTES /* the text before the first member is not longer */
#define DOCUMENT_HEAD_BYTES 4096
#endif
#ifndef LOADER_MANY_ENTRIES /* read again, they are worth a load from nothing */
#define LOADER_MANY_ENTRIES 8192
#endif
#ifndef LOADER_WASTE_BYTES /* of memory that only a load from nothing frees */
#define LOADER_WASTE_BYTES (1 << 20)
#endif

enum loader_phase {
    LOADER_HEAD,    /* up to the first member */
    LOADER_MEMBERS, /* at a member */
    LOADER_BRACE,   /* behind agents: the closing brace of the root */
    LOADER_SPACE,   /* behind the root: white space only */
};

/* An entry that was read, on its way into a document that is known already. */
struct loaded {
    struct entry entry;
    uint32_t old_place; /* LOADER_NONE: it is new */
    uint32_t place;
};

/* Entries that stay as they are, in their order. */
struct kept_run {
    uint32_t old_place;
    uint32_t place;
    uint32_t count;
};

struct document_loader {
    struct document *document; /* to be loaded; NULL before the first _begin */
    struct document made;      /* from nothing: takes its place in the end */
    bool is_reload;
    bool keeps_text;
    bool has_ended;
    size_t expected_bytes;

    struct buffer text;   /* the whole of it, or the part that is being looked at */
    uint64_t text_offset; /* of that part */
    size_t at;            /* up to here everything was taken */
    enum loader_phase phase;
    struct document_span agents;
    struct buffer scratch;
    struct patterns patterns;

    struct document_blocks blocks; /* of this text */
    size_t open_at;                /* the block that is being filled, in text */
    uint32_t open_first;
    uint32_t open_count;
    uint32_t place; /* of the next entry */

    /* Loading again: how far the known entries were met, and what differs from them. */
    size_t old_block; /* the one that old_place stands in */
    uint32_t old_place;
    uint32_t gone;
    bool has_jump; /* something was removed, or put in between */
    struct loaded *members;
    size_t member_count;
    size_t member_capacity;
    struct kept_run *runs;
    size_t run_count;
    size_t run_capacity;
    struct document_change *changes;
    size_t change_count;
    size_t change_capacity;
    struct str *added; /* ids */
    size_t added_count;
    size_t added_capacity;
    struct string_index added_index;
    size_t blocks_skipped;
    size_t entries_read;
    struct entry *entries; /* the registry's new array and index, where places move */
    struct string_index index;
};

/* The document whose registry takes what is read. */
static inline struct document *loader_target(struct document_loader *loader)
{
    return loader->is_reload ? loader->document : &loader->made;
}

/* Takes the text in as far as it goes; with has_ended, to its end. 0, DOCUMENT_NOT_USUAL, -ENOMEM.
 */
int loader_walk(struct document_loader *loader);
/* The closing brace of agents is at `at`. 0, DOCUMENT_NOT_USUAL, -ENOMEM. */
int loader_end_members(struct document_loader *loader);
/* Ends the block that is being filled, at `at`; nothing if there is none. 0, DOCUMENT_NOT_USUAL,
 * -ENOMEM. */
int loader_close_block(struct document_loader *loader);
int loader_add_block(struct document_loader *loader, struct document_block block);

/* ---- document_loader_match.c, for a load into a known document ---- */

/* At the edge of a known block, or behind them all. */
bool loader_is_in_step(const struct document_loader *loader);
/* Skips the known block whose turn it is. 0, LOADER_DIFFERS (read the member), LOADER_MORE,
 * DOCUMENT_NOT_USUAL, -ENOMEM. */
int loader_skip_block(struct document_loader *loader);
/* Finds out which known entry this is, and what differs. 0, DOCUMENT_NOT_USUAL, -ENOMEM. */
int loader_match(struct document_loader *loader, struct str id, const struct entry *entry);
/* The known entries that were not met are gone. 0, DOCUMENT_NOT_USUAL, -ENOMEM. */
int loader_end_match(struct document_loader *loader);
void loader_begin_match(struct document_loader *loader);

/* ---- document_loader_apply.c ---- */

/* Loads a whole text that is there already into an empty document, and takes it over. `bytes` is as
 * it was after DOCUMENT_NOT_USUAL and -ENOMEM. */
int loader_load_text(struct document *document, struct buffer *bytes);

#endif
