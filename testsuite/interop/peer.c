/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "peer.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

/* The object under test, or MIT's context alone. */
struct acceptor {
    const struct peer_options *options;
    struct iakerb_acceptor *ours;
    gss_cred_id_t cred;
    gss_ctx_id_t mit;
};

static void
put(int fd, const void *data, size_t length)
{
    if (length > 0 && write(fd, data, length) != (ssize_t)length)
        abort();
}

static bool
get(int fd, void *data, size_t length)
{
    char *p = data;
    ssize_t count;

    for (; length > 0; length -= count, p += count) {
        count = read(fd, p, length);
        if (count <= 0)
            return false;
    }
    return true;
}

static void
put_buffer(int fd, const gss_buffer_desc *buffer)
{
    uint32_t length = buffer->length;

    put(fd, &length, sizeof(length));
    put(fd, buffer->value, length);
}

static bool
get_buffer(int fd, gss_buffer_desc *buffer)
{
    uint32_t length;

    if (!get(fd, &length, sizeof(length)))
        return false;
    buffer->length = length;
    buffer->value = malloc(length + 1);
    return buffer->value != NULL && get(fd, buffer->value, length);
}

void
session_key(gss_ctx_id_t context, struct peer_proof *proof)
{
    gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
    OM_uint32 major, minor;

    major = gss_inquire_sec_context_by_oid(&minor, context,
                                           GSS_C_INQ_SSPI_SESSION_KEY, &set);
    assert(!GSS_ERROR(major) && set->elements[0].length <= 64);
    proof->key_length = set->elements[0].length;
    memcpy(proof->key, set->elements[0].value, proof->key_length);
    gss_release_buffer_set(&minor, &set);
}

/* ---- The acceptor's process ------------------------------------------- */

/* MIT takes IAKERB from nobody who has not acquired it expressly. */
static void
mit_acquire(struct acceptor *a, const char *keytab)
{
    gss_key_value_element_desc element = { "keytab", keytab };
    gss_key_value_set_desc store = { 1, &element };
    gss_OID_set_desc mechanisms = { 1, gss_mech_iakerb };
    OM_uint32 major, minor;

    major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, 0, &mechanisms,
                                  GSS_C_ACCEPT, &store, &a->cred, NULL, NULL);
    assert(!GSS_ERROR(major));
}

static void
acceptor_start(struct acceptor *a)
{
    static const char *const nas[] = { "NAS", NULL };
    const struct peer_options *options = a->options;
    struct iakerb_acceptor_params params = {
        .keytab = getenv("TEST_SERVER_KEYTAB"),
        .realms = options->realms != NULL ? options->realms : nas,
        .require_finished = options->require_finished,
        .bindings = options->bindings,
        .limits = options->limits
    };
    struct iakerb_error error;

    if (options->mit) {
        mit_acquire(a, params.keytab);
    } else if (iakerb_acceptor_create(&params, &a->ours, &error) !=
               IAKERB_DONE) {
        fprintf(stderr, "# acceptor: %s\n", error.message);
        abort();
    }
}

static void
acceptor_step(struct acceptor *a, gss_buffer_desc *in,
              struct peer_answer *answer)
{
    struct iakerb_error error = { .message = "" };
    OM_uint32 major, minor;

    memset(answer, 0, sizeof(*answer));
    if (a->options->mit) {
        major = gss_accept_sec_context(&minor, &a->mit, a->cred, in,
                                       a->options->bindings, NULL, NULL,
                                       &answer->token, NULL, NULL, NULL);
        answer->code = GSS_ERROR(major) ? IAKERB_NOT_AUTHENTICATED :
            major & GSS_S_CONTINUE_NEEDED ? IAKERB_CONTINUE : IAKERB_DONE;
        snprintf(answer->message, sizeof(answer->message), "MIT's status %x, "
                 "%d", (unsigned int)major, (int)minor);
        return;
    }
    answer->code = iakerb_acceptor_step(a->ours, in, &answer->token, &error);
    if (answer->code == IAKERB_CONTINUE)
        iakerb_acceptor_refusal(a->ours, &error);
    memcpy(answer->message, error.message, sizeof(answer->message));
}

static void
take_name(gss_name_t name, char *text, size_t size)
{
    gss_buffer_desc buffer;
    OM_uint32 major, minor;

    major = gss_display_name(&minor, name, &buffer, NULL);
    assert(!GSS_ERROR(major));
    snprintf(text, size, "%.*s", (int)buffer.length, (char *)buffer.value);
    gss_release_buffer(&minor, &buffer);
    gss_release_name(&minor, &name);
}

static void
acceptor_prove(gss_ctx_id_t context, int fd)
{
    gss_buffer_desc text = { strlen(INITIATOR_TEXT), INITIATOR_TEXT };
    gss_buffer_desc mic = GSS_C_EMPTY_BUFFER;
    gss_name_t client = GSS_C_NO_NAME, service = GSS_C_NO_NAME;
    struct peer_proof proof = { .client = "" };
    OM_uint32 major, minor;
    uint8_t good;

    if (!get_buffer(fd, &mic))
        exit(0);
    good = gss_verify_mic(&minor, context, &text, &mic, NULL) ==
        GSS_S_COMPLETE;
    free(mic.value);
    put(fd, &good, sizeof(good));

    text = (gss_buffer_desc){ strlen(ACCEPTOR_TEXT), ACCEPTOR_TEXT };
    major = gss_get_mic(&minor, context, GSS_C_QOP_DEFAULT, &text, &mic);
    assert(!GSS_ERROR(major) && mic.length <= sizeof(proof.mic));
    memcpy(proof.mic, mic.value, mic.length);
    proof.mic_length = mic.length;
    gss_release_buffer(&minor, &mic);

    major = gss_inquire_context(&minor, context, &client, &service, NULL, NULL,
                                &proof.flags, NULL, NULL);
    assert(!GSS_ERROR(major));
    take_name(client, proof.client, sizeof(proof.client));
    take_name(service, proof.service, sizeof(proof.service));
    session_key(context, &proof);
    put(fd, &proof, sizeof(proof));
}

static void
acceptor_main(const struct peer_options *options, int fd)
{
    struct acceptor a = { .options = options };
    struct peer_answer answer;
    gss_buffer_desc in = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;

    setenv("KRB5_CONFIG", options->config != NULL ? options->config :
           getenv("TEST_SERVER_CONFIG"), 1);
    unsetenv("KRB5_TRACE");
    acceptor_start(&a);
    while (get_buffer(fd, &in)) {
        acceptor_step(&a, &in, &answer);
        free(in.value);
        put(fd, &answer.code, sizeof(answer.code));
        put(fd, answer.message, sizeof(answer.message));
        put_buffer(fd, &answer.token);
        gss_release_buffer(&minor, &answer.token);
        if (answer.code == IAKERB_DONE)
            acceptor_prove(options->mit ? a.mit :
                           iakerb_acceptor_context(a.ours), fd);
    }
    iakerb_acceptor_free(a.ours);
    gss_delete_sec_context(&minor, &a.mit, GSS_C_NO_BUFFER);
    gss_release_cred(&minor, &a.cred);
}

/* ---- The tests' process ----------------------------------------------- */

void
peer_start(struct peer *peer, const struct peer_options *options)
{
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
        abort();
    fflush(NULL);
    peer->pid = fork();
    if (peer->pid == 0) {
        close(fds[0]);
        acceptor_main(options, fds[1]);
        exit(0);
    }
    close(fds[1]);
    peer->fd = fds[0];
}

void
peer_step(struct peer *peer, const gss_buffer_desc *token,
          struct peer_answer *answer)
{
    put_buffer(peer->fd, token);
    if (!get(peer->fd, &answer->code, sizeof(answer->code)) ||
            !get(peer->fd, answer->message, sizeof(answer->message)) ||
            !get_buffer(peer->fd, &answer->token))
        abort();
}

bool
peer_prove(struct peer *peer, const gss_buffer_desc *mic,
           struct peer_proof *proof)
{
    uint8_t good;

    put_buffer(peer->fd, mic);
    if (!get(peer->fd, &good, sizeof(good)) ||
            !get(peer->fd, proof, sizeof(*proof)))
        abort();
    return good;
}

void
peer_stop(struct peer *peer)
{
    int status;

    close(peer->fd);
    if (waitpid(peer->pid, &status, 0) != peer->pid || status != 0) {
        fprintf(stderr, "# the acceptor ended with status %x\n", status);
        abort();
    }
}
