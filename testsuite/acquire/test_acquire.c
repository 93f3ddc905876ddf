/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Tickets through an acceptor, with a real KDC behind it: what must work, what
 * must fail, and an acceptor that lies.
 *
 * The environment names what library.t has started: TEST_PASSWORD (of alice,
 * bob, eve and locked), TEST_SERVER_CONFIG, TEST_SERVER_KEYTAB,
 * TEST_DEAD_CONFIG (a KDC's socket without a KDC), TEST_SILENT_CONFIG (a KDC
 * that never answers), TEST_WEAK_CONFIG (a KDC that has no SPAKE),
 * TEST_CLIENT_KEYTAB (alice's key), TEST_FILES (a folder for caches).
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include "client.h"
#include "peer.h"

#define MAX_RECORDED 32

struct line;

/* A change that a lying acceptor makes to its answer. */
typedef void (*lie_fn)(struct line *line, gss_buffer_desc *answer);

/* The transport under test: to a real acceptor, by way of a liar. */
struct line {
    struct peer peer;
    lie_fn lie;
    unsigned int legs;
    gss_buffer_desc recorded[MAX_RECORDED];     /* all true answers */
};

struct attempt {
    struct iakerb_acquire_params params;
    struct peer_options peer;
    lie_fn lie;

    /* What it came to. */
    enum iakerb_code code;
    struct iakerb_error error;
    unsigned int legs;
};

static char *ccache;

static gss_buffer_desc
duplicate(const gss_buffer_desc *buffer)
{
    gss_buffer_desc copy = { buffer->length, malloc(buffer->length + 1) };

    memcpy(copy.value, buffer->value, buffer->length);
    return copy;
}

static enum iakerb_code
exchange(void *data, const gss_buffer_desc *out, gss_buffer_desc *in,
         const struct timespec *deadline, struct iakerb_error *error)
{
    struct line *line = data;
    struct peer_answer answer;
    struct timespec now;

    (void)error;
    clock_gettime(CLOCK_MONOTONIC, &now);
    assert_in_range(deadline->tv_sec - now.tv_sec, 0, 60);
    assert_in_range(line->legs, 0, MAX_RECORDED - 1);
    peer_step(&line->peer, out, &answer);
    line->recorded[line->legs] = duplicate(&answer.token);
    *in = answer.token;
    if (line->lie != NULL)
        line->lie(line, in);
    line->legs++;
    return IAKERB_DONE;
}

static void
run(struct attempt *attempt)
{
    struct line line = { .lie = attempt->lie };
    struct iakerb_transport transport = { exchange, &line };
    unsigned int i;

    peer_start(&line.peer, &attempt->peer);
    attempt->code = iakerb_acquire(&attempt->params, &transport,
                                   &attempt->error);
    attempt->legs = line.legs;
    peer_stop(&line.peer);
    for (i = 0; i < line.legs; i++)
        free(line.recorded[i].value);
}

static const char *const cifs[] = { "cifs/nas", NULL };

static struct attempt
alice(void)
{
    return (struct attempt){
        .params = {
            .user = "alice", .password = getenv("TEST_PASSWORD"),
            .ccache = ccache, .services = cifs
        }
    };
}

static void
succeeds(struct attempt attempt, unsigned int legs)
{
    run(&attempt);
    if (attempt.code != IAKERB_DONE)
        print_message("# %s\n", attempt.error.message);
    assert_int_equal(attempt.code, IAKERB_DONE);
    assert_int_equal(attempt.legs, legs);
}

/* It fails with this code, and these words in its sentence. */
static void
fails(struct attempt attempt, enum iakerb_code code, const char *words)
{
    run(&attempt);
    if (attempt.code != code || strstr(attempt.error.message, words) == NULL)
        print_message("# %s: %s\n", iakerb_code_name(attempt.code),
                      attempt.error.message);
    assert_int_equal(attempt.code, code);
    assert_int_equal(attempt.error.code, code);
    assert_non_null(strstr(attempt.error.message, words));
}

/* ---- What is in the cache --------------------------------------------- */

/* The names of client and services in a cache, configuration left out. */
static void
cache_holds(const char *name, const char *expected)
{
    krb5_context context;
    krb5_ccache cache;
    krb5_cc_cursor cursor;
    krb5_principal client;
    krb5_creds creds;
    char text[1024], *principal;
    size_t used;

    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(krb5_cc_resolve(context, name, &cache), 0);
    assert_int_equal(krb5_cc_get_principal(context, cache, &client), 0);
    assert_int_equal(krb5_unparse_name(context, client, &principal), 0);
    used = snprintf(text, sizeof(text), "%s:", principal);
    krb5_free_unparsed_name(context, principal);
    krb5_free_principal(context, client);
    assert_int_equal(krb5_cc_start_seq_get(context, cache, &cursor), 0);
    while (krb5_cc_next_cred(context, cache, &cursor, &creds) == 0) {
        if (!krb5_is_config_principal(context, creds.server)) {
            assert_int_equal(krb5_unparse_name(context, creds.server,
                                               &principal), 0);
            used += snprintf(text + used, sizeof(text) - used, " %s",
                             principal);
            krb5_free_unparsed_name(context, principal);
        }
        krb5_free_cred_contents(context, &creds);
    }
    krb5_cc_end_seq_get(context, cache, &cursor);
    krb5_cc_close(context, cache);
    krb5_free_context(context);
    assert_string_equal(text, expected);
}

#define WITH_CIFS "alice@NAS: krbtgt/NAS@NAS cifs/nas@ cifs/nas@NAS"

/*
 * An ordinary Kerberos login by somebody who knows nothing of IAKERB: one
 * token, made without any KDC.
 */
static void
logs_in(const char *name)
{
    gss_key_value_element_desc element = { "ccache", name };
    gss_key_value_set_desc store = { 1, &element };
    gss_OID_set_desc mechanisms = { 1, gss_mech_krb5 };
    gss_buffer_desc service = { 8, "cifs@nas" }, token, empty = { 0, NULL };
    gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    struct peer_options options = { .mit = false };
    struct peer_answer answer;
    struct peer peer;
    gss_name_t target;
    OM_uint32 minor;

    assert_int_equal(gss_import_name(&minor, &service,
                                     GSS_C_NT_HOSTBASED_SERVICE, &target),
                     GSS_S_COMPLETE);
    assert_int_equal(gss_acquire_cred_from(&minor, GSS_C_NO_NAME, 0,
                                           &mechanisms, GSS_C_INITIATE, &store,
                                           &cred, NULL, NULL), GSS_S_COMPLETE);
    assert_int_equal(gss_init_sec_context(&minor, cred, &context, target,
                                          gss_mech_krb5, 0, 0, NULL, &empty,
                                          NULL, &token, NULL, NULL),
                     GSS_S_COMPLETE);
    peer_start(&peer, &options);
    peer_step(&peer, &token, &answer);
    assert_int_equal(answer.code, IAKERB_DONE);
    free(answer.token.value);
    peer_stop(&peer);
    gss_release_buffer(&minor, &token);
    gss_delete_sec_context(&minor, &context, NULL);
    gss_release_cred(&minor, &cred);
    gss_release_name(&minor, &target);
}

/* ---- What must work --------------------------------------------------- */

static void
test_password(void **state)
{
    static const char *const two[] = { "cifs/nas", "host/nas@NAS", NULL };
    struct attempt attempt = alice();

    (void)state;
    succeeds(attempt, 4);       /* realm, AS, AS, TGS */
    cache_holds(ccache, WITH_CIFS);
    logs_in(ccache);
    attempt.params.user = "alice@NAS";
    attempt.params.services = NULL;
    succeeds(attempt, 2);
    cache_holds(ccache, "alice@NAS: krbtgt/NAS@NAS");
    attempt.params.services = two;
    succeeds(attempt, 4);
    cache_holds(ccache, WITH_CIFS " host/nas@NAS");
}

static void
test_keytab(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.params.source = IAKERB_FROM_KEYTAB;
    attempt.params.password = NULL;
    attempt.params.keytab = getenv("TEST_CLIENT_KEYTAB");
    succeeds(attempt, 3);
    cache_holds(ccache, WITH_CIFS);
    attempt.params.user = NULL;
    succeeds(attempt, 3);
    logs_in(ccache);
}

/* Further tickets from the TGT that is there. */
static void
test_tgt(void **state)
{
    static const char *const host[] = { "host/nas", NULL };
    struct attempt attempt = alice();

    (void)state;
    succeeds(attempt, 4);
    attempt.params.source = IAKERB_FROM_TGT;
    attempt.params.user = attempt.params.password = NULL;
    attempt.params.services = host;
    succeeds(attempt, 1);
    cache_holds(ccache, WITH_CIFS " host/nas@ host/nas@NAS");
    succeeds(attempt, 0);
}

static void
test_renewal(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.params.renew_lifetime = 86400;
    succeeds(attempt, 4);
    attempt.params.source = IAKERB_FROM_RENEWAL;
    attempt.params.user = attempt.params.password = NULL;
    attempt.params.renew_lifetime = 0;
    succeeds(attempt, 2);
    cache_holds(ccache, WITH_CIFS);
    logs_in(ccache);
    succeeds(attempt, 2);
}

/* The times of the TGT in a cache. */
static krb5_ticket_times
tgt_times(const char *name)
{
    krb5_creds wanted = { 0 }, found;
    krb5_ticket_times times;
    krb5_context context;
    krb5_ccache cache;

    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(krb5_cc_resolve(context, name, &cache), 0);
    assert_int_equal(krb5_cc_get_principal(context, cache, &wanted.client), 0);
    assert_int_equal(krb5_parse_name(context, "krbtgt/NAS@NAS",
                                     &wanted.server), 0);
    assert_int_equal(krb5_cc_retrieve_cred(context, cache, 0, &wanted, &found),
                     0);
    times = found.times;
    krb5_free_cred_contents(context, &wanted);
    krb5_free_cred_contents(context, &found);
    krb5_cc_close(context, cache);
    krb5_free_context(context);
    return times;
}

static void
test_lifetimes(void **state)
{
    struct attempt attempt = alice();
    krb5_ticket_times times;

    (void)state;
    attempt.params.lifetime = 600;
    attempt.params.renew_lifetime = 7200;
    succeeds(attempt, 4);
    times = tgt_times(ccache);
    assert_in_range(times.endtime - times.starttime, 599, 601);
    assert_in_range(times.renew_till - times.starttime, 7199, 7201);
}

static unsigned int prompts;

static krb5_error_code KRB5_CALLCONV
prompter(krb5_context context, void *data, const char *name,
         const char *banner, int count, krb5_prompt requests[])
{
    (void)context, (void)name, (void)banner;
    assert_int_equal(count, 1);
    assert_string_equal(requests[0].prompt, "Password for alice@NAS");
    assert_true(requests[0].hidden);
    prompts++;
    if (data == NULL)
        return KRB5_LIBOS_PWDINTR;
    requests[0].reply->length = strlen(data);
    memcpy(requests[0].reply->data, data, strlen(data) + 1);
    return 0;
}

/* What it is asked is its data. */
static krb5_error_code KRB5_CALLCONV
shown_prompter(krb5_context context, void *data, const char *name,
               const char *banner, int count, krb5_prompt requests[])
{
    (void)context, (void)name, (void)banner;
    assert_int_equal(count, 1);
    assert_string_equal(requests[0].prompt, data);
    prompts++;
    return KRB5_LIBOS_PWDINTR;
}

static krb5_error_code KRB5_CALLCONV
responder(krb5_context context, void *data, krb5_responder_context items)
{
    assert_non_null(krb5_responder_get_challenge(
        context, items, KRB5_RESPONDER_QUESTION_PASSWORD));
    return krb5_responder_set_answer(context, items,
                                     KRB5_RESPONDER_QUESTION_PASSWORD, data);
}

static void
test_prompter_and_responder(void **state)
{
    struct attempt attempt = alice();
    char *password = getenv("TEST_PASSWORD");

    (void)state;
    attempt.params.password = NULL;
    attempt.params.prompter = prompter;
    attempt.params.prompter_data = password;
    prompts = 0;
    succeeds(attempt, 4);
    assert_int_equal(prompts, 1);
    attempt.params.prompter_data = "wrong";
    fails(attempt, IAKERB_WRONG_PASSWORD, "wrong password for alice@NAS");
    attempt.params.prompter_data = NULL;
    fails(attempt, IAKERB_NO_CREDENTIALS, "no password for alice@NAS");
    attempt.params.prompter = NULL;
    fails(attempt, IAKERB_NO_CREDENTIALS, "no password for alice@NAS");

    attempt.params.responder = responder;
    attempt.params.responder_data = password;
    succeeds(attempt, 4);
}

static void
test_names(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.params.user = "ali@NAS";    /* an alias */
    attempt.params.canonicalize = true;
    succeeds(attempt, 3);
    cache_holds(ccache, WITH_CIFS);
    attempt.params.canonicalize = false;
    attempt.params.enterprise = true;
    attempt.params.user = "alice@example.org";
    succeeds(attempt, 4);
    cache_holds(ccache, WITH_CIFS);
}

/* The armor is another login's TGT, or alice's own. */
static void
test_fast(void **state)
{
    struct attempt attempt = alice();
    char *armor = NULL;

    (void)state;
    assert_int_not_equal(asprintf(&armor, "%s.armor", ccache), -1);
    attempt.params.ccache = armor;
    attempt.params.services = NULL;
    succeeds(attempt, 3);
    attempt = alice();
    attempt.params.armor_ccache = armor;
    succeeds(attempt, 4);
    cache_holds(ccache, WITH_CIFS);
    attempt.params.armor_ccache = "FILE:/nonexistent";
    fails(attempt, IAKERB_NO_CREDENTIALS, "/nonexistent");
    free(armor);
}

static void
test_no_timestamp(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.params.no_timestamp = true;
    succeeds(attempt, 4);       /* SPAKE, with its first message in time */
    attempt.peer.config = getenv("TEST_WEAK_CONFIG");
    fails(attempt, IAKERB_PREAUTH, "Encrypted timestamp is disabled");
    attempt.params.no_timestamp = false;
    succeeds(attempt, 4);
}

/* ---- What must fail --------------------------------------------------- */

static void
test_account(void **state)
{
    static const char *const other[] = { "cifs/other", NULL };
    struct attempt attempt = alice();

    (void)state;
    attempt.params.password = "wrong";
    fails(attempt, IAKERB_WRONG_PASSWORD, "wrong password for alice@NAS");
    attempt = alice();
    attempt.params.user = "nobody";
    fails(attempt, IAKERB_UNKNOWN_USER, "there is no user nobody@NAS");
    attempt.params.user = "eve";
    fails(attempt, IAKERB_PASSWORD_EXPIRED,
          "the password of eve@NAS has expired");
    attempt.params.user = "locked";
    fails(attempt, IAKERB_ACCOUNT_LOCKED, "the account locked@NAS is locked");
    attempt = alice();
    attempt.params.services = other;
    fails(attempt, IAKERB_SERVICE_UNKNOWN,
          "does not know the service cifs/other");
}

/* A failure leaves the tickets that are there. */
static void
test_cache_is_kept(void **state)
{
    static const char *const other[] = { "cifs/other", NULL };
    struct attempt attempt = alice();

    (void)state;
    succeeds(attempt, 4);
    attempt.params.password = "wrong";
    fails(attempt, IAKERB_WRONG_PASSWORD, "wrong password");
    cache_holds(ccache, WITH_CIFS);
    attempt = alice();
    attempt.params.services = other;
    fails(attempt, IAKERB_SERVICE_UNKNOWN, "cifs/other");
    cache_holds(ccache, WITH_CIFS);
    attempt = alice();
    attempt.params.ccache = "FILE:/nonexistent/cache";
    fails(attempt, IAKERB_SYSTEM,
          "cannot store the tickets in FILE:/nonexistent/cache");
}

static void
test_parameters(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.params.ccache = NULL;
    fails(attempt, IAKERB_INVALID, "no credential cache");
    attempt = alice();
    attempt.params.user = NULL;
    fails(attempt, IAKERB_INVALID, "a password needs the user's name");
    attempt.params.user = "@NAS";
    fails(attempt, IAKERB_INVALID, "is not a user's name");
    attempt = alice();
    attempt.params.keytab = "FILE:/nonexistent";
    fails(attempt, IAKERB_INVALID, "a keytab must be named where");
    attempt.params.source = IAKERB_FROM_KEYTAB;
    fails(attempt, IAKERB_NO_CREDENTIALS, "/nonexistent");
    attempt.params.keytab = getenv("TEST_CLIENT_KEYTAB");
    attempt.params.user = "bob";
    fails(attempt, IAKERB_NO_CREDENTIALS, "has no key for this user");
    attempt = alice();
    succeeds(attempt, 4);
    attempt.params.source = IAKERB_FROM_RENEWAL;
    fails(attempt, IAKERB_NO_CREDENTIALS, "alice@NAS cannot be renewed");
    attempt.params.user = "bob";
    fails(attempt, IAKERB_NO_CREDENTIALS, "is another user's");
    attempt.params.ccache = "FILE:/nonexistent";
    fails(attempt, IAKERB_NO_CREDENTIALS, "/nonexistent");
}

static void
test_realm(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.params.user = "alice@OTHER";
    fails(attempt, IAKERB_REALM_REFUSED,
          "does not serve the realm of alice@OTHER");
}

static void
test_kdc(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.peer.config = getenv("TEST_DEAD_CONFIG");
    fails(attempt, IAKERB_KDC_UNREACHABLE, "KDC did not answer when alice@NAS");
    attempt.peer.config = getenv("TEST_SILENT_CONFIG");
    fails(attempt, IAKERB_KDC_UNREACHABLE, "KDC did not answer when alice@NAS");
}

static void
test_limits(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.params.limits.legs = 3;
    fails(attempt, IAKERB_LIMIT, "more tokens than the limit of 3");
    attempt = alice();
    attempt.params.limits.token_bytes = 100;
    fails(attempt, IAKERB_LIMIT, "more than the limit of 100");
    attempt = alice();
    attempt.peer.config = getenv("TEST_SILENT_CONFIG");
    attempt.params.limits.seconds = 1;
    fails(attempt, IAKERB_LIMIT, "too many for the limit of 1");
}

/* Each service may take bytes of its own, as it may take legs. */
static void
test_many_services(void **state)
{
    static const char *const many[] = {
        "cifs/nas", "host/nas", "cifs/NAS", "host/NAS", "cifs/nas.local",
        "host/nas.local", NULL
    };
    struct attempt attempt = alice();

    (void)state;
    /* Those in capital letters are the same ones. */
    attempt.params.services = many;
    attempt.params.limits.token_bytes = 1000;
    succeeds(attempt, 7);
}

/* The KDC knows one spelling; others may look for the one that was typed. */
static void
test_spelling_of_host(void **state)
{
    static const char *const typed[] = { "cifs/Nas.", NULL };
    static const char *const unknown[] = { "cifs/No.Such.", NULL };
    struct attempt attempt = alice();

    (void)state;
    attempt.params.services = typed;
    succeeds(attempt, 4);
    cache_holds(ccache, WITH_CIFS " cifs/Nas.@ cifs/Nas.@NAS");
    attempt.params.source = IAKERB_FROM_TGT;
    succeeds(attempt, 0);
    cache_holds(ccache, WITH_CIFS " cifs/Nas.@ cifs/Nas.@NAS");
    attempt.params.services = unknown;
    fails(attempt, IAKERB_SERVICE_UNKNOWN,
          "the KDC of alice@NAS does not know the service cifs/no.such");
}

/* ---- What other realms need in krb5.conf ------------------------------ */

/* Addresses are left out, also where they are asked for this realm. */
static void
test_libdefaults(void **state)
{
    static const char *const more[] = {
        "noaddresses = false",
        "noaddresses = false\n NAS = {\n  noaddresses = false\n }", NULL
    };
    const char *const *lists[] = { libdefaults, more };
    struct attempt attempt = alice();
    size_t i, j;

    (void)state;
    for (i = 0; i < 2; i++) {
        for (j = 0; lists[i][j] != NULL; j++) {
            configure(lists[i][j]);
            run(&attempt);
            if (attempt.code != IAKERB_DONE)
                print_message("# %s: %s\n", lists[i][j],
                              attempt.error.message);
            assert_int_equal(attempt.code, IAKERB_DONE);
        }
    }
    configure("permitted_enctypes = camellia256-cts-cmac");
    fails(attempt, IAKERB_SYSTEM, "the server's KDC has none of the encryption "
          "types for alice@NAS that krb5.conf leaves");
    configure(NULL);
}

/* ---- With a TGT ------------------------------------------------------- */

/* Of a realm that was made anew. */
static void
test_tickets_of_another_realm(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    succeeds(attempt, 4);
    break_tickets(ccache, "MEMORY:broken", "krbtgt");
    attempt.params.source = IAKERB_FROM_TGT;
    attempt.params.ccache = "MEMORY:broken";
    fails(attempt, IAKERB_NO_CREDENTIALS, "the server's KDC does not take the "
          "tickets of alice@NAS: they are of another realm of this name");
    attempt.params.source = IAKERB_FROM_RENEWAL;
    fails(attempt, IAKERB_NO_CREDENTIALS, "the server's KDC does not take the "
          "tickets of alice@NAS: they are of another realm of this name");
}

/* A cache that cannot be written: the copy has what it does not get. */
static void
test_copy(void **state)
{
    static const char *const none[] = { NULL };
    struct attempt attempt = alice();
    char name[4096];

    (void)state;
    snprintf(name, sizeof(name), "FILE:%s/tgt", getenv("TEST_FILES"));
    attempt.params.ccache = name;
    attempt.params.services = none;
    succeeds(attempt, 3);
    assert_int_equal(chmod(name + 5, 0400), 0);
    attempt = alice();
    attempt.params.source = IAKERB_FROM_TGT;
    attempt.params.user = attempt.params.password = NULL;
    attempt.params.ccache = name;
    override_modes(false);
    fails(attempt, IAKERB_SYSTEM, "cannot store the tickets in FILE:");
    attempt.params.copy = "MEMORY:copy";
    succeeds(attempt, 1);
    override_modes(true);
    cache_holds(name, "alice@NAS: krbtgt/NAS@NAS");
    cache_holds("MEMORY:copy", WITH_CIFS);
    attempt.params.copy = "FILE:/nonexistent/x";
    fails(attempt, IAKERB_SYSTEM,
          "cannot store the tickets in FILE:/nonexistent/x");
    attempt.params.copy = "MEMORY:copy";
    succeeds(attempt, 0);
    cache_holds(name, WITH_CIFS);
    assert_int_equal(unlink(name + 5), 0);
    attempt = alice();
    attempt.params.copy = "MEMORY:copy";
    fails(attempt, IAKERB_INVALID, "no copy but of a cache with a TGT");
}

/* ---- A transport that fails ------------------------------------------- */

/* With a code alone, or a sentence too where there is one. */
static enum iakerb_code
fail_exchange(void *data, const gss_buffer_desc *out, gss_buffer_desc *in,
              const struct timespec *deadline, struct iakerb_error *error)
{
    const char *sentence = data;

    (void)out, (void)in, (void)deadline;
    assert_non_null(error);
    if (sentence != NULL)
        snprintf(error->message, sizeof(error->message), "%s", sentence);
    return IAKERB_NOT_OFFERED;
}

static void
transport_fails(const struct iakerb_acquire_params *params, char *sentence,
                const char *expected)
{
    struct iakerb_transport transport = { fail_exchange, sentence };
    struct iakerb_error error;

    memset(&error, '?', sizeof(error));
    assert_int_equal(iakerb_acquire(params, &transport, &error),
                     IAKERB_NOT_OFFERED);
    assert_int_equal(error.code, IAKERB_NOT_OFFERED);
    assert_string_equal(error.message, expected);
    assert_int_equal(iakerb_acquire(params, &transport, NULL),
                     IAKERB_NOT_OFFERED);
}

static void
test_transport(void **state)
{
    static const char general[] = "the transport to the server failed";
    struct attempt attempt = alice();

    (void)state;
    transport_fails(&attempt.params, NULL, general);
    transport_fails(&attempt.params, "the line is dead", "the line is dead");

    /* Under the krb5 library. */
    attempt.params.renew_lifetime = 86400;
    succeeds(attempt, 4);
    attempt.params.source = IAKERB_FROM_RENEWAL;
    attempt.params.user = attempt.params.password = NULL;
    transport_fails(&attempt.params, NULL, general);
}

/* ---- An acceptor that lies -------------------------------------------- */

static void
become(gss_buffer_desc *token, const void *bytes, size_t length)
{
    free(token->value);
    token->value = malloc(length + 1);
    memcpy(token->value, bytes, length);
    token->length = length;
}

/* The previous answer, again. */
static void
replay(struct line *line, gss_buffer_desc *answer)
{
    if (line->legs >= 3)
        become(answer, line->recorded[2].value, line->recorded[2].length);
}

/* Answers of another login, of the same user. */
static gss_buffer_desc stolen[MAX_RECORDED];

static void
steal(struct line *line, gss_buffer_desc *answer)
{
    stolen[line->legs] = duplicate(answer);
}

static void
foreign_as_rep(struct line *line, gss_buffer_desc *answer)
{
    if (line->legs == 2)
        become(answer, stolen[2].value, stolen[2].length);
}

static void
foreign_tgs_rep(struct line *line, gss_buffer_desc *answer)
{
    if (line->legs >= 3)
        become(answer, stolen[3].value, stolen[3].length);
}

/* One bit of the last answer, near its end: in what is encrypted. */
static void
flip_bit(struct line *line, gss_buffer_desc *answer)
{
    if (line->legs >= 3)
        ((char *)answer->value)[answer->length - 20] ^= 1;
}

/* The realm of the header only: nobody trusts it. */
static void
header_realm(struct line *line, gss_buffer_desc *answer)
{
    char *realm = memmem(answer->value, answer->length, "\xA1\x05\x0C\x03NAS",
                         7);

    if (line->legs > 0)
        memcpy(realm + 4, "BAD", 3);
}

/* The realm of discovery. */
static void
wrong_realm(struct line *line, gss_buffer_desc *answer)
{
    if (line->legs == 0)
        header_realm(&(struct line){ .legs = 1 }, answer);
}

static void
odd_realm(struct line *line, gss_buffer_desc *answer)
{
    (void)line;
    become(answer, "\x60\x13\x06\x06\x2B\x06\x01\x05\x02\x05\x05\x01\x30\x07"
           "\xA1\x05\x0C\x03N/S", 21);
}

static void
ntlm(struct line *line, gss_buffer_desc *answer)
{
    (void)line;
    become(answer, "\x60\x12\x06\x0A\x2B\x06\x01\x04\x01\x82\x37\x02\x02\x0A"
           "\x4E\x54\x4C\x4D\x53\x53", 20);
}

static void
nothing(struct line *line, gss_buffer_desc *answer)
{
    (void)line;
    free(answer->value);        /* gss_release_buffer() would not */
    *answer = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
}

static void
realm_again(struct line *line, gss_buffer_desc *answer)
{
    become(answer, line->recorded[0].value, line->recorded[0].length);
}

/* Always the same demand for preauthentication. */
static void
endless(struct line *line, gss_buffer_desc *answer)
{
    if (line->legs > 1)
        become(answer, line->recorded[1].value, line->recorded[1].length);
}

/* "The reply is too large for UDP", for ever. */
static void
too_big(struct line *line, gss_buffer_desc *answer)
{
    char *code = memmem(answer->value, answer->length, "\xA6\x03\x02\x01\x19",
                        5);

    if (line->legs == 1)
        assert_non_null(code);
    if (code != NULL)
        code[4] = 52;
    else if (line->legs > 1)
        become(answer, stolen[1].value, stolen[1].length);
    if (line->legs == 1)
        stolen[1] = duplicate(answer);
}

/*
 * A demand for SAM-2 alone (draft-ietf-krb-wg-kerberos-sam-03), which asks for
 * "Password for alice@NAS" and takes it for the key (use-sad-as-key).
 */
static void
sam_challenge(struct line *line, gss_buffer_desc *answer)
{
    static const char token[] =
    "`\x81\xE7\x06\x06+\x06\x01\x05\x02\x05\x05\x01\x30\x07\xA1\x05\x0C"
    "\x03NAS~\x81\xD1\x30\x81\xCE\xA0\x03\x02\x01\x05\xA1\x03\x02\x01"
    "\x1E\xA4\x11\x18\x0F\x32\x30\x32\x36\x30\x31\x30\x31\x30\x30\x30"
    "\x30\x30\x30Z\xA5\x03\x02\x01\x00\xA6\x03\x02\x01\x19\xA9\x05\x1B"
    "\x03NAS\xAA\x18\x30\x16\xA0\x03\x02\x01\x02\xA1\x0F\x30\x0D\x1B"
    "\x06krbtgt\x1B\x03NAS\xAC\x81\x83\x04\x81\x80\x30~0\x1E\xA1\x03"
    "\x02\x01\x13\xA2\x17\x04\x15\x30\x13\x30\x11\xA0\x03\x02\x01\x12"
    "\xA1\x0A\x1B\x08NASalice0\x5C\xA1\x03\x02\x01\x1E\xA2U\x04S0Q\xA0"
    "\x34\x30\x32\xA0\x03\x02\x01\x07\xA1\x07\x03\x05\x00\x80\x00\x00"
    "\x00\xA6\x18\x04\x16Password for alice@NAS\xA8\x03\x02\x01\x05\xA9"
    "\x03\x02\x01\x12\xA1\x19\x30\x17\x30\x15\xA0\x03\x02\x01\x10\xA1"
    "\x0E\x04\x0C\x30\x30\x30\x30\x30\x30\x30\x30\x30\x30\x30\x30";

    if (line->legs == 1)
        become(answer, token, sizeof(token) - 1);
}

/* The KDC's demand for preauthentication to another user. */
static void
foreign_demand(struct line *line, gss_buffer_desc *answer)
{
    if (line->legs == 1)
        become(answer, stolen[1].value, stolen[1].length);
}

static void
free_stolen(void)
{
    unsigned int i;

    for (i = 0; i < MAX_RECORDED; i++)
        free(stolen[i].value);
    memset(stolen, 0, sizeof(stolen));
}

static void
test_lies(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.lie = replay;
    fails(attempt, IAKERB_MALFORMED, "cannot get a ticket");
    attempt.lie = flip_bit;
    fails(attempt, IAKERB_NOT_AUTHENTICATED, "cannot get a ticket");
    attempt.lie = header_realm;
    succeeds(attempt, 4);
    attempt.lie = wrong_realm;
    fails(attempt, IAKERB_REALM_REFUSED, "the realm of alice@BAD");
    attempt.lie = odd_realm;
    fails(attempt, IAKERB_REALM_UNKNOWN, "name it: alice@REALM");
    attempt.lie = ntlm;
    fails(attempt, IAKERB_NOT_OFFERED, "does not speak IAKERB");
    attempt.lie = nothing;
    fails(attempt, IAKERB_MALFORMED, "not one that was due");
    attempt.lie = realm_again;
    fails(attempt, IAKERB_MALFORMED, "message that was due");
    attempt.lie = endless;
    fails(attempt, IAKERB_LIMIT, "cannot get a ticket: Looping detected");
    free_stolen();
    attempt.lie = too_big;
    attempt.params.limits.legs = 10;
    fails(attempt, IAKERB_LIMIT, "more tokens than the limit of 10");
    free_stolen();
}

/* A KRB-ERROR in a token, from whoever is between client and KDC. */
static void
become_error(gss_buffer_desc *answer, krb5_ui_4 number, const char *client,
             const void *e_data, size_t length)
{
    static const char header[] = "\x06\x06\x2B\x06\x01\x05\x02\x05\x05\x01"
        "\x30\x07\xA1\x05\x0C\x03NAS";
    krb5_error reply = {
        .error = number, .e_data = { .data = (char *)e_data, .length = length }
    };
    krb5_context context;
    krb5_data encoded;
    uint8_t token[512] = { 0x60, 0x82 };
    size_t size;

    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(krb5_us_timeofday(context, &reply.stime, &reply.susec),
                     0);
    assert_int_equal(krb5_parse_name(context, client, &reply.client), 0);
    assert_int_equal(krb5_parse_name(context, "krbtgt/NAS@NAS",
                                     &reply.server), 0);
    assert_int_equal(krb5_mk_error(context, &reply, &encoded), 0);
    size = sizeof(header) - 1 + encoded.length;
    assert_in_range(size, 256, sizeof(token) - 4);
    token[2] = size >> 8;
    token[3] = size & 0xFF;
    memcpy(token + 4, header, sizeof(header) - 1);
    memcpy(token + 4 + sizeof(header) - 1, encoded.data, encoded.length);
    become(answer, token, 4 + size);
    krb5_free_data_contents(context, &encoded);
    krb5_free_principal(context, reply.client);
    krb5_free_principal(context, reply.server);
    krb5_free_context(context);
}

/* A realm of the acceptor's choice, which then wants an encrypted timestamp. */
static void
referral(struct line *line, gss_buffer_desc *answer)
{
    static char demand[160] = "\x30\x81\x9D"
        "\x30\x09\xA1\x03\x02\x01\x02\xA2\x02\x04\x00"
        "\x30\x1A\xA1\x03\x02\x01\x13\xA2\x13\x04\x11"
        "\x30\x0F\x30\x0D\xA0\x03\x02\x01\x12\xA1\x06\x1B\x04salt"
        "\x30\x74\xA1\x04\x02\x02\x7F\x7F\xA2\x6C\x04\x6A";

    if (line->legs == 0)
        become_error(answer, 68, "alice@EVIL", demand, sizeof(demand));
    else
        become_error(answer, 25, "alice@EVIL", demand, sizeof(demand));
}

static void
test_timestamp_for_another_realm(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.params.user = "alice@NAS";
    attempt.params.canonicalize = true;
    attempt.params.no_timestamp = true;
    attempt.lie = referral;
    fails(attempt, IAKERB_PREAUTH, "offers encrypted timestamp for alice@NAS, "
          "which is not possible or not allowed");
}

/* Only krb5 words a question for the password. */
static void
test_lies_for_the_user(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.lie = steal;
    succeeds(attempt, 4);
    attempt.params.password = NULL;
    attempt.params.prompter = prompter;
    attempt.params.prompter_data = getenv("TEST_PASSWORD");
    attempt.lie = sam_challenge;
    prompts = 0;
    fails(attempt, IAKERB_PREAUTH, "offers nothing for alice@NAS");
    assert_int_equal(prompts, 0);

    attempt.lie = foreign_demand;
    attempt.params.user = "al\x1B[2Jice\xC2\x9B";
    attempt.params.prompter = shown_prompter;
    attempt.params.prompter_data = "Password for al?[2Jice??@NAS";
    fails(attempt, IAKERB_NO_CREDENTIALS, "no password for al?[2Jice??@NAS");
    assert_int_equal(prompts, 1);
    free_stolen();
}

/* Tickets and replies of another conversation do not fit in this one. */
static void
test_foreign_tickets(void **state)
{
    struct attempt attempt = alice();

    (void)state;
    attempt.lie = steal;
    succeeds(attempt, 4);
    attempt.lie = foreign_as_rep;
    fails(attempt, IAKERB_WRONG_PASSWORD, "wrong password for alice@NAS");
    attempt.lie = foreign_tgs_rep;
    fails(attempt, IAKERB_NOT_AUTHENTICATED, "cannot get a ticket");
    free_stolen();

    attempt.params.user = "bob";
    attempt.lie = steal;
    succeeds(attempt, 4);
    attempt.params.user = "alice";
    attempt.lie = foreign_as_rep;
    fails(attempt, IAKERB_WRONG_PASSWORD, "wrong password for alice@NAS");
    free_stolen();
}

/* ---- The transport over SMB ------------------------------------------- */

/* A TCP port of 127.0.0.2 where somebody listens who never says a word, and
 * that is closed on 127.0.0.1. */
static int
listen_silently(uint16_t *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    inet_pton(AF_INET, "127.0.0.2", &address.sin_addr);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

/* What comes of these servers within a second. */
static void
servers_fail(const char *const *servers, uint16_t port, enum iakerb_code code,
             const char *words)
{
    struct iakerb_smb_params params = { .servers = servers, .port = port };
    struct attempt attempt = alice();
    struct iakerb_smb *smb;

    attempt.params.limits.seconds = 1;
    assert_int_equal(iakerb_smb_create(&params, &smb, NULL), IAKERB_DONE);
    attempt.code = iakerb_acquire(&attempt.params, iakerb_smb_transport(smb),
                                  &attempt.error);
    iakerb_smb_free(smb);
    if (attempt.code != code || strstr(attempt.error.message, words) == NULL)
        print_message("# %s\n", attempt.error.message);
    assert_int_equal(attempt.code, code);
    assert_non_null(strstr(attempt.error.message, words));
}

/* They are tried in order, until one can be connected to. */
static void
test_servers(void **state)
{
    static const char *const second[] = { "127.0.0.1", "127.0.0.2", NULL };
    static const char *const first[] = { "127.0.0.2", "127.0.0.1", NULL };
    static const char *const none[] = { "no.such.invalid", "127.0.0.1", NULL };
    static const char *const brackets[] = { "[127.0.0.1]", NULL };
    struct iakerb_smb_params params = { .servers = NULL };
    struct iakerb_smb *smb;
    struct iakerb_error error;
    uint16_t port;
    int fd = listen_silently(&port);

    (void)state;
    servers_fail(second, port, IAKERB_LIMIT,
                 "server \"127.0.0.2\" did not answer in time");
    servers_fail(first, port, IAKERB_LIMIT,
                 "server \"127.0.0.2\" did not answer in time");
    servers_fail(none, port, IAKERB_UNREACHABLE,
                 "cannot reach server \"127.0.0.1\": Connection refused");
    servers_fail(brackets, port, IAKERB_UNREACHABLE,
                 "cannot reach server \"[127.0.0.1]\": Connection refused");
    assert_int_equal(iakerb_smb_create(&params, &smb, &error), IAKERB_INVALID);
    assert_null(smb);
    assert_string_equal(error.message, "no server was named");
    close(fd);
}

/* With an argument, only the tests whose name matches the pattern run. */
int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_keytab),
        cmocka_unit_test(test_tgt),
        cmocka_unit_test(test_renewal),
        cmocka_unit_test(test_lifetimes),
        cmocka_unit_test(test_prompter_and_responder),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_fast),
        cmocka_unit_test(test_no_timestamp),
        cmocka_unit_test(test_account),
        cmocka_unit_test(test_cache_is_kept),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_realm),
        cmocka_unit_test(test_kdc),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_many_services),
        cmocka_unit_test(test_spelling_of_host),
        cmocka_unit_test(test_libdefaults),
        cmocka_unit_test(test_tickets_of_another_realm),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_transport),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_timestamp_for_another_realm),
        cmocka_unit_test(test_lies_for_the_user),
        cmocka_unit_test(test_foreign_tickets),
        cmocka_unit_test(test_servers)
    };
    int status;

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    if (asprintf(&ccache, "FILE:%s/cache", getenv("TEST_FILES")) < 0)
        return 1;
    status = cmocka_run_group_tests(tests, NULL, NULL);
    free(ccache);
    return status;
}
