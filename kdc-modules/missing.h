/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Which proof a service insists on that a ticket does not have.  krb5kdc checks
 * that itself, after its database driver; but it tells the client nothing of
 * what is missing.
 */
#ifndef MISSING_H
#define MISSING_H

#include <krb5.h>
#include <kdb.h>

/*
 * Write the service's list of indicators (its string attribute "require_auth")
 * into wanted, if none of them is in the ticket, and "" otherwise.  What is in
 * the ticket is not verified here: that is krb5kdc's business, which refuses
 * one that lies.
 */
krb5_error_code
missing_indicators(krb5_context context, krb5_db_entry *server,
                   const krb5_ticket *ticket, char *wanted, size_t size);

#endif /* MISSING_H */
