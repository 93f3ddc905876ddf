/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include <dirent.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Each test has a folder of its own, which is its collection too. */
struct folder {
    char path[64];
    char collection[96];        /* DIR:... */
    char file[96];              /* FILE:... */
    krb5_context context;
};

static int
setup(void **state)
{
    struct folder *folder = calloc(1, sizeof(*folder));

    strcpy(folder->path, "/tmp/iakerb-unit.XXXXXX");
    if (mkdtemp(folder->path) == NULL)
        return -1;
    snprintf(folder->collection, sizeof(folder->collection), "DIR:%s",
             folder->path);
    snprintf(folder->file, sizeof(folder->file), "FILE:%s/single",
             folder->path);
    setenv("KRB5CCNAME", folder->collection, 1);
    *state = folder;
    return krb5_init_context(&folder->context);
}

static int
teardown(void **state)
{
    struct folder *folder = *state;
    struct dirent *entry;
    char path[512];
    DIR *dir = opendir(folder->path);

    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder->path, entry->d_name);
        unlink(path);
        rmdir(path);
    }
    closedir(dir);
    krb5_free_context(folder->context);
    if (rmdir(folder->path) != 0)
        return -1;
    free(folder);
    return 0;
}

static krb5_principal
principal(struct folder *folder, const char *name)
{
    krb5_principal made;

    assert_int_equal(krb5_parse_name(folder->context, name, &made), 0);
    return made;
}

/* Fill a cache with a ticket for each service, good for so many seconds. */
static void
fill(struct folder *folder, krb5_ccache cache, const char *client,
     const char *const *services, int seconds)
{
    krb5_creds creds = { .client = principal(folder, client) };

    creds.times.endtime = (krb5_timestamp)(time(NULL) + seconds);
    assert_int_equal(krb5_cc_initialize(folder->context, cache,
                                        creds.client), 0);
    for (; *services != NULL; services++) {
        creds.server = principal(folder, *services);
        assert_int_equal(krb5_cc_store_cred(folder->context, cache, &creds),
                         0);
        krb5_free_principal(folder->context, creds.server);
    }
    krb5_free_principal(folder->context, creds.client);
}

#define SERVICES(...) (const char *const[]){ __VA_ARGS__, NULL }

/* A cache of this name with tickets. */
static void
make(struct folder *folder, const char *name, const char *client,
     const char *const *services, int seconds)
{
    krb5_ccache cache;

    assert_int_equal(krb5_cc_resolve(folder->context, name, &cache), 0);
    fill(folder, cache, client, services, seconds);
    krb5_cc_close(folder->context, cache);
}

/* A new one in the collection; its name in a static buffer. */
static const char *
make_new(struct folder *folder, const char *client,
         const char *const *services, int seconds)
{
    static char names[8][160];
    static unsigned int next;
    char *to = names[next++ % 8], *name;
    krb5_ccache cache;

    assert_int_equal(krb5_cc_new_unique(folder->context, "DIR", NULL, &cache),
                     0);
    fill(folder, cache, client, services, seconds);
    assert_int_equal(krb5_cc_get_full_name(folder->context, cache, &name), 0);
    snprintf(to, sizeof(names[0]), "%s", name);
    krb5_free_string(folder->context, name);
    krb5_cc_close(folder->context, cache);
    return to;
}

/* Who owns a cache, and how many tickets it has. */
static void
assert_has(struct folder *folder, const char *name, const char *client,
           unsigned int count)
{
    krb5_principal owner, expected = principal(folder, client);
    krb5_cc_cursor cursor;
    krb5_ccache cache;
    krb5_creds creds;

    assert_int_equal(krb5_cc_resolve(folder->context, name, &cache), 0);
    assert_int_equal(krb5_cc_get_principal(folder->context, cache, &owner), 0);
    assert_true(krb5_principal_compare(folder->context, owner, expected));
    assert_int_equal(krb5_cc_start_seq_get(folder->context, cache, &cursor),
                     0);
    while (krb5_cc_next_cred(folder->context, cache, &cursor, &creds) == 0) {
        count--;
        krb5_free_cred_contents(folder->context, &creds);
    }
    assert_int_equal(count, 0);
    krb5_cc_end_seq_get(folder->context, cache, &cursor);
    krb5_cc_close(folder->context, cache);
    krb5_free_principal(folder->context, owner);
    krb5_free_principal(folder->context, expected);
}

/* ---- Finding ---------------------------------------------------------- */

static void
assert_found(const char *user, const char *host, bool local,
             const char *expected, unsigned int merits)
{
    struct iakerb_ccache_wanted wanted = {
        .user = user, .host = host, .local = local
    };
    struct iakerb_error error = { .message = "" };
    unsigned int found_merits = 99;
    char *found;

    assert_int_equal(iakerb_ccache_find(&wanted, &found, &found_merits,
                                        &error), IAKERB_DONE);
    assert_string_equal(found, expected);
    assert_int_equal(found_merits, merits);
    assert_string_equal(error.message, "");
    free(found);
    assert_int_equal(iakerb_ccache_find(&wanted, &found, NULL, NULL),
                     IAKERB_DONE);
    free(found);
}

static void
assert_none(const char *user, const char *host, bool local, bool expired)
{
    struct iakerb_ccache_wanted wanted = {
        .user = user, .host = host, .local = local
    };
    struct iakerb_error error;
    char *found = (char *)"";

    assert_error(iakerb_ccache_find(&wanted, &found, NULL, &error),
                 IAKERB_NO_CREDENTIALS, error, expired ?
                 "the tickets have expired; run kinit or iakerb-kinit" :
                 "there are no tickets; run kinit or iakerb-kinit");
    assert_int_equal(error.krb5, expired ? KRB5KRB_AP_ERR_TKT_EXPIRED :
                     KRB5_CC_NOTFOUND);
    assert_null(found);
}

static void
test_find_order(void **state)
{
    struct folder *folder = *state;
    const char *corp, *nas, *box, *ticket;

    assert_none(NULL, "nas", false, false);
    corp = make_new(folder, "al@CORP.COM", SERVICES("krbtgt/CORP.COM@CORP.COM"),
                    600);
    assert_found(NULL, "nas", false, corp, 0);
    assert_none(NULL, "nas", true, false);
    box = make_new(folder, "al@BOX", SERVICES("krbtgt/BOX@BOX"), 600);
    nas = make_new(folder, "al@NAS", SERVICES("krbtgt/NAS@NAS"), 600);
    assert_found(NULL, "nas", false, nas, IAKERB_CCACHE_OF_HOST);
    assert_found(NULL, "NAS.local.", true, nas, IAKERB_CCACHE_OF_HOST);
    assert_found(NULL, "box", true, box, IAKERB_CCACHE_OF_HOST);
    ticket = make_new(folder, "bob@CORP.COM", SERVICES("cifs/nas@CORP.COM"),
                      600);
    assert_found(NULL, "Nas", false, ticket, IAKERB_CCACHE_HAS_TICKET);
    assert_found(NULL, "nas", true, nas, IAKERB_CCACHE_OF_HOST);
}

static void
test_find_user(void **state)
{
    struct folder *folder = *state;
    const char *alice, *bob;

    alice = make_new(folder, "alice@NAS", SERVICES("krbtgt/NAS@NAS"), 600);
    bob = make_new(folder, "bob@CORP", SERVICES("krbtgt/CORP@CORP"), 600);
    assert_found("alice", "nas", true, alice, IAKERB_CCACHE_OF_HOST);
    assert_found("bob", "nas", false, bob, 0);
    assert_none("bob", "nas", true, false);
    /* A realm that the user has named is meant. */
    assert_found("bob@CORP", "nas", true, bob, 0);
    assert_found("@CORP", "nas", true, bob, 0);
    assert_none("bob@NAS", "nas", false, false);
    assert_none("nosuch", "nas", false, false);
    assert_none("al", "nas", false, false);
    assert_found("", "nas", true, alice, IAKERB_CCACHE_OF_HOST);
}

static void
test_find_expired(void **state)
{
    struct folder *folder = *state;
    const char *valid;

    make_new(folder, "alice@NAS", SERVICES("krbtgt/NAS@NAS"), -5);
    assert_none(NULL, "nas", false, true);
    assert_none("alice", "nas", true, true);
    assert_none("bob", "nas", true, false);
    /* What is no use for getting a ticket does not count. */
    make_new(folder, "alice@NAS", SERVICES("cifs/other@NAS", "krbtgt/B@NAS"),
             600);
    assert_none(NULL, "nas", false, true);
    valid = make_new(folder, "alice@NAS", SERVICES("host/nas@NAS"), 600);
    assert_found(NULL, "nas", false, valid, IAKERB_CCACHE_HAS_TICKET |
                 IAKERB_CCACHE_OF_HOST);
}

static void
test_find_default(void **state)
{
    struct folder *folder = *state;

    /* By an address: only the default cache, if its realm is local. */
    make_new(folder, "alice@NAS", SERVICES("krbtgt/NAS@NAS"), 600);
    assert_none(NULL, "192.0.2.1", true, false);
    setenv("KRB5CCNAME", folder->file, 1);
    make(folder, folder->file, "bob@BOX", SERVICES("krbtgt/BOX@BOX"), 600);
    assert_found(NULL, "192.0.2.1", true, folder->file,
                 IAKERB_CCACHE_IS_DEFAULT);
    assert_found("bob", "fd53::1", true, folder->file,
                 IAKERB_CCACHE_IS_DEFAULT);
    assert_found(NULL, "localhost", true, folder->file,
                 IAKERB_CCACHE_IS_DEFAULT);
    assert_none(NULL, "nas", true, false);
    make(folder, folder->file, "bob@CORP.COM",
         SERVICES("krbtgt/CORP.COM@CORP.COM"), 600);
    assert_none(NULL, "192.0.2.1", true, false);
    assert_found(NULL, NULL, false, folder->file, IAKERB_CCACHE_IS_DEFAULT);
}

static void
test_find_not_in_memory(void **state)
{
    struct folder *folder = *state;

    make(folder, "MEMORY:other", "alice@NAS", SERVICES("krbtgt/NAS@NAS"), 600);
    assert_none(NULL, "nas", false, false);
}

static void
test_find_bad(void **state)
{
    struct iakerb_ccache_wanted wanted = { .host = "na/s" };
    struct iakerb_error error;
    char *found;

    (void)state;
    assert_error(iakerb_ccache_find(&wanted, &found, NULL, &error),
                 IAKERB_INVALID, error,
                 "\"na/s\" cannot be the name of a host");
    wanted = (struct iakerb_ccache_wanted){ .user = "a@b@c" };
    assert_error(iakerb_ccache_find(&wanted, &found, NULL, &error),
                 IAKERB_INVALID, error, "\"a@b@c\" is not a user's name: it "
                 "must be user or user@REALM");
    assert_null(found);
}

/* ---- Storing ---------------------------------------------------------- */

/* Store new tickets of the client; where they went is in a static buffer. */
static const char *
stored(struct folder *folder, const char *client, enum iakerb_place place)
{
    struct iakerb_error error = { .message = "" };
    static char name[160];
    char *to;

    make(folder, "MEMORY:new", client, SERVICES("krbtgt/NAS@NAS",
                                                "cifs/nas@NAS"), 600);
    assert_int_equal(iakerb_ccache_store("MEMORY:new", place, &to, &error),
                     IAKERB_DONE);
    assert_string_equal(error.message, "");
    if (to == NULL) {
        assert_has(folder, "MEMORY:new", client, 2);
        return NULL;
    }
    assert_has(folder, to, client, 2);
    snprintf(name, sizeof(name), "%s", to);
    free(to);
    return name;
}

static void
assert_default(struct folder *folder, const char *client, unsigned int count)
{
    krb5_context context;

    /* The name of the default cache is kept in a context. */
    assert_int_equal(krb5_init_context(&context), 0);
    assert_has(folder, krb5_cc_default_name(context), client, count);
    krb5_free_context(context);
}

static void
test_store_in_collection(void **state)
{
    struct folder *folder = *state;
    char alice[160], bob[160];

    strcpy(alice, stored(folder, "alice@NAS", IAKERB_PLACE_STANDARD));
    assert_default(folder, "alice@NAS", 2);
    strcpy(bob, stored(folder, "bob@NAS", IAKERB_PLACE_STANDARD));
    assert_string_not_equal(alice, bob);
    assert_default(folder, "bob@NAS", 2);
    assert_has(folder, alice, "alice@NAS", 2);
    /* Each client has one cache, and kinit's makes it the default. */
    assert_string_equal(stored(folder, "alice@NAS", IAKERB_PLACE_ASIDE),
                        alice);
    assert_default(folder, "bob@NAS", 2);
    assert_string_equal(stored(folder, "alice@NAS", IAKERB_PLACE_UNUSED),
                        alice);
    assert_default(folder, "bob@NAS", 2);
    assert_string_equal(stored(folder, "alice@NAS", IAKERB_PLACE_STANDARD),
                        alice);
    assert_default(folder, "alice@NAS", 2);
}

static void
test_store_aside_in_collection(void **state)
{
    struct folder *folder = *state;
    krb5_context context;
    krb5_principal owner;
    krb5_ccache cache;

    stored(folder, "alice@NAS", IAKERB_PLACE_ASIDE);
    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(krb5_cc_default(context, &cache), 0);
    assert_int_not_equal(krb5_cc_get_principal(context, cache, &owner), 0);
    krb5_cc_close(context, cache);
    krb5_free_context(context);
    stored(folder, "bob@NAS", IAKERB_PLACE_UNUSED);
    assert_default(folder, "bob@NAS", 2);
}

static void
test_store_in_file(void **state)
{
    struct folder *folder = *state;

    setenv("KRB5CCNAME", folder->file, 1);
    assert_null(stored(folder, "alice@NAS", IAKERB_PLACE_ASIDE));
    assert_string_equal(stored(folder, "alice@NAS", IAKERB_PLACE_UNUSED),
                        folder->file);
    /* The client's own is always the client's. */
    assert_string_equal(stored(folder, "alice@NAS", IAKERB_PLACE_ASIDE),
                        folder->file);
    assert_null(stored(folder, "bob@NAS", IAKERB_PLACE_ASIDE));
    assert_null(stored(folder, "bob@NAS", IAKERB_PLACE_UNUSED));
    assert_has(folder, folder->file, "alice@NAS", 2);
    assert_string_equal(stored(folder, "bob@NAS", IAKERB_PLACE_STANDARD),
                        folder->file);
}

static void
assert_store_fails(struct folder *folder, enum iakerb_code code,
                   const char *sentence)
{
    struct iakerb_error error;
    char *to = (char *)"";

    make(folder, "MEMORY:new", "alice@NAS", SERVICES("krbtgt/NAS@NAS"), 600);
    assert_error(iakerb_ccache_store("MEMORY:new", IAKERB_PLACE_STANDARD, &to,
                                     &error), code, error, sentence);
    assert_null(to);
    assert_has(folder, "MEMORY:new", "alice@NAS", 1);
}

static void
test_store_fails(void **state)
{
    struct folder *folder = *state;
    char sentence[256];
    struct stat st;

    /* What root could replace: a device, a pipe, a folder. */
    setenv("KRB5CCNAME", "FILE:/dev/null", 1);
    assert_store_fails(folder, IAKERB_INVALID, "cannot store the tickets in "
                       "/dev/null: it is no regular file");
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
    assert_int_equal(mkfifo(folder->file + 5, 0600), 0);
    setenv("KRB5CCNAME", folder->file, 1);
    snprintf(sentence, sizeof(sentence), "cannot store the tickets in %s: it "
             "is no regular file", folder->file + 5);
    assert_store_fails(folder, IAKERB_INVALID, sentence);
    assert_int_equal(lstat(folder->file + 5, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    assert_int_equal(iakerb_ccache_store(NULL, IAKERB_PLACE_STANDARD,
                                         &(char *){ NULL }, NULL),
                     IAKERB_INVALID);
    setenv("KRB5CCNAME", "FILE:/nonexistent/cc", 1);
    assert_store_fails(folder, IAKERB_SYSTEM, "cannot store the tickets in "
                       "FILE:/nonexistent/cc: No credentials cache found");
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_find_order),
        TEST(test_find_user),
        TEST(test_find_expired),
        TEST(test_find_default),
        TEST(test_find_not_in_memory),
        TEST(test_find_bad),
        TEST(test_store_in_collection),
        TEST(test_store_aside_in_collection),
        TEST(test_store_in_file),
        TEST(test_store_fails)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
