/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The service that a ticket is for. */
#ifndef SERVICE_H
#define SERVICE_H

#include "error.h"

/*
 * The principal of "service/host" or "service/host@REALM", the host in its one
 * spelling; a realm that is not given stays empty.  Any other name is taken as
 * it is.  To be freed with krb5_free_principal(); NULL after a failure.
 */
krb5_error_code
service_parse(krb5_context context, const char *text,
              krb5_principal *service);

#endif /* SERVICE_H */
