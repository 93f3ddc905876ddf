/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cifs.upcall: makes the keys that the kernel's SMB client asks for. */

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>

#include <keyutils.h>

#include "common/descriptors.h"
#include "common/harmless.h"
#include "description.h"
#include "elsewhere.h"
#include "privileges.h"
#include "resolve.h"
#include "tickets.h"
#include "token.h"
#include "worker.h"

/* What waits for a key in the kernel complains after two minutes. */
#define SECONDS 30

/*
 * For how long the kernel remembers that there is no key.  If that is over
 * before this process has ended, which the end of a second can make at once of
 * one second, the error becomes ENOKEY.
 */
#define NEGATIVE_SECONDS 3

#define UID_NOBODY 65534

struct options {
    bool no_env_probe;
    bool legacy_uid;
    bool trust_dns;
    const char *krb5conf;
    const char *keytab;
    unsigned int expire;
};

struct task {
    struct options options;
    struct key key;
};

/* ---- The work --------------------------------------------------------- */

/* The machine's files are what libraries read, wherever who asks lives. */
#define JOINED_NAMESPACES (CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC)

/*
 * Who asks from another mount namespace has no part in the machine's keytabs,
 * as root there need not be root here.
 */
static bool
use_ccache_of(uid_t uid, const struct process *process, const char *name,
              struct reason *reason)
{
    char *copy;
    bool done;

    if ((process->namespaces & CLONE_NEWNS) == 0)
        return name == NULL || setenv("KRB5CCNAME", name, 1) == 0 ||
            reason_no_memory(reason);
    done = elsewhere_ccache(uid, process, name, &copy, reason) &&
        ((setenv("KRB5CCNAME", copy, 1) == 0 &&
          setenv("KRB5_KTNAME", "/dev/null", 1) == 0 &&
          setenv("KRB5_CLIENT_KTNAME", "/dev/null", 1) == 0) ||
         reason_no_memory(reason));
    free(copy);
    return done;
}

/* Become the user, with the credential cache of who asks. */
static bool
become_user(const struct spnego_key *key, uid_t uid, bool probe,
            bool *elsewhere, struct reason *reason)
{
    struct process process;
    char *ccache = NULL;
    bool done;

    done = process_open(key->in_mount ? 0 : key->pid, uid, &process,
                        reason) &&
        (!probe ||
         process_variable(&process, "KRB5CCNAME", &ccache, reason)) &&
        use_ccache_of(uid, &process, ccache, reason) &&
        privileges_drop(uid, &process, JOINED_NAMESPACES, reason);
    *elsewhere = (process.namespaces & CLONE_NEWNS) != 0;
    free(ccache);
    process_close(&process);
    return done;
}

static bool
is_account(const char *user, uid_t uid)
{
    const struct passwd *account = getpwuid(uid);

    return account != NULL && strcmp(account->pw_name, user) == 0;
}

/*
 * Whether somebody has named the user, and means that one and no other.
 *
 * Without a username among its options mount.cifs puts in the account that it
 * runs as, or from whose login it runs.  And in a multiuser mount the kernel
 * names the user of the mount for all others too: they are those who ask for
 * themselves, and are not root.
 */
static bool
is_named(const struct spnego_key *key, uid_t uid)
{
    bool for_itself = key->uid == key->creduid;
    bool has_realm = strchr(key->user, '@') != NULL;

    if (is_account(key->user, uid) || is_account(key->user, 0))
        return false;
    return uid == 0 || (has_realm && !for_itself);
}

static bool
work_spnego(const struct task *task, struct payload *payload,
            struct reason *reason)
{
    const struct options *options = &task->options;
    const struct spnego_key *key = &task->key.spnego;
    uid_t uid = options->legacy_uid ? key->uid : key->creduid;
    char *ccache = NULL, *service = NULL;
    struct request request = {
        .host = key->host, .address = key->address, .user = key->user,
        .keytab = options->keytab, .trust_dns = options->trust_dns
    };
    bool done, elsewhere;

    request.user_is_hint = !is_named(key, uid);
    if (!become_user(key, uid, uid != 0 && !options->no_env_probe,
                     &elsewhere, reason))
        return false;
    if (elsewhere)
        request.keytab = NULL;
    if (options->krb5conf != NULL)
        setenv("KRB5_CONFIG", options->krb5conf, 1);
    done = tickets_get(&request, &ccache, &service, reason) &&
        token_make(ccache, service, key->mechanism, payload, reason);
    free(ccache);
    free(service);
    return done;
}

static bool
work_dns(const struct task *task, struct payload *payload,
         struct reason *reason)
{
    struct process nobody;
    char address[64];

    process_none(&nobody);
    if (!privileges_drop(UID_NOBODY, &nobody, 0, reason) ||
            !resolve_host(task->key.host, address, sizeof(address), reason))
        return false;
    reason_set(reason, 0, "%s is %s", task->key.host, address);
    return payload_fill(payload, NULL, 0, address, strlen(address) + 1,
                        reason);
}

static bool
work(const void *data, struct payload *payload, struct reason *reason)
{
    const struct task *task = data;

    return task->key.type == KEY_DNS ? work_dns(task, payload, reason) :
        work_spnego(task, payload, reason);
}

/* ---- The key ---------------------------------------------------------- */

static bool
describe(key_serial_t id, struct key *key, struct reason *reason)
{
    char *text = NULL;
    bool done;

    if (keyctl_describe_alloc(id, &text) < 0)
        return reason_errno(reason, "cannot read the key's description");
    done = description_parse(text, key, reason);
    free(text);
    if (!done)
        return false;

    /* The kernel asks as root.  Anybody can make a key of this type on some
     * kernels, and claim to be whoever the description says. */
    if (key->type == KEY_SPNEGO && key->owner != 0)
        return reason_set(reason, EPERM, "uid %u asks for a key that is the "
                          "kernel's to ask for", key->owner);
    return true;
}

/* What the kernel calls struct cifs_spnego_msg. */
static bool
instantiate_spnego(key_serial_t id, const struct payload *payload,
                   struct reason *reason)
{
    struct {
        uint32_t version;
        uint32_t flags;
        uint32_t session_key_length;
        uint32_t token_length;
    } header = {
        2, 0, payload->session_key.length, payload->token.length
    };
    struct iovec parts[] = {
        { &header, sizeof(header) },
        { payload->session_key.data, payload->session_key.length },
        { payload->token.data, payload->token.length }
    };

    return keyctl_instantiate_iov(id, parts, 3, 0) == 0 ||
        reason_errno(reason, "cannot instantiate the key");
}

/* The kernel's own key can be given a time only while it is being made. */
static bool
instantiate_dns(key_serial_t id, const struct payload *payload,
                unsigned int expire, struct reason *reason)
{
    return (keyctl_set_timeout(id, expire) == 0 &&
            keyctl_instantiate(id, payload->token.data, payload->token.length,
                               0) == 0) ||
        reason_errno(reason, "cannot instantiate the key");
}

static bool
make_key(key_serial_t id, const struct options *options,
         struct reason *reason)
{
    struct task task = { .options = *options };
    struct payload payload = { 0 };
    bool done;

    done = describe(id, &task.key, reason) &&
        worker_run(work, &task, SECONDS, &payload, reason) &&
        (task.key.type == KEY_DNS ?
         instantiate_dns(id, &payload, options->expire, reason) :
         instantiate_spnego(id, &payload, reason));
    payload_clear(&payload);
    return done;
}

/* One line, whatever a server may have written into it. */
static void
log_reason(int level, struct reason *reason)
{
    harmless(reason->text, "");
    syslog(level, "%s", reason->text);
}

/* ---- The command line ------------------------------------------------- */

static int
usage(void)
{
    fputs("Usage: cifs.upcall [-cdEltv] [-e seconds] [-K keytab]"
          " [-k krb5.conf] keyid\n", stderr);
    return EXIT_FAILURE;
}

static bool
parse_number(const char *text, long max, long *number)
{
    char *end;

    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *number > 0 &&
        *number <= max;
}

static bool
parse_options(int argc, char **argv, struct options *options, bool *version)
{
    static const struct option names[] = {
        { "debug", no_argument, NULL, 'd' },
        { "no-env-probe", no_argument, NULL, 'E' },
        { "krb5conf", required_argument, NULL, 'k' },
        { "keytab", required_argument, NULL, 'K' },
        { "legacy-uid", no_argument, NULL, 'l' },
        { "trust-dns", no_argument, NULL, 't' },
        { "expire", required_argument, NULL, 'e' },
        { "version", no_argument, NULL, 'v' },
        { NULL, 0, NULL, 0 }
    };
    long number;
    int option;

    while ((option = getopt_long(argc, argv, "cdEk:K:lte:v", names,
                                 NULL)) != -1) {
        switch (option) {
        case 'c':
        case 'd':
            break;
        case 'E':
            options->no_env_probe = true;
            break;
        case 'k':
            options->krb5conf = optarg;
            break;
        case 'K':
            options->keytab = optarg;
            break;
        case 'l':
            options->legacy_uid = true;
            break;
        case 't':
            options->trust_dns = true;
            break;
        case 'e':
            if (!parse_number(optarg, INT_MAX, &number))
                return false;
            options->expire = number;
            break;
        case 'v':
            *version = true;
            break;
        default:
            return false;
        }
    }
    return true;
}

int
main(int argc, char **argv)
{
    struct options options = { .expire = 600 };
    struct reason reason = { 0 };
    bool version = false;
    long id;

    if (!descriptors_complete())
        return EXIT_FAILURE;
    if (!parse_options(argc, argv, &options, &version))
        return usage();
    if (version) {
        puts("cifs.upcall " PACKAGE_VERSION);
        return EXIT_SUCCESS;
    }
    if (optind != argc - 1 || !parse_number(argv[optind], INT32_MAX, &id))
        return usage();

    openlog("cifs.upcall", LOG_PID | LOG_NDELAY, LOG_AUTHPRIV);
    if (keyctl_assume_authority(id) < 0) {
        reason_errno(&reason, "no authority over the key");
        log_reason(LOG_WARNING, &reason);
        return EXIT_FAILURE;
    }
    if (make_key(id, &options, &reason)) {
        log_reason(LOG_INFO, &reason);
        return EXIT_SUCCESS;
    }
    log_reason(LOG_WARNING, &reason);
    keyctl_reject(id, NEGATIVE_SECONDS, reason.code, 0);
    return EXIT_FAILURE;
}
