/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tickets for the SMB service of a server: from a cache, from a KDC, or, where
 * there is no KDC in reach, through the server itself.
 */
#ifndef TICKETS_H
#define TICKETS_H

#include "reason.h"
#include "request.h"

/*
 * Find a cache of the calling user with a ticket for the service, or get one
 * into it.  *ccache and *service are to be freed with free(), after a failure
 * too.  On success, the reason's text says what was done.
 */
bool
tickets_get(const struct request *request, char **ccache,
            char **service, struct reason *reason);

#endif /* TICKETS_H */
