#include "core/findings_part.h"

const struct finding_words findings_words[KIND_COUNT] = {
    [KIND_TORN] = {"registry-torn", SEVERITY_ERROR, ABOUT_REGISTRY,
                   "{registry} is torn ({trouble}): the server takes it as empty, and its next "
                   "save wipes every entry.",
                   "{restore}", NULL, NULL},
    [KIND_WIPED] =
        {"registry-wiped", SEVERITY_ERROR, ABOUT_REGISTRY,
         "{lost} of the {entries} entries of {registry} went at once, as when the server "
         "takes a torn file as empty.",
         "{restore}", NULL, NULL},
    [KIND_MALFORMED] = {"registry-malformed", SEVERITY_ERROR, ABOUT_REGISTRY,
                        "{registry} is malformed ({trouble}).",
                        "Mend the file, or put a good copy back.", NULL, NULL},
    [KIND_UNREADABLE] = {"registry-unreadable", SEVERITY_ERROR, ABOUT_REGISTRY,
                         "The registry cannot be read ({trouble}): what is shown may be old.",
                         "Make {registry} a file that you can read.", NULL, NULL},
    [KIND_NOT_STRICT] = {"config-not-strict", SEVERITY_ERROR, ABOUT_CONFIG,
                         "{config} is not strict JSON ({config-trouble}): DenchClaw sees no slots "
                         "in it, so every chat falls back, "
                         "and its next change of the config keeps nothing but the agents.",
                         "Take out of {config} what only JSON5 allows: comments, trailing commas, "
                         "a byte order mark.",
                         NULL, NULL},
    [KIND_ENTRY_INVALID] = {"config-entry-invalid", SEVERITY_ERROR, ABOUT_CONFIG,
                            "In {config}, {config-trouble}: the server's code throws on it, and "
                            "new sessions get no entry at all.",
                            "Give that element of {config} an id that is a string, or take it out.",
                            NULL, NULL},
    [KIND_UI_STATE] = {"ui-state-breaks-server", SEVERITY_ERROR, ABOUT_UI_STATE,
                       "{ui-trouble}: the server's code throws on it, and no chat can be created.",
                       "Choose the workspace in DenchClaw again, or remove .dench-ui-state.json.",
                       NULL, NULL,
                       ".dench-ui-state.json breaks the server: no chat can be created.", NULL},
    [KIND_NO_CONFIG] = {"pool-empty", SEVERITY_WARNING, ABOUT_CONFIG,
                        "The pool has no slots because {config} is missing: every chat runs on "
                        "the workspace agent {agent}.",
                        "Look for the state directory that the server uses: slotop -d DIR.", NULL,
                        NULL},
    [KIND_NO_LIST] = {"pool-empty", SEVERITY_WARNING, ABOUT_CONFIG,
                      "The pool has no slots because of {config} ({config-trouble}): every chat "
                      "runs on the workspace agent {agent}.",
                      "Put the slots' agents into agents.list of {config}.", NULL, NULL},
    [KIND_CONFIG_UNREADABLE] = {"pool-empty", SEVERITY_WARNING, ABOUT_CONFIG,
                                "The config cannot be read ({config-trouble}): if the server "
                                "cannot either, every chat runs on the workspace agent {agent}.",
                                "Make {config} a file that you can read.", NULL, NULL},
    [KIND_NO_SLOTS] =
        {"pool-empty", SEVERITY_WARNING, ABOUT_CONFIG,
         "The pool has no slots because {config} lists no agent that begins with {prefix}: every "
         "chat runs on the workspace agent {agent}.",
         "DenchClaw 2.3.6 and later create no slots; with an older one, put the "
         "slots' agents into agents.list.",
         NULL, NULL},
    [KIND_FULL] =
        {"pool-full", SEVERITY_WARNING, ABOUT_AGENT,
         "{every-slot} held: the next new chat falls back to the workspace agent {agent}.",
         "Look who holds the slots before you free one: slotop status.", NULL, NULL,
         "Pool full: new chats fall back to {agent}.", NULL},
    [KIND_STRANDED] = {"stranded", SEVERITY_WARNING, ABOUT_SESSION,
                       "Session {id} is on the workspace agent {agent} while slot {free} is free.",
                       "A new chat gets that slot; this one stays where it is.",
                       "{count} sessions are on the workspace agent {agent} while slot {free} is "
                       "free: {ids}.",
                       "slotop list --fallback", "{id} is on {agent} while slot {free} is free.",
                       "{count} sessions are on {agent} while slot {free} is free."},
    [KIND_FALLBACK] = {"fallback", SEVERITY_INFO, ABOUT_SESSION,
                       "Session {id} is on the workspace agent {agent}: no slot was free for it, "
                       "and it is not moved later.",
                       "slotop show {word}",
                       "{count} sessions are on the workspace agent {agent}, for no slot was free, "
                       "and none is moved later: {ids}.",
                       "slotop list --fallback"},
    [KIND_GC_STOPPED] = {"gc-stopped", SEVERITY_WARNING, ABOUT_SESSION,
                         "Session {id} is past its TTL by more than 5 minutes: GC does not run.",
                         "slotop expire --due",
                         "{count} sessions are past their TTL by more than 5 minutes, so GC does "
                         "not run: {ids}.",
                         "slotop expire --due", "GC does not run: {id} is long past its TTL.",
                         "GC does not run: {count} sessions are long past their TTL."},
    [KIND_OVERDUE] = {"overdue", SEVERITY_INFO, ABOUT_SESSION,
                      "Session {id} is past its TTL: the next GC expires it.",
                      "slotop expire --due",
                      "{count} sessions are past their TTL, the next GC expires them: {ids}.",
                      "slotop expire --due"},
    [KIND_DOUBLE] = {"double-booked", SEVERITY_ERROR, ABOUT_SLOT,
                     "Slot {id} is double-booked: {holders} live sessions hold it, {holder} used "
                     "last, and their runs wait for each other.",
                     "slotop list --slot {word}",
                     "{count} slots are double-booked, and the runs on each wait for each other: "
                     "{ids}.",
                     "Look who holds them: slotop list --state active,idle.",
                     "Slot {id}: {holders} live sessions hold it.",
                     "{count} slots are held by two live sessions each, or more."},
    [KIND_ORPHAN] = {"orphan-slot", SEVERITY_WARNING, ABOUT_SESSION,
                     "Session {id} is live on {its-agent}, which is no slot of the pool.",
                     "slotop expire {word}",
                     "{count} sessions are live on agents that are no slots of the pool: {ids}.",
                     "Expire those that are not in use: slotop expire SESSION.",
                     "{id} is live on {its-agent}, no slot of the pool.",
                     "{count} sessions are live on agents that are no slots."},
    [KIND_ODD] = {"odd-entry", SEVERITY_WARNING, ABOUT_SESSION,
                  "The entry of session {id} is odd: {oddity}.", "slotop show {word}",
                  "{count} entries are odd (no object, an unknown state, no chat agent, no usable "
                  "times): {ids}.",
                  "Look at one: slotop show SESSION.", NULL, "{count} entries are odd."},
    [KIND_AHEAD] =
        {"clock-ahead", SEVERITY_WARNING, ABOUT_SESSION,
         "Session {id} was last used in the future, by its entry: its TTL ends too late.",
         "slotop touch {word}",
         "{count} sessions were last used in the future, by their entries, so their TTL "
         "ends too late: {ids}.",
         "Set the clock right, then slotop touch SESSION for each.",
         "{id} was last used in the future: its TTL ends late.",
         "{count} sessions were last used in the future."},
    [KIND_SERVER_DOWN] = {"server-down", SEVERITY_WARNING, ABOUT_SERVER,
                          "DenchClaw is down ({server-trouble}): no chat goes on, no GC runs.",
                          "Start DenchClaw; until then, slotop gc does the work of its GC.", NULL,
                          NULL, "DenchClaw is down: no chat goes on, no GC runs.", NULL},
    [KIND_RETIRED] = {"pool-retired", SEVERITY_INFO, ABOUT_CONFIG,
                      "The pool is retired: DenchClaw {version} creates no slots, and every chat "
                      "runs on the workspace agent {agent}; {leftovers}.",
                      "{clean-up}", NULL, NULL},
    [KIND_HELD_OPEN] = {"held-open", SEVERITY_INFO, ABOUT_REGISTRY,
                        "{program} keeps {registry} open, so slotop gets no lease on it: edits are "
                        "checked before and afterwards, which is less sure than with one.",
                        "End that program if it is not the server.", NULL, NULL},
    [KIND_HOARD] =
        {"idle-hoard", SEVERITY_WARNING, ABOUT_SESSION,
         "Session {id} does nothing with its slot: no run of it is seen, and it was not used for 5 "
         "minutes.",
         "slotop expire {word}",
         "{count} of the {held} holders do nothing with their slots: no run of them is seen, and "
         "they were not used for 5 minutes: {ids}.",
         "Expire one that nobody needs: its slot is then free for new chats, while its own chat "
         "stays pinned to it.",
         "{id} does nothing with its slot.",
         "{count} of the {held} holders do nothing with their slots."},
    [KIND_SHARED] = {"shared-slot", SEVERITY_ERROR, ABOUT_SESSION,
                     "Session {id} ({stored}) still sends to {place}, which session {holder} holds "
                     "by now: the runs of both wait for each other.",
                     "Close one of the two chats: no command moves a chat to another agent.",
                     "{count} sessions still send to slots that others hold by now, and their runs "
                     "wait for each other: {ids}.",
                     "Close one chat of each two: no command moves a chat to another agent.",
                     "{id} still sends to {place}: shared.",
                     "{count} sessions still send to slots that others hold."},
    [KIND_RUNNING_EXPIRED] =
        {"running-but-expired", SEVERITY_WARNING, ABOUT_SESSION,
         "Session {id} is {stored}, but a run of it is in progress on {place}, which the server "
         "takes as free.",
         "Let the run end; a chat that is created before may get the same agent.",
         "{count} sessions are expired, released or without an entry, but runs of them are in "
         "progress: {ids}.",
         "Let the runs end; chats that are created before may get the same agents.",
         "{id} is {stored}, but it runs on {place}.", "{count} sessions that are over still run."},
    [KIND_GHOST] = {"ghost", SEVERITY_WARNING, ABOUT_SESSION,
                    "Session {id} is live on {place}, but its chat is gone: it is in no index, and "
                    "has no transcript.",
                    "slotop release {word}",
                    "{count} sessions are live, but their chats are gone, in no index and without "
                    "transcripts: {ids}.",
                    "Release them: slotop release SESSION.",
                    "{id} is live on {place}, but its chat is gone.",
                    "{count} sessions are live, but their chats are gone."},
    [KIND_FOREIGN] = {"foreign-slot", SEVERITY_WARNING, ABOUT_SLOT,
                      "Slot {id} belongs to the workspace of agent {owner}: its id begins as those "
                      "of this pool do, so chats of both workspaces get it.",
                      "Rename one of the two workspaces, so that neither name begins with the "
                      "other one and a hyphen.",
                      "{count} slots of this pool belong to workspaces whose names begin with this "
                      "one's, so chats of both get them: {ids}.",
                      "Rename workspaces, so that no name begins with another one and a hyphen.",
                      "Slot {id} belongs to the workspace of agent {owner}.",
                      "{count} slots belong to other workspaces."},
    [KIND_WORKSPACE_GONE] = {"workspace-gone", SEVERITY_WARNING, ABOUT_SESSION,
                             "Session {id} is live, but the workspace of its agent "
                             "{its-workspace-agent} is gone.",
                             "slotop release {word}",
                             "{count} sessions are live, but their workspaces are gone: {ids}.",
                             "Release them: slotop release SESSION.",
                             "{id} is live, but its workspace is gone.",
                             "{count} sessions are live, but their workspaces are gone."},
    [KIND_LOST_PIN] = {"lost-pin", SEVERITY_INFO, ABOUT_SESSION,
                       "Session {id} holds {place}, but the session index has lost its pin: its "
                       "messages may go to the workspace agent {agent}.",
                       "slotop show {word}",
                       "{count} sessions hold slots, but the session index has lost their pins: "
                       "{ids}.",
                       "Look at one: slotop show SESSION."},
    [KIND_ACTIVE_WITHOUT_RUN] =
        {"active-without-run", SEVERITY_INFO, ABOUT_SESSION,
         "Session {id} is active on {place}, but no run of it is seen: one that is stopped, or "
         "crashes, leaves it so.",
         "slotop idle {word}", "{count} sessions are active, but no runs of them are seen: {ids}.",
         "Look at one: slotop show SESSION."},
    [KIND_GROWTH] = {"growth", SEVERITY_INFO, ABOUT_REGISTRY,
                     "{old-entries} entries of {registry} ended more than a day ago, the oldest "
                     "{days} ago, {size} in all: GC never removes what is expired.",
                     "slotop purge --expired-before 1d", NULL, NULL},
};
