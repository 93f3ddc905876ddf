/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Whole logins in one process, initiator and acceptor, through libiakerb and
 * through MIT's GSS-API alone:
 *
 *   context count KIND COUNT       under callgrind: a part of its output for
 *                                  each login, the two by turns
 *   context memory WHO LEGS COUNT  the bytes that an acceptor has taken from
 *                                  malloc() after so many legs
 *
 * KIND is password, tgt or ticket; WHO is library or mit.  The environment
 * has KRB5_CONFIG, and BENCH_PASSWORD (of alice), BENCH_KEYTAB, BENCH_TGT and
 * BENCH_TICKET (caches) and BENCH_CCACHE (one to write to).
 */
#include <assert.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <valgrind/callgrind.h>

#include <iakerb.h>

#define USER "alice@NAS"
#define TARGET "cifs/nas@NAS"
#define FLAGS (GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG)
#define MAX_LEGS 8

/* One end of a login: of libiakerb, or what a program without it has. */
struct end {
    struct iakerb_initiator *initiator;
    struct iakerb_acceptor *acceptor;
    gss_cred_id_t cred;
    gss_ctx_id_t context;
    gss_name_t target;
};

enum who { LIBRARY, MIT };

static const char *const who_names[] = { "library", "mit" };

static void
fail(const char *what, const char *why)
{
    fprintf(stderr, "context: %s: %s\n", what, why);
    exit(1);
}

static const char *
environment(const char *name)
{
    const char *value = getenv(name);

    if (value == NULL)
        fail(name, "not set");
    return value;
}

/* GSS-API calls that must succeed. */
static void
must(OM_uint32 major, const char *what)
{
    if (GSS_ERROR(major))
        fail(what, "failed");
}

/* ---- The ends --------------------------------------------------------- */

static gss_name_t
import(const char *name)
{
    gss_buffer_desc buffer = { strlen(name), (void *)name };
    gss_name_t result;
    OM_uint32 minor;

    must(gss_import_name(&minor, &buffer, GSS_C_NT_USER_NAME, &result),
         "gss_import_name");
    return result;
}

static gss_cred_id_t
mit_password(const char *password)
{
    gss_buffer_desc buffer = { strlen(password), (void *)password };
    gss_OID_set_desc mechanisms = { 1, gss_mech_iakerb };
    gss_name_t user = import(USER);
    gss_cred_id_t cred;
    OM_uint32 minor;

    must(gss_acquire_cred_with_password(&minor, user, &buffer, 0, &mechanisms,
                                        GSS_C_INITIATE, &cred, NULL, NULL),
         "gss_acquire_cred_with_password");
    gss_release_name(&minor, &user);
    return cred;
}

static gss_cred_id_t
mit_from(const char *key, const char *value, gss_cred_usage_t usage)
{
    gss_key_value_element_desc element = { key, value };
    gss_key_value_set_desc store = { 1, &element };
    gss_OID_set_desc mechanisms = { 1, gss_mech_iakerb };
    gss_cred_id_t cred;
    OM_uint32 minor;

    must(gss_acquire_cred_from(&minor, GSS_C_NO_NAME, 0, &mechanisms, usage,
                               &store, &cred, NULL, NULL),
         "gss_acquire_cred_from");
    return cred;
}

/* With a password, or with a cache where that is NULL. */
static struct end
initiator_start(enum who who, const char *password, const char *ccache)
{
    const struct iakerb_initiator_params params = {
        .user = USER, .target = TARGET, .flags = FLAGS,
        .password = password, .ccache = ccache
    };
    struct iakerb_error error;
    struct end end = { .cred = GSS_C_NO_CREDENTIAL };

    if (who == LIBRARY) {
        if (iakerb_initiator_create(&params, &end.initiator, &error) !=
                IAKERB_DONE)
            fail("initiator", error.message);
    } else {
        end.target = import(TARGET);
        end.cred = password != NULL ? mit_password(password) :
            mit_from("ccache", ccache, GSS_C_INITIATE);
    }
    return end;
}

static struct end
acceptor_start(enum who who)
{
    static const char *const realms[] = { "NAS", NULL };
    const struct iakerb_acceptor_params params = {
        .keytab = environment("BENCH_KEYTAB"), .realms = realms
    };
    struct iakerb_error error;
    struct end end = { .cred = GSS_C_NO_CREDENTIAL };

    if (who == MIT)
        end.cred = mit_from("keytab", params.keytab, GSS_C_ACCEPT);
    else if (iakerb_acceptor_create(&params, &end.acceptor, &error) !=
             IAKERB_DONE)
        fail("acceptor", error.message);
    return end;
}

/* Each returns whether the end is done. */
static bool
initiator_step(struct end *end, gss_buffer_t in, gss_buffer_t out)
{
    struct iakerb_error error;
    enum iakerb_code code;
    OM_uint32 major, minor;

    if (end->initiator == NULL) {
        major = gss_init_sec_context(&minor, end->cred, &end->context,
                                     end->target, gss_mech_iakerb, FLAGS, 0,
                                     NULL, in, NULL, out, NULL, NULL);
        must(major, "gss_init_sec_context");
        return !(major & GSS_S_CONTINUE_NEEDED);
    }
    code = iakerb_initiator_step(end->initiator, in, out, &error);
    if (code != IAKERB_DONE && code != IAKERB_CONTINUE)
        fail("initiator", error.message);
    return code == IAKERB_DONE;
}

static bool
acceptor_step(struct end *end, gss_buffer_t in, gss_buffer_t out)
{
    struct iakerb_error error;
    enum iakerb_code code;
    OM_uint32 major, minor;

    if (end->acceptor == NULL) {
        major = gss_accept_sec_context(&minor, &end->context, end->cred, in,
                                       NULL, NULL, NULL, out, NULL, NULL,
                                       NULL);
        must(major, "gss_accept_sec_context");
        return !(major & GSS_S_CONTINUE_NEEDED);
    }
    code = iakerb_acceptor_step(end->acceptor, in, out, &error);
    if (code != IAKERB_DONE && code != IAKERB_CONTINUE)
        fail("acceptor", error.message);
    return code == IAKERB_DONE;
}

static void
end_free(struct end *end)
{
    OM_uint32 minor;

    iakerb_initiator_free(end->initiator);
    iakerb_acceptor_free(end->acceptor);
    gss_delete_sec_context(&minor, &end->context, GSS_C_NO_BUFFER);
    gss_release_cred(&minor, &end->cred);
    gss_release_name(&minor, &end->target);
}

/*
 * From the first token to the last.  Where kept is not NULL, it gets what the
 * initiator said, and the number of legs is returned.
 */
static unsigned int
converse(struct end *initiator, struct end *acceptor, gss_buffer_desc *kept)
{
    gss_buffer_desc in = GSS_C_EMPTY_BUFFER, out;
    bool initiated, accepted = false;
    unsigned int legs = 0;
    OM_uint32 minor;

    do {
        initiated = initiator_step(initiator, &in, &out);
        gss_release_buffer(&minor, &in);
        if (out.length == 0)
            break;
        accepted = acceptor_step(acceptor, &out, &in);
        if (kept != NULL) {
            assert(legs < MAX_LEGS);
            kept[legs] = out;
        } else {
            gss_release_buffer(&minor, &out);
        }
        legs++;
    } while (!initiated);
    gss_release_buffer(&minor, &in);
    if (!initiated || !accepted)
        fail("login", "not done");
    return legs;
}

/* ---- Instructions ----------------------------------------------------- */

/* A cache with nothing in it but what the bench put there. */
static void
refill(const char *from, const char *to)
{
    krb5_context context;
    krb5_ccache source = NULL, target = NULL;
    krb5_principal client = NULL;
    krb5_error_code ret;

    ret = krb5_init_context(&context);
    if (ret == 0)
        ret = krb5_cc_resolve(context, from, &source);
    if (ret == 0)
        ret = krb5_cc_resolve(context, to, &target);
    if (ret == 0)
        ret = krb5_cc_get_principal(context, source, &client);
    if (ret == 0)
        ret = krb5_cc_initialize(context, target, client);
    if (ret == 0)
        ret = krb5_cc_copy_creds(context, source, target);
    if (ret != 0)
        fail(from, "cannot be copied");
    krb5_free_principal(context, client);
    krb5_cc_close(context, source);
    krb5_cc_close(context, target);
    krb5_free_context(context);
}

static void
login(enum who who, const char *kind)
{
    const char *password = NULL, *ccache = NULL;
    struct end initiator, acceptor;

    if (strcmp(kind, "password") == 0) {
        password = environment("BENCH_PASSWORD");
    } else {
        ccache = environment("BENCH_CCACHE");
        refill(environment(strcmp(kind, "tgt") == 0 ? "BENCH_TGT" :
                           "BENCH_TICKET"), ccache);
    }

    CALLGRIND_ZERO_STATS;
    CALLGRIND_TOGGLE_COLLECT;
    initiator = initiator_start(who, password, ccache);
    acceptor = acceptor_start(who);
    converse(&initiator, &acceptor, NULL);
    end_free(&initiator);
    end_free(&acceptor);
    CALLGRIND_TOGGLE_COLLECT;
    CALLGRIND_DUMP_STATS_AT(who_names[who]);
}

/* The first of each is not counted: it loads what the others find loaded. */
static void
count_instructions(const char *kind, int count)
{
    for (int i = 0; i < count; i++) {
        login(LIBRARY, kind);
        login(MIT, kind);
    }
}

/* ---- Memory ----------------------------------------------------------- */

static size_t
taken(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

/* The tokens of one login serve all acceptors: the KDC answers them again. */
static void
measure_memory(enum who who, unsigned int legs, int count)
{
    struct end initiator, acceptor, *all = calloc(count, sizeof(*all));
    gss_buffer_desc tokens[MAX_LEGS], out;
    unsigned int total, leg;
    size_t before;
    OM_uint32 minor;

    if (all == NULL)
        fail("acceptors", "out of memory");
    initiator = initiator_start(who, environment("BENCH_PASSWORD"), NULL);
    acceptor = acceptor_start(who);
    total = converse(&initiator, &acceptor, tokens);
    end_free(&initiator);
    end_free(&acceptor);
    if (legs >= total)
        fail("legs", "a login that is done is not half open");

    before = taken();
    for (int i = 0; i < count; i++) {
        all[i] = acceptor_start(who);
        for (leg = 0; leg < legs; leg++) {
            acceptor_step(&all[i], &tokens[leg], &out);
            gss_release_buffer(&minor, &out);
        }
    }
    printf("%zu\n", (taken() - before) / count);

    for (int i = 0; i < count; i++)
        end_free(&all[i]);
    for (leg = 0; leg < total; leg++)
        gss_release_buffer(&minor, &tokens[leg]);
    free(all);
}

int
main(int argc, char **argv)
{
    krb5_context context;

    /* While there is one, the configuration stays parsed for the others. */
    if (krb5_init_context(&context) != 0)
        fail("krb5_init_context", "failed");
    if (argc == 4 && strcmp(argv[1], "count") == 0)
        count_instructions(argv[2], atoi(argv[3]));
    else if (argc == 5 && strcmp(argv[1], "memory") == 0)
        measure_memory(strcmp(argv[2], "mit") == 0 ? MIT : LIBRARY,
                       atoi(argv[3]), atoi(argv[4]));
    else
        fail("usage", "context count KIND COUNT | memory WHO LEGS COUNT");
    krb5_free_context(context);
    return 0;
}
