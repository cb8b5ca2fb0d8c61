/*
 * edited.h - a document with marks set by hand, its plan, and the text with the plan applied.
 */
#ifndef SLOTOP_TESTS_EDITED_H
#define SLOTOP_TESTS_EDITED_H

#include "core/document.h"

/* One entry, and a whole registry of such, in the server's own layout. */
#define EDITED_ENTRY(id, state, time)                                                              \
    "    \"" id "\": {\n      \"chatAgentId\": \"main\",\n"                                        \
    "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"" id "\",\n"                    \
    "      \"workspaceDir\": \"\",\n      \"state\": \"" state "\",\n"                             \
    "      \"createdAt\": " time ",\n      \"lastActiveAt\": " time ",\n"                          \
    "      \"idleTtlMs\": 1800000\n    }"
#define EDITED_USUAL(entries) "{\n  \"version\": 1,\n  \"agents\": {\n" entries "\n  }\n}\n"

struct edited {
    struct document document;
    struct plan plan;
    struct buffer after; /* the text after edited_plan() */
};

void edited_open(struct edited *edited, const char *text); /* must parse as usable */
void edited_set_state(struct edited *edited, const char *id, enum entry_state state);
void edited_touch(struct edited *edited, const char *id, double now_ms);
void edited_remove(struct edited *edited, const char *id);
void edited_allocate(struct edited *edited, const char *id); /* on "main", at 1000 ms */
/* Plans and applies; asserts that the result parses to the marked registry. */
void edited_plan(struct edited *edited);
/* Asserts that the text is byte for byte what the server would write. */
void edited_is_whole_print(const struct edited *edited);
void edited_close(struct edited *edited);

#endif
