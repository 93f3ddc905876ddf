/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A description that is taken holds what the kernel would write: put together
 * again from what was understood, it is understood the same way.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_krb5.h>

#include "target.h"
#include "cifs-upcall/description.h"

static void
check_printable(const char *text, size_t max)
{
    size_t length = strnlen(text, max + 1), i;

    must(length <= max);
    for (i = 0; i < length; i++)
        must((unsigned char)text[i] >= ' ' && text[i] != 0x7F);
}

static void
check_same(const struct key *key, const char *text)
{
    struct reason reason;
    struct key again;

    must(description_parse(text, &again, &reason));
    must(memcmp(&again, key, sizeof(again)) == 0);
}

static const char *
sec_of(gss_const_OID mechanism)
{
    must(mechanism != GSS_C_NO_OID);
    return mechanism == gss_mech_krb5 ? "krb5" :
        mechanism == gss_mech_iakerb ? "iakerb" : "mskrb5";
}

static void
check_spnego(const struct key *key)
{
    const struct spnego_key *spnego = &key->spnego;
    char text[2048], pid[32] = "";

    check_printable(spnego->host, HOST_MAX);
    check_printable(spnego->user, USER_MAX);
    must(spnego->uid != (uid_t)-1 && spnego->creduid != (uid_t)-1);
    must(spnego->pid >= 0 && spnego->pid <= 0x400000);
    if (spnego->pid != 0)
        snprintf(pid, sizeof(pid), ";pid=0x%x", (unsigned int)spnego->pid);
    snprintf(text, sizeof(text), "cifs.spnego;%u;0;0;ver=0x2;host=%s;ip%d=%s;"
             "sec=%s;uid=0x%x;creduid=0x%x;user=%s%s;upcall_target=%s",
             key->owner, spnego->host,
             strchr(spnego->address, ':') != NULL ? 6 : 4, spnego->address,
             sec_of(spnego->mechanism), spnego->uid, spnego->creduid,
             spnego->user, pid,
             spnego->in_mount ? "mount" : "app");
    check_same(key, text);
}

static void
check_dns(const struct key *key)
{
    char text[512];

    check_printable(key->host, HOST_MAX);
    snprintf(text, sizeof(text), "dns_resolver;%u;0;0;%s", key->owner,
             key->host);
    check_same(key, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reason reason = { 0 };
    struct key key;
    char *text = malloc(size + 1);

    must(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (!description_parse(text, &key, &reason))
        must(reason.code != 0 && reason.text[0] != '\0');
    else if (key.type == KEY_SPNEGO)
        check_spnego(&key);
    else
        check_dns(&key);
    free(text);
    return 0;
}
