/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The tokens of an IAKERB conversation: GSS-API framing (RFC 2743, section
 * 3.1), the IAKERB-HEADER and the KDC message behind it (draft, section 3).
 */
#ifndef TOKEN_H
#define TOKEN_H

#include "common/der.h"
#include "error.h"

enum token_kind {
    TOKEN_PROXY,                /* IAKERB_PROXY: header and KDC message */
    TOKEN_AP_IAKERB,            /* of the AP exchange, under IAKERB's OID */
    TOKEN_AP_KRB5,              /* of the AP exchange, under Kerberos's OID */
    TOKEN_UNFRAMED,             /* no framing: DCE style, RFC 4121 tokens */
    TOKEN_FOREIGN               /* framed by another mechanism */
};

/* What a KDC message is by its tag (RFC 4120, section 5.10). */
enum kdc_message {
    KDC_NONE = 0x100,           /* no byte */
    KDC_AS_REQ = DER_APPLICATION(10),
    KDC_AS_REP = DER_APPLICATION(11),
    KDC_TGS_REQ = DER_APPLICATION(12),
    KDC_TGS_REP = DER_APPLICATION(13),
    KDC_KRB_ERROR = DER_APPLICATION(30)
};

/* A token taken apart; everything points into the token's bytes. */
struct token {
    enum token_kind kind;

    /* AP exchange: what follows the OID, with the two bytes of token id; the
     * whole token where it has no framing. */
    struct der body;

    /* TOKEN_PROXY only. */
    struct der realm;           /* may be empty */
    struct der message;         /* may be empty */
};

/*
 * Take a token apart.  Fails with IAKERB_MALFORMED, saying what is wrong.
 */
enum iakerb_code
token_parse(const gss_buffer_desc *bytes, struct token *token,
            struct iakerb_error *error);

/*
 * The kind of a KDC message: KDC_NONE for an empty one.  *contents is what is
 * inside the tag.  Contents failed: it is not one whole element.
 */
enum kdc_message
token_message(const struct token *token, struct der *contents);

/*
 * Why a KRB-ERROR message refuses: KRB5KDC_ERR_..., or KRB5KRB_ERR_GENERIC
 * where the peer's number stands for none.  0: the message demands
 * preauthentication, is something else, or broken.  The client and the service
 * that it names are put in *client and *service, to be freed with
 * krb5_free_principal(), unless these are NULL; each is NULL where none is
 * named.
 */
krb5_error_code
token_refusal(krb5_context context, const struct der *message,
              krb5_principal *client, krb5_principal *service);

/*
 * What a KDC says in words of its own, where that is all that it says:
 * KRB_ERR_GENERIC.  Empty otherwise.  The words are harmless.
 */
void
token_said(krb5_context context, const struct der *message, char *text,
           size_t size);

/*
 * The kinds of preauthentication that a KRB-ERROR demands (RFC 4120, section
 * 5.9.1), as text: "PKINIT, SPAKE".  Empty, when it demands none.
 */
void
token_offered(krb5_context context, const struct der *message, char *text,
              size_t size);

/*
 * Whether an AS-REQ has an encrypted timestamp (RFC 4120, section 5.2.7.2), or
 * is broken, so that nobody can tell.  False for any other message.
 */
bool
token_has_timestamp(const struct der *message);

/*
 * Make an IAKERB_PROXY token.  *out is to be freed with gss_release_buffer().
 * Fails with IAKERB_NO_MEMORY.
 */
enum iakerb_code
token_make_proxy(const struct der *realm, const struct der *message,
                 gss_buffer_desc *out, struct iakerb_error *error);

/*
 * Frame the body of an AP token under the other OID.  *out is to be freed
 * with gss_release_buffer().  Fails with IAKERB_NO_MEMORY.
 */
enum iakerb_code
token_make_ap(enum token_kind kind, const struct der *body,
              gss_buffer_desc *out, struct iakerb_error *error);

#endif /* TOKEN_H */
