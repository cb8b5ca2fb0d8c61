/*
 * document_steps.h - a plan as steps that a kill cannot split, in their order.
 *
 * After any number of steps the text parses, and holds the registry before or after each of the
 * plan's patches: patches of one length are one step each, and what lengthens the file is placed so
 * that the new text lies in one page, after the closing braces have been moved out of its way over
 * white space, a step at a time.
 */
#ifndef SLOTOP_CORE_DOCUMENT_STEPS_H
#define SLOTOP_CORE_DOCUMENT_STEPS_H

#include "core/document.h"
#include "core/leased.h"

struct steps {
    struct step *items;
    size_t count;
    uint64_t grows_by;  /* white space to put behind the end before the first step */
    size_t split_count; /* steps that a kill could split: none in the server's own layout */
    struct arena arena;
};

/* Texts are borrowed from the plan or owned by *ret_steps. -ENOMEM with *ret_steps untouched. */
int document_steps(const struct document *document, const struct plan *plan,
                   struct steps *ret_steps, struct error *error);
void steps_done(struct steps *steps);

#endif
