/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is found out about the realm, as values: who asked prints them. */
#ifndef LOCALKDC_REPORT_H
#define LOCALKDC_REPORT_H

#include <stdbool.h>

#include <jansson.h>

#include "store/text.h"

enum verdict { REPORT_OK, REPORT_NOTE, REPORT_PROBLEM };

struct report {
    json_t *all;            /* for other programs */
    json_t *checks;         /* in it: check, verdict and message of each */
    bool problem;
    struct list users;
};

void report_begin(struct report *report);
void report_free(struct report *report);

/* Add what a check came to, in a sentence. */
void report_add(struct report *report, const char *check,
                enum verdict verdict, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "a, b, c and 4 more", the caller's. */
char *list_some(const struct list *list);

#endif
