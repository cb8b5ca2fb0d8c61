#include "tui/options_table.h"

#include <assert.h>

#define KNOWN_TO(command) (UINT32_C(1) << (command))

const struct option_row option_rows[] = {
    {"state-dir", 'd', "DIR", false, 0, "state directory instead of the resolved one"},
    {"workspace", 'w', "NAME", false, 0, "this workspace instead of the active one"},
    {"json", OPTION_JSON, NULL, false, 0, "machine output: one JSON document, or one a line"},
    {"read-only", OPTION_READ_ONLY, NULL, false, 0,
     "refuse every change; also by SLOTOP_READ_ONLY=1"},
    {"dry-run", 'n', NULL, false, 0, "say what would change; change nothing"},
    {"yes", 'y', NULL, false, 0, "do not ask"},
    {"fence", OPTION_FENCE, "MS", false, 0,
     "how long an edit waits for a server in the middle of a save (250)"},
    {"now", OPTION_NOW, "MS", false, 0, "take MS (epoch milliseconds) as the time"},
    {"demo", OPTION_DEMO, NULL, false, 0,
     "a temporary state directory with a simulated server at work"},
    {"color", OPTION_COLOR, "WHEN", false, 0, "auto, always or never (NO_COLOR counts)"},
    {"ascii", OPTION_ASCII, NULL, false, 0, "no characters beyond ASCII"},
    {"help", 'h', NULL, false, 0, "this text"},
    {"version", 'V', NULL, false, 0, "version and licence"},
    {"state", OPTION_STATE, "S,...", false, KNOWN_TO(COMMAND_LIST),
     "only these: active, idle, expired, released, odd, live, overdue, fallback, stranded, "
     "orphan, running, shared, ghost, in-use"},
    {"slot", OPTION_SLOT, "ID", false, KNOWN_TO(COMMAND_LIST),
     "only entries of this slot or agent: its whole id, or what follows the prefix of the pool"},
    {"fallback", OPTION_FALLBACK, NULL, false, KNOWN_TO(COMMAND_LIST),
     "only live entries on their workspace agent"},
    {"where", OPTION_WHERE, "EXPR", false, KNOWN_TO(COMMAND_LIST),
     "only what all of these terms are true of: text, state:S,... slot:ID,... title:TEXT id:ID "
     "workspace:NAME finding:CODE run:yes age>T quiet>T left<T; ! before a term: not that; "
     "\"quoted text\" may hold blanks"},
    {"ttl", OPTION_TTL, "T", false,
     KNOWN_TO(COMMAND_ALLOCATE) | KNOWN_TO(COMMAND_RESUME) | OPTION_IN_LINE,
     "idle TTL of the new entry (30m; resume: the old one)"},
    {"due", OPTION_DUE, NULL, false, KNOWN_TO(COMMAND_EXPIRE) | OPTION_IN_LINE,
     "all that are past their TTL, as GC does"},
    {"expired-before", OPTION_EXPIRED_BEFORE, "T", false, KNOWN_TO(COMMAND_PURGE) | OPTION_IN_LINE,
     "all expired entries last used longer than T ago"},
    {"force", OPTION_FORCE, NULL, false, KNOWN_TO(COMMAND_PURGE), "live entries too"},
    {"list", OPTION_LIST, NULL, false, KNOWN_TO(COMMAND_RESTORE),
     "the copies that there are, newest first"},
    {"fix", OPTION_FIX, NULL, false, KNOWN_TO(COMMAND_DOCTOR),
     "expire what is due, release what has no chat, purge what expired over a day ago"},
    {"follow", 'f', NULL, false, KNOWN_TO(COMMAND_EVENTS) | OPTION_IN_LINE,
     "go on with what happens, until stopped"},
    {"since", OPTION_SINCE, "T", false, KNOWN_TO(COMMAND_EVENTS), "not what is longer ago than T"},
    {"format", OPTION_FORMAT, "FORMAT", false, KNOWN_TO(COMMAND_METRICS),
     "prometheus (as it is without), or openmetrics"},
    {"every", OPTION_EVERY, "T", true, KNOWN_TO(COMMAND_GC), "again and again until stopped (5m)"},
};

const size_t option_row_count = sizeof(option_rows) / sizeof(option_rows[0]);

bool option_is_of(const struct option_row *row, enum command_id command)
{
    return command < COMMAND_DOWN && (row->commands >> command & 1);
}

static_assert(sizeof(option_rows) / sizeof(option_rows[0]) < OPTION_ROWS_MAX,
              "the masks and getopt's table have room for all rows");
static_assert(COMMAND_DOWN < 32, "a command of the shell is a bit of a mask");
