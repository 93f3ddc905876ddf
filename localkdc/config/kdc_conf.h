/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that krb5kdc and this program need to know. */
#ifndef LOCALKDC_KDC_CONF_H
#define LOCALKDC_KDC_CONF_H

#include "store/conf.h"

/* The file's text, section by section, with conf->kdc_sections after them; the
 * caller's.  A section that is there twice counts as one for libprofile. */
char *kdc_conf_text(const struct conf *conf);

#endif
