/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "acquire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/harmless.h"

/* A copy that does nothing to a terminal; krb5 itself writes lists of tokens,
 * with a newline and a tab for each. */
static char *
harmless_copy(const char *text)
{
    char *copy = strdup(text != NULL ? text : "");

    if (copy != NULL)
        harmless(copy, "\n\t");
    return copy;
}

/* Have the user asked.  Some of the words may be the peer's. */
static krb5_error_code
ask_user(struct acquire *self, const char *name, const char *banner, int count,
         const krb5_prompt *prompts)
{
    char *name_copy = harmless_copy(name), *banner_copy = harmless_copy(banner);
    krb5_prompt *copies = calloc(count + 1, sizeof(*copies));
    bool done = name_copy != NULL && banner_copy != NULL && copies != NULL;
    krb5_error_code ret = ENOMEM;
    int i;

    for (i = 0; copies != NULL && i < count; i++) {
        copies[i] = prompts[i];
        copies[i].prompt = harmless_copy(prompts[i].prompt);
        done = done && copies[i].prompt != NULL;
    }
    if (done)
        ret = self->params->prompter(self->context, self->params->prompter_data,
                                     name != NULL ? name_copy : NULL,
                                     banner != NULL ? banner_copy : NULL,
                                     count, copies);
    for (i = 0; copies != NULL && i < count; i++)
        free(copies[i].prompt);
    free(copies);
    free(banner_copy);
    free(name_copy);
    return ret;
}

/*
 * See whether the password is asked for, which tells a wrong one from other
 * failures.  Where nobody can be asked, nothing else is tried.  Whoever has a
 * certificate is not talked into typing a password.
 */
krb5_error_code KRB5_CALLCONV
prompt_person(krb5_context context, void *data, const char *name,
              const char *banner, int count, krb5_prompt prompts[])
{
    struct acquire *self = data;
    krb5_prompt_type *types = krb5_get_prompt_types(context);
    krb5_error_code ret;
    int i;

    for (i = 0; types != NULL && i < count; i++) {
        if (types[i] == KRB5_PROMPT_TYPE_PASSWORD) {
            if (self->by_certificate)
                return KRB5_PREAUTH_FAILED;
            self->by_password = true;
        }
    }
    if (self->params->prompter == NULL)
        return count == 0 ? 0 : KRB5_LIBOS_PWDINTR;
    ret = ask_user(self, name, banner, count, prompts);
    return ret == KRB5_LIBOS_CANTREADPWD ? KRB5_LIBOS_PWDINTR : ret;
}
