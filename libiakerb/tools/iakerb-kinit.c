/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* kinit for a realm whose KDC is behind an SMB server. */

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../iakerb.h"

#include "common/descriptors.h"
#include "terminal.h"

#define MAX_LIST 32
#define ANONYMOUS "WELLKNOWN/ANONYMOUS"

struct options {
    const char *ccache;
    const char *hints_ccache;
    const char *services[MAX_LIST + 1];
    const char *preauth[MAX_LIST + 1];
    const char *keytab;
    bool use_keytab;
    bool client_keytab;         /* the default one of these */
    const char *armor;
    const char *user;
    const char *server;
    uint16_t port;
    krb5_deltat lifetime;
    krb5_deltat renew_lifetime;
    krb5_deltat start_time;
    enum iakerb_choice forwardable;
    enum iakerb_choice proxiable;
    enum iakerb_choice pac;
    unsigned int timeout;
    bool renew;
    bool validate;
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
    "usage: iakerb-kinit [-AaCEFfinPpRVv] [-c cache] [-I cache] [-k]\n"
    "                    [-l lifetime] [-o port] [-r renewable life]\n"
    "                    [-S service]... [-s start time] [-T armor cache]\n"
    "                    [-t keytab] [-X attribute[=value]]...\n"
    "                    [--no-timestamp] [--request-pac] [--no-request-pac]\n"
    "                    [--timeout seconds] [user[@realm]] server\n"
    "       iakerb-kinit --help\n"
    "       iakerb-kinit --version\n";

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

/* What was asked for is the usage, or the version. */
static void __attribute__((noreturn))
tell(const char *text)
{
    exit(fputs(text, stdout) < 0 || fflush(stdout) != 0);
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

/* A time from now on, or a time of day as kinit takes it, in seconds from
 * now. */
static krb5_deltat
parse_start_time(char *text)
{
    krb5_timestamp when;
    krb5_deltat value = 0;

    if ((krb5_string_to_deltat(text, &value) != 0 || value == 0) &&
            krb5_string_to_timestamp(text, &when) == 0)
        value = (int64_t)(uint32_t)when - (int64_t)time(NULL);
    if (value <= 0) {
        complain("\"%s\" is no time to come", text);
        exit(2);
    }
    return value;
}

/* An option and its contrary. */
static void
choose(enum iakerb_choice *choice, enum iakerb_choice value, const char *names)
{
    if (*choice != IAKERB_AS_CONFIGURED && *choice != value) {
        complain("only one of %s can be given", names);
        exit(2);
    }
    *choice = value;
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

static void __attribute__((noreturn))
refuse_addresses(void)
{
    complain("-a: the server's KDC is asked through its SMB service and knows "
             "no client's address, so it takes no ticket that has some");
    exit(2);
}

enum long_option { HELP = 256, NO_PAC, NO_TIMESTAMP, PAC, TIMEOUT, VERSION_IS };

/* An option that has no argument. */
static void
parse_switch(struct options *options, int option)
{
    switch (option) {
    case 'A': break;            /* It is never otherwise. */
    case 'a': refuse_addresses();
    case 'C': options->canonicalize = true; break;
    case 'E': options->enterprise = true; break;
    case 'F': choose(&options->forwardable, IAKERB_NO, "-f and -F"); break;
    case 'f': choose(&options->forwardable, IAKERB_YES, "-f and -F"); break;
    case 'i': options->client_keytab = true; break;
    case 'k': options->use_keytab = true; break;
    case 'n': options->anonymous = true; break;
    case 'P': choose(&options->proxiable, IAKERB_NO, "-p and -P"); break;
    case 'p': choose(&options->proxiable, IAKERB_YES, "-p and -P"); break;
    case 'R': options->renew = true; break;
    case 'V': options->verbose = true; break;
    case 'v': options->validate = true; break;
    case NO_TIMESTAMP: options->no_timestamp = true; break;
    case NO_PAC: choose(&options->pac, IAKERB_NO, "--request-pac and "
                        "--no-request-pac"); break;
    case PAC: choose(&options->pac, IAKERB_YES, "--request-pac and "
                     "--no-request-pac"); break;
    case HELP: tell(usage_text);
    case VERSION_IS: tell("iakerb-kinit " VERSION "\n");
    default: usage();
    }
}

static void
parse_option(struct options *options, int option)
{
    switch (option) {
    case 'c': options->ccache = optarg; break;
    case 'I': options->hints_ccache = optarg; break;
    case 'l': options->lifetime = parse_lifetime(optarg); break;
    case 'o': options->port = parse_number(optarg, "port"); break;
    case 'r': options->renew_lifetime = parse_lifetime(optarg); break;
    case 'S': append(options->services, optarg); break;
    case 's': options->start_time = parse_start_time(optarg); break;
    case 'T': options->armor = optarg; break;
    case 't': options->keytab = optarg; break;
    case 'X': append(options->preauth, optarg); break;
    case TIMEOUT: options->timeout = parse_number(optarg, "timeout"); break;
    default: parse_switch(options, option);
    }
}

/* What was typed for the server is a name, and nothing more. */
static void
check_server(const char *server)
{
    const char *name = server + strspn(server, "/\\");
    int length = strcspn(name, "/\\");

    if (strncmp(server, "smb://", 6) == 0) {
        name = server + 6;
        length = strcspn(name, "/");
    }
    if (name == server && name[length] == '\0' && length > 0)
        return;
    if (length > 0)
        complain("\"%s\" is not the name of a server; give only the name: "
                 "%.*s", server, length, name);
    else
        complain("the name of the server is missing");
    exit(2);
}

static void
parse_names(struct options *options, int argc, char **argv)
{
    bool user_known = options->renew || options->validate ||
        options->use_keytab || options->anonymous;

    if (argc < 1 || argc > 2)
        usage();
    if (argc == 1 && !user_known) {
        complain("name the user and the server: iakerb-kinit %s %s",
                 strchr(argv[0], '/') != NULL ? "USER" : argv[0],
                 strchr(argv[0], '/') != NULL ? argv[0] : "SERVER");
        exit(2);
    }
    options->server = argv[argc - 1];
    check_server(options->server);
    if (argc == 2)
        options->user = argv[0];
    else if (options->anonymous)
        options->user = ANONYMOUS;
}

static void
parse_arguments(struct options *options, int argc, char **argv)
{
    static const struct option long_options[] = {
        { "help", no_argument, NULL, HELP },
        { "no-request-pac", no_argument, NULL, NO_PAC },
        { "no-timestamp", no_argument, NULL, NO_TIMESTAMP },
        { "request-pac", no_argument, NULL, PAC },
        { "timeout", required_argument, NULL, TIMEOUT },
        { "version", no_argument, NULL, VERSION_IS },
        { NULL, 0, NULL, 0 }
    };
    int option;

    while ((option = getopt_long(argc, argv,
                                 "AaCEFfinPpRVvkc:I:l:o:r:S:s:T:t:X:",
                                 long_options, NULL)) != -1)
        parse_option(options, option);
    if (options->keytab != NULL && options->client_keytab) {
        complain("only one of -i and -t can be given");
        exit(2);
    }
    /* As kinit has it, each implies -k. */
    if (options->keytab != NULL || options->client_keytab)
        options->use_keytab = true;
    if (options->renew + options->validate + options->use_keytab > 1) {
        complain("only one of -k, -R and -v can be given");
        exit(2);
    }
    if (options->start_time != 0 && options->services[0] != NULL) {
        complain("-s: a ticket that is not valid yet can get none for -S");
        exit(2);
    }
    parse_names(options, argc - optind, argv + optind);
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
    if (code == IAKERB_DONE)
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
    char guess[IAKERB_HOST_BYTES];
    struct iakerb_smb_params smb_params = {
        .servers = servers, .port = options->port
    };
    struct iakerb_acquire_params params = {
        .source = options->renew ? IAKERB_FROM_RENEWAL :
            options->validate ? IAKERB_FROM_VALIDATION :
            options->use_keytab ? IAKERB_FROM_KEYTAB :
            IAKERB_FROM_PASSWORD,
        .user = options->user,
        .enterprise = options->enterprise,
        .canonicalize = options->canonicalize,
        .anonymous = options->anonymous,
        .ccache = ccache,
        .services = options->services,
        .keytab = options->keytab,
        .prompter = terminal_prompter,
        .preauth = options->preauth,
        .armor_ccache = options->armor,
        .no_timestamp = options->no_timestamp,
        .lifetime = options->lifetime,
        .renew_lifetime = options->renew_lifetime,
        .start_time = options->start_time,
        .forwardable = options->forwardable,
        .proxiable = options->proxiable,
        .pac = options->pac,
        .hints_ccache = options->hints_ccache,
        .limits = { .seconds = options->timeout },
        .guess = iakerb_realm_guess(options->server, guess) ? guess : NULL
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
    if (options->verbose && meter.legs > 0)
        fprintf(stderr, "Exchanged %u messages with %s: %zu bytes sent, "
                "%zu received, %.1f ms\n", meter.legs, options->server,
                meter.sent, meter.received, meter.milliseconds);
    return code;
}

/* ---- Where the tickets go --------------------------------------------- */

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

static void
stored_in(const struct options *options, const char *name)
{
    if (options->verbose)
        fprintf(stderr, "Stored tickets in cache: %s\n", name);
}

/* Put tickets into the cache that was named, or the default one if the tickets
 * there are renewed or validated. */
static bool
to_this_cache(krb5_context context, const struct options *options)
{
    struct iakerb_error error;
    krb5_ccache cache = NULL;
    krb5_error_code ret;
    char *name = NULL;
    bool done = false;

    ret = options->ccache != NULL ?
        krb5_cc_resolve(context, options->ccache, &cache) :
        krb5_cc_default(context, &cache);
    if (ret == 0)
        ret = krb5_cc_get_full_name(context, cache, &name);
    if (ret != 0)
        complain_krb5(context, ret, "cannot use the credential cache");
    else
        done = report(options, acquire(options, name, &error), &error);
    if (done)
        stored_in(options, name);
    krb5_free_string(context, name);
    if (cache != NULL)
        krb5_cc_close(context, cache);
    return done;
}

/* Get tickets into memory first: only then is it known whose they are, which
 * decides on the cache. */
static bool
to_their_cache(krb5_context context, const struct options *options)
{
    struct iakerb_error error;
    krb5_ccache tickets = NULL;
    krb5_error_code ret;
    char *name = NULL, *stored = NULL;
    bool done = false;

    ret = krb5_cc_new_unique(context, "MEMORY", NULL, &tickets);
    if (ret == 0)
        ret = krb5_cc_get_full_name(context, tickets, &name);
    if (ret != 0)
        complain_krb5(context, ret, "cannot make a credential cache");
    else
        done = report(options, acquire(options, name, &error), &error) &&
            report(options, iakerb_ccache_store(name, IAKERB_PLACE_STANDARD,
                                                &stored, &error), &error);
    if (done)
        stored_in(options, stored);
    free(stored);
    krb5_free_string(context, name);
    /* What was moved away is no cache of this process any more. */
    if (tickets != NULL && !done)
        krb5_cc_destroy(context, tickets);
    else if (tickets != NULL)
        krb5_cc_close(context, tickets);
    return done;
}

/* The name of the default keytab, of the machine or of its clients. */
static bool
find_keytab(krb5_context context, const struct options *options, char *text,
            unsigned int size)
{
    krb5_keytab keytab = NULL;
    krb5_error_code ret;

    ret = options->client_keytab ?
        krb5_kt_client_default(context, &keytab) :
        krb5_kt_default(context, &keytab);
    if (ret == 0)
        ret = krb5_kt_get_name(context, keytab, text, size);
    if (ret != 0)
        complain_krb5(context, ret, "cannot use the default keytab");
    if (keytab != NULL)
        krb5_kt_close(context, keytab);
    return ret == 0;
}

/* ---- All together ----------------------------------------------------- */

static bool
get_tickets(krb5_context context, struct options *options)
{
    char keytab[1024];

    if (options->use_keytab && options->keytab == NULL) {
        if (!find_keytab(context, options, keytab, sizeof(keytab)))
            return false;
        options->keytab = keytab;
    }
    return options->ccache != NULL || options->renew || options->validate ?
        to_this_cache(context, options) : to_their_cache(context, options);
}

int
main(int argc, char **argv)
{
    struct options options = { .ccache = NULL };
    krb5_context context;
    krb5_error_code ret;
    char *service = NULL;
    bool done;

    if (!descriptors_complete())
        return 1;
    parse_arguments(&options, argc, argv);
    /* So that it can be driven from a pipe, as kinit can. */
    setvbuf(stdin, NULL, _IONBF, 0);
    if (asprintf(&service, "cifs/%s", options.server) < 0)
        return 1;
    if (options.services[0] == NULL && !options.anonymous &&
            options.start_time == 0)
        options.services[0] = service;

    ret = krb5_init_context(&context);
    if (ret != 0) {
        complain_krb5(NULL, ret, "cannot read the krb5 configuration");
        free(service);
        return 1;
    }
    done = get_tickets(context, &options);
    krb5_free_context(context);
    free(service);
    return done ? 0 : 1;
}
