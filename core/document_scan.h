/*
 * document_scan.h - the pieces of a registry's text in the usual form, read one at a time from text
 * that nobody has checked yet and that may not be there to its end.
 *
 * Usual: what the server itself writes, with any white space. Exactly two members in the root;
 * entries with the seed's eight members in their order, plain ASCII strings, whole numbers. What is
 * taken here is valid JSON, and means what the general way would say.
 *
 * For document*.c. Each function begins at scan->at and moves it behind what it took; where it
 * takes nothing scan->at is anywhere.
 */
#ifndef SLOTOP_CORE_DOCUMENT_SCAN_H
#define SLOTOP_CORE_DOCUMENT_SCAN_H

#include "core/document.h"

struct scan {
    const char *at;
    const char *end;
};

/* A member of `agents`, but for what needs memory. Parts of the text. */
struct usual_member {
    struct str id;
    struct str value;
    struct entry_terms terms;
    enum entry_state state;
    double created_at_ms;
    double last_active_at_ms;
};

/* {"version": 1, "agents": { up to the first member or the closing brace; *ret_agents is the
 * opening brace. */
bool scan_head(struct scan *scan, const char **ret_agents);
/* A member whose value is a usual entry. */
bool scan_usual_member(struct scan *scan, struct usual_member *ret_member);
/* Any member with a plain ASCII key and an object, of which only the brackets were looked at.
 * *ret_is_cut: not, because the text ended first. */
bool scan_any_member(struct scan *scan, struct usual_member *ret_member, bool *ret_is_cut);
/* From behind a value to the next member, or to the closing brace (*ret_is_last). */
bool scan_separator(struct scan *scan, bool *ret_is_last);

#endif
