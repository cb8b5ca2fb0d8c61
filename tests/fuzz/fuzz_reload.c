/*
 * Versions of a registry, NUL between them, each loaded on top of the one before, in pieces: what
 * the loader makes of it is what the general way makes of the text alone, its delta says what has
 * changed, and what it cannot load it leaves as it was (tests/helpers/reload.h).
 *
 * The first byte chooses the pieces; the second how many further entries stand at the front of each
 * version, so that there are blocks to be skipped.
 */
#include "tests/fuzz/fuzz.h"

#include "tests/helpers/reload.h"

#include <stdio.h>
#include <string.h>

enum { COPIES_MAX = 40, VERSIONS_MAX = 8 };

/* The text with `copies` further entries at the front of agents, as long as it has that shape. */
static void widen(struct buffer *text, size_t copies)
{
    static const char start[] = "\"agents\": {";
    const char *at = text->len ? strstr(text->data, start) : NULL;
    if (!at || copies == 0)
        return;
    struct buffer wide = {0};
    size_t head = (size_t)(at - text->data) + sizeof(start) - 1;
    bool is_empty = text->data[head] == '}';
    buffer_add(&wide, text->data, head);
    for (size_t i = 0; i < copies; i++)
        buffer_addf(&wide,
                    "\n    \"w%zu\": {\n      \"chatAgentId\": \"m\",\n"
                    "      \"workspaceAgentId\": \"m\",\n      \"sessionId\": \"w%zu\",\n"
                    "      \"workspaceDir\": \"\",\n      \"state\": \"idle\",\n"
                    "      \"createdAt\": 1,\n      \"lastActiveAt\": 2,\n"
                    "      \"idleTtlMs\": 3\n    }%s",
                    i, i, is_empty && i + 1 == copies ? "" : ",");
    buffer_add(&wide, text->data + head, text->len - head);
    FUZZ_CHECK(!wide.failed);
    buffer_done(text);
    *text = wide;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, data + size};
    struct reload reload;
    reload_init(&reload, 1 + (uint64_t)fuzz_byte(&input));
    size_t copies = fuzz_byte(&input) % COPIES_MAX;
    for (size_t i = 0; i < VERSIONS_MAX && !fuzz_is_empty(&input); i++) {
        struct buffer text = fuzz_text(&input);
        widen(&text, copies);
        const char *trouble = reload_next(&reload, buffer_str(&text));
        if (trouble)
            (void)fprintf(stderr, "%s: %.*s\n", trouble, (int)text.len, text.data);
        FUZZ_CHECK(!trouble);
        buffer_done(&text);
    }
    reload_done(&reload);
    return 0;
}
