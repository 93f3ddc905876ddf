/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A client's request to a KDC (RFC 4120, section 5.4.1). */
#ifndef REQUEST_H
#define REQUEST_H

#include "common/der.h"

struct request {
    struct der client;          /* a PrincipalName; empty where there is none */
    struct der realm;
};

/*
 * Take the contents of an AS-REQ or TGS-REQ apart.  False, where a KDC could
 * not read it: MIT's does not answer then, as if it were not there.
 */
bool
request_parse(struct der message, struct request *request);

#endif /* REQUEST_H */
