/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <krb5.h>

#include "channel.h"
#include "common/clock.h"
#include "frame.h"
#include "key.h"
#include "libiakerb/iakerb.h"
#include "store/text.h"

#define KEYTAB "MEMORY:localkdc-trust"

static int
fail_login(const struct iakerb_error *failed, bool *wrong, struct error *error)
{
    *wrong = failed->code == IAKERB_WRONG_PASSWORD;
    if (*wrong)
        return error_say(error, "that is not the code");
    if (failed->code == IAKERB_UNKNOWN_USER ||
            failed->code == IAKERB_ACCOUNT_LOCKED)
        return error_say(error, "no code is good there any more: its ten "
                         "minutes or its three tries are over; ask for "
                         "another one");
    return error_say(error, "%s", failed->message);
}

/* ---- Joining ----------------------------------------------------------- */

static int
exchange(struct login *login, int connection, bool *wrong,
         struct error *error)
{
    int64_t deadline = clock_ms() + 1000 * CHANNEL_LOGIN_SECONDS;
    unsigned char data[FRAME_BYTES];
    gss_buffer_desc in = { 0, data }, out;
    struct iakerb_error failed = { 0 };
    enum iakerb_code code;
    OM_uint32 minor;
    int ret = 0;

    do {
        code = iakerb_initiator_step(login->initiator, &in, &out, &failed);
        if (code != IAKERB_DONE && code != IAKERB_CONTINUE)
            ret = fail_login(&failed, wrong, error);
        else if (out.length > 0)
            ret = frame_send(connection, out.value, out.length, deadline,
                             error);
        gss_release_buffer(&minor, &out);
        if (ret == 0 && code == IAKERB_CONTINUE)
            ret = frame_read(connection, data, &in.length, deadline, error);
    } while (ret == 0 && code == IAKERB_CONTINUE);
    login->context = iakerb_initiator_context(login->initiator);
    return ret;
}

/* The realm of this side's own name, which the acceptor has told and the code
 * has proved. */
static int
take_realm(const struct login *login, char *realm, size_t size,
           struct error *error)
{
    gss_buffer_desc name = GSS_C_EMPTY_BUFFER;
    gss_name_t client = GSS_C_NO_NAME;
    OM_uint32 minor, major;
    const char *at = NULL;
    int ret = -1;

    major = gss_inquire_context(&minor, login->context, &client, NULL, NULL,
                                NULL, NULL, NULL, NULL);
    if (!GSS_ERROR(major))
        major = gss_display_name(&minor, client, &name, NULL);
    if (!GSS_ERROR(major))
        at = memchr(name.value, '@', name.length);
    if (at != NULL)
        ret = snprintf(realm, size, "%.*s", (int)(name.length - 1 -
                       (size_t)(at - (const char *)name.value)), at + 1);
    gss_release_buffer(&minor, &name);
    gss_release_name(&minor, &client);
    return ret > 0 && (size_t)ret < size ? 0 :
        error_say(error, "the other side's realm cannot be told");
}

int
login_initiate(struct login *login, int connection, const char *code,
               char *realm, size_t size, bool *wrong, struct error *error)
{
    struct iakerb_initiator_params params = {
        .user = CHANNEL_CLIENT, .target = CHANNEL_SERVICE, .password = code,
        .flags = GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG |
                 GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG,
        .no_timestamp = true,
        .limits = { .seconds = CHANNEL_LOGIN_SECONDS }
    };
    struct iakerb_error failed = { 0 };

    if (iakerb_initiator_create(&params, &login->initiator, &failed) !=
            IAKERB_DONE)
        return fail_login(&failed, wrong, error);
    return exchange(login, connection, wrong, error) == 0
        ? take_realm(login, realm, size, error) : -1;
}

/* ---- Offering ---------------------------------------------------------- */

/* The service's key, where GSS-API looks for it, for this process alone. */
static int
make_keytab(const char *realm, const unsigned char *key, krb5_context *context,
            krb5_keytab *keytab, struct error *error)
{
    AUTO_FREE char *name = text(CHANNEL_SERVICE "@%s", realm);
    krb5_keytab_entry entry = { .vno = KEY_VNO };
    krb5_error_code code;

    code = krb5_init_context(context);
    if (code == 0)
        code = krb5_parse_name(*context, name, &entry.principal);
    if (code == 0)
        code = key_make(*context, KEY_ETYPE, key, &entry.key);
    if (code == 0)
        code = krb5_kt_resolve(*context, KEYTAB, keytab);
    if (code == 0)
        code = krb5_kt_add_entry(*context, *keytab, &entry);
    krb5_free_keytab_entry_contents(*context, &entry);
    return code == 0 ? 0 : error_code(error, code, "no key for the offer");
}

/* Users of the realm can log in too: they are not whom the code was told. */
static int
check_client(const struct login *login, const char *realm,
             struct error *error)
{
    AUTO_FREE char *wanted = text(CHANNEL_CLIENT "@%s", realm);
    gss_buffer_desc name = GSS_C_EMPTY_BUFFER;
    gss_name_t client = GSS_C_NO_NAME;
    OM_uint32 minor, major;
    int ret = -1;

    major = gss_inquire_context(&minor, login->context, &client, NULL, NULL,
                                NULL, NULL, NULL, NULL);
    if (!GSS_ERROR(major))
        major = gss_display_name(&minor, client, &name, NULL);
    if (!GSS_ERROR(major) && name.length == strlen(wanted) &&
            memcmp(name.value, wanted, name.length) == 0)
        ret = 0;
    else
        error_say(error, "somebody logged in who is not the one that joins");
    gss_release_buffer(&minor, &name);
    gss_release_name(&minor, &client);
    return ret;
}

static int
answer(struct login *login, int connection, bool *wrong, struct error *error)
{
    int64_t deadline = clock_ms() + 1000 * CHANNEL_LOGIN_SECONDS;
    unsigned char data[FRAME_BYTES];
    gss_buffer_desc in = { 0, data }, out;
    struct iakerb_error failed = { 0 }, refused;
    enum iakerb_code code = IAKERB_CONTINUE;
    OM_uint32 minor;
    int ret = 0;

    while (ret == 0 && code == IAKERB_CONTINUE) {
        ret = frame_read(connection, data, &in.length, deadline, error);
        if (ret != 0)
            break;
        code = iakerb_acceptor_step(login->acceptor, &in, &out, &failed);
        if (out.length > 0)
            ret = frame_send(connection, out.value, out.length, deadline,
                             error);
        gss_release_buffer(&minor, &out);
        if (iakerb_acceptor_refusal(login->acceptor, &refused))
            ret = fail_login(&refused, wrong, error);
        else if (code != IAKERB_DONE && code != IAKERB_CONTINUE)
            ret = fail_login(&failed, wrong, error);
    }
    login->context = iakerb_acceptor_context(login->acceptor);
    return ret;
}

int
login_accept(struct login *login, const char *realm, int connection,
             const unsigned char *key, bool *wrong, struct error *error)
{
    const char *realms[] = { realm, NULL };
    struct iakerb_acceptor_params params = {
        .keytab = KEYTAB, .realms = realms, .require_finished = true,
        .limits = { .token_bytes = FRAME_BYTES,
                    .seconds = CHANNEL_LOGIN_SECONDS }
    };
    struct iakerb_error failed = { 0 };
    krb5_context context = NULL;
    krb5_keytab keytab = NULL;
    int ret;

    ret = make_keytab(realm, key, &context, &keytab, error);
    if (ret == 0 && iakerb_acceptor_create(&params, &login->acceptor,
                                           &failed) != IAKERB_DONE)
        ret = fail_login(&failed, wrong, error);
    if (ret == 0)
        ret = answer(login, connection, wrong, error);
    if (ret == 0)
        ret = check_client(login, realm, error);
    if (keytab != NULL)
        krb5_kt_close(context, keytab);
    krb5_free_context(context);
    return ret;
}

void
login_end(struct login *login)
{
    iakerb_initiator_free(login->initiator);
    iakerb_acceptor_free(login->acceptor);
    *login = (struct login){ 0 };
}

/* ---- Afterwards -------------------------------------------------------- */

int
login_wrap(struct login *login, const void *data, size_t length,
           gss_buffer_desc *out, struct error *error)
{
    gss_buffer_desc in = { length, (void *)data };
    OM_uint32 minor, major;
    int sealed = 0;

    major = gss_wrap(&minor, login->context, 1, GSS_C_QOP_DEFAULT, &in,
                     &sealed, out);
    return !GSS_ERROR(major) && sealed ? 0 :
        error_code(error, minor, "a message cannot be sealed");
}

int
login_unwrap(struct login *login, const void *data, size_t length,
             gss_buffer_desc *out, struct error *error)
{
    gss_buffer_desc in = { length, (void *)data };
    OM_uint32 minor, major;
    int sealed = 0;

    /* Nothing that is out of its place, either. */
    major = gss_unwrap(&minor, login->context, &in, out, &sealed, NULL);
    return major == GSS_S_COMPLETE && sealed ? 0 :
        error_code(error, minor, "a message was changed on its way");
}

int
login_prf(struct login *login, const void *data, size_t length,
          unsigned char *out, size_t size, struct error *error)
{
    gss_buffer_desc in = { length, (void *)data };
    gss_buffer_desc made = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor, major;
    int ret = -1;

    major = gss_pseudo_random(&minor, login->context, GSS_C_PRF_KEY_FULL, &in,
                              (ssize_t)size, &made);
    if (!GSS_ERROR(major) && made.length == size) {
        memcpy(out, made.value, size);
        explicit_bzero(made.value, made.length);
        ret = 0;
    } else {
        error_code(error, minor, "no key from the login");
    }
    gss_release_buffer(&minor, &made);
    return ret;
}
