/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Asking a person at a terminal. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <krb5.h>

/*
 * krb5_prompter_posix(), after which the terminal echoes what is typed as it
 * did before, whatever signal ends or stops the program at the prompt.
 */
krb5_error_code KRB5_CALLCONV
terminal_prompter(krb5_context context, void *data, const char *name,
                  const char *banner, int count, krb5_prompt prompts[]);

#endif /* TERMINAL_H */
