/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guess SERVER USER PASSWORD...: try several passwords in one login, of which
 * the server sees one conversation.  USER has a realm.
 */

#include <stdio.h>

#include <iakerb.h>

int
main(int argc, char **argv)
{
    const char *servers[] = { NULL, NULL };
    const struct iakerb_smb_params smb_params = { .servers = servers };
    struct iakerb_acquire_params params = {
        .ccache = "MEMORY:guess", .no_timestamp = true
    };
    struct iakerb_error error = { .message = "" };
    struct iakerb_smb *smb;
    int i, guessed = 0;

    if (argc < 4)
        return 2;
    servers[0] = argv[1];
    params.user = argv[2];
    if (iakerb_smb_create(&smb_params, &smb, &error) != IAKERB_DONE) {
        fprintf(stderr, "guess: %s\n", error.message);
        return 2;
    }
    for (i = 3; i < argc; i++) {
        params.password = argv[i];
        if (iakerb_acquire(&params, iakerb_smb_transport(smb), &error) ==
                IAKERB_DONE)
            guessed++;
    }
    iakerb_smb_free(smb);
    printf("%d\n", guessed);
    return 0;
}
