/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * steady URL USER PASSWORD: a client that writes a block of the file and reads
 * it back, over and over, and says every second how many times it did and how
 * many milliseconds the longest of them took.
 */
#include <errno.h>
#include <fcntl.h>
#include <libsmbclient.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define BLOCK 4096

static const char *user, *password;

static void
authenticate(const char *server, const char *share, char *workgroup,
             int workgroup_len, char *user_out, int user_len,
             char *password_out, int password_len)
{
    (void)server;
    (void)share;
    (void)workgroup;
    (void)workgroup_len;
    snprintf(user_out, user_len, "%s", user);
    snprintf(password_out, password_len, "%s", password);
}

static bool
use_kerberos_only(void)
{
    SMBCCTX *context = smbc_new_context();

    if (context == NULL)
        return false;
    smbc_setFunctionAuthData(context, authenticate);
    smbc_setOptionUseKerberos(context, 1);
    smbc_setOptionFallbackAfterKerberos(context, 0);
    if (smbc_init_context(context) == NULL)
        return false;
    smbc_set_context(context);
    return true;
}

static double
milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static bool
write_and_read(int file)
{
    char out[BLOCK], in[BLOCK];
    static int round;

    memset(out, ++round, sizeof(out));
    return smbc_lseek(file, 0, SEEK_SET) == 0 &&
        smbc_write(file, out, sizeof(out)) == sizeof(out) &&
        smbc_lseek(file, 0, SEEK_SET) == 0 &&
        smbc_read(file, in, sizeof(in)) == sizeof(in) &&
        memcmp(in, out, sizeof(in)) == 0;
}

/* For a second; false when it fails. */
static bool
go_on(int file)
{
    double start = milliseconds(), before = start, now = start, longest = 0;
    unsigned int count = 0;
    bool works = true;

    while (works && now - start < 1000) {
        works = write_and_read(file);
        now = milliseconds();
        if (now - before > longest)
            longest = now - before;
        before = now;
        count++;
    }
    printf("%u %.0f\n", count, longest);
    fflush(stdout);
    return works;
}

int
main(int argc, char **argv)
{
    int file;

    if (argc != 4)
        return 2;
    user = argv[2];
    password = argv[3];
    file = use_kerberos_only() ?
        smbc_open(argv[1], O_RDWR | O_CREAT, 0600) : -1;
    while (file >= 0 && go_on(file))
        ;
    fprintf(stderr, "steady: %s\n", strerror(errno));
    return 1;
}
