#include "tests/sweep/judge.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static bool contains(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* A torn file cannot be made worse, only be good or not yet. */
const char *judge_file(const struct sweep *sweep, const struct picture *now)
{
    bool is_good = picture_equal(now, &sweep->before) || picture_equal(now, &sweep->after);
    if (now->is_leased)
        return "the file is still leased";
    if (sweep->trial->replaces && !now->parses)
        is_good = now->exists;
    else if (!now->exists)
        is_good = !sweep->before.exists;
    else if (!now->parses)
        return "the file is torn";
    else if (sweep->trial->count > 0)
        is_good = is_good || picture_between(now, &sweep->before, &sweep->after);
    return is_good ? NULL : "the file is neither as before nor as after";
}

/* A sentence that sends the operator to look must have a reason: a write that could not be made,
 * and then not be undone either, a reading back that failed, or a process that was killed. */
static const char *judge_doubt(const struct sweep *sweep, const struct picture *now,
                               const struct answer *answer)
{
    const char *text = answer->error.text;
    const size_t *failed = answer->trace.failed;
    if (answer->trace.has_killed)
        return NULL;
    if (contains(text, "could not be read back"))
        return failed[CALL_PREAD] > 0 && picture_equal(now, &sweep->after)
                   ? NULL
                   : "says that it cannot be read back, but it can";
    if (contains(text, "is still torn"))
        return now->parses ? "says torn, but is not" : NULL;
    return failed[CALL_PWRITE] + failed[CALL_FTRUNCATE] > 1 ? NULL : "was not undone";
}

/* What an error's sentence says of the file against what is there. */
static const char *judge_sentence(const struct sweep *sweep, const struct picture *now,
                                  const struct answer *answer)
{
    const char *text = answer->error.text;
    if (answer->error.kind == ERROR_NONE || !text[0])
        return "failed without a kind or a sentence";
    if (!contains(text, "/") && !contains(text, "out of memory"))
        return "the sentence names no path";
    if (contains(text, "check the file") || contains(text, "check it") ||
        contains(text, "is still torn"))
        return judge_doubt(sweep, now, answer);
    if (contains(text, "nothing was changed") || contains(text, "the file is as it was") ||
        contains(text, "no registry was made"))
        return picture_same_bytes(now, &sweep->before) ? NULL : "says unchanged, but is changed";
    if (contains(text, "is in the file but"))
        return picture_equal(now, &sweep->after) ? NULL : "says changed, but is not";
    return "the sentence does not say what is true of the file";
}

static const char *judge_answer(const struct sweep *sweep, const struct picture *now,
                                const struct answer *answer)
{
    if (answer->trace.child_allocated)
        return "the child allocated";
    if (answer->result > 0)
        return "the result is positive";
    if (answer->result < 0)
        return judge_sentence(sweep, now, answer);
    if (answer->trace.failed[CALL_FSYNC] > 0)
        return "success, but it is not on the disk";
    if (!picture_equal(now, &sweep->after))
        return "success, but the file is not as wished";
    if (!str_equal(buffer_str(&answer->text), buffer_str(&sweep->answer)))
        return "success, but with another answer";
    return NULL;
}

static bool is_survivable(const struct fault *fault)
{
    return fault->blow == BLOW_SHORT || fault->blow == BLOW_KILL_SELF ||
           (fault->blow == BLOW_ERRNO && fault->errnum == EINTR);
}

/* The errno is told in words; what a program can live with, it has to. */
static const char *judge_reason(const struct answer *answer, const struct fault *fault)
{
    const char *text = answer->error.text;
    bool is_memory = fault->blow == BLOW_NO_MEMORY || fault->errnum == ENOMEM;
    if (answer->result == 0 || fault->blow == BLOW_NONE)
        return NULL;
    if (is_survivable(fault) && !fault->is_lasting)
        return "failed where it had to go on";
    if (is_memory && contains(text, "out of memory"))
        return answer->error.kind == ERROR_SYSTEM ? NULL : "no memory, but another kind";
    if (fault->blow == BLOW_NO_MEMORY)
        return "not told that memory is lacking";
    if (fault->blow != BLOW_ERRNO || fault->errnum == 0)
        return NULL;
    if ((fault->errnum == ENOSPC || fault->errnum == EDQUOT) && answer->error.kind != ERROR_SYSTEM)
        return "a full disk, but another kind";
    return contains(text, strerror(fault->errnum)) ? NULL : "does not say why";
}

/* What was interrupted is made again; but for closing, which is done nevertheless, a nap, which may
 * be short, and what is left to the next way of doing it. */
static bool is_repeated(enum call call)
{
    return call != CALL_CLOSE && call != CALL_NANOSLEEP && call != CALL_FCNTL;
}

static const char *judge_interruption(const struct sweep *sweep, const struct fault *fault,
                                      const struct trace *trace)
{
    if (fault->blow != BLOW_ERRNO || fault->errnum != EINTR || fault->is_lasting)
        return NULL;
    enum call call = (enum call)sweep->trace.calls[fault->at - 1].call;
    if (is_repeated(call) && trace->count <= sweep->trace.count)
        return "interrupted and not made again";
    if (call == CALL_CLOSE && trace->count != sweep->trace.count)
        return "closed twice";
    return NULL;
}

/* The file cannot be what nobody has written: but it must be told. */
static const char *judge_lost(const struct sweep *sweep, const struct picture *now,
                              const struct answer *answer)
{
    if (answer->result < 0)
        return contains(answer->error.text, "could not be read back") ? NULL : "not told as lost";
    return picture_equal(now, &sweep->after) ? NULL : "success, but a write was lost";
}

const char *judge_edit(const struct sweep *sweep, const struct fault *fault,
                       const struct picture *now, const struct answer *answer)
{
    if (fault->blow == BLOW_LOST)
        return judge_lost(sweep, now, answer);
    const char *complaint = judge_file(sweep, now);
    if (!complaint)
        complaint = judge_answer(sweep, now, answer);
    if (!complaint)
        complaint = judge_reason(answer, fault);
    if (!complaint)
        complaint = judge_interruption(sweep, fault, &answer->trace);
    if (!complaint && answer->trace.failed[CALL_UNLINK] == 0 &&
        tree_count(&sweep->tree, "state") != now->exists)
        complaint = "a temporary file is left";
    return complaint;
}

size_t judge_count_descriptors(void)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (directory && readdir(directory))
        count++;
    if (directory)
        (void)closedir(directory);
    return count;
}

const char *judge_process(size_t descriptors, ptrdiff_t allocations)
{
    sigset_t blocked;
    if (judge_count_descriptors() != descriptors)
        return "a descriptor is left open";
    if (faults_live_allocations() != allocations)
        return "memory is lost";
    if (waitpid(-1, NULL, WNOHANG | __WALL) != -1 || errno != ECHILD)
        return "a child is left";
    (void)sigprocmask(SIG_BLOCK, NULL, &blocked);
    if (sigismember(&blocked, SIGTERM) || sigismember(&blocked, SIGIO))
        return "signals are left blocked";
    return NULL;
}
