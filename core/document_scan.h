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

enum {
    SCAN_DIGITS_MOST = 15,  /* of a whole number: a double has more */
    SCAN_DIGITS_BYTES = 16, /* are looked at */
};

struct scan {
    const char *at;
    const char *end;
};

/* An entry, but for what needs memory. The strings are parts of the text. */
struct usual_entry {
    struct entry_terms terms;
    struct str session_id;
    enum entry_state state;
    double created_at_ms;
    double last_active_at_ms;
    struct str created_at; /* their digits */
    struct str last_active_at;
};

/* {"version": 1, "agents": { up to the first member or the closing brace; *ret_agents is the
 * opening brace. */
bool scan_head(struct scan *scan, const char **ret_agents);
/* A plain ASCII key, up to its value, which is there. */
bool scan_key(struct scan *scan, struct str *ret_id);
/* A usual entry. */
bool scan_usual_entry(struct scan *scan, struct usual_entry *ret_entry);
/* The whole number of `count` digits, 1 to SCAN_DIGITS_MOST, with no zero before others. There is
 * text to look at from SCAN_DIGITS_BYTES before its end. */
bool scan_digits(const char *at, size_t count, double *ret_number);
/* Any object, of which only the brackets are looked at. *ret_is_cut: not, because the text ended
 * first. */
bool scan_object(struct scan *scan, bool *ret_is_cut);
/* From behind a value to the next member, or to the closing brace (*ret_is_last). */
bool scan_separator(struct scan *scan, bool *ret_is_last);

#endif
