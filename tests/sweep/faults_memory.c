/* The allocations. */
#include "tests/sweep/faults_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool lacks_memory(void)
{
    if (!faults_now->is_armed)
        return false;
    faults_now->trace.child_allocated |= getpid() != faults_now->main_pid;
    size_t nth = ++faults_now->trace.allocations;
    for (size_t i = 0; i < FAULTS_MAX; i++) {
        const struct fault *fault = &faults_now->faults[i];
        if (fault->blow != BLOW_NO_MEMORY ||
            (fault->is_lasting ? nth < fault->at : nth != fault->at))
            continue;
        faults_now->trace.struck++;
        errno = ENOMEM;
        return true;
    }
    return false;
}

static void *counted(void *memory)
{
    faults_now->live += memory != NULL;
    return memory;
}

WRAP_AS(void *, malloc, (size_t size))
{
    return lacks_memory() ? NULL : counted(__real_malloc(size));
}

WRAP_AS(void *, calloc, (size_t count, size_t size))
{
    return lacks_memory() ? NULL : counted(__real_calloc(count, size));
}

WRAP_AS(void *, realloc, (void *memory, size_t size))
{
    if (lacks_memory())
        return NULL;
    void *grown = __real_realloc(memory, size);
    return memory ? grown : counted(grown);
}

WRAP_AS(void *, reallocarray, (void *memory, size_t count, size_t size))
{
    if (lacks_memory())
        return NULL;
    void *grown = __real_reallocarray(memory, count, size);
    return memory ? grown : counted(grown);
}

WRAP_AS(char *, strdup, (const char *text))
{
    return lacks_memory() ? NULL : counted(__real_strdup(text));
}

WRAP_AS(void, free, (void *memory))
{
    faults_now->live -= memory != NULL;
    __real_free(memory);
}
