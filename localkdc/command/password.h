/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOCALKDC_PASSWORD_H
#define LOCALKDC_PASSWORD_H

#include <krb5.h>

#include "common/error.h"
#include "store/users.h"

/*
 * Read a new password for a user: from the file descriptor fd, or where fd is
 * -1 from standard input, which is asked twice without echo if it is a
 * terminal, and gives one line otherwise.  The caller wipes it.
 */
int password_read(krb5_context context, const char *user, int fd,
                  char password[PASSWORD_SIZE], struct error *error);

#endif
