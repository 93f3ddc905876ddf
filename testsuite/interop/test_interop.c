/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Whole logins against a real KDC: our initiator and MIT's, our acceptor and
 * MIT's, in every pairing, and what must fail.
 *
 * The environment names the realm that interop.t has started: TEST_PASSWORD
 * (of alice, eve, locked, and easy, who needs no preauthentication),
 * TEST_SERVER_CONFIG, TEST_SERVER_KEYTAB, TEST_DEAD_CONFIG (a KDC's socket
 * without a KDC), TEST_SILENT_CONFIG (a KDC that never answers; its timeout is
 * 2 seconds), TEST_WEAK_CONFIG (a KDC that has no SPAKE), TEST_CCACHE (a TGT
 * of alice), TEST_CLIENT_KEYTAB (alice's key), TEST_FILES (a folder).
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include "client.h"
#include "peer.h"

/* A change that an attacker or an odd peer makes to a token on its way. */
typedef void (*change_fn)(gss_buffer_desc *token);

struct login {
    struct iakerb_initiator_params params;
    struct peer_options peer;
    bool mit;                   /* MIT's gss_init_sec_context() alone */
    change_fn to_acceptor;
    change_fn to_initiator;

    /* What it came to. */
    enum iakerb_code code;              /* the initiator's */
    struct iakerb_error error;
    enum iakerb_code acceptor_code;
    char acceptor_message[512];
    unsigned int legs;
    struct peer_proof proof;            /* the acceptor's */
    struct iakerb_initiator *initiator; /* kept after IAKERB_DONE */
};

static struct login
alice(void)
{
    return (struct login){
        .params = {
            .user = "alice", .password = getenv("TEST_PASSWORD"),
            .target = "cifs/nas",
            .flags = GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG
        }
    };
}

/* ---- The initiator: ours or MIT's ------------------------------------- */

struct mit {
    gss_cred_id_t cred;
    gss_ctx_id_t context;
    gss_name_t target;
};

static gss_name_t
import(const char *name)
{
    gss_buffer_desc buffer = { strlen(name), (void *)name };
    gss_name_t result;
    OM_uint32 minor;

    assert_int_equal(gss_import_name(&minor, &buffer, GSS_C_NT_USER_NAME,
                                     &result), GSS_S_COMPLETE);
    return result;
}

static void
mit_start(struct mit *mit, const struct iakerb_initiator_params *params)
{
    gss_buffer_desc password = {
        strlen(params->password), (void *)params->password
    };
    gss_OID_set_desc mechanisms = { 1, gss_mech_iakerb };
    gss_name_t user = import(params->user);
    OM_uint32 minor;

    *mit = (struct mit){ .target = import(params->target) };
    assert_int_equal(
        gss_acquire_cred_with_password(&minor, user, &password, 0, &mechanisms,
                                       GSS_C_INITIATE, &mit->cred, NULL, NULL),
        GSS_S_COMPLETE);
    gss_release_name(&minor, &user);
}

static enum iakerb_code
mit_step(struct mit *mit, const struct iakerb_initiator_params *params,
         gss_buffer_desc *in, gss_buffer_desc *out)
{
    OM_uint32 major, minor;

    major = gss_init_sec_context(&minor, mit->cred, &mit->context, mit->target,
                                 gss_mech_iakerb, params->flags, 0,
                                 params->bindings, in, NULL, out, NULL, NULL);
    return GSS_ERROR(major) ? IAKERB_NOT_AUTHENTICATED :
        major & GSS_S_CONTINUE_NEEDED ? IAKERB_CONTINUE : IAKERB_DONE;
}

static void
mit_stop(struct mit *mit)
{
    OM_uint32 minor;

    gss_delete_sec_context(&minor, &mit->context, GSS_C_NO_BUFFER);
    gss_release_cred(&minor, &mit->cred);
    gss_release_name(&minor, &mit->target);
}

/* ---- A login ---------------------------------------------------------- */

/* Both sides have the same key, and each verifies the other's MIC. */
static void
prove(struct login *login, struct peer *peer, gss_ctx_id_t context)
{
    gss_buffer_desc text = { strlen(INITIATOR_TEXT), INITIATOR_TEXT }, mic;
    struct peer_proof ours, *theirs = &login->proof;
    OM_uint32 minor;

    assert_int_equal(gss_get_mic(&minor, context, GSS_C_QOP_DEFAULT, &text,
                                 &mic), GSS_S_COMPLETE);
    assert_true(peer_prove(peer, &mic, theirs));
    gss_release_buffer(&minor, &mic);

    mic = (gss_buffer_desc){ theirs->mic_length, theirs->mic };
    text = (gss_buffer_desc){ strlen(ACCEPTOR_TEXT), ACCEPTOR_TEXT };
    assert_int_equal(gss_verify_mic(&minor, context, &text, &mic, NULL),
                     GSS_S_COMPLETE);
    session_key(context, &ours);
    assert_int_equal(ours.key_length, 32);
    assert_int_equal(theirs->key_length, 32);
    assert_memory_equal(ours.key, theirs->key, 32);
}

static void
exchange(struct login *login, struct peer *peer, struct mit *mit)
{
    gss_buffer_desc in = GSS_C_EMPTY_BUFFER, out;
    struct peer_answer answer = { .code = IAKERB_CONTINUE };
    OM_uint32 minor;

    do {
        login->code = login->mit ?
            mit_step(mit, &login->params, &in, &out) :
            iakerb_initiator_step(login->initiator, &in, &out, &login->error);
        free(in.value);
        in = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
        if (out.length > 0) {
            login->legs++;
            if (login->to_acceptor != NULL)
                login->to_acceptor(&out);
            peer_step(peer, &out, &answer);
            gss_release_buffer(&minor, &out);
            login->acceptor_code = answer.code;
            memcpy(login->acceptor_message, answer.message,
                   sizeof(answer.message));
            in = answer.token;
            if (in.length > 0 && login->to_initiator != NULL)
                login->to_initiator(&in);
        }
        /* A failed acceptor with a token has told the initiator why. */
        if (in.length == 0)
            break;
    } while (login->code == IAKERB_CONTINUE);
    free(in.value);
}

static void
run(struct login *login)
{
    struct peer peer;
    struct mit mit = { .cred = GSS_C_NO_CREDENTIAL };

    peer_start(&peer, &login->peer);
    if (login->mit) {
        mit_start(&mit, &login->params);
    } else {
        login->code = iakerb_initiator_create(&login->params,
                                              &login->initiator,
                                              &login->error);
    }
    if (login->mit || login->initiator != NULL)
        exchange(login, &peer, &mit);
    if (login->code == IAKERB_DONE && login->acceptor_code == IAKERB_DONE) {
        prove(login, &peer, login->mit ? mit.context :
              iakerb_initiator_context(login->initiator));
        if (!login->mit)
            assert_int_equal(iakerb_initiator_legs(login->initiator),
                             login->legs);
    }
    mit_stop(&mit);
    peer_stop(&peer);
}

static void
succeeds(struct login login, unsigned int legs)
{
    run(&login);
    if (login.code != IAKERB_DONE)
        print_message("# %s; acceptor: %s\n", login.error.message,
                      login.acceptor_message);
    assert_int_equal(login.code, IAKERB_DONE);
    assert_int_equal(login.acceptor_code, IAKERB_DONE);
    assert_string_equal(login.proof.client, "alice@NAS");
    assert_int_equal(login.legs, legs);
    iakerb_initiator_free(login.initiator);
}

/* The initiator fails with this code, and these words in its sentence. */
static void
fails(struct login login, enum iakerb_code code, const char *words)
{
    run(&login);
    if (login.code != code || strstr(login.error.message, words) == NULL)
        print_message("# %s: %s; acceptor: %s\n",
                      iakerb_code_name(login.code), login.error.message,
                      login.acceptor_message);
    assert_int_equal(login.code, code);
    assert_int_equal(login.error.code, code);
    assert_non_null(strstr(login.error.message, words));
    iakerb_initiator_free(login.initiator);
}

/* The acceptor fails with this code, and these words in its sentence. */
static void
refused(struct login login, enum iakerb_code code, const char *words)
{
    run(&login);
    if (login.acceptor_code != code ||
            strstr(login.acceptor_message, words) == NULL)
        print_message("# acceptor: %s: %s\n",
                      iakerb_code_name(login.acceptor_code),
                      login.acceptor_message);
    assert_int_equal(login.acceptor_code, code);
    assert_non_null(strstr(login.acceptor_message, words));
    iakerb_initiator_free(login.initiator);
}

/* ---- What must work --------------------------------------------------- */

static void
test_password(void **state)
{
    struct login login = alice();

    (void)state;
    succeeds(login, 5);         /* realm discovery is a leg more */
    login.params.user = "alice@NAS";
    succeeds(login, 4);
    login.params.target = "cifs/nas@NAS";
    succeeds(login, 4);
    login.params.target = "cifs/nas.local";
    succeeds(login, 4);
}

/* The realm need not be asked for where it was guessed well, and another one
 * than the guess costs the same leg. */
static void
test_guess(void **state)
{
    static const char *const useless[] = { "", ".", "N@S", NULL };
    struct login login = alice();
    int i;

    (void)state;
    login.params.guess = "NAS";
    succeeds(login, 4);
    login.params.framing = IAKERB_FRAMING_KRB5;
    succeeds(login, 4);
    login.params.framing = IAKERB_FRAMING_IAKERB;
    login.peer.require_finished = true;
    login.params.guess = "OTHER";
    succeeds(login, 5);
    for (i = 0; useless[i] != NULL; i++) {
        login.params.guess = useless[i];
        succeeds(login, 5);
    }

    /* What the user has said is no guess. */
    login.params.guess = "NAS";
    login.params.user = "alice@OTHER";
    fails(login, IAKERB_REALM_REFUSED,
          "does not serve the realm of alice@OTHER");
    login.params.guess = "OTHER";
    login.params.user = "alice@NAS";
    succeeds(login, 4);

    /* A wrong password is asked of the realm that was told. */
    login.params.user = "alice";
    login.params.password = "wrong";
    fails(login, IAKERB_WRONG_PASSWORD, "alice@NAS");

    /* An acceptor that does not tell its realm. */
    login = alice();
    login.peer.mit = true;
    login.params.guess = "NAS";
    succeeds(login, 4);
    login.params.guess = "OTHER";
    fails(login, IAKERB_REALM_REFUSED,
          "does not serve the realm of alice@OTHER");
}

static void
test_mit_acceptor(void **state)
{
    struct login login = alice();

    (void)state;
    login.peer.mit = true;
    succeeds(login, 5);
    login.params.user = "alice@NAS";
    succeeds(login, 4);
}

static void
test_mit_initiator(void **state)
{
    struct login login = alice();

    (void)state;
    login.mit = true;
    succeeds(login, 5);
    login.params.user = "alice@NAS";
    succeeds(login, 4);
}

static void
test_plain_framing(void **state)
{
    struct login login = alice();

    (void)state;
    login.params.framing = IAKERB_FRAMING_KRB5;
    succeeds(login, 5);
    login.params.user = "alice@NAS";
    succeeds(login, 4);
}

static void
test_require_finished(void **state)
{
    struct login login = alice();

    (void)state;
    login.peer.require_finished = true;
    succeeds(login, 5);
    login.params.framing = IAKERB_FRAMING_KRB5;
    refused(login, IAKERB_NOT_AUTHENTICATED, "not bound to the conversation");
}

/*
 * Put another OID into the framing of an AP token of 128 to 255 bytes, which
 * an AP-REP is, or leave the token alone.
 */
static void
reframe(gss_buffer_desc *token, const char *from, const char *to)
{
    size_t from_length = strlen(from), to_length = strlen(to), rest;
    unsigned char *bytes = token->value, *changed;

    if (bytes[1] != 0x81 || memcmp(bytes + 5, from, from_length) != 0 ||
            bytes[5 + from_length] == 5)
        return;
    rest = token->length - 5 - from_length;
    changed = malloc(5 + to_length + rest);
    changed[0] = 0x60;
    changed[1] = 0x81;
    changed[2] = 2 + to_length + rest;
    changed[3] = 0x06;
    changed[4] = to_length;
    memcpy(changed + 5, to, to_length);
    memcpy(changed + 5 + to_length, bytes + 5 + from_length, rest);
    free(bytes);
    token->value = changed;
    token->length = 5 + to_length + rest;
}

static const char iakerb_oid[] = "\x2B\x06\x01\x05\x02\x05";
static const char krb5_oid[] = "\x2A\x86\x48\x86\xF7\x12\x01\x02\x02";
static unsigned int reframed;

static void
answer_plain(gss_buffer_desc *token)
{
    size_t before = token->length;

    reframe(token, iakerb_oid, krb5_oid);
    reframed += token->length != before;
}

static void
answer_iakerb(gss_buffer_desc *token)
{
    size_t before = token->length;

    reframe(token, krb5_oid, iakerb_oid);
    reframed += token->length != before;
}

/* The AP-REP comes under the other OID, as Windows sends it. */
static void
test_answer_under_other_oid(void **state)
{
    struct login login = alice();

    (void)state;
    reframed = 0;
    login.to_initiator = answer_plain;
    succeeds(login, 5);
    login.params.framing = IAKERB_FRAMING_KRB5;
    login.to_initiator = answer_iakerb;
    succeeds(login, 5);
    assert_int_equal(reframed, 2);
}

static void
test_ccache_and_keytab(void **state)
{
    struct login login = alice();

    (void)state;
    login.params.password = NULL;
    login.params.ccache = getenv("TEST_CCACHE");
    succeeds(login, 2);         /* TGS, AP; the ticket stays in the cache */
    succeeds(login, 1);
    login.params.user = NULL;
    succeeds(login, 1);
    login.params.framing = IAKERB_FRAMING_KRB5;
    succeeds(login, 1);
    login.params.framing = IAKERB_FRAMING_IAKERB;

    login.params.ccache = NULL;
    login.params.keytab = getenv("TEST_CLIENT_KEYTAB");
    succeeds(login, 4);
    login.params.user = "alice";
    succeeds(login, 4);
    login.params.user = "alice@NAS";
    succeeds(login, 4);
}

/* The tickets, stored there, serve an ordinary login without any KDC. */
static void
store_and_use(const char *ccache)
{
    struct login login = alice();
    struct iakerb_error error;

    run(&login);
    assert_int_equal(login.code, IAKERB_DONE);
    assert_int_equal(iakerb_initiator_store(login.initiator, ccache, &error),
                     IAKERB_DONE);
    iakerb_initiator_free(login.initiator);

    login = alice();
    login.params.password = NULL;
    login.params.ccache = ccache;
    succeeds(login, 1);
    login.params.framing = IAKERB_FRAMING_KRB5;
    succeeds(login, 1);
}

static void
test_store(void **state)
{
    (void)state;
    store_and_use("MEMORY:stored");
}

/* Make a cache with a principal and nothing in it. */
static void
make_empty(const char *name, const char *client)
{
    krb5_principal principal;
    krb5_context context;
    krb5_ccache cache;

    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(krb5_parse_name(context, client, &principal), 0);
    assert_int_equal(krb5_cc_resolve(context, name, &cache), 0);
    assert_int_equal(krb5_cc_initialize(context, cache, principal), 0);
    krb5_free_principal(context, principal);
    krb5_cc_close(context, cache);
    krb5_free_context(context);
}

/* The tickets go to the cache of that name, whatever others are beside it. */
static void
test_store_in_collection(void **state)
{
    const char *folder = getenv("TEST_FILES");
    char name[256];

    (void)state;
    snprintf(name, sizeof(name), "DIR:%s/tickets", folder);
    make_empty(name, "bob@NAS");
    store_and_use(name);
    snprintf(name, sizeof(name), "DIR::%s/tickets/tktmine", folder);
    store_and_use(name);
}

/* The context has the flags that were asked for, and not what MIT adds. */
static void
test_flags(void **state)
{
    OM_uint32 flags, minor;

    (void)state;
    for (int framing = 0; framing < 2; framing++) {
        struct login login = alice();

        login.params.flags = GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG;
        login.params.framing = framing;
        run(&login);
        assert_int_equal(login.code, IAKERB_DONE);
        gss_inquire_context(&minor, iakerb_initiator_context(login.initiator),
                            NULL, NULL, NULL, NULL, &flags, NULL, NULL);
        assert_int_equal(flags & (GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG |
                                  GSS_C_CONF_FLAG), login.params.flags);
        iakerb_initiator_free(login.initiator);
    }
}

/* Whether the file, which is removed, has this text. */
static bool
file_has(const char *path, const char *text)
{
    FILE *file = fopen(path, "r");
    char line[1024];
    bool found = false;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL)
        found = found || strstr(line, text) != NULL;
    fclose(file);
    unlink(path);
    return found;
}

/*
 * Nothing is delegated, although the KDC marks the service as fit for it: for
 * a ticket to be forwarded MIT would ask name servers for the realm's KDC.
 */
static void
test_delegation(void **state)
{
    char *trace = NULL;
    OM_uint32 minor;

    (void)state;
    assert_int_not_equal(asprintf(&trace, "%s/trace", getenv("TEST_FILES")),
                         -1);
    for (int framing = 0; framing < 2; framing++) {
        struct login login = alice();
        OM_uint32 flags;

        login.params.flags |= GSS_C_DELEG_FLAG | GSS_C_DELEG_POLICY_FLAG;
        login.params.framing = framing;
        setenv("KRB5_TRACE", trace, 1);
        run(&login);
        unsetenv("KRB5_TRACE");
        assert_int_equal(login.code, IAKERB_DONE);
        assert_false(file_has(trace, "DNS"));
        gss_inquire_context(&minor, iakerb_initiator_context(login.initiator),
                            NULL, NULL, NULL, NULL, &flags, NULL, NULL);
        assert_int_equal(flags & (GSS_C_DELEG_FLAG | GSS_C_DELEG_POLICY_FLAG),
                         0);
        assert_int_equal(login.proof.flags & GSS_C_DELEG_FLAG, 0);
        iakerb_initiator_free(login.initiator);
    }
    free(trace);
}

/* DCE style has no framing in the AP exchange, and a third token. */
static void
test_dce_style(void **state)
{
    struct login login = alice();

    (void)state;
    login.params.flags |= GSS_C_DCE_STYLE;
    succeeds(login, 6);
    login.peer.require_finished = true;
    succeeds(login, 6);

    login.params.password = NULL;
    login.params.ccache = getenv("TEST_CCACHE");
    refused(login, IAKERB_NOT_AUTHENTICATED, "not bound to the conversation");
    login.peer.require_finished = false;
    succeeds(login, 2);
}

static void
test_bindings(void **state)
{
    struct gss_channel_bindings_struct one = {
        .application_data = { 3, "one" }
    }, two = { .application_data = { 3, "two" } };
    struct login login = alice();

    (void)state;
    login.params.bindings = &one;
    login.peer.bindings = &one;
    login.params.flags |= GSS_C_CHANNEL_BOUND_FLAG;
    succeeds(login, 5);
    login.params.framing = IAKERB_FRAMING_KRB5;
    succeeds(login, 5);
    login.peer.bindings = &two;
    refused(login, IAKERB_NOT_AUTHENTICATED, "channel bindings");
    login.params.framing = IAKERB_FRAMING_IAKERB;
    refused(login, IAKERB_NOT_AUTHENTICATED, "channel bindings");
}

/* A client without bindings is let in, and the context's flags tell. */
static void
test_bindings_of_one_side(void **state)
{
    struct gss_channel_bindings_struct one = {
        .application_data = { 3, "one" }
    };

    (void)state;
    for (int sent = 0; sent < 2; sent++) {
        struct login login = alice();

        login.params.bindings = sent ? &one : NULL;
        login.peer.bindings = &one;
        run(&login);
        assert_int_equal(login.acceptor_code, IAKERB_DONE);
        assert_int_equal(login.proof.flags & GSS_C_CHANNEL_BOUND_FLAG,
                         sent ? GSS_C_CHANNEL_BOUND_FLAG : 0);
        iakerb_initiator_free(login.initiator);
    }
}

/* The acceptor tells which of its keys' names the ticket is for. */
static void
test_service(void **state)
{
    static const char *const services[] = { "cifs/nas", "host/nas" };
    char expected[64];

    (void)state;
    for (int framing = 0; framing < 2; framing++) {
        for (int i = 0; i < 2; i++) {
            struct login login = alice();

            login.params.framing = framing;
            login.params.target = services[i];
            run(&login);
            assert_int_equal(login.acceptor_code, IAKERB_DONE);
            snprintf(expected, sizeof(expected), "%s@NAS", services[i]);
            assert_string_equal(login.proof.service, expected);
            iakerb_initiator_free(login.initiator);
        }
    }
}

/* ---- What must fail --------------------------------------------------- */

static void
test_account(void **state)
{
    struct login login = alice();

    (void)state;
    login.params.password = "wrong";
    fails(login, IAKERB_WRONG_PASSWORD, "wrong password for alice@NAS");
    refused(login, IAKERB_CONTINUE, "wrong password for alice@NAS");
    login = alice();
    login.params.user = "nobody";
    fails(login, IAKERB_UNKNOWN_USER, "there is no user nobody@NAS");
    login.params.user = "eve";
    fails(login, IAKERB_PASSWORD_EXPIRED,
          "the password of eve@NAS has expired");
    login.params.user = "locked";
    fails(login, IAKERB_ACCOUNT_LOCKED, "the account locked@NAS is locked");
    login = alice();
    login.params.target = "cifs/other";
    fails(login, IAKERB_SERVICE_UNKNOWN,
          "does not know the service cifs/other");
}

static void
test_parameters(void **state)
{
    struct login login = alice();

    (void)state;
    login.params.target = "nas";
    fails(login, IAKERB_INVALID, "the target must be service/host");
    login.params.target = NULL;
    fails(login, IAKERB_INVALID, "no target");
    login = alice();
    login.params.keytab = "FILE:/nonexistent";
    fails(login, IAKERB_INVALID, "exactly one of");
    login.params.password = NULL;
    fails(login, IAKERB_NO_CREDENTIALS, "/nonexistent");
    login.params.keytab = getenv("TEST_CLIENT_KEYTAB");
    login.params.user = "bob";
    fails(login, IAKERB_NO_CREDENTIALS, "has no key for this user");
    login.params.keytab = NULL;
    login.params.ccache = getenv("TEST_CCACHE");
    fails(login, IAKERB_NO_CREDENTIALS, "is another user's");
    login.params.ccache = "FILE:/nonexistent";
    fails(login, IAKERB_NO_CREDENTIALS, "/nonexistent");
    login = alice();
    login.params.user = "";
    fails(login, IAKERB_INVALID, "is not a user's name");
    login.params.user = NULL;
    fails(login, IAKERB_INVALID, "a password needs the user's name");
    login = alice();
    login.params.password = "";
    fails(login, IAKERB_INVALID, "the password is empty");
}

static void
test_realm(void **state)
{
    static const char *const other[] = { "OTHER", NULL };
    struct login login = alice();

    (void)state;
    login.params.user = "alice@OTHER";
    fails(login, IAKERB_REALM_REFUSED,
          "does not serve the realm of alice@OTHER");
    refused(login, IAKERB_CONTINUE, "another realm than NAS");
    login.params.user = "alice@NAS";
    login.peer.realms = other;
    fails(login, IAKERB_REALM_REFUSED,
          "does not serve the realm of alice@NAS");
}

static void
test_kdc_stopped(void **state)
{
    struct login login = alice();

    (void)state;
    login.peer.config = getenv("TEST_DEAD_CONFIG");
    fails(login, IAKERB_KDC_UNREACHABLE, "KDC did not answer when alice@NAS");
    refused(login, IAKERB_CONTINUE, "KDC did not answer");
}

/* Take a second for all but the first token, which starts the clock. */
static void
dawdle(gss_buffer_desc *token)
{
    if (token->length > 20)
        usleep(1100000);
}

static void
test_kdc_silent(void **state)
{
    struct login login = alice();
    time_t start = time(NULL);

    (void)state;
    login.peer.config = getenv("TEST_SILENT_CONFIG");
    fails(login, IAKERB_KDC_UNREACHABLE, "KDC did not answer when alice@NAS");
    assert_in_range(time(NULL) - start, 1, 4);

    /* Less is left than the KDC's timeout: the message is not passed on. */
    login.peer.limits.seconds = 3;
    login.to_acceptor = dawdle;
    refused(login, IAKERB_LIMIT, "too many for the limit of 3");
    login.to_acceptor = NULL;
    login.peer.limits.seconds = 2;
    refused(login, IAKERB_INVALID, "request_timeout of 2 s leaves no time in "
            "the limit of 2 s");
}

static void
test_limits(void **state)
{
    struct login login = alice();

    (void)state;
    login.params.limits.legs = 2;
    fails(login, IAKERB_LIMIT, "more tokens than the limit of 2");
    login = alice();
    login.params.limits.token_bytes = 100;
    fails(login, IAKERB_LIMIT, "more than the limit of 100");
    login = alice();
    login.peer.limits.legs = 3;
    refused(login, IAKERB_LIMIT, "more tokens than the limit of 3");
    login = alice();
    login.peer.limits.token_bytes = 100;
    refused(login, IAKERB_LIMIT, "more than the limit of 100");
}

/* ---- Tampering -------------------------------------------------------- */

/* Replace the whole token. */
static void
become(gss_buffer_desc *token, const void *bytes, size_t length)
{
    free(token->value);
    token->value = malloc(length);
    memcpy(token->value, bytes, length);
    token->length = length;
}

/* Append an unknown field to the header of a realm discovery: it changes
 * nothing but the bytes that the finished checksum covers. */
static void
add_field(gss_buffer_desc *token)
{
    static const char discovery[] =
        "\x60\x10\x06\x06\x2B\x06\x01\x05\x02\x05\x05\x01\x30\x04\xA1\x02\x0C";
    static const char changed[] =
        "\x60\x14\x06\x06\x2B\x06\x01\x05\x02\x05\x05\x01"
        "\x30\x08\xA1\x02\x0C\x00\xA3\x02\x04\x00";

    if (token->length == sizeof(discovery) &&
            memcmp(token->value, discovery, sizeof(discovery)) == 0)
        become(token, changed, sizeof(changed) - 1);
}

static void
be_ntlm(gss_buffer_desc *token)
{
    static const char ntlm[] =
        "\x60\x12\x06\x0A\x2B\x06\x01\x04\x01\x82\x37\x02\x02\x0A\x4E\x54"
        "\x4C\x4D\x53\x53";

    become(token, ntlm, sizeof(ntlm) - 1);
}

static void
be_garbage(gss_buffer_desc *token)
{
    become(token, "\x60\x80\x06\x06garbage", 11);
}

/* A realm that could be taken for something else in a name. */
static void
tell_odd_realm(gss_buffer_desc *token)
{
    static const char odd[] =
        "\x60\x13\x06\x06\x2B\x06\x01\x05\x02\x05\x05\x01\x30\x07\xA1\x05"
        "\x0C\x03N@S";

    become(token, odd, sizeof(odd) - 1);
}

static void
tell_dot(gss_buffer_desc *token)
{
    static const char dot[] =
        "\x60\x11\x06\x06\x2B\x06\x01\x05\x02\x05\x05\x01\x30\x05\xA1\x03"
        "\x0C\x01.";

    become(token, dot, sizeof(dot) - 1);
}

/* What holds a KDC's reply names another realm than the one that was told. */
static void
tell_another_realm(gss_buffer_desc *token)
{
    uint8_t *realm = memmem(token->value, token->length, "\x0C\x03NAS", 5);

    if (realm != NULL && token->length > 64)
        realm[4] = 'Z';
}

/* The realm that was told first stays the client's (krb5 ticket 9194). */
static void
test_realm_stays(void **state)
{
    struct login login = alice();

    (void)state;
    login.to_initiator = tell_another_realm;
    fails(login, IAKERB_MALFORMED,
          "the server has told its realm, and then names another one");
    /* Windows names none that could be one, whatever the user has named: MIT's
     * initiator comes to the end, and it is the changed token that fails. */
    login.params.user = "alice@NAS";
    refused(login, IAKERB_NOT_AUTHENTICATED, "the login failed");
}

static void
test_tampering(void **state)
{
    struct login login = alice();

    (void)state;
    login.to_acceptor = add_field;
    refused(login, IAKERB_NOT_AUTHENTICATED, "the login failed");
    login.to_acceptor = be_garbage;
    refused(login, IAKERB_MALFORMED, "broken GSS-API framing");
    login.to_acceptor = be_ntlm;
    refused(login, IAKERB_NOT_OFFERED, "neither IAKERB nor Kerberos");
    login.to_acceptor = NULL;
    login.to_initiator = be_garbage;
    fails(login, IAKERB_MALFORMED, "broken GSS-API framing");
    login.to_initiator = be_ntlm;
    fails(login, IAKERB_NOT_OFFERED, "does not speak IAKERB");
    login.to_initiator = tell_odd_realm;
    fails(login, IAKERB_REALM_UNKNOWN, "name it: alice@REALM");
    login.to_initiator = tell_dot;
    fails(login, IAKERB_REALM_UNKNOWN, "name it: alice@REALM");
}

/* Change the last byte of an AS-REP, TGS-REP or AP-REP, which is encrypted. */
static uint8_t broken;

static void
break_reply(gss_buffer_desc *token)
{
    uint8_t *bytes = token->value;
    size_t i;

    for (i = 0; i + 16 < token->length && i < 64; i++) {
        /* The message's tag, its length and pvno 5. */
        if (bytes[i] == broken && bytes[i + 1] > 0x80 &&
                memmem(bytes + i, 16, "\xA0\x03\x02\x01\x05", 5) != NULL) {
            bytes[token->length - 1] ^= 1;
            return;
        }
    }
}

/*
 * What a reply that does not decrypt says: of the AS exchange, that the
 * password is wrong, of another one nothing of the kind.  First the plain
 * mechanism comes to krb5's code for it; MIT then has another number for it
 * with IAKERB.
 */
static void
test_broken_reply(void **state)
{
    struct login login = alice();

    (void)state;
    login.to_initiator = break_reply;
    login.params.framing = IAKERB_FRAMING_KRB5;
    broken = 0x6F;              /* AP-REP */
    fails(login, IAKERB_NOT_AUTHENTICATED,
          "the login failed: Decrypt integrity check failed");
    login = alice();
    login.params.user = "easy";
    login.params.password = "wrong";
    fails(login, IAKERB_WRONG_PASSWORD, "wrong password for easy@NAS");

    login = alice();
    login.to_initiator = break_reply;
    login.params.password = NULL;
    login.params.ccache = getenv("TEST_CCACHE");
    login.params.target = "host/nas@NAS";
    broken = 0x6D;              /* TGS-REP */
    fails(login, IAKERB_NOT_AUTHENTICATED,
          "the login failed: Decrypt integrity check failed");
}

/* ---- Tickets that are not taken --------------------------------------- */

/* They are passed over, as expired ones are, and it is said who refused. */
static void
test_tickets_of_another_realm(void **state)
{
    struct login login = alice(), other = alice();

    (void)state;
    login.params.password = NULL;
    break_tickets(getenv("TEST_CCACHE"), "MEMORY:tgt", "krbtgt");
    login.params.ccache = "MEMORY:tgt";
    fails(login, IAKERB_NO_CREDENTIALS, "the server's KDC does not take the "
          "tickets of alice@NAS: they are of another realm of this name, or "
          "from before it was made anew; get new ones, or remove them with "
          "kdestroy (Decrypt integrity check failed)");

    run(&other);
    assert_int_equal(iakerb_initiator_store(other.initiator, "MEMORY:good",
                                            NULL), IAKERB_DONE);
    iakerb_initiator_free(other.initiator);
    break_tickets("MEMORY:good", "MEMORY:service", "cifs");
    login.params.ccache = "MEMORY:service";
    fails(login, IAKERB_NO_CREDENTIALS, "the server does not take the ticket "
          "of alice@NAS for cifs/nas: it is of another realm of this name");
    login.params.framing = IAKERB_FRAMING_KRB5;
    fails(login, IAKERB_NO_CREDENTIALS, "the server does not take the ticket "
          "of alice@NAS for cifs/nas: it is of another realm of this name");
}

/* ---- A cache that cannot be written ----------------------------------- */

/* The ticket that the login gets serves it from memory. */
static void
test_cache_not_writable(void **state)
{
    struct login login = alice();
    char name[4096];

    (void)state;
    snprintf(name, sizeof(name), "FILE:%s/read-only", getenv("TEST_FILES"));
    /* Twice is whole again. */
    break_tickets(getenv("TEST_CCACHE"), "MEMORY:broken", "krbtgt");
    break_tickets("MEMORY:broken", name, "krbtgt");
    assert_int_equal(count_tickets(name), 1);
    assert_int_equal(chmod(name + 5, 0400), 0);
    login.params.password = NULL;
    login.params.ccache = name;
    override_modes(false);
    succeeds(login, 2);
    login.params.framing = IAKERB_FRAMING_KRB5;
    succeeds(login, 2);
    assert_int_equal(count_tickets(name), 1);
    /* One that can be written gets it. */
    assert_int_equal(chmod(name + 5, 0600), 0);
    succeeds(login, 2);
    assert_true(count_tickets(name) > 1);
    succeeds(login, 1);
    override_modes(true);
    assert_int_equal(unlink(name + 5), 0);
}

/* Somebody else has logged in meanwhile. */
static void
become_bobs(gss_buffer_desc *token)
{
    krb5_context context;
    krb5_principal bob;
    krb5_ccache cache;

    (void)token;
    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(krb5_parse_name(context, "bob@NAS", &bob), 0);
    assert_int_equal(krb5_cc_resolve(context, "MEMORY:shared", &cache), 0);
    assert_int_equal(krb5_cc_initialize(context, cache, bob), 0);
    krb5_cc_close(context, cache);
    krb5_free_principal(context, bob);
    krb5_free_context(context);
}

/* Nobody's tickets come into another one's cache. */
static void
test_cache_of_another(void **state)
{
    struct login login = alice();

    (void)state;
    break_tickets(getenv("TEST_CCACHE"), "MEMORY:broken", "krbtgt");
    break_tickets("MEMORY:broken", "MEMORY:shared", "krbtgt");
    login.params.password = NULL;
    login.params.ccache = "MEMORY:shared";
    login.to_acceptor = become_bobs;
    succeeds(login, 2);
    assert_int_equal(count_tickets("MEMORY:shared"), 0);
}

/* What its documentation says. */
static void
test_store_fails(void **state)
{
    struct login login = alice();
    struct iakerb_error error;

    (void)state;
    run(&login);
    assert_int_equal(login.code, IAKERB_DONE);
    assert_int_equal(iakerb_initiator_store(login.initiator,
                                            "FILE:/nonexistent/cache", &error),
                     IAKERB_SYSTEM);
    assert_string_equal(error.message, "cannot store the tickets in FILE:"
                        "/nonexistent/cache: No credentials cache found");
    assert_int_equal(iakerb_initiator_store(login.initiator, "NONE:x", &error),
                     IAKERB_SYSTEM);
    assert_int_equal(iakerb_initiator_store(login.initiator, "FILE:/dev/null",
                                            &error), IAKERB_INVALID);
    assert_string_equal(error.message, "cannot store the tickets in /dev/null:"
                        " it is no regular file");
    assert_int_equal(iakerb_initiator_store(login.initiator, "MEMORY:y",
                                            &error), IAKERB_DONE);
    iakerb_initiator_free(login.initiator);
}

/* ---- A name with an '@', and one spelling of a host -------------------- */

static void
test_name_with_at(void **state)
{
    static const char *const names[] = {
        "al\\@example.com", "al\\@example.com@NAS"
    };
    struct login login;
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        login = alice();
        login.params.user = names[i];
        run(&login);
        assert_int_equal(login.code, IAKERB_DONE);
        assert_string_equal(login.proof.client, "al\\@example.com@NAS");
        iakerb_initiator_free(login.initiator);
    }
    login = alice();
    login.params.user = "al\\@example.com";
    login.params.password = "wrong";
    fails(login, IAKERB_WRONG_PASSWORD,
          "wrong password for al\\@example.com@NAS");
}

static void
test_spelling_of_host(void **state)
{
    static const char *const targets[] = {
        "cifs/Nas", "cifs/NAS.", "cifs/nas.LOCAL", "cifs/Nas.local.@NAS"
    };
    struct login login = alice();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        login.params.target = targets[i];
        succeeds(login, 5);
    }
    /* The name that was asked for is what an administrator has to know. */
    login.params.target = "cifs/No.Such.";
    fails(login, IAKERB_SERVICE_UNKNOWN,
          "the KDC of alice@NAS does not know the service cifs/no.such");
}

/* ---- A request that the KDC cannot read -------------------------------- */

/* The number of the AS-REQ's version becomes 4. */
static void
be_unreadable(gss_buffer_desc *token)
{
    uint8_t *version = memmem(token->value, token->length,
                              "\xA1\x03\x02\x01\x05", 5);

    if (version != NULL)
        version[4] = 4;
}

/* The KDC would not answer, and look dead. */
static void
test_unreadable_request(void **state)
{
    struct login login = alice();

    (void)state;
    login.to_acceptor = be_unreadable;
    refused(login, IAKERB_MALFORMED, "the client's Kerberos request is none "
            "that a KDC can read");
}

/* ---- What other realms need in krb5.conf ------------------------------ */

/* Each of krb5.conf(5)'s libdefaults, set to what some other realm may need. */
static void
test_libdefaults(void **state)
{
    struct login login = alice();
    size_t i;

    (void)state;
    for (i = 0; libdefaults[i] != NULL; i++) {
        configure(libdefaults[i]);
        login.params.user = "alice";
        run(&login);
        if (login.code != IAKERB_DONE)
            print_message("# %s: %s\n", libdefaults[i], login.error.message);
        assert_int_equal(login.code, IAKERB_DONE);
        iakerb_initiator_free(login.initiator);
        login = alice();
        /* And what goes wrong is known as what it is. */
        login.params.password = "wrong";
        fails(login, IAKERB_WRONG_PASSWORD, "wrong password for alice@NAS");
        login = alice();
    }
    configure(NULL);
}

/* MIT's initiator has them from there, and nobody else can tell it. */
static void
test_libdefaults_that_cannot_be(void **state)
{
    struct login login = alice();

    (void)state;
    configure("noaddresses = false");
    fails(login, IAKERB_SYSTEM, "the server's KDC takes no tickets with "
          "addresses: in krb5.conf, [libdefaults] must not have noaddresses = "
          "false for the realm of alice@NAS");
    configure("noaddresses = false\n NAS = {\n noaddresses = true\n }");
    succeeds(login, 5);
    configure("permitted_enctypes = camellia256-cts-cmac");
    fails(login, IAKERB_SYSTEM, "the server's KDC has none of the encryption "
          "types for alice@NAS that krb5.conf leaves");
    configure(NULL);
}

/* ---- Encrypted timestamps --------------------------------------------- */

static unsigned int timestamps;

/* Count AS-REQs with padata of type 2. */
static void
count_timestamps(gss_buffer_desc *token)
{
    timestamps += memmem(token->value, token->length,
                         "\xA2\x03\x02\x01\x0A\xA3", 6) != NULL &&
        memmem(token->value, token->length,
               "\xA1\x03\x02\x01\x02\xA2", 6) != NULL;
}

static void
test_no_timestamp(void **state)
{
    struct login login = alice();

    (void)state;
    login.to_acceptor = count_timestamps;
    login.peer.config = getenv("TEST_WEAK_CONFIG");
    timestamps = 0;
    succeeds(login, 5);
    assert_int_equal(timestamps, 1);

    timestamps = 0;
    login.params.no_timestamp = true;
    fails(login, IAKERB_PREAUTH, "the server's KDC offers FAST, encrypted "
          "timestamp for alice@NAS, which is not possible or not allowed (an "
          "encrypted timestamp is not allowed)");
    login.params.password = NULL;
    login.params.keytab = getenv("TEST_CLIENT_KEYTAB");
    fails(login, IAKERB_PREAUTH, "or not allowed");

    /* SPAKE does. */
    login = alice();
    login.to_acceptor = count_timestamps;
    login.params.no_timestamp = true;
    succeeds(login, 5);
    login.params.password = "wrong";
    fails(login, IAKERB_WRONG_PASSWORD, "wrong password for alice@NAS");
    assert_int_equal(timestamps, 0);
}

/* An ended object takes no further token. */
static void
test_after_the_end(void **state)
{
    struct login login = alice();
    gss_buffer_desc out;

    (void)state;
    run(&login);
    assert_int_equal(iakerb_initiator_step(login.initiator, NULL, &out,
                                           &login.error), IAKERB_INVALID);
    assert_int_equal(out.length, 0);
    iakerb_initiator_free(login.initiator);

    login = alice();
    login.params.password = "wrong";
    run(&login);
    assert_int_equal(iakerb_initiator_store(login.initiator, "MEMORY:x",
                                            &login.error), IAKERB_INVALID);
    assert_int_equal(iakerb_initiator_step(login.initiator, NULL, &out,
                                           &login.error), IAKERB_INVALID);
    iakerb_initiator_free(login.initiator);
}

/* With an argument, only the tests whose name matches the pattern run. */
int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        /* Before any other comes to krb5's code for it with IAKERB. */
        cmocka_unit_test(test_broken_reply),
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_guess),
        cmocka_unit_test(test_mit_acceptor),
        cmocka_unit_test(test_mit_initiator),
        cmocka_unit_test(test_plain_framing),
        cmocka_unit_test(test_require_finished),
        cmocka_unit_test(test_answer_under_other_oid),
        cmocka_unit_test(test_ccache_and_keytab),
        cmocka_unit_test(test_store),
        cmocka_unit_test(test_store_fails),
        cmocka_unit_test(test_tickets_of_another_realm),
        cmocka_unit_test(test_cache_not_writable),
        cmocka_unit_test(test_cache_of_another),
        cmocka_unit_test(test_name_with_at),
        cmocka_unit_test(test_spelling_of_host),
        cmocka_unit_test(test_unreadable_request),
        cmocka_unit_test(test_libdefaults),
        cmocka_unit_test(test_libdefaults_that_cannot_be),
        cmocka_unit_test(test_store_in_collection),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_delegation),
        cmocka_unit_test(test_dce_style),
        cmocka_unit_test(test_bindings),
        cmocka_unit_test(test_bindings_of_one_side),
        cmocka_unit_test(test_service),
        cmocka_unit_test(test_account),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_realm),
        cmocka_unit_test(test_kdc_stopped),
        cmocka_unit_test(test_kdc_silent),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_realm_stays),
        cmocka_unit_test(test_tampering),
        cmocka_unit_test(test_no_timestamp),
        cmocka_unit_test(test_after_the_end)
    };

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
