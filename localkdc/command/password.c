/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "password.h"

#include <string.h>
#include <unistd.h>

#include "store/db.h"
#include "store/text.h"

static int
ask(krb5_context context, const char *user, char password[PASSWORD_SIZE],
    struct error *error)
{
    AUTO_FREE char *first = text("New password for %s", user);
    unsigned int length = PASSWORD_SIZE;
    krb5_error_code code;

    code = krb5_read_password(context, first, "The same again", password,
                              &length);
    if (code == KRB5_LIBOS_BADPWDMATCH)
        return error_say(error, "%s: the two passwords differ; nothing has "
                         "changed", user);
    return code == 0 ? 0 : db_fail(context, code, user, error);
}

/* A byte at a time, so that what follows the line stays for others. */
static int
read_line(const char *user, int fd, char password[PASSWORD_SIZE],
          struct error *error)
{
    size_t length = 0;
    ssize_t got;

    while ((got = read(fd, password + length, 1)) == 1) {
        if (password[length] == '\n')
            break;
        if (password[length] == '\0')
            return error_say(error, "%s: there is a zero byte in the password",
                             user);
        if (++length == PASSWORD_SIZE)
            return error_say(error, "%s: the password is longer than %d bytes",
                             user, PASSWORD_SIZE - 1);
    }
    if (got < 0)
        return error_file(error, "the password");
    password[length] = '\0';
    if (length == 0)
        return error_say(error, "%s: the password is empty", user);
    return 0;
}

int
password_read(krb5_context context, const char *user, int fd,
              char password[PASSWORD_SIZE], struct error *error)
{
    if (fd < 0 && isatty(STDIN_FILENO))
        return ask(context, user, password, error);
    return read_line(user, fd < 0 ? STDIN_FILENO : fd, password, error);
}
