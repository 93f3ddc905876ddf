/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "report.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const verdicts[] = { "ok", "note", "problem" };

void
report_begin(struct report *report)
{
    *report = (struct report){ .checks = json_array() };
    report->all = json_pack("{s:O}", "checks", report->checks);
}

void
report_free(struct report *report)
{
    list_free(&report->users);
    json_decref(report->checks);
    json_decref(report->all);
}

void
report_add(struct report *report, const char *check, enum verdict verdict,
           const char *format, ...)
{
    char *message = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&message, format, args) < 0)
        message = NULL;
    va_end(args);
    AUTO_FREE char *owned = message;

    json_array_append_new(report->checks, json_pack(
        "{s:s, s:s, s:s}", "check", check, "verdict", verdicts[verdict],
        "message", owned != NULL ? owned : ""));
    report->problem |= verdict == REPORT_PROBLEM;
}

char *
list_some(const struct list *list)
{
    char *all = text("%s", "");

    for (size_t i = 0; i < list->count && i < 3; i++)
        text_append(&all, "%s%s", i > 0 ? ", " : "", list->items[i]);
    if (list->count > 3)
        text_append(&all, " and %zu more", list->count - 3);
    return all;
}
