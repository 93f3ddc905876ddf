/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "outcome.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "store/text.h"

void
outcome_done(const char *format, ...)
{
    static FILE *to;
    va_list args, again;

    if (to == NULL) {
        to = stdout;
        /* Nobody may be at the other end of a pipe. */
        signal(SIGPIPE, SIG_IGN);
    }
    va_start(args, format);
    va_copy(again, args);
    vfprintf(to, format, args);
    if (fflush(to) != 0 && to == stdout) {
        fprintf(stderr, "localkdc: the output cannot be written: %s; this "
                "was done:\n", strerror(errno));
        __fpurge(stdout);
        clearerr(stdout);
        to = stderr;
        vfprintf(to, format, again);
    }
    va_end(again);
    va_end(args);
}

void
outcome_error(const struct error *error)
{
    const char *line = NULL;
    int length;

    while ((length = error_line(error, &line)), line != NULL)
        fprintf(stderr, "localkdc: %.*s\n", length, line);
}

void
text_no_memory(void)
{
    fputs("localkdc: out of memory\n", stderr);
    exit(EXIT_FAILURE);
}
