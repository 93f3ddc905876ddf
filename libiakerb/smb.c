/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Section numbers in comments are those of [MS-SMB2]. */

#include "iakerb.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "net.h"
#include "params.h"
#include "common/spnego.h"

#define DEFAULT_PORT 445

/* What an acceptor may bound a login by, with a margin: past these, a new
 * conversation is begun. */
#define MAX_SECONDS 20
#define MAX_LEGS 10

#define MAX_TOKEN 0xFF00        /* a length in SMB has 16 bits */
#define MAX_REPLY 0x20000
#define MAX_INTERIM 16          /* "still working on it", for each request */

#define HEADER_BYTES 64
#define SMB2_MAGIC 0x424D53FEu  /* 0xFE 'S' 'M' 'B' */

enum {
    SMB2_NEGOTIATE = 0,
    SMB2_SESSION_SETUP = 1
};

enum {
    SMB2_FLAG_REPLY = 0x01,
    SMB2_FLAG_ASYNC = 0x02
};

#define STATUS_SUCCESS 0u
#define STATUS_PENDING 0x103u
#define STATUS_MORE_PROCESSING_REQUIRED 0xC0000016u

struct iakerb_smb {
    struct iakerb_transport transport;
    char **servers;
    uint16_t port;

    /* The connection. */
    int fd;                     /* -1: none */
    const char *server;         /* which one it is */
    struct timespec opened;
    unsigned int legs;
    uint64_t message;           /* number of the next request */
    uint64_t session;
};

/* A reply taken apart; everything points into bytes. */
struct reply {
    uint8_t *bytes;             /* to be freed */
    size_t length;
    uint32_t status;
    uint64_t session;
    struct der body;
};

/* ---- Numbers, which are little endian --------------------------------- */

static void
set16(uint8_t *p, uint16_t value)
{
    value = htole16(value);
    memcpy(p, &value, sizeof(value));
}

static void
set32(uint8_t *p, uint32_t value)
{
    value = htole32(value);
    memcpy(p, &value, sizeof(value));
}

static void
set64(uint8_t *p, uint64_t value)
{
    value = htole64(value);
    memcpy(p, &value, sizeof(value));
}

/* The next number, of so many bytes; 0 where the input has failed. */
static uint64_t
get(struct der *in, size_t size)
{
    struct der bytes = der_bytes(in, size);
    uint64_t value = 0;

    if (!bytes.failed)
        memcpy(&value, bytes.data, size);
    return le64toh(value);
}

/* ---- Requests --------------------------------------------------------- */

/*
 * Send a request: a header (section 2.2.1.2) and this body, behind the length
 * that it has on TCP (section 2.1).
 */
static enum iakerb_code
send_request(struct iakerb_smb *self, uint16_t command, const uint8_t *body,
             size_t length, const struct timespec *deadline,
             struct iakerb_error *error)
{
    size_t size = 4 + HEADER_BYTES + length;
    uint8_t *bytes = calloc(1, size), *header;
    enum iakerb_code code;

    if (bytes == NULL)
        return error_no_memory(error);
    header = bytes + 4;
    bytes[1] = (size - 4) >> 16;
    bytes[2] = (size - 4) >> 8 & 0xFF;
    bytes[3] = (size - 4) & 0xFF;
    set32(header, SMB2_MAGIC);
    set16(header + 4, HEADER_BYTES);
    set16(header + 12, command);
    set16(header + 14, 1);                      /* credits asked for */
    set64(header + 24, self->message);
    set64(header + 40, self->session);
    memcpy(header + HEADER_BYTES, body, length);
    code = net_send(self->fd, self->server, bytes, size, deadline, error);
    free(bytes);
    return code;
}

/* ---- Replies ---------------------------------------------------------- */

static enum iakerb_code
malformed(struct iakerb_smb *self, const char *what,
          struct iakerb_error *error)
{
    return error_set(error, IAKERB_MALFORMED,
                     "server \"%.128s\" sent a malformed %s", self->server,
                     what);
}

static enum iakerb_code
not_smb(struct iakerb_smb *self, struct iakerb_error *error)
{
    return error_set(error, IAKERB_NOT_OFFERED,
                     "server \"%.128s\" does not speak SMB 2 or later",
                     self->server);
}

/* Read one message, with its length in front. */
static enum iakerb_code
read_message(struct iakerb_smb *self, struct reply *reply,
             const struct timespec *deadline, struct iakerb_error *error)
{
    enum iakerb_code code;
    uint8_t prefix[4];

    code = net_receive(self->fd, self->server, prefix, sizeof(prefix),
                       deadline, error);
    if (code != IAKERB_DONE)
        return code;
    reply->length = (size_t)prefix[1] << 16 | prefix[2] << 8 | prefix[3];
    if (prefix[0] != 0)
        return not_smb(self, error);
    if (reply->length > MAX_REPLY)
        return error_set(error, IAKERB_LIMIT,
                         "server \"%.128s\" sent a reply of %zu bytes, more "
                         "than the limit of %u", self->server, reply->length,
                         MAX_REPLY);
    reply->bytes = malloc(reply->length + 1);
    if (reply->bytes == NULL)
        return error_no_memory(error);
    return net_receive(self->fd, self->server, reply->bytes, reply->length,
                       deadline, error);
}

/*
 * Take the header of a reply to the request that was sent last apart.
 * *interim: the reply itself is still to come (section 2.2.1.1).
 */
static enum iakerb_code
parse_header(struct iakerb_smb *self, uint16_t command, struct reply *reply,
             bool *interim, struct iakerb_error *error)
{
    struct der in = der_from(reply->bytes, reply->length);
    uint32_t magic = get(&in, 4), flags, next;
    uint16_t size = get(&in, 2), its_command;
    uint64_t message;

    if (magic != SMB2_MAGIC)
        return not_smb(self, error);
    get(&in, 2);
    reply->status = get(&in, 4);
    its_command = get(&in, 2);
    get(&in, 2);
    flags = get(&in, 4);
    next = get(&in, 4);
    message = get(&in, 8);
    get(&in, 8);
    reply->session = get(&in, 8);
    der_bytes(&in, 16);
    reply->body = in;

    if (in.failed || size != HEADER_BYTES || its_command != command ||
            message != self->message || next != 0 ||
            !(flags & SMB2_FLAG_REPLY))
        return malformed(self, "SMB header", error);
    *interim = reply->status == STATUS_PENDING && (flags & SMB2_FLAG_ASYNC);
    return IAKERB_DONE;
}

/* Send a request and take its reply. */
static enum iakerb_code
ask(struct iakerb_smb *self, uint16_t command, const uint8_t *body,
    size_t length, struct reply *reply, const struct timespec *deadline,
    struct iakerb_error *error)
{
    enum iakerb_code code;
    bool interim = true;
    unsigned int count;

    *reply = (struct reply){ .bytes = NULL };
    code = send_request(self, command, body, length, deadline, error);
    for (count = 0; code == IAKERB_DONE && interim; count++) {
        free(reply->bytes);
        reply->bytes = NULL;
        if (count > MAX_INTERIM)
            return error_set(error, IAKERB_LIMIT, "server \"%.128s\" does not "
                             "come to an end", self->server);
        code = read_message(self, reply, deadline, error);
        if (code == IAKERB_DONE)
            code = parse_header(self, command, reply, &interim, error);
    }
    self->message++;
    return code;
}

/*
 * What a reply's body points to: so many bytes, so far behind the start of its
 * header, and behind the body's fixed part.
 */
static struct der
pointed_to(const struct reply *reply, struct der *fixed_end, uint16_t offset,
           uint16_t length)
{
    size_t minimum = reply->length - fixed_end->length;
    struct der in = *fixed_end;

    if (length == 0)
        return der_from(NULL, 0);
    if (offset < minimum)
        return der_fail(&in);
    der_bytes(&in, offset - minimum);
    return der_bytes(&in, length);
}

/* ---- Negotiation (sections 2.2.3 and 2.2.4) --------------------------- */

static const uint16_t dialects[] = { 0x0202, 0x0210, 0x0300, 0x0302, 0x0311 };

#define DIALECTS (sizeof(dialects) / sizeof(dialects[0]))

/* Where the one negotiate context that SMB 3.1.1 asks for is: after the
 * dialects, on a multiple of 8. */
#define CONTEXT_OFFSET ((HEADER_BYTES + 36 + 2 * DIALECTS + 7) / 8 * 8)
#define SALT_BYTES 32
#define CONTEXT_BYTES (6 + SALT_BYTES)
#define NEGOTIATE_BYTES (CONTEXT_OFFSET - HEADER_BYTES + 8 + CONTEXT_BYTES)

static bool
make_negotiate(uint8_t *body)
{
    uint8_t *context = body + CONTEXT_OFFSET - HEADER_BYTES;
    size_t i;

    set16(body, 36);
    set16(body + 2, DIALECTS);
    set16(body + 4, 1);                         /* signing is possible */
    set32(body + 28, CONTEXT_OFFSET);
    set16(body + 32, 1);
    for (i = 0; i < DIALECTS; i++)
        set16(body + 36 + 2 * i, dialects[i]);

    set16(context, 1);                          /* preauthentication hash */
    set16(context + 2, CONTEXT_BYTES);
    set16(context + 8, 1);
    set16(context + 10, SALT_BYTES);
    set16(context + 12, 1);                     /* SHA-512 */
    return getrandom(body + 12, 16, 0) == 16 &&     /* the client's GUID */
        getrandom(context + 14, SALT_BYTES, 0) == SALT_BYTES;
}

static enum iakerb_code
check_negotiate(struct iakerb_smb *self, const struct reply *reply,
                struct iakerb_error *error)
{
    struct der in = reply->body, blob;
    struct spnego_offer offer;
    uint16_t size = get(&in, 2), dialect, offset, length;
    size_t i;

    get(&in, 2);
    dialect = get(&in, 2);
    der_bytes(&in, 50);
    offset = get(&in, 2);
    length = get(&in, 2);
    get(&in, 4);
    for (i = 0; i < DIALECTS && dialects[i] != dialect; i++)
        ;
    if (reply->status != STATUS_SUCCESS)
        return error_set(error, IAKERB_NOT_OFFERED, "server \"%.128s\" does "
                         "not speak any of SMB 2.0.2 to 3.1.1 (status %08X)",
                         self->server, reply->status);
    if (in.failed || size != 65 || i == DIALECTS)
        return malformed(self, "SMB negotiate response", error);
    blob = pointed_to(reply, &in, offset, length);
    if (blob.failed)
        return malformed(self, "SMB negotiate response", error);
    if (blob.length == 0)       /* the server leaves the first word to us */
        return IAKERB_DONE;
    if (!spnego_parse_offer(&blob, &offer))
        return error_set(error, IAKERB_MALFORMED,
                         "the server's offer of mechanisms is malformed");
    if (!offer.iakerb)
        return error_set(error, IAKERB_NOT_OFFERED,
                         "server \"%.128s\" speaks SMB but does not offer "
                         "IAKERB (it offers: %s)", self->server, offer.names);
    return IAKERB_DONE;
}

static void
disconnect(struct iakerb_smb *self)
{
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
}

static enum iakerb_code
open_connection(struct iakerb_smb *self, const struct timespec *deadline,
                struct iakerb_error *error)
{
    uint8_t body[NEGOTIATE_BYTES] = { 0 };
    struct reply reply;
    enum iakerb_code code;

    if (!make_negotiate(body))
        return error_set(error, IAKERB_SYSTEM, "no random numbers");
    code = net_connect(self->servers, self->port, deadline, &self->fd,
                       &self->server, error);
    if (code != IAKERB_DONE)
        return code;
    self->message = self->session = self->legs = 0;
    clock_gettime(CLOCK_MONOTONIC, &self->opened);
    code = ask(self, SMB2_NEGOTIATE, body, sizeof(body), &reply, deadline,
               error);
    if (code == IAKERB_DONE)
        code = check_negotiate(self, &reply, error);
    else if (code == IAKERB_UNREACHABLE)    /* it hung up at the sight of it */
        code = not_smb(self, error);
    free(reply.bytes);
    return code;
}

/* ---- Session setup (sections 2.2.5 and 2.2.6) ------------------------- */

#define SETUP_BYTES 24          /* of the fixed part of a request */

static enum iakerb_code
send_token(struct iakerb_smb *self, const gss_buffer_desc *token,
           struct reply *reply, const struct timespec *deadline,
           struct iakerb_error *error)
{
    size_t length = SETUP_BYTES + token->length;
    uint8_t *body = calloc(1, length);
    enum iakerb_code code;

    if (body == NULL)
        return error_no_memory(error);
    set16(body, 25);
    body[3] = 1;                                /* signing is possible */
    set16(body + 12, HEADER_BYTES + SETUP_BYTES);
    set16(body + 14, token->length);
    memcpy(body + SETUP_BYTES, token->value, token->length);
    code = ask(self, SMB2_SESSION_SETUP, body, length, reply, deadline, error);
    free(body);
    return code;
}

/* The token in a server's answer, if the server keeps to IAKERB. */
static enum iakerb_code
check_answer(const struct der *bytes, struct der *token,
             struct iakerb_error *error)
{
    struct spnego_answer answer;

    *token = der_from(NULL, 0);
    if (!spnego_parse_answer(bytes, &answer))
        return error_set(error, IAKERB_MALFORMED,
                         "the server's SPNEGO token is malformed");
    if (answer.mechanism.length > 0 &&
            !oid_is(&answer.mechanism, &oid_iakerb))
        return error_set(error, IAKERB_NOT_OFFERED, "the server does not take "
                         "IAKERB but wants %s", oid_name(&answer.mechanism));
    if (answer.state != SPNEGO_NOT_SAID && answer.state > SPNEGO_INCOMPLETE)
        return error_set(error, IAKERB_NOT_OFFERED,
                         "the server does not take IAKERB");
    if (answer.token.length == 0 || answer.state == SPNEGO_COMPLETED)
        return error_set(error, IAKERB_MALFORMED, "the server ends the "
                         "conversation before anybody has logged on");
    *token = answer.token;
    return IAKERB_DONE;
}

/* The acceptor's token in a reply to a session setup. */
static enum iakerb_code
take_token(struct iakerb_smb *self, const struct reply *reply,
           gss_buffer_desc *out, struct iakerb_error *error)
{
    struct der in = reply->body, blob, token;
    uint16_t size = get(&in, 2), offset, length;
    enum iakerb_code code;

    if (reply->status != STATUS_MORE_PROCESSING_REQUIRED &&
            reply->status != STATUS_SUCCESS)
        return error_set(error, IAKERB_NOT_AUTHENTICATED,
                         "server \"%.128s\" has ended the conversation "
                         "(status %08X)", self->server, reply->status);
    get(&in, 2);
    offset = get(&in, 2);
    length = get(&in, 2);
    if (in.failed || size != 9)
        return malformed(self, "SMB session setup response", error);
    blob = pointed_to(reply, &in, offset, length);
    if (blob.failed || reply->status == STATUS_SUCCESS)
        return malformed(self, "SMB session setup response", error);
    self->session = reply->session;

    code = check_answer(&blob, &token, error);
    if (code != IAKERB_DONE)
        return code;
    out->value = malloc(token.length);
    if (out->value == NULL)
        return error_no_memory(error);
    memcpy(out->value, token.data, token.length);
    out->length = token.length;
    return IAKERB_DONE;
}

static bool
is_worn_out(const struct iakerb_smb *self)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return self->legs >= MAX_LEGS ||
        now.tv_sec - self->opened.tv_sec >= MAX_SECONDS;
}

static enum iakerb_code
exchange(void *data, const gss_buffer_desc *out, gss_buffer_desc *in,
         const struct timespec *deadline, struct iakerb_error *error)
{
    struct iakerb_smb *self = data;
    struct der token = der_from(out->value, out->length);
    gss_buffer_desc wrapped = GSS_C_EMPTY_BUFFER;
    struct reply reply = { .bytes = NULL };
    enum iakerb_code code = IAKERB_DONE;

    if (out->length > MAX_TOKEN)
        return error_set(error, IAKERB_LIMIT,
                         "a token of %zu bytes is too large for SMB",
                         out->length);
    if (self->fd >= 0 && is_worn_out(self))
        disconnect(self);
    if (self->fd < 0)
        code = open_connection(self, deadline, error);
    if (code == IAKERB_DONE &&
            !spnego_make(self->legs == 0, &oid_iakerb, &token, &wrapped.value,
                         &wrapped.length))
        code = error_no_memory(error);
    if (code == IAKERB_DONE)
        code = send_token(self, &wrapped, &reply, deadline, error);
    if (code == IAKERB_DONE)
        code = take_token(self, &reply, in, error);
    self->legs++;
    if (code != IAKERB_DONE)
        disconnect(self);
    free(reply.bytes);
    free(wrapped.value);
    return code;
}

/* ---- The object ------------------------------------------------------- */

static enum iakerb_code
copy_servers(struct iakerb_smb *self, const char *const *servers,
             struct iakerb_error *error)
{
    size_t count = 0, i;

    while (servers != NULL && servers[count] != NULL)
        count++;
    if (count == 0)
        return error_set(error, IAKERB_INVALID, "no server was named");
    self->servers = calloc(count + 1, sizeof(*self->servers));
    if (self->servers == NULL)
        return error_no_memory(error);
    for (i = 0; i < count; i++) {
        self->servers[i] = strdup(servers[i]);
        if (self->servers[i] == NULL)
            return error_no_memory(error);
    }
    return IAKERB_DONE;
}

static enum iakerb_code
create(const struct iakerb_smb_params *params, struct iakerb_smb **smb,
       struct iakerb_error *error)
{
    struct iakerb_smb *self = calloc(1, sizeof(*self));
    enum iakerb_code code;

    if (self == NULL)
        return error_no_memory(error);
    self->transport = (struct iakerb_transport){ exchange, self };
    self->port = params->port != 0 ? params->port : DEFAULT_PORT;
    self->fd = -1;
    code = copy_servers(self, params->servers, error);
    if (code != IAKERB_DONE) {
        iakerb_smb_free(self);
        return code;
    }
    *smb = self;
    return IAKERB_DONE;
}

enum iakerb_code
iakerb_smb_create_sized(const struct iakerb_smb_params *params, size_t size,
                        struct iakerb_smb **smb, struct iakerb_error *error)
{
    struct iakerb_smb_params own;
    enum iakerb_code code;

    *smb = NULL;
    code = params_take(&own, sizeof(own), params, size, error);
    return code == IAKERB_DONE ? create(&own, smb, error) : code;
}

enum iakerb_code
iakerb_smb_create(const struct iakerb_smb_params *params,
                    struct iakerb_smb **smb, struct iakerb_error *error)
{
    return iakerb_smb_create_sized(params, SMB_PARAMS_0, smb, error);
}

const struct iakerb_transport *
iakerb_smb_transport(struct iakerb_smb *smb)
{
    return &smb->transport;
}

void
iakerb_smb_free(struct iakerb_smb *smb)
{
    size_t i;

    if (smb == NULL)
        return;
    disconnect(smb);
    for (i = 0; smb->servers != NULL && smb->servers[i] != NULL; i++)
        free(smb->servers[i]);
    free(smb->servers);
    free(smb);
}
