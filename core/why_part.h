/*
 * why_part.h - what the parts of core/why.c share; not for others.
 *
 * One inquiry: why_events.c makes traces of what was seen, why_holders.c finds who held each slot
 * by them and by the registry, why.c judges, why_words.c and why_advice.c say it.
 */
#ifndef SLOTOP_CORE_WHY_PART_H
#define SLOTOP_CORE_WHY_PART_H

#include "core/why.h"

#define WHY_NO_PLACE SIZE_MAX

/* A fallback to be explained. Strings borrowed. */
struct why_subject {
    struct str session_id;
    struct str agent_id; /* that it fell back to; NO_FALLBACK: that it is on */
    double at_ms;
    bool is_fallback;
    bool is_seen;
};

/* What was seen of one session's hold at the time of the fallback. */
struct why_trace {
    struct str session_id; /* borrowed from the events */
    size_t place;          /* of the slot that it held then, or was seen to give up later;
                              WHY_NO_PLACE: none */
    double since_ms;       /* NaN: its beginning was not seen */
    double used_ms;        /* last use seen before; NaN: none */
    double freed_ms;       /* its end, after the fallback; NaN: not seen */
    double gone_by_ms;     /* the end was not seen, but that it was over by then; NaN */
    size_t over_place;     /* a hold that was seen to end before the fallback… */
    double over_ms;        /* …at this time; NaN: none */
    bool is_closed;        /* what comes later is no longer about that hold */
    bool is_used_later;
    bool is_running;  /* its first run was seen to end later */
    bool is_in_entry; /* the session's entry tells of the same hold */
};

/* Ordered: how sure it is that a candidate held the slot. */
enum why_rank { RANK_NOBODY, RANK_PERHAPS, RANK_SURE };

/* Of one slot, beside its struct why_slot. */
struct why_place {
    enum why_rank rank;
    double due_ms;       /* when the holder's TTL ended; NaN: unknown */
    double seen_free_ms; /* a hold was seen to end here before the fallback; NaN: none */
    double taken_ms;     /* the first entry that got the slot after it; NaN: none */
    bool is_running;     /* the holder's first run was in progress */
    bool is_held_now;
};

struct inquiry {
    const struct why_sources *sources;
    struct why *why;                 /* being made; its slots are there */
    struct why_place *places;        /* one for each of why->slots */
    struct string_index place_index; /* agent id -> place */
    struct why_trace *traces;
    size_t trace_count;
    struct string_index trace_index; /* session id -> trace */
    bool is_elsewhere;               /* of another workspace: its pool is not looked at */
    bool is_due_now;                 /* a holder of now is past its TTL */
};

/* The place of an agent's slot; WHY_NO_PLACE for any other agent. */
size_t inquiry_place(const struct inquiry *inquiry, struct str agent_id);
/* The trace of a session; NULL: nothing was seen of it. */
struct why_trace *inquiry_trace(const struct inquiry *inquiry, struct str session_id);
/* Fills the traces, and where slots were seen free. -ENOMEM. */
int inquiry_read_events(struct inquiry *inquiry);
/* Fills the holders, and what is true of the slots now. */
void inquiry_find_holders(struct inquiry *inquiry);
/* True where every index could be read and none has this session. */
bool inquiry_lacks_chat(const struct inquiry *inquiry, struct str session_id);
/* The label of the slot at a place. */
struct str inquiry_label(const struct inquiry *inquiry, size_t place);
/* Appends what a person calls a session: its shortest unique prefix. */
void inquiry_add_short_id(const struct inquiry *inquiry, struct str id, struct buffer *out);
void inquiry_add_advice(const struct inquiry *inquiry, struct buffer *out);
/* Fills sentence and advice. -ENOMEM. */
int inquiry_put_in_words(const struct inquiry *inquiry);

#endif
