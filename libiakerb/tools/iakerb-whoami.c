/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* iakerb-whoami: say what a service learns from one's ticket; see
 * iakerb-whoami(1). */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include "../iakerb_session.h"
#include "common/harmless.h"

/* A ticket's exchange on one machine: a token each way. */
#define STEPS_MAX 4

struct options {
    const char *ccache;         /* NULL: the default one */
    const char *keytab;         /* the same */
    const char *service;        /* NULL: the keytab's first one */
};

/* ---- Failing ---------------------------------------------------------- */

static int
fail(const char *text)
{
    fprintf(stderr, "iakerb-whoami: %s\n", text);
    return 1;
}

static int
fail_krb5(krb5_context context, krb5_error_code code, const char *what)
{
    const char *text = krb5_get_error_message(context, code);

    fprintf(stderr, "iakerb-whoami: %s: %s\n", what, text);
    krb5_free_error_message(context, text);
    return 1;
}

static int
fail_gss(OM_uint32 major, OM_uint32 minor, const char *what)
{
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    OM_uint32 more = 0, tmp;

    if (minor != 0)
        gss_display_status(&tmp, minor, GSS_C_MECH_CODE, gss_mech_krb5, &more,
                           &text);
    else
        gss_display_status(&tmp, major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more,
                           &text);
    fprintf(stderr, "iakerb-whoami: %s: %.*s\n", what, (int)text.length,
            (const char *)text.value);
    gss_release_buffer(&tmp, &text);
    return 1;
}

/* ---- The service ------------------------------------------------------ */

/* Whether a principal is a service that a user can have a ticket for. */
static bool
is_service(krb5_context context, krb5_const_principal principal,
           const char *wanted)
{
    krb5_principal named;
    bool ret = principal->length == 2;

    if (wanted == NULL)
        return ret;
    if (krb5_parse_name(context, wanted, &named) != 0)
        return false;
    ret = strchr(wanted, '@') != NULL ?
        krb5_principal_compare(context, principal, named) :
        krb5_principal_compare_any_realm(context, principal, named);
    krb5_free_principal(context, named);
    return ret;
}

/* The first one in the keytab that is wanted, as text; the caller's. */
static int
find_service(krb5_context context, const struct options *options,
             char **service)
{
    krb5_keytab keytab = NULL;
    krb5_keytab_entry entry;
    krb5_kt_cursor cursor;
    krb5_error_code code;

    *service = NULL;
    code = options->keytab != NULL ?
        krb5_kt_resolve(context, options->keytab, &keytab) :
        krb5_kt_default(context, &keytab);
    if (code == 0)
        code = krb5_kt_start_seq_get(context, keytab, &cursor);
    if (code != 0) {
        fail_krb5(context, code, "the keytab cannot be read");
        goto out;
    }
    while (*service == NULL &&
           krb5_kt_next_entry(context, keytab, &entry, &cursor) == 0) {
        if (is_service(context, entry.principal, options->service))
            krb5_unparse_name(context, entry.principal, service);
        krb5_free_keytab_entry_contents(context, &entry);
    }
    krb5_kt_end_seq_get(context, keytab, &cursor);
    if (*service == NULL)
        fail("the keytab has no key of that service");
out:
    if (keytab != NULL)
        krb5_kt_close(context, keytab);
    return *service != NULL ? 0 : 1;
}

/* ---- Logging in to oneself -------------------------------------------- */

static int
acquire(const char *key, const char *value, gss_cred_usage_t usage,
        gss_cred_id_t *credential)
{
    gss_key_value_element_desc element = { key, value };
    gss_key_value_set_desc store = { value != NULL ? 1 : 0, &element };
    gss_OID_set_desc mechanisms = { 1, gss_mech_krb5 };
    OM_uint32 major, minor;

    major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, 0, &mechanisms, usage,
                                  &store, credential, NULL, NULL);
    return GSS_ERROR(major) ?
        fail_gss(major, minor, usage == GSS_C_INITIATE ?
                 "there is no valid ticket" : "the keytab cannot be used") : 0;
}

/* Both sides, until each has what it wants. */
static int
converse(gss_name_t target, gss_cred_id_t user, gss_cred_id_t service,
         gss_ctx_id_t *accepted)
{
    gss_buffer_desc in = GSS_C_EMPTY_BUFFER, out = GSS_C_EMPTY_BUFFER;
    gss_ctx_id_t initiated = GSS_C_NO_CONTEXT;
    OM_uint32 major = GSS_S_CONTINUE_NEEDED, minor, tmp;
    int ret = 0, steps = 0;

    while (ret == 0 && (major & GSS_S_CONTINUE_NEEDED) != 0 &&
           steps++ < STEPS_MAX) {
        major = gss_init_sec_context(&minor, user, &initiated, target,
                                     gss_mech_krb5, 0, 0, NULL, &in, NULL,
                                     &out, NULL, NULL);
        gss_release_buffer(&tmp, &in);
        if (GSS_ERROR(major))
            ret = fail_gss(major, minor, "there is no ticket to show");
        if (ret != 0 || out.length == 0)
            break;
        major = gss_accept_sec_context(&minor, accepted, service, &out, NULL,
                                       NULL, NULL, &in, NULL, NULL, NULL);
        gss_release_buffer(&tmp, &out);
        if (GSS_ERROR(major))
            ret = fail_gss(major, minor, "the ticket is not good");
    }
    gss_release_buffer(&tmp, &in);
    gss_release_buffer(&tmp, &out);
    gss_delete_sec_context(&tmp, &initiated, NULL);
    return ret;
}

static int
login(const struct options *options, const char *service,
      gss_ctx_id_t *context)
{
    gss_buffer_desc text = {
        .value = (void *)service, .length = strlen(service)
    };
    gss_cred_id_t user = GSS_C_NO_CREDENTIAL, host = GSS_C_NO_CREDENTIAL;
    gss_name_t target = GSS_C_NO_NAME;
    OM_uint32 major, minor;
    int ret;

    major = gss_import_name(&minor, &text, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME,
                            &target);
    if (GSS_ERROR(major))
        return fail_gss(major, minor, "that is no service");
    ret = acquire("ccache", options->ccache, GSS_C_INITIATE, &user);
    if (ret == 0)
        ret = acquire("keytab", options->keytab, GSS_C_ACCEPT, &host);
    if (ret == 0)
        ret = converse(target, user, host, context);
    gss_release_cred(&minor, &user);
    gss_release_cred(&minor, &host);
    gss_release_name(&minor, &target);
    return ret;
}

/* ---- Saying it -------------------------------------------------------- */

static void
print_time(const char *what, time_t when, const char *otherwise)
{
    struct tm broken;
    char text[64];

    if (when != 0 && localtime_r(&when, &broken) != NULL &&
            strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z",
                     &broken) > 0)
        otherwise = text;
    printf("%-14s %s\n", what, otherwise);
}

static void
print_indicators(const struct iakerb_session *session)
{
    const char *const *indicators;
    bool vouched;
    char text[257];

    indicators = iakerb_session_indicators(session, &vouched);
    printf("%-14s", "indicators");
    if (!vouched)
        printf(" unknown");
    else if (indicators[0] == NULL)
        printf(" none");
    for (; *indicators != NULL; indicators++) {
        snprintf(text, sizeof(text), "%s", *indicators);
        harmless(text, "");
        printf(" %s", text);
    }
    putchar('\n');
}

static void
print_groups(const struct iakerb_session *session)
{
    const struct iakerb_session_group *groups;
    size_t count, total;
    bool vouched;

    groups = iakerb_session_groups(session, &count, &total, &vouched);
    printf("%-14s", "groups");
    if (!vouched)
        printf(" unknown");
    for (size_t i = 0; i < count; i++)
        printf(" %s(%lu)", groups[i].name, (unsigned long)groups[i].gid);
    if (total > count)
        printf(" and %zu more", total - count);
    putchar('\n');
}

static void
print(const struct iakerb_session *session, const char *realm)
{
    const struct iakerb_session_times *times;
    char *principal;
    bool vouched;

    principal = strdup(iakerb_session_principal(session, &vouched));
    if (principal != NULL)
        harmless(principal, "");
    printf("%-14s %s\n", "principal", principal != NULL ? principal : "?");
    free(principal);
    printf("%-14s %s\n", "vouched for by", vouched ? realm : "another realm");
    print_indicators(session);
    print_groups(session);
    times = iakerb_session_times(session, &vouched);
    print_time("authenticated", times->authenticated, "unknown");
    print_time("account ends", times->account_ends,
               vouched ? "never" : "unknown");
    print_time("session ends", times->ends, "never");
}

static int
whoami(const struct options *options)
{
    struct iakerb_session *session = NULL;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    krb5_context krb5 = NULL;
    struct iakerb_error error;
    char *service = NULL;
    const char *realm;
    OM_uint32 minor;
    int ret;

    if (krb5_init_context(&krb5) != 0)
        return fail("the krb5 configuration cannot be read");
    ret = find_service(krb5, options, &service);
    if (ret == 0)
        ret = login(options, service, &context);
    if (ret == 0) {
        realm = strrchr(service, '@') + 1;
        if (iakerb_session_create(context, realm, &session,
                                  &error) == IAKERB_DONE)
            print(session, realm);
        else
            ret = fail(error.message);
    }
    iakerb_session_free(session);
    gss_delete_sec_context(&minor, &context, NULL);
    krb5_free_unparsed_name(krb5, service);
    krb5_free_context(krb5);
    if (ret == 0 && (fflush(stdout) != 0 || ferror(stdout)))
        ret = fail("the output cannot be written");
    return ret;
}

static int
usage(FILE *to, int ret)
{
    fputs("usage: iakerb-whoami [-c cache] [-k keytab] [-S service/host]\n",
          to);
    return ret;
}

int
main(int argc, char **argv)
{
    static const struct option longs[] = {
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { 0 }
    };
    struct options options = { .ccache = NULL };
    int option;

    while ((option = getopt_long(argc, argv, "c:k:S:", longs, NULL)) != -1) {
        switch (option) {
        case 'c':
            options.ccache = optarg;
            break;
        case 'k':
            options.keytab = optarg;
            break;
        case 'S':
            options.service = optarg;
            break;
        case 'h':
            return usage(stdout, 0);
        case 'V':
            puts("iakerb-whoami " VERSION);
            return 0;
        default:
            return usage(stderr, 2);
        }
    }
    return optind == argc ? whoami(&options) : usage(stderr, 2);
}
