/* What went wrong, in words. */
#include "tests/sweep/judge.h"

#include <stdio.h>
#include <string.h>

enum { COMPLAINTS_MAX = 20 };

static void describe_fault(const struct trace *trace, const struct fault *fault)
{
    static const char *const words[] = {
        [BLOW_NONE] = "",
        [BLOW_ERRNO] = "fails",
        [BLOW_SHORT] = "does half",
        [BLOW_LOST] = "lost",
        [BLOW_TORN] = "torn by a kill",
        [BLOW_KILL_SELF] = "its process killed",
        [BLOW_KILL_MAIN] = "main killed",
        [BLOW_KILL_ALL] = "all killed",
        [BLOW_NO_MEMORY] = "no memory",
    };
    if (fault->blow == BLOW_NONE)
        return;
    bool is_known = fault->blow != BLOW_NO_MEMORY && fault->at > 0 && fault->at <= trace->count;
    const char *name = is_known ? call_name((enum call)trace->calls[fault->at - 1].call) : "";
    printf(", %s%zu %s%s %s", fault->is_lasting ? "from " : "", fault->at, name,
           is_known && trace->calls[fault->at - 1].in_child ? " of the child" : "",
           words[fault->blow]);
    if (fault->errnum)
        printf(" (%s)", strerror(fault->errnum));
}

void sweep_complain(struct sweep *sweep, const struct trace *trace,
                    const struct fault faults[FAULTS_MAX], const char *complaint,
                    const char *sentence)
{
    if (sweep->bad++ >= COMPLAINTS_MAX)
        return;
    printf("BAD: %s", sweep->trial->name);
    for (size_t i = 0; i < FAULTS_MAX; i++)
        describe_fault(trace, &faults[i]);
    printf(": %s%s%s\n", complaint, sentence[0] ? ": " : "", sentence);
    (void)fflush(stdout);
}
