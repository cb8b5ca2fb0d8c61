/*
 * state.h - one whole look at a state directory: workspace, pool, registry and the model of them.
 *
 * Binds the modules below it into what both the command line and the dashboard begin with. Loads
 * only what is said to have changed.
 */
#ifndef SLOTOP_CORE_STATE_H
#define SLOTOP_CORE_STATE_H

#include "core/around.h"
#include "core/copies.h"
#include "core/model.h"
#include "core/store.h"
#include "core/stream.h"
#include "core/why.h"
#include "core/wipe.h"

/* A registry that is being loaded for the first time, bit by bit. */
struct state_loading {
    bool is_on;
    size_t entries; /* so far */
    uint64_t read_bytes, size_bytes;
};

struct state {
    struct environment environment;
    struct buffer dir; /* state directory */
    struct buffer registry_path;
    struct buffer config_path;
    struct buffer workspace_option; /* -w NAME; data NULL when not given */
    struct active_workspace workspace;
    struct config_pool pool;
    struct document document;      /* the last look; DOCUMENT_TORN… say so */
    struct document last_good;     /* what the screen shows while the last look is not usable; else
                                      an empty one */
    struct file_identity identity; /* of the registry at the last look */
    struct buffer copies_dir;      /* data NULL: no copies are kept */
    bool has_copy; /* of a registry that cannot be used, or was wiped: there is one to bring back */
    bool is_wiped; /* a save took most entries, and they are not back: see wipe.h */
    struct wipe wipe;
    struct document before_wipe;     /* as it was before that save */
    bool is_wipe_kept, is_torn_kept; /* a copy was made of what was lost, or is about to be */
    int64_t next_hourly_ms;          /* when the next copy of a large registry is due */
    bool is_torn_told;               /* the history has it */
    int64_t torn_since_ms;           /* INT64_MIN: not torn when state_keep_lost() last looked */
    bool is_streamed;     /* the caller sets it after state_init(): loads cost what has changed,
                             and of a large registry no text is kept: state_add_text() */
    struct stream stream; /* of the registry, where is_streamed */
    unsigned put_off;     /* looks in a row that met a save of a large registry */
    struct state_loading loading;
    struct document incoming; /* what is being loaded */
    struct store store;
    struct around around;       /* chats, traces, server, history */
    struct short_ids short_ids; /* of the registry that is shown; not made where its ids are new,
                                   but for some behind the others */
    struct tally tally;         /* of the same, where is_streamed; void where more is new than it
                                   follows */
    struct beat beat;           /* of the server's GC, at the last state_model() */
    struct model model;
    bool has_model;
};

/* `state_dir_option` (-d) and `workspace_option` (-w) may be NULL. Reads nothing yet. -ENOMEM;
 * a -w name that is no valid workspace name is -EINVAL, ERROR_USAGE. *state untouched on failure.
 * The strings of the environment are borrowed. */
int state_init(struct state *state, const struct environment *environment,
               const char *state_dir_option, const char *workspace_option, struct error *error);
void state_done(struct state *state);

/* A look: which parts (or-ed enum state_part), and how. */
struct state_look {
    unsigned parts;
    int settle_ms;  /* see store_load() */
    int64_t now_ms; /* when it is made: for the history */
    bool is_ours;   /* what is new in the registry since the last look, this program has done */
    bool is_told;   /* …and the history has it already */
};

/*
 * Loads the parts, and what depends on them: another workspace has another pool. A registry that
 * became torn, unreadable or malformed beyond reading leaves the last good one in last_good. A
 * large one that is streamed and changes while it is read stays as it was: that is a save in
 * progress. What happened to the registry since the last look goes into the history, where that was
 * loaded. The model is forgotten (has_model false), because it borrows from what is replaced: call
 * state_model() next. It stays where only server, traces or holder were looked at and nothing is
 * new. -ENOMEM: every part is either as it was or the new one.
 */
int state_load(struct state *state, const struct state_look *look, struct error *error);

/*
 * Begins the first load of a registry that is streamed and so large (STATE_SLICED_BYTES) that it
 * takes a while; loading.is_on tells whether it has begun: if not, state_load() it. Meanwhile there
 * is an empty registry to show, and no model should be made of it.
 */
void state_begin_loading(struct state *state);
#ifndef STATE_SLICED_BYTES
#define STATE_SLICED_BYTES (4 << 20)
#endif
/*
 * Goes on with it for about so many bytes. loading.is_on is false when it is over: then the
 * registry is as after state_load() of it, which this calls where the file turns out to be none
 * that can be streamed. -ENOMEM as there.
 */
int state_load_slice(struct state *state, size_t bytes, const struct state_look *look,
                     struct error *error);

/*
 * Appends the stored text of an entry of what is shown, from memory or from the file. False, with
 * nothing appended, where it is not to be had: the file was changed since.
 */
bool state_add_text(const struct state *state, const struct entry *entry, struct buffer *out);

/*
 * Keeps a copy of what the server is about to lose or has lost: of the last good registry once the
 * file has been torn for STATE_TORN_MS, and of the one before a save that wiped it. Call after each
 * state_load() of the registry, with the time; cheap where there is nothing to keep. An error is
 * that of copies_save(): it is tried again at the next call.
 */
int state_keep_lost(struct state *state, int64_t now_ms, struct error *error);
enum { STATE_TORN_MS = 200 }; /* by then a save in progress is over */

/* True, once an hour, for a good registry of which no text is kept in memory and no copy of the
 * last hour: when it is wiped or torn it is too late. Cheap where it is false. */
bool state_needs_copy(struct state *state, int64_t now_ms);
/* Keeps it: reads, writes and syncs a file as large as the registry. An error is that of
 * copies_save(). */
int state_keep_copy(const struct state *state, int64_t now_ms, struct error *error);

/* The operator says that what was wiped is not missed: is_wiped is false from now on. The model
 * still tells of it until state_model(). */
void state_dismiss_wipe(struct state *state);

/* True where `restore` has a copy for what is torn or wiped now. */
bool state_can_restore(const struct state *state);

/* The registry to show: the document's, or the last good one; never NULL after state_load(). */
const struct document *state_shown(const struct state *state);

/* Builds the model of what is shown at now_ms, with the findings of the last look. -ENOMEM: the
 * model is as it was. */
int state_model(struct state *state, int64_t now_ms, struct error *error);

/* What explains a fallback at now_ms; borrows from a state that has a model. */
struct why_sources state_why_sources(const struct state *state, int64_t now_ms);

#endif
