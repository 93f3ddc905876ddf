/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A backup: everything that the realm is, as JSON.
 *
 *   format      "localkdc backup", and version 1
 *   realm       the realm's name
 *   names       the names that the administrator gave
 *   stash       the stashed master key, as hexadecimal digits
 *   database    what kdb5_util dump writes
 *
 * Who has the file can be anyone in the realm.
 */
#ifndef LOCALKDC_BACKUP_H
#define LOCALKDC_BACKUP_H

#define BACKUP_FORMAT "localkdc backup"
#define BACKUP_VERSION 1

#endif
