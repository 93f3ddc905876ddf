/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are replaced as one, and that survive a loss of power. */
#ifndef LOCALKDC_FILES_H
#define LOCALKDC_FILES_H

#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"

/* What is to become path lies here until then. */
char *file_staged(const char *path);

/* Read a whole file; *data is the caller's, ends in a zero byte that *length
 * does not count, and is NULL where there is no such file. */
int file_read(const char *path, char **data, size_t *length,
              struct error *error);

/* The same for a file that is open; path is for messages. */
int file_read_open(int fd, const char *path, char **data, size_t *length,
                   struct error *error);

/* Open a file for that, where somebody may have put something else, such as a
 * symbolic link; -1 on failure. */
int file_open_regular(const char *path, struct error *error);

/* Write what is to become path, with the mode given or, where path is there,
 * with the owner and the mode that it has, but nothing for others that the
 * mode given has not. */
int file_stage(const char *path, const char *data, size_t length, mode_t mode,
               struct error *error);

/* Give what was staged by other means the mode and owner as above, and see
 * to it that it is on the disk. */
int file_stage_finish(const char *path, mode_t mode, struct error *error);

/* Put what was staged in its place. */
int file_commit(const char *path, struct error *error);

/* Make a folder, and the ones above it; its mode is set where it is new. */
int folder_make(const char *path, mode_t mode, struct error *error);

/* Fail unless there is room for a change on a folder's disk: krb5's database
 * module does not survive a disk that becomes full. */
int folder_room(const char *path, struct error *error);

/* See to it that a folder, and the files in it, are on the disk. */
int folder_sync(const char *path, struct error *error);

/* The same for the folder that path is in. */
int parent_sync(const char *path, struct error *error);

/* Remove a file, or a folder with the files in it, if it is there. */
int tree_remove(const char *path, struct error *error);

#endif
