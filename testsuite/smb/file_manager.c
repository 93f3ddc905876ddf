/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file_manager [-f] [-w SECONDS] URL USER WORKGROUP PASSWORD [FILE...]: what a
 * file manager does with libsmbclient, in one context for each FILE, or one
 * without: list the folder, put the file there, get it as FILE.back, and
 * remove it.
 *
 * It logs in without a name and a password first, and if that is refused once
 * more with those of the command line, as if the user had been asked.
 * -f: NTLM may be used if Kerberos fails.
 * -w: Show who owns the folder, and once more after so many seconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <libsmbclient.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (1 << 20)

static struct answers {
    const char *user;
    const char *workgroup;
    const char *password;
    bool asked;
} answers;

static void
say_failure(const char *what)
{
    printf("%s: %s\n", what, strerrorname_np(errno));
}

static void
authenticate(SMBCCTX *context, const char *server, const char *share,
             char *workgroup, int workgroup_len, char *user, int user_len,
             char *password, int password_len)
{
    struct answers *a = smbc_getOptionUserData(context);

    printf("credentials for //%s/%s: %s\n", server, share,
           a->asked ? a->user : "none");
    if (a->asked) {
        snprintf(workgroup, workgroup_len, "%s", a->workgroup);
        snprintf(user, user_len, "%s", a->user);
        snprintf(password, password_len, "%s", a->password);
    }
}

static SMBCCTX *
context_new(bool fallback)
{
    SMBCCTX *context = smbc_new_context();

    if (context == NULL)
        return NULL;
    smbc_setOptionUserData(context, &answers);
    smbc_setFunctionAuthDataWithContext(context, authenticate);
    smbc_setOptionUseKerberos(context, 1);
    smbc_setOptionFallbackAfterKerberos(context, fallback);
    smbc_setOptionNoAutoAnonymousLogin(context, 1);
    if (smbc_init_context(context) == NULL) {
        smbc_free_context(context, 1);
        return NULL;
    }
    return context;
}

/* The first call logs in. */
static SMBCFILE *
open_folder(SMBCCTX *context, const char *url)
{
    smbc_opendir_fn opendir_fn = smbc_getFunctionOpendir(context);
    SMBCFILE *folder = opendir_fn(context, url);

    if (folder == NULL && !answers.asked) {
        say_failure("without a password");
        answers.asked = true;
        folder = opendir_fn(context, url);
    }
    return folder;
}

static bool
list(SMBCCTX *context, const char *url)
{
    SMBCFILE *folder = open_folder(context, url);
    struct smbc_dirent *entry;

    if (folder == NULL)
        return false;
    while ((entry = smbc_getFunctionReaddir(context)(context, folder)) != NULL)
        printf("entry %s\n", entry->name);
    return smbc_getFunctionClosedir(context)(context, folder) == 0;
}

static bool
show_owner(SMBCCTX *context, const char *url)
{
    char owner[256];
    int length = smbc_getFunctionGetxattr(context)(
        context, url, "system.nt_sec_desc.owner+", owner, sizeof(owner));

    if (length >= 0)
        printf("owner %s\n", owner);
    return length >= 0;
}

static bool
show_owner_twice(SMBCCTX *context, const char *url, unsigned int seconds)
{
    if (!show_owner(context, url))
        return false;
    sleep(seconds);
    return show_owner(context, url);
}

static bool
put(SMBCCTX *context, int fd, SMBCFILE *file, char *block)
{
    ssize_t length;

    while ((length = read(fd, block, BLOCK)) > 0) {
        if (smbc_getFunctionWrite(context)(context, file, block, length) !=
            length)
            return false;
    }
    return length == 0;
}

static bool
get(SMBCCTX *context, int fd, SMBCFILE *file, char *block)
{
    ssize_t length;

    while ((length = smbc_getFunctionRead(context)(context, file, block,
                                                   BLOCK)) > 0) {
        if (write(fd, block, length) != length)
            return false;
    }
    return length == 0;
}

static bool
transfer(SMBCCTX *context, const char *url, int flags, const char *local,
         int local_flags, bool (*copy)(SMBCCTX *, int, SMBCFILE *, char *))
{
    SMBCFILE *file = NULL;
    char *block = malloc(BLOCK);
    int fd = open(local, local_flags, 0600);
    bool done;

    if (block != NULL && fd >= 0)
        file = smbc_getFunctionOpen(context)(context, url, flags, 0644);
    done = file != NULL && copy(context, fd, file, block);

    if (file != NULL && smbc_getFunctionClose(context)(context, file) != 0)
        done = false;
    if (fd >= 0)
        close(fd);
    free(block);
    return done;
}

static bool
put_and_get(SMBCCTX *context, const char *url, const char *local)
{
    char *back = NULL, *remote = NULL;
    bool done = false;

    if (asprintf(&remote, "%s/managed", url) < 0 ||
        asprintf(&back, "%s.back", local) < 0)
        goto done;
    done = transfer(context, remote, O_WRONLY | O_CREAT | O_EXCL, local,
                    O_RDONLY, put) &&
           transfer(context, remote, O_RDONLY, back,
                    O_WRONLY | O_CREAT | O_TRUNC, get) &&
           smbc_getFunctionUnlink(context)(context, remote) == 0;
done:
    free(back);
    free(remote);
    return done;
}

static bool
visit(const char *url, const char *local, bool fallback, unsigned int seconds)
{
    SMBCCTX *context = context_new(fallback);
    bool done = context != NULL && list(context, url) &&
                (seconds == 0 || show_owner_twice(context, url, seconds)) &&
                (local == NULL || put_and_get(context, url, local));

    if (!done)
        say_failure("failed");
    if (context != NULL)
        smbc_free_context(context, 1);
    return done;
}

int
main(int argc, char **argv)
{
    bool fallback = false, done = true;
    unsigned int seconds = 0;
    int option, i;

    while ((option = getopt(argc, argv, "fw:")) != -1) {
        switch (option) {
        case 'f':
            fallback = true;
            break;
        case 'w':
            seconds = atoi(optarg);
            break;
        default:
            return 2;
        }
    }
    if (argc - optind < 4)
        return 2;

    answers.user = argv[optind + 1];
    answers.workgroup = argv[optind + 2];
    answers.password = argv[optind + 3];
    i = optind + 4;
    do {
        done = visit(argv[optind], argv[i], fallback, seconds) && done;
    } while (argv[i] != NULL && argv[++i] != NULL);
    return done ? 0 : 1;
}
