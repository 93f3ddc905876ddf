/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * record FOLDER: have real conversations, with the KDC that the krb5
 * configuration names, and write the seed corpus from them.  See the script
 * of the same name.
 */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation.h"
#include "fixed.h"
#include "libiakerb/token.h"

/* One login, as the two files of its conversation. */
struct recording {
    FILE *initiator;
    FILE *acceptor;
};

static const char *folder;
static struct recording now;

static void
must(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "record: %s\n", what);
        exit(1);
    }
}

static FILE *
create(const char *target, const char *name)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s/%s", folder, target, name);
    file = fopen(path, "wb");
    must(file != NULL, path);
    return file;
}

static void
put_message(FILE *file, const void *data, size_t length)
{
    must(length <= UINT16_MAX, "a message is too long");
    fputc(length >> 8, file);
    fputc(length & 0xFF, file);
    fwrite(data, 1, length, file);
}

/* A token by itself, for the targets that take one. */
static void
put_token(const char *target, const char *name, unsigned int leg,
          const gss_buffer_desc *token)
{
    char leaf[128];
    FILE *file;

    snprintf(leaf, sizeof(leaf), "%s-%u", name, leg);
    file = create(target, leaf);
    fwrite(token->value, 1, token->length, file);
    fclose(file);
}

krb5_error_code
krb5_sendto_kdc(krb5_context context, const krb5_data *message,
                const krb5_data *realm, krb5_data *reply, int *use_primary,
                int no_udp);

/* Listen in on MIT's acceptor and the KDC. */
krb5_error_code
krb5_sendto_kdc(krb5_context context, const krb5_data *message,
                const krb5_data *realm, krb5_data *reply, int *use_primary,
                int no_udp)
{
    typeof(krb5_sendto_kdc) *real = dlsym(RTLD_NEXT, "krb5_sendto_kdc");
    krb5_error_code ret;

    ret = real(context, message, realm, reply, use_primary, no_udp);
    if (ret == 0 && now.acceptor != NULL)
        put_message(now.acceptor, reply->data, reply->length);
    return ret;
}

/* Both sides, until one of them is done or fails. */
static void
converse(const char *name, struct iakerb_initiator *initiator,
         struct iakerb_acceptor *acceptor)
{
    gss_buffer_desc to_acceptor, to_initiator = GSS_C_EMPTY_BUFFER;
    enum iakerb_code code;
    unsigned int leg = 0;
    OM_uint32 tmp;

    do {
        fixed_use(FIXED_INITIATOR);
        code = iakerb_initiator_step(initiator, &to_initiator, &to_acceptor,
                                     NULL);
        gss_release_buffer(&tmp, &to_initiator);
        if (to_acceptor.length == 0)
            break;
        put_message(now.acceptor, to_acceptor.value, to_acceptor.length);
        put_token("token", name, ++leg, &to_acceptor);
        put_token("guard", name, leg, &to_acceptor);
        fixed_use(FIXED_ACCEPTOR);
        code = iakerb_acceptor_step(acceptor, &to_acceptor, &to_initiator,
                                    NULL);
        gss_release_buffer(&tmp, &to_acceptor);
        if (to_initiator.length > 0) {
            put_message(now.initiator, to_initiator.value,
                        to_initiator.length);
            put_token("token", name, ++leg, &to_initiator);
        }
    } while (to_initiator.length > 0);
    gss_release_buffer(&tmp, &to_initiator);
    printf("%s: %s after %u tokens\n", name, iakerb_code_name(code), leg);
}

/* variant is the first byte of the initiator's input. */
static void
record(const char *name, const char *user, const char *password, int variant)
{
    static const char *const realms[] = { REALM, NULL };
    struct iakerb_initiator_params from = {
        .user = user,
        .target = SERVICE,
        .password = password,
        .flags = GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG,
        .framing = variant & 2 ? IAKERB_FRAMING_KRB5 : IAKERB_FRAMING_IAKERB
    };
    struct iakerb_acceptor_params to = { .realms = realms };
    struct iakerb_initiator *initiator;
    struct iakerb_acceptor *acceptor;

    if (variant & 4)
        from.flags |= GSS_C_DCE_STYLE;
    now.initiator = create("initiator", name);
    now.acceptor = create("acceptor", name);
    fputc(variant, now.initiator);
    fputc(0, now.acceptor);
    fixed_restart();
    must(iakerb_initiator_create(&from, &initiator, NULL) == IAKERB_DONE,
         "cannot make an initiator");
    must(iakerb_acceptor_create(&to, &acceptor, NULL) == IAKERB_DONE,
         "cannot make an acceptor");
    converse(name, initiator, acceptor);
    iakerb_initiator_free(initiator);
    iakerb_acceptor_free(acceptor);
    fclose(now.initiator);
    fclose(now.acceptor);
}

/* ---- Tickets ---------------------------------------------------------- */

struct carrier {
    struct iakerb_acceptor *acceptor;
    FILE *file;
};

static enum iakerb_code
exchange(void *data, const gss_buffer_desc *out, gss_buffer_desc *in,
         const struct timespec *deadline, struct iakerb_error *error)
{
    struct carrier *carrier = data;
    enum iakerb_code code;

    (void)deadline;
    fixed_use(FIXED_ACCEPTOR);
    code = iakerb_acceptor_step(carrier->acceptor, out, in, error);
    fixed_use(FIXED_INITIATOR);
    put_message(carrier->file, in->value, in->length);
    return code == IAKERB_CONTINUE ? IAKERB_DONE : code;
}

/* variant is the first byte of the input. */
static void
record_acquire(const char *name, const char *user, int variant)
{
    static const char *const realms[] = { REALM, NULL };
    static const char *const services[] = { SERVICE, NULL };
    struct iakerb_acquire_params params = {
        .user = user,
        .password = PASSWORD,
        .no_timestamp = variant & 2,
        .ccache = "MEMORY:acquired",
        .services = services
    };
    struct iakerb_acceptor_params to = { .realms = realms };
    struct carrier carrier;
    struct iakerb_transport transport = { exchange, &carrier };
    enum iakerb_code code;

    now.acceptor = NULL;
    carrier.file = create("acquire", name);
    fputc(variant, carrier.file);
    fixed_restart();
    must(iakerb_acceptor_create(&to, &carrier.acceptor, NULL) == IAKERB_DONE,
         "cannot make an acceptor");
    fixed_use(FIXED_INITIATOR);
    code = iakerb_acquire(&params, &transport, NULL);
    printf("acquire %s: %s\n", name, iakerb_code_name(code));
    iakerb_acceptor_free(carrier.acceptor);
    fclose(carrier.file);
}

int
main(int argc, char **argv)
{
    must(argc == 2, "usage: record FOLDER");
    folder = argv[1];
    /* Twice: the first conversation of a process draws more numbers. */
    record("login", USER "@" REALM, PASSWORD, 0);
    record("login", USER "@" REALM, PASSWORD, 0);
    record("discovery", USER, PASSWORD, 1);
    record("plain", USER "@" REALM, PASSWORD, 2);
    record("dce", USER "@" REALM, PASSWORD, 4);
    record("wrong-password", USER "@" REALM, "guess", 0);
    record("unknown-user", "nobody@" REALM, PASSWORD, 0);
    record("other-realm", USER "@ELSEWHERE", PASSWORD, 0);
    record_acquire("tickets", USER "@" REALM, 0);
    record_acquire("tickets", USER "@" REALM, 0);
    record_acquire("discovery", USER, 1);
    record_acquire("no-timestamp", USER "@" REALM, 2);
    record_acquire("unknown-user", "nobody@" REALM, 0);
    return 0;
}
