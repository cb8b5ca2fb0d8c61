#include "core/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int error_set(struct error *error, enum error_kind kind, int errnum, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        error->kind = kind;
        (void)vsnprintf(error->text, sizeof(error->text), format, arguments);
        va_end(arguments);
    }
    return -errnum;
}

int error_no_memory(struct error *error, const char *doing)
{
    return error_set(error, ERROR_SYSTEM, ENOMEM, "%s: out of memory; nothing was changed", doing);
}

enum error_kind error_kind_of(int errnum)
{
    switch (errnum) {
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
    case EISDIR:
    case ENOTDIR:
    case EFBIG:
    case ENOTSUP:
    case EUCLEAN:
        return ERROR_UNUSABLE;
    case ENOENT:
        return ERROR_NOT_FOUND;
    default:
        return ERROR_SYSTEM;
    }
}
