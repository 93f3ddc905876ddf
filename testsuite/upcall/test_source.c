/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which principal of a keytab is taken. */

#include "unit.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sanitizer/lsan_interface.h>

#include "source.h"

/* What a cache is worth to source.c. */
#define NO_CACHE -1
#define SOME_CACHE 0
#define OF_USER 8
#define OF_SERVER INT_MAX

static char folder[] = "/tmp/upcall-unit.XXXXXX";
static krb5_context context;

static int
begin(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL || krb5_init_context(&context) != 0;
}

static int
end(void **state)
{
    (void)state;
    krb5_free_context(context);
    return rmdir(folder);
}

static void
add(krb5_keytab keytab, const char *name)
{
    krb5_octet bytes[32] = { 1 };
    krb5_keytab_entry entry = { .vno = 1 };

    entry.key = (krb5_keyblock){
        .enctype = ENCTYPE_AES256_CTS_HMAC_SHA1_96, .length = sizeof(bytes),
        .contents = bytes
    };
    assert_int_equal(krb5_parse_name(context, name, &entry.principal), 0);
    assert_int_equal(krb5_kt_add_entry(context, keytab, &entry), 0);
    krb5_free_principal(context, entry.principal);
}

static const char *
path_of(void)
{
    static char path[64];

    snprintf(path, sizeof(path), "%s/keytab", folder);
    return path;
}

static krb5_keytab
open_file(void)
{
    krb5_keytab keytab;
    char name[80];

    snprintf(name, sizeof(name), "FILE:%s", path_of());
    assert_int_equal(krb5_kt_resolve(context, name, &keytab), 0);
    return keytab;
}

struct wanted {
    const char *user;
    bool hint;
    const char *host;
    bool any;
    int worth;
    const char *found;          /* NULL: none */
};

static void
assert_found(krb5_keytab keytab, const struct wanted *wanted)
{
    struct request request = {
        .user = wanted->user, .user_is_hint = wanted->hint,
        .host = wanted->host, .address = "192.0.2.1"
    };
    krb5_principal client = (krb5_principal)&request;
    char *name = NULL;

    assert_int_equal(source_key(context, &request, keytab, wanted->any,
                                wanted->worth, &client), 0);
    if (client != NULL)
        assert_int_equal(krb5_unparse_name(context, client, &name), 0);
    if (wanted->found == NULL ? name != NULL :
            name == NULL || strcmp(name, wanted->found) != 0)
        fail_msg("user \"%s\"%s, host %s, any %d, worth %d: %s, not %s",
                 wanted->user, wanted->hint ? " (hint)" : "", wanted->host,
                 wanted->any, wanted->worth, name != NULL ? name : "none",
                 wanted->found != NULL ? wanted->found : "none");
    krb5_free_unparsed_name(context, name);
    krb5_free_principal(context, client);
}

static void
assert_all_found(krb5_keytab keytab, const struct wanted *wanted, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        assert_found(keytab, &wanted[i]);
}

/* ---- Users, hosts and caches ------------------------------------------ */

static const char *const principals[] = {
    "alice@OTHER", "alice@NAS", "bob@NAS", "carol/admin@CORP", "NASbob@NAS",
    "a\\@b@NAS", "d\\/e@NAS"
};

static const struct wanted wanted[] = {
    /* Nobody was named: anybody's key will do, but not one of the system's. */
    { "", false, "nas", true, NO_CACHE, "alice@NAS" },
    { "", true, "nas", true, NO_CACHE, "alice@NAS" },
    { "", false, "nas", false, NO_CACHE, NULL },
    { "", true, "nas", false, NO_CACHE, NULL },
    { "", false, "unknown", true, NO_CACHE, "alice@OTHER" },
    { "", false, "192.0.2.1", true, NO_CACHE, "alice@OTHER" },
    { "", false, "localhost", true, NO_CACHE, "alice@OTHER" },
    { "", false, "corp.example.com", true, NO_CACHE, "carol/admin@CORP" },

    /* Against a cache, only a realm that is the server's counts. */
    { "", false, "nas", true, SOME_CACHE, "alice@NAS" },
    { "", false, "unknown", true, SOME_CACHE, NULL },
    { "", false, "192.0.2.1", true, SOME_CACHE, NULL },
    { "", false, "nas", true, OF_USER, NULL },
    { "", false, "nas", true, OF_SERVER, NULL },

    /* A user, who has keys in two realms. */
    { "alice", false, "nas", false, NO_CACHE, "alice@NAS" },
    { "alice", false, "NAS.example.com", false, NO_CACHE, "alice@NAS" },
    { "alice", false, "other", false, NO_CACHE, "alice@OTHER" },
    { "alice", false, "unknown", false, NO_CACHE, "alice@OTHER" },
    { "alice", false, "nas", true, NO_CACHE, "alice@NAS" },
    { "alice", false, "unknown", false, SOME_CACHE, "alice@OTHER" },
    { "alice", false, "nas", false, OF_USER, "alice@NAS" },
    { "alice", false, "nas", true, OF_USER, "alice@NAS" },
    { "alice", false, "unknown", false, OF_USER, NULL },
    { "alice", false, "unknown", true, OF_USER, NULL },
    { "alice", false, "nas", false, OF_SERVER, NULL },
    { "alice", false, "nas", true, OF_SERVER, NULL },
    { "alice", true, "nas", false, NO_CACHE, "alice@NAS" },
    { "alice", true, "unknown", false, NO_CACHE, "alice@OTHER" },
    { "bob", false, "unknown", false, NO_CACHE, "bob@NAS" },

    /* With a realm, whatever the server is called. */
    { "alice@OTHER", false, "nas", false, NO_CACHE, "alice@OTHER" },
    { "alice@NAS", false, "other", false, NO_CACHE, "alice@NAS" },
    { "alice@OTHER", false, "nas", false, OF_USER, NULL },
    { "alice@NAS", false, "nas", false, OF_USER, "alice@NAS" },
    { "bob@OTHER", false, "other", true, NO_CACHE, NULL },
    { "bob@OTHER", false, "other", false, NO_CACHE, NULL },
    { "alice@nas", false, "nas", true, NO_CACHE, NULL },

    /* Somebody without a key: nobody else's will do, but for a hint. */
    { "dave", false, "nas", false, NO_CACHE, NULL },
    { "dave", false, "nas", true, NO_CACHE, NULL },
    { "dave", true, "nas", false, NO_CACHE, NULL },
    { "dave", true, "nas", true, NO_CACHE, "alice@NAS" },
    { "dave", true, "nas", true, SOME_CACHE, "alice@NAS" },
    { "dave", true, "unknown", true, NO_CACHE, "alice@OTHER" },
    { "dave", true, "unknown", true, SOME_CACHE, NULL },
    { "bob@OTHER", true, "nas", true, NO_CACHE, "alice@NAS" },
    /* The hint comes before the server's realm. */
    { "alice@OTHER", true, "nas", true, NO_CACHE, "alice@OTHER" },
    { "carol/admin", true, "nas", true, NO_CACHE, "carol/admin@CORP" },

    /* The whole name, letter by letter. */
    { "carol", false, "corp", true, NO_CACHE, NULL },
    { "carol/admin", false, "nas", false, NO_CACHE, "carol/admin@CORP" },
    { "carol\\/admin", false, "nas", true, NO_CACHE, NULL },
    { "Alice", false, "nas", true, NO_CACHE, NULL },
    { "alic", false, "nas", true, NO_CACHE, NULL },
    { "alice ", false, "nas", true, NO_CACHE, NULL },
    { "a\\@b", false, "nas", false, NO_CACHE, "a\\@b@NAS" },
    { "a\\@b@NAS", false, "nas", false, NO_CACHE, "a\\@b@NAS" },
    { "a@b", false, "nas", true, NO_CACHE, NULL },
    { "d\\/e", false, "nas", false, NO_CACHE, "d\\/e@NAS" },
    { "d/e", false, "nas", true, NO_CACHE, NULL },

    /* As libiakerb has it: a '\' that escapes nothing is no name. */
    { "NASbob", false, "nas", false, NO_CACHE, "NASbob@NAS" },
    { "NAS\\bob", false, "nas", false, NO_CACHE, NULL },
    { "NAS\\NASbob", false, "nas", true, NO_CACHE, NULL },
    { "\\alice", false, "nas", true, NO_CACHE, NULL },
    { "\\alice@NAS", false, "nas", true, NO_CACHE, NULL },
    { "alice\\", false, "nas", true, NO_CACHE, NULL },
    { "NAS\\\\bob", false, "nas", true, NO_CACHE, NULL },

    /* What is no name is nobody's. */
    { "@", false, "nas", true, NO_CACHE, NULL },
    { "@NAS", false, "nas", true, NO_CACHE, NULL },
    { "@@", false, "nas", true, NO_CACHE, NULL },
    { "alice@NAS@NAS", false, "nas", true, NO_CACHE, NULL },
    { "/", false, "nas", true, NO_CACHE, NULL },
    { " ", false, "nas", true, NO_CACHE, NULL },
    { "@@", true, "nas", true, NO_CACHE, "alice@NAS" }
};

static void
test_file(void **state)
{
    krb5_keytab keytab = open_file();
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(principals); i++)
        add(keytab, principals[i]);
    assert_all_found(keytab, wanted, COUNT(wanted));
    /* This machine's own realm plays no part. */
    assert_int_equal(krb5_set_default_realm(context, "OTHER"), 0);
    assert_all_found(keytab, wanted, COUNT(wanted));
    assert_int_equal(krb5_set_default_realm(context, NULL), 0);
    krb5_kt_close(context, keytab);
    assert_int_equal(unlink(path_of()), 0);
}

/* One in memory has the newest first. */
static void
test_memory(void **state)
{
    krb5_keytab keytab;
    size_t i;

    (void)state;
    assert_int_equal(krb5_kt_resolve(context, "MEMORY:upcall", &keytab), 0);
    for (i = COUNT(principals); i > 0; i--)
        add(keytab, principals[i - 1]);
    assert_all_found(keytab, wanted, COUNT(wanted));
    krb5_kt_close(context, keytab);
}

/* ---- Keytabs that are none -------------------------------------------- */

static krb5_error_code
key_of_anybody(krb5_principal *client)
{
    const struct request request = { .user = "", .host = "nas" };
    krb5_keytab keytab = open_file();
    krb5_error_code ret;

    *client = (krb5_principal)&request;
    ret = source_key(context, &request, keytab, true, NO_CACHE, client);
    krb5_kt_close(context, keytab);
    return ret;
}

static void
write_file(const void *data, size_t length)
{
    FILE *file = fopen(path_of(), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void
test_no_keytab(void **state)
{
    krb5_principal client;

    (void)state;
    assert_int_not_equal(key_of_anybody(&client), 0);
    assert_null(client);
    assert_int_equal(mkdir(path_of(), 0700), 0);
    assert_int_not_equal(key_of_anybody(&client), 0);
    assert_null(client);
    assert_int_equal(rmdir(path_of()), 0);
    write_file("", 0);
    assert_int_not_equal(key_of_anybody(&client), 0);
    assert_null(client);
    write_file("\x05\x02", 2);
    assert_int_equal(key_of_anybody(&client), 0);
    assert_null(client);
    assert_int_equal(unlink(path_of()), 0);
}

/*
 * Cut off anywhere, and with each byte another one.  krb5's own reading of some
 * of these loses a key's memory.
 */
static void
test_broken(void **state)
{
    krb5_keytab keytab = open_file();
    krb5_principal client;
    unsigned char data[512];
    size_t length, i;
    FILE *file;

    (void)state;
    add(keytab, "alice@OTHER");
    add(keytab, "bob@NAS");
    krb5_kt_close(context, keytab);
    file = fopen(path_of(), "rb");
    assert_non_null(file);
    length = fread(data, 1, sizeof(data), file);
    fclose(file);
    assert_in_range(length, 100, sizeof(data) - 1);

    __lsan_disable();
    for (i = 0; i < length; i++) {
        write_file(data, i);
        key_of_anybody(&client);
        krb5_free_principal(context, client);
    }
    for (i = 0; i < length; i++) {
        data[i] ^= 0xFF;
        write_file(data, length);
        data[i] ^= 0xFF;
        key_of_anybody(&client);
        krb5_free_principal(context, client);
    }
    __lsan_enable();
    write_file(data, length);
    assert_int_equal(key_of_anybody(&client), 0);
    assert_non_null(client);
    krb5_free_principal(context, client);
    assert_int_equal(unlink(path_of()), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_no_keytab),
        cmocka_unit_test(test_broken)
    };

    return cmocka_run_group_tests(tests, begin, end);
}
