/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a KDC says of a user, in a buffer of a PAC. */

#include <string.h>

#include "target.h"

#include "common/identity.h"

static void
check_text(const struct identity_text *text, const uint8_t *data, size_t size)
{
    const uint8_t *start = (const uint8_t *)text->data;

    must(text->length > 0);
    must(start >= data && start + text->length <= data + size);
    must(memchr(start, '\0', text->length) == NULL);
}

/* What was read is all that is there, so it is written as it was. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct identity identity;
    size_t length;
    void *bytes;

    if (!identity_parse(data, size, &identity))
        return 0;
    check_text(&identity.principal, data, size);
    must(identity.count <= IDENTITY_GROUPS_MAX);
    must(identity.total >= identity.count);
    for (size_t i = 0; i < identity.count; i++)
        check_text(&identity.groups[i].name, data, size);
    must(identity_make(&identity, &bytes, &length));
    must(length == size && memcmp(bytes, data, size) == 0);
    free(bytes);
    return 0;
}
