/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* kinit for a realm whose KDC is behind an SMB server. */

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../iakerb.h"

#define MAX_LIST 32
#define ANONYMOUS "WELLKNOWN/ANONYMOUS"

struct options {
    const char *ccache;
    const char *services[MAX_LIST + 1];
    const char *preauth[MAX_LIST + 1];
    const char *keytab;
    bool client_keytab;         /* the default one */
    const char *armor;
    const char *user;
    const char *server;
    uint16_t port;
    krb5_deltat lifetime;
    krb5_deltat renew_lifetime;
    unsigned int timeout;
    bool renew;
    bool canonicalize;
    bool enterprise;
    bool anonymous;
    bool no_timestamp;
    bool verbose;
};

/* A transport that counts what another one carries. */
struct meter {
    const struct iakerb_transport *transport;
    unsigned int legs;
    size_t sent;
    size_t received;
    double milliseconds;
};

static const char usage_text[] =
    "usage: iakerb-kinit [-CEinRV] [-c cache] [-k keytab] [-l lifetime]\n"
    "                    [-r renewable life] [-S service]... [-T armor cache]\n"
    "                    [-t port] [-X attribute[=value]]... [--no-timestamp]\n"
    "                    [--timeout seconds] [user[@realm]] server\n";

static void
complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void
complain(const char *format, ...)
{
    va_list arguments;

    fputs("iakerb-kinit: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

static void
complain_krb5(krb5_context context, krb5_error_code ret, const char *what)
{
    const char *text = krb5_get_error_message(context, ret);

    complain("%s: %s", what, text);
    krb5_free_error_message(context, text);
}

/* ---- The command line ------------------------------------------------- */

static void __attribute__((noreturn))
usage(void)
{
    fputs(usage_text, stderr);
    exit(2);
}

static void
append(const char **list, const char *item)
{
    size_t count = 0;

    while (list[count] != NULL)
        count++;
    if (count == MAX_LIST) {
        complain("an option is given more than %d times", MAX_LIST);
        exit(2);
    }
    list[count] = item;
}

static krb5_deltat
parse_lifetime(char *text)
{
    krb5_deltat value;

    if (krb5_string_to_deltat(text, &value) != 0 || value <= 0) {
        complain("\"%s\" is no lifetime", text);
        exit(2);
    }
    return value;
}

/* A number from 1 to 65535; what it is, for a message. */
static uint16_t
parse_number(const char *text, const char *what)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || value < 1 ||
            value > 65535) {
        complain("\"%s\" is no %s", text, what);
        exit(2);
    }
    return value;
}

static void
parse_option(struct options *options, int option)
{
    switch (option) {
    case 'C': options->canonicalize = true; break;
    case 'E': options->enterprise = true; break;
    case 'i': options->client_keytab = true; break;
    case 'n': options->anonymous = true; break;
    case 'R': options->renew = true; break;
    case 'V': options->verbose = true; break;
    case 'N': options->no_timestamp = true; break;
    case 'c': options->ccache = optarg; break;
    case 'k': options->keytab = optarg; break;
    case 'l': options->lifetime = parse_lifetime(optarg); break;
    case 'r': options->renew_lifetime = parse_lifetime(optarg); break;
    case 'S': append(options->services, optarg); break;
    case 'T': options->armor = optarg; break;
    case 't': options->port = parse_number(optarg, "port"); break;
    case 'W': options->timeout = parse_number(optarg, "timeout"); break;
    case 'X': append(options->preauth, optarg); break;
    default: usage();
    }
}

static void
parse_arguments(struct options *options, int argc, char **argv)
{
    static const struct option long_options[] = {
        { "no-timestamp", no_argument, NULL, 'N' },
        { "timeout", required_argument, NULL, 'W' },
        { NULL, 0, NULL, 0 }
    };
    int option;

    while ((option = getopt_long(argc, argv, "CEinRVc:k:l:r:S:T:t:X:",
                                 long_options, NULL)) != -1)
        parse_option(options, option);
    argc -= optind;
    argv += optind;
    if (argc < 1 || argc > 2 || options->renew +
            (options->keytab != NULL) + options->client_keytab > 1)
        usage();
    options->server = argv[argc - 1];
    if (argc == 2)
        options->user = argv[0];
    else if (options->anonymous)
        options->user = ANONYMOUS;
    else if (!options->renew && options->keytab == NULL &&
             !options->client_keytab)
        usage();
}

/* ---- The transport ---------------------------------------------------- */

static enum iakerb_code
count_exchange(void *data, const gss_buffer_desc *out, gss_buffer_desc *in,
               const struct timespec *deadline, struct iakerb_error *error)
{
    struct meter *meter = data;
    struct timespec start, end;
    enum iakerb_code code;

    clock_gettime(CLOCK_MONOTONIC, &start);
    code = meter->transport->exchange(meter->transport->data, out, in,
                                      deadline, error);
    clock_gettime(CLOCK_MONOTONIC, &end);
    meter->legs++;
    meter->sent += out->length;
    meter->received += in->length;
    meter->milliseconds += (end.tv_sec - start.tv_sec) * 1e3 +
        (end.tv_nsec - start.tv_nsec) / 1e6;
    return code;
}

static enum iakerb_code
acquire(const struct options *options, const char *ccache,
        struct iakerb_error *error)
{
    const char *servers[] = { options->server, NULL };
    struct iakerb_smb_params smb_params = {
        .servers = servers, .port = options->port
    };
    struct iakerb_acquire_params params = {
        .source = options->renew ? IAKERB_FROM_RENEWAL :
            options->keytab != NULL ? IAKERB_FROM_KEYTAB :
            IAKERB_FROM_PASSWORD,
        .user = options->user,
        .enterprise = options->enterprise,
        .canonicalize = options->canonicalize,
        .anonymous = options->anonymous,
        .ccache = ccache,
        .services = options->services,
        .keytab = options->keytab,
        .prompter = krb5_prompter_posix,
        .preauth = options->preauth,
        .armor_ccache = options->armor,
        .no_timestamp = options->no_timestamp,
        .lifetime = options->lifetime,
        .renew_lifetime = options->renew_lifetime,
        .limits = { .seconds = options->timeout }
    };
    struct iakerb_smb *smb;
    struct meter meter = { .legs = 0 };
    struct iakerb_transport transport = { count_exchange, &meter };
    enum iakerb_code code;

    code = iakerb_smb_create(&smb_params, &smb, error);
    if (code != IAKERB_DONE)
        return code;
    meter.transport = iakerb_smb_transport(smb);
    code = iakerb_acquire(&params, &transport, error);
    iakerb_smb_free(smb);
    if (options->verbose)
        fprintf(stderr, "Exchanged %u messages with %s: %zu bytes sent, "
                "%zu received, %.1f ms\n", meter.legs, options->server,
                meter.sent, meter.received, meter.milliseconds);
    return code;
}

/* ---- The credential cache --------------------------------------------- */

/*
 * Find the cache that kinit would choose: the one that was named; the
 * client's own or a new one, where the default cache is of a collection and
 * another client's; else the default one.  *make_default: it is to be the
 * collection's default from now on.
 */
static krb5_error_code
choose_cache(krb5_context context, const struct options *options,
             krb5_principal client, krb5_ccache *cache, bool *make_default)
{
    krb5_principal owner = NULL;
    krb5_ccache standard = NULL;
    krb5_error_code ret;
    const char *type;

    *make_default = false;
    if (options->ccache != NULL)
        return krb5_cc_resolve(context, options->ccache, cache);
    ret = krb5_cc_default(context, &standard);
    if (ret != 0)
        return ret;
    type = krb5_cc_get_type(context, standard);
    *cache = NULL;
    if (krb5_cc_support_switch(context, type)) {
        ret = krb5_cc_cache_match(context, client, cache);
        if (ret == KRB5_CC_NOTFOUND)
            ret = krb5_cc_get_principal(context, standard, &owner) == 0 ?
                krb5_cc_new_unique(context, type, NULL, cache) : 0;
        *make_default = *cache != NULL;
    }
    if (ret == 0 && *cache == NULL) {
        *cache = standard;
        standard = NULL;
    }
    krb5_free_principal(context, owner);
    if (standard != NULL)
        krb5_cc_close(context, standard);
    return ret;
}

/* Move the tickets to where they belong; *tickets is NULL afterwards. */
static bool
store(krb5_context context, const struct options *options,
      krb5_ccache *tickets)
{
    krb5_principal client = NULL;
    krb5_ccache cache = NULL;
    krb5_error_code ret;
    bool make_default;
    char *name = NULL;

    ret = krb5_cc_get_principal(context, *tickets, &client);
    if (ret == 0)
        ret = choose_cache(context, options, client, &cache, &make_default);
    if (ret == 0)
        ret = krb5_cc_get_full_name(context, cache, &name);
    if (ret == 0 && options->verbose)
        fprintf(stderr, "Storing tickets in cache: %s\n", name);
    if (ret == 0)
        ret = krb5_cc_move(context, *tickets, cache);
    if (ret == 0)
        *tickets = NULL;
    if (ret == 0 && make_default)
        ret = krb5_cc_switch(context, cache);
    if (ret != 0)
        complain_krb5(context, ret, "cannot store the tickets");
    krb5_free_string(context, name);
    krb5_free_principal(context, client);
    if (cache != NULL)
        krb5_cc_close(context, cache);
    return ret == 0;
}

/* ---- All together ----------------------------------------------------- */

static bool
report(const struct options *options, enum iakerb_code code,
       const struct iakerb_error *error)
{
    if (code == IAKERB_DONE)
        return true;
    complain("%s", error->message);
    if (code == IAKERB_PASSWORD_EXPIRED)
        complain("it cannot be changed through the server's SMB service; "
                 "change it at %s itself", options->server);
    return false;
}

/* The name of the default client keytab, in text. */
static bool
find_client_keytab(krb5_context context, char *text, unsigned int size)
{
    krb5_keytab keytab = NULL;
    krb5_error_code ret;

    ret = krb5_kt_client_default(context, &keytab);
    if (ret == 0)
        ret = krb5_kt_get_name(context, keytab, text, size);
    if (ret != 0)
        complain_krb5(context, ret, "cannot use the client keytab");
    if (keytab != NULL)
        krb5_kt_close(context, keytab);
    return ret == 0;
}

/* Renew in place: the cache has the TGT. */
static bool
renew(krb5_context context, const struct options *options)
{
    struct iakerb_error error;
    krb5_ccache cache = NULL;
    enum iakerb_code code;
    krb5_error_code ret;
    char *name = NULL;
    bool done = false;

    ret = options->ccache != NULL ?
        krb5_cc_resolve(context, options->ccache, &cache) :
        krb5_cc_default(context, &cache);
    if (ret == 0)
        ret = krb5_cc_get_full_name(context, cache, &name);
    if (ret != 0) {
        complain_krb5(context, ret, "cannot use the credential cache");
    } else {
        code = acquire(options, name, &error);
        done = report(options, code, &error);
    }
    krb5_free_string(context, name);
    if (cache != NULL)
        krb5_cc_close(context, cache);
    return done;
}

/* Get tickets into memory first: only then is it known whose they are, which
 * decides on the cache. */
static bool
initial(krb5_context context, const struct options *options)
{
    struct iakerb_error error;
    krb5_ccache tickets = NULL;
    enum iakerb_code code;
    krb5_error_code ret;
    char *name = NULL;
    bool done = false;

    ret = krb5_cc_new_unique(context, "MEMORY", NULL, &tickets);
    if (ret == 0)
        ret = krb5_cc_get_full_name(context, tickets, &name);
    if (ret != 0) {
        complain_krb5(context, ret, "cannot make a credential cache");
    } else {
        code = acquire(options, name, &error);
        done = report(options, code, &error) &&
            store(context, options, &tickets);
    }
    krb5_free_string(context, name);
    if (tickets != NULL)
        krb5_cc_destroy(context, tickets);
    return done;
}

int
main(int argc, char **argv)
{
    struct options options = { .ccache = NULL };
    krb5_context context;
    krb5_error_code ret;
    char *service = NULL, keytab[1024];
    bool done;

    parse_arguments(&options, argc, argv);
    /* So that it can be driven from a pipe, as kinit can. */
    setvbuf(stdin, NULL, _IONBF, 0);
    if (asprintf(&service, "cifs/%s", options.server) < 0)
        return 1;
    if (options.services[0] == NULL && !options.anonymous)
        options.services[0] = service;

    ret = krb5_init_context(&context);
    if (ret != 0) {
        complain_krb5(NULL, ret, "cannot read the krb5 configuration");
        free(service);
        return 1;
    }
    done = !options.client_keytab ||
        find_client_keytab(context, keytab, sizeof(keytab));
    if (options.client_keytab)
        options.keytab = keytab;
    if (done)
        done = options.renew ? renew(context, &options) :
            initial(context, &options);
    krb5_free_context(context);
    free(service);
    return done ? 0 : 1;
}
