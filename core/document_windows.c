#include "core/document_windows.h"

#include "core/document_part.h"
#include "core/hash.h"
#include "core/leased.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_ROOM = 4096 };

/* Where block `i` begins; behind the last one, at the closing brace of agents. */
static size_t offset_of(const struct document *document, size_t i)
{
    return document->blocks.items[i].offset;
}

bool document_has_text(const struct document *document)
{
    return document->bytes.data && !document->are_windows;
}

void document_forget_bytes(struct document *document)
{
    if (!document->are_windows)
        return;
    buffer_done(&document->bytes);
    document->are_windows = false;
}

/* ---- fetching what a plan looks at ---- */

struct fetching {
    struct document *document;
    document_read *read;
    void *context;
};

static int fetch(struct fetching *fetching, size_t from, size_t to)
{
    return fetching->read(fetching->context, from, fetching->document->bytes.data + from,
                          to - from);
}

static int fetch_blocks(struct fetching *fetching, size_t from, size_t to)
{
    const struct document *document = fetching->document;
    const struct document_blocks *blocks = &document->blocks;
    int result = 0;
    to = to < blocks->count ? to : blocks->count;
    for (size_t i = from; result == 0 && i < to; i++) {
        size_t begin = offset_of(document, i), end = offset_of(document, i + 1);
        if (document->bytes.data[begin] == '"') /* is there */
            continue;
        result = fetch(fetching, begin, end);
        struct str text = {document->bytes.data + begin, end - begin};
        if (result == 0 && hash_block(text) != blocks->items[i].hash)
            result = -ESTALE;
    }
    return result;
}

/* What is before the first member, the last block with all behind it. */
static int fetch_ends(struct fetching *fetching)
{
    const struct document *document = fetching->document;
    const struct document_blocks *blocks = &document->blocks;
    size_t head = offset_of(document, 0), brace = offset_of(document, blocks->count);
    int result = fetch(fetching, 0, head);
    if (result == 0 && hash_block((struct str){document->bytes.data, head}) != blocks->head_hash)
        result = -ESTALE;
    if (result == 0 && blocks->count > 0)
        result = fetch_blocks(fetching, blocks->count - 1, blocks->count);
    return result ? result : fetch(fetching, brace, document->size_bytes);
}

/* The block of a marked entry. Of a removed one, which takes a comma with it, the neighbours as
 * well; and all behind one that may grow where it is (document_plan.c): a large one, and one in the
 * last page. */
static int fetch_around(struct fetching *fetching, const struct entry *entry, size_t block)
{
    size_t from = block, to = block + 1;
    if (document_is_gone(entry)) {
        from -= block > 0;
        to++;
    }
    uint64_t behind = fetching->document->size_bytes - offset_of(fetching->document, block + 1);
    if (entry->value_len > LEASED_PAGE_BYTES / 2 || behind < LEASED_PAGE_BYTES)
        to = fetching->document->blocks.count;
    return fetch_blocks(fetching, from, to);
}

static int fetch_marked(struct fetching *fetching)
{
    const struct document *document = fetching->document;
    const struct document_block *blocks = document->blocks.items;
    const struct entry *entries =
        document->registry.entries + document->registry.integer_keys; /* added, and lead */
    int result = 0;
    for (size_t i = 0; result == 0 && i < document->blocks.count; i++) {
        for (size_t place = blocks[i].first; result == 0 && place < blocks[i + 1].first; place++) {
            if (entries[place].changes != CHANGE_NONE)
                result = fetch_around(fetching, &entries[place], i);
        }
    }
    return result;
}

int document_fetch(struct document *document, document_read *read, void *context)
{
    struct fetching fetching = {.document = document, .read = read, .context = context};
    document_forget_bytes(document);
    if (document->bytes.data || !document->blocks.items)
        return 0;
    /* zeroed, and therefore not there until it is written to */
    document->bytes.data = calloc(document->size_bytes + 1, 1);
    if (!document->bytes.data)
        return -ENOMEM;
    document->bytes.len = document->size_bytes;
    document->bytes.capacity = document->size_bytes + 1;
    document->are_windows = true;
    int result = fetch_marked(&fetching);
    if (result == 0)
        result = fetch_ends(&fetching);
    if (result != 0)
        document_forget_bytes(document);
    return result;
}

/* ---- verifying ---- */

size_t document_verify_bytes(const struct document *document)
{
    size_t longest = LEAST_ROOM;
    if (!document->blocks.items)
        return longest;
    if (longest < offset_of(document, 0))
        longest = offset_of(document, 0);
    for (size_t i = 0; i < document->blocks.count; i++) {
        size_t len = offset_of(document, i + 1) - offset_of(document, i);
        longest = longest < len ? len : longest;
    }
    return longest;
}

/* A reading of the file. */
struct verifying {
    const struct document *document;
    document_read *read;
    void *context;
    struct buffer *room;
};

static int read_piece(struct verifying *verifying, size_t from, size_t to)
{
    verifying->room->len = to - from;
    return verifying->read(verifying->context, from, verifying->room->data, to - from);
}

static int verify_text(struct verifying *verifying)
{
    struct str text = buffer_str(&verifying->document->bytes);
    int result = 0;
    for (size_t at = 0, end; result == 0 && at < text.len; at = end) {
        size_t most = verifying->room->capacity;
        end = text.len - at > most ? at + most : text.len;
        result = read_piece(verifying, at, end);
        if (result == 0 && memcmp(verifying->room->data, text.data + at, end - at) != 0)
            result = -ESTALE;
    }
    return result;
}

/* As many blocks from `first` on as there is room for. */
static int verify_blocks(struct verifying *verifying, size_t first, size_t *ret_end)
{
    const struct document *document = verifying->document;
    const struct document_block *blocks = document->blocks.items;
    size_t begin = offset_of(document, first), end = first + 1;
    while (end < document->blocks.count &&
           offset_of(document, end + 1) - begin <= verifying->room->capacity)
        end++;
    int result = read_piece(verifying, begin, offset_of(document, end));
    for (size_t i = first; result == 0 && i < end; i++) {
        const char *text = verifying->room->data + (offset_of(document, i) - begin);
        size_t len = offset_of(document, i + 1) - offset_of(document, i);
        if (hash_block((struct str){text, len}) != blocks[i].hash)
            result = -ESTALE;
    }
    *ret_end = end;
    return result;
}

/* Two closing braces, and white space. */
static int verify_tail(struct verifying *verifying)
{
    const struct document *document = verifying->document;
    size_t braces = 0, at = offset_of(document, document->blocks.count);
    int result = 0;
    for (size_t end; result == 0 && at < document->size_bytes; at = end) {
        size_t most = verifying->room->capacity, left = document->size_bytes - at;
        end = at + (left < most ? left : most);
        result = read_piece(verifying, at, end);
        for (size_t i = 0; result == 0 && i < end - at; i++) {
            char c = verifying->room->data[i];
            bool is_first = braces == 0 && i == 0;
            braces += c == '}';
            if ((c != '}' && !document_is_space(c)) || (is_first && c != '}'))
                result = -ESTALE;
        }
    }
    return result == 0 && braces != 2 ? -ESTALE : result;
}

int document_verify(const struct document *document, document_read *read, void *context,
                    struct buffer *room)
{
    struct verifying verifying = {document, read, context, room};
    if (!document->blocks.items)
        return verify_text(&verifying);
    size_t head = offset_of(document, 0);
    int result = read_piece(&verifying, 0, head);
    if (result == 0 && hash_block((struct str){room->data, head}) != document->blocks.head_hash)
        result = -ESTALE;
    for (size_t i = 0; result == 0 && i < document->blocks.count;)
        result = verify_blocks(&verifying, i, &i);
    return result ? result : verify_tail(&verifying);
}
