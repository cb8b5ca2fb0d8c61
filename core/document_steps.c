#include "core/document_steps.h"

#include "core/document_part.h"

#include <string.h>

enum { PAGE = LEASED_PAGE_BYTES, STEPS_MORE = 2 };

static bool can_be_split(uint64_t offset, size_t len)
{
    return len > LEASED_STORE_BYTES && offset / PAGE != (offset + len - 1) / PAGE;
}

static void add_step(struct steps *steps, uint64_t offset, struct str text, bool is_passing)
{
    if (text.len == 0)
        return;
    steps->split_count += can_be_split(offset, text.len);
    steps->items[steps->count++] =
        (struct step){.offset = offset, .text = text, .is_passing = is_passing};
}

/* The closing braces of agents and document, when nothing else but white space follows `from`. */
static bool find_braces(struct str text, size_t from, size_t ret_at[2])
{
    size_t count = 0;
    for (size_t i = from; i < text.len; i++) {
        if (document_is_space(text.data[i]))
            continue;
        if (text.data[i] != '}' || count == 2)
            return false;
        ret_at[count++] = i;
    }
    return count == 2;
}

/* White space over [from, edge) with the braces that stood there as its last bytes. */
static bool gather_braces(struct steps *steps, size_t from, size_t edge, size_t brace_count)
{
    size_t len = edge - from;
    char *text = arena_alloc(&steps->arena, len);
    if (!text)
        return false;
    memset(text, ' ', len - brace_count);
    memset(text + len - brace_count, '}', brace_count);
    add_step(steps, from, (struct str){text, len}, true);
    return true;
}

/*
 * Places a text that would lie over the edge of a page behind that edge. The braces go first:
 * together before the edge, over it in one store, and then the text takes their place.
 */
static bool place_behind_edge(struct steps *steps, struct str old, const struct patch *last,
                              size_t edge)
{
    size_t braces[2];
    size_t from = (size_t)last->offset;
    if (last->text.len > PAGE || !find_braces(old, from, braces) ||
        braces[1] >= from + last->old_len)
        return false;
    size_t before = (braces[0] < edge) + (size_t)(braces[1] < edge);
    if (before > 0 && (edge - from < before || !gather_braces(steps, from, edge, before)))
        return false;
    if (before == 2)
        add_step(steps, edge - 2, STR("  }}"), true);
    else if (before == 1 && braces[1] == edge)
        add_step(steps, edge - 1, STR(" }}"), true);
    else if (before == 1)
        add_step(steps, edge - 1, STR(" }"), true);
    add_step(steps, edge, last->text, false);
    if (edge + last->text.len > old.len + steps->grows_by)
        steps->grows_by = edge + last->text.len - old.len;
    return true;
}

/* Only the last patch can reach over the braces, and only it may lengthen the file. */
static void add_patch(struct steps *steps, struct str old, const struct patch *patch)
{
    size_t edge = ((size_t)patch->offset / PAGE + 1) * PAGE;
    size_t count = steps->count;
    if (can_be_split(patch->offset, patch->text.len) && place_behind_edge(steps, old, patch, edge))
        return;
    steps->count = count;
    add_step(steps, patch->offset, patch->text, false);
}

int document_steps(const struct document *document, const struct plan *plan,
                   struct steps *ret_steps, struct error *error)
{
    struct steps steps = {.grows_by = plan->grows_by};
    steps.items = arena_alloc(&steps.arena, (plan->count + STEPS_MORE) * sizeof(*steps.items));
    if (!steps.items)
        return error_no_memory(error, "planning the edit of the registry");
    for (size_t i = 0; i < plan->count; i++)
        add_patch(&steps, buffer_str(&document->bytes), &plan->patches[i]);
    *ret_steps = steps;
    return 0;
}

void steps_done(struct steps *steps)
{
    arena_done(&steps->arena);
    *steps = (struct steps){0};
}
