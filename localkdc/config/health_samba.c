/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether Samba serves logins through the realm. */

#include "health.h"

#include "samba.h"

void
health_samba(const struct conf *conf, const char *smb_conf,
             struct report *report, struct error *error)
{
    struct samba samba;

    if (samba_examine(conf, smb_conf, &samba, error) != 0)
        report_add(report, "samba", REPORT_PROBLEM, "%s cannot be read by "
                   "testparm", smb_conf);
    else if (!samba.installed)
        report_add(report, "samba", REPORT_NOTE, "Samba is not installed");
    else if (!samba.found)
        report_add(report, "samba", REPORT_PROBLEM, "%s is not there; with "
                   "--smb-conf say where Samba's is", smb_conf);
    else if (!samba.standalone)
        report_add(report, "samba", REPORT_PROBLEM, "%s makes this machine "
                   "part of a domain", smb_conf);
    else if (samba.lacking.count > 0)
        report_add(report, "samba", REPORT_PROBLEM, "%s lacks '%s = %s'%s; "
                   "see 'localkdc samba'", smb_conf,
                   samba.lacking.items[0].name, samba.lacking.items[0].value,
                   samba.lacking.count > 1 ? " and more" : "");
    else if (samba.modules.count > 0)
        report_add(report, "samba", REPORT_PROBLEM, "%s has '%s', and this "
                   "smbd has no such module%s; see 'localkdc samba'", smb_conf,
                   samba.modules.items[0],
                   samba.modules.count > 1 ? ", and more" : "");
    else if (!samba.iakerb)
        report_add(report, "samba", REPORT_NOTE, "this Samba does not know "
                   "IAKERB");
    else
        report_add(report, "samba", REPORT_OK, "%s has all it needs",
                   smb_conf);
    samba_free(&samba);
}
