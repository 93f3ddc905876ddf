/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One half of a login, whose tokens go over standard input and output:
 *
 *   half_login accept REALM KDC-SOCKET CONFIG KEYTAB
 *   half_login initiate TARGET KEYTAB CCACHE
 *
 * The initiator logs in with the first key in KEYTAB and stores the tickets
 * in CCACHE, for programs that cannot use a keytab.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <iakerb.h>

#define TOKEN_BYTES 65536

static bool
send_token(const gss_buffer_desc *token)
{
    uint32_t length = htonl(token->length);

    return fwrite(&length, sizeof(length), 1, stdout) == 1 &&
        fwrite(token->value, 1, token->length, stdout) == token->length &&
        fflush(stdout) == 0;
}

static bool
receive_token(char *bytes, gss_buffer_desc *token)
{
    uint32_t length;

    if (fread(&length, sizeof(length), 1, stdin) != 1)
        return false;
    token->length = ntohl(length);
    token->value = bytes;
    return token->length <= TOKEN_BYTES &&
        fread(bytes, 1, token->length, stdin) == token->length;
}

/* Either half, from its first step to its last. */
static enum iakerb_code
converse(struct iakerb_initiator *initiator, struct iakerb_acceptor *acceptor,
         struct iakerb_error *error)
{
    static char bytes[TOKEN_BYTES];
    gss_buffer_desc in = GSS_C_EMPTY_BUFFER, out;
    enum iakerb_code code = IAKERB_CONTINUE;
    bool go_on = initiator != NULL || receive_token(bytes, &in);
    OM_uint32 minor;

    while (go_on) {
        code = initiator != NULL ?
            iakerb_initiator_step(initiator, &in, &out, error) :
            iakerb_acceptor_step(acceptor, &in, &out, error);
        go_on = out.length == 0 || send_token(&out);
        gss_release_buffer(&minor, &out);
        go_on = go_on && code == IAKERB_CONTINUE && receive_token(bytes, &in);
    }
    return code;
}

static enum iakerb_code
initiate(char **arguments, struct iakerb_error *error)
{
    const struct iakerb_initiator_params params = {
        .target = arguments[0],
        .keytab = arguments[1],
        .flags = GSS_C_MUTUAL_FLAG,
    };
    struct iakerb_initiator *initiator;
    enum iakerb_code code;

    code = iakerb_initiator_create(&params, &initiator, error);
    if (code == IAKERB_DONE)
        code = converse(initiator, NULL, error);
    if (code == IAKERB_DONE)
        code = iakerb_initiator_store(initiator, arguments[2], error);
    iakerb_initiator_free(initiator);
    return code;
}

static enum iakerb_code
accept_login(char **arguments, struct iakerb_error *error)
{
    const struct iakerb_realm realm = {
        .name = arguments[0],
        .kdc_socket = arguments[1],
    };
    const char *const realms[] = { arguments[0], NULL };
    const struct iakerb_acceptor_params params = {
        .keytab = arguments[3],
        .realms = realms,
    };
    struct iakerb_acceptor *acceptor = NULL;
    enum iakerb_code code;

    code = iakerb_realm_use(&realm, arguments[2], error);
    if (code == IAKERB_DONE)
        code = iakerb_acceptor_create(&params, &acceptor, error);
    if (code == IAKERB_DONE)
        code = converse(NULL, acceptor, error);
    iakerb_acceptor_free(acceptor);
    return code;
}

int
main(int argc, char **argv)
{
    struct iakerb_error error = { .message = "the peer ended the login" };
    enum iakerb_code code = IAKERB_INVALID;

    if (argc == 5 && strcmp(argv[1], "initiate") == 0)
        code = initiate(argv + 2, &error);
    else if (argc == 6 && strcmp(argv[1], "accept") == 0)
        code = accept_login(argv + 2, &error);
    if (code != IAKERB_DONE)
        fprintf(stderr, "half_login: %s: %s\n", iakerb_code_name(code),
                error.message);
    return code == IAKERB_DONE ? 0 : 1;
}
