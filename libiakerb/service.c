/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "service.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/host.h"

/* The KDC compares names byte by byte. */
static krb5_error_code
respell_host(krb5_data *component)
{
    char host[HOST_BYTES] = "", name[HOST_BYTES], *copy;
    bool address;

    /* No zero byte need follow it. */
    if (component->length >= sizeof(host))
        return 0;
    memcpy(host, component->data, component->length);
    if (strlen(host) != component->length ||
            !host_canonical(host, name, &address))
        return 0;
    copy = strdup(name);
    if (copy == NULL)
        return ENOMEM;
    free(component->data);
    component->data = copy;
    component->length = strlen(copy);
    return 0;
}

krb5_error_code
service_parse(krb5_context context, const char *text, krb5_principal *service)
{
    krb5_error_code ret;

    *service = NULL;
    ret = krb5_parse_name_flags(context, text,
                                KRB5_PRINCIPAL_PARSE_NO_DEF_REALM, service);
    if (ret == 0 && (*service)->length == 2)
        ret = respell_host(&(*service)->data[1]);
    if (ret != 0) {
        krb5_free_principal(context, *service);
        *service = NULL;
    }
    return ret;
}
