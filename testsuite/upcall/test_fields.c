/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptions of keys: all that the kernel writes, and what it does not. */

#include "unit.h"

#include <gssapi/gssapi_krb5.h>

#include "description.h"

#define START "cifs.spnego;0;0;39010000;"

#define NO_DESCRIPTION "this is not a key's description"
#define NO_FIELD "the key's description holds something that is no field"
#define LACKS "the key's description lacks a field, or has it in the wrong place"
#define TOO_EARLY "the key's description ends too early"
#define BAD(field) "the key's description has a bad field " field
#define MISPLACED(field) \
    "the key's description has the field " field " twice or in the wrong place"

/* In a block of just its size, so that a read past its end is seen. */
static bool
parse(const char *text, struct key *key, struct reason *reason)
{
    char *copy = strdup(text);
    bool done;

    assert_non_null(copy);
    memset(key, 0xA5, sizeof(*key));
    *reason = reason_dirty();
    done = description_parse(copy, key, reason);
    free(copy);
    return done;
}

static struct key
taken(const char *text)
{
    struct reason reason;
    struct key key;

    if (!parse(text, &key, &reason))
        fail_msg("%.300s: %s", text, reason.text);
    return key;
}

static void
assert_refused(const char *text, const char *sentence)
{
    struct reason reason;
    struct key key;

    if (parse(text, &key, &reason))
        fail_msg("it was taken: %.300s", text);
    if (strcmp(reason.text, sentence) != 0)
        fail_msg("%.300s: %s", text, reason.text);
    assert_reason(&reason, EINVAL, sentence);
}

/* ---- Fields ----------------------------------------------------------- */

enum { VER, HOST, ADDRESS, SEC, UID, CREDUID, USER, PID, TARGET, FIELDS };

static const char *const kernels[FIELDS] = {
    "ver=0x2", "host=nas", "ip4=192.0.2.1", "sec=krb5", "uid=0x3e8",
    "creduid=0x3e9", "user=alice", "pid=0x4d2", "upcall_target=app"
};

/* A description of these fields, without those that are NULL.  Static. */
static const char *
join(const char *const *fields, size_t count)
{
    static char text[2 * DESCRIPTION_MAX];
    const char *separator = "";
    size_t i, used = snprintf(text, sizeof(text), "%s", START);

    for (i = 0; i < count; i++) {
        if (fields[i] == NULL)
            continue;
        used += snprintf(text + used, sizeof(text) - used, "%s%s", separator,
                         fields[i]);
        assert_true(used < sizeof(text));
        separator = ";";
    }
    return text;
}

/* What the kernel writes, with another field in the place of one. */
static const char *
with(int place, const char *field)
{
    const char *fields[FIELDS];

    memcpy(fields, kernels, sizeof(fields));
    fields[place] = field;
    return join(fields, FIELDS);
}

static const char *
with_value(int place, const char *name, const char *value)
{
    static char field[DESCRIPTION_MAX];

    assert_true((size_t)snprintf(field, sizeof(field), "%s=%s", name, value)
                < sizeof(field));
    return with(place, field);
}

/* ---- What the kernel writes ------------------------------------------- */

static void
test_kernel(void **state)
{
    struct key key = taken(join(kernels, FIELDS));

    (void)state;
    assert_int_equal(key.type, KEY_SPNEGO);
    assert_int_equal(key.owner, 0);
    assert_string_equal(key.host, "");
    assert_string_equal(key.spnego.host, "nas");
    assert_string_equal(key.spnego.address, "192.0.2.1");
    assert_ptr_equal(key.spnego.mechanism, gss_mech_krb5);
    assert_int_equal(key.spnego.uid, 1000);
    assert_int_equal(key.spnego.creduid, 1001);
    assert_string_equal(key.spnego.user, "alice");
    assert_int_equal(key.spnego.pid, 1234);
    assert_false(key.spnego.in_mount);
}

static void
test_choices(void **state)
{
    (void)state;
    assert_ptr_equal(taken(with(SEC, "sec=mskrb5")).spnego.mechanism,
                     gss_mech_krb5_wrong);
    assert_ptr_equal(taken(with(SEC, "sec=iakerb")).spnego.mechanism,
                     gss_mech_iakerb);
    assert_true(taken(with(TARGET, "upcall_target=mount")).spnego.in_mount);
    assert_string_equal(taken(with(HOST, "host=NAS.Example.COM")).spnego.host,
                        "nas.example.com");
    /* %pI6 has all zeros. */
    assert_string_equal(
        taken(with(ADDRESS, "ip6=fe80:0000:0000:0000:0000:0000:0000:000a"))
        .spnego.address, "fe80::a");
    assert_string_equal(taken(with(ADDRESS, "ip6=::ffff:192.0.2.1"))
                        .spnego.address, "::ffff:192.0.2.1");
    assert_string_equal(taken(with(USER, "user=")).spnego.user, "");
    assert_string_equal(taken(with(USER, "user=a=b \\/@\xc3\xbc")).spnego.user,
                        "a=b \\/@\xc3\xbc");
}

/* Each combination of what an older kernel leaves out. */
static void
test_optional(void **state)
{
    const char *fields[FIELDS];
    unsigned int left_out;
    struct key key;
    int i;

    (void)state;
    for (left_out = 0; left_out < 1 << (FIELDS - CREDUID); left_out++) {
        memcpy(fields, kernels, sizeof(fields));
        for (i = CREDUID; i < FIELDS; i++) {
            if ((left_out >> (i - CREDUID) & 1) != 0)
                fields[i] = NULL;
        }
        key = taken(join(fields, FIELDS));
        assert_int_equal(key.spnego.uid, 1000);
        assert_int_equal(key.spnego.creduid,
                         fields[CREDUID] != NULL ? 1001 : 1000);
        assert_string_equal(key.spnego.user,
                            fields[USER] != NULL ? "alice" : "");
        assert_int_equal(key.spnego.pid, fields[PID] != NULL ? 1234 : 0);
        assert_false(key.spnego.in_mount);
    }
}

/* What a newer one may add, at the end. */
static void
test_newer(void **state)
{
    const char *fields[FIELDS + 2];
    int i;

    (void)state;
    memcpy(fields, kernels, sizeof(kernels));
    fields[FIELDS] = "new=1";
    fields[FIELDS + 1] = "new=";
    taken(join(fields, FIELDS + 2));
    for (i = 0; i < FIELDS; i++) {
        memcpy(fields, kernels, i * sizeof(*fields));
        fields[i] = "new=1";
        memcpy(fields + i + 1, kernels + i, (FIELDS - i) * sizeof(*fields));
        assert_int_equal(parse(join(fields, FIELDS + 1), &(struct key){ 0 },
                               &(struct reason){ 0 }), false);
    }
}

static void
test_owner(void **state)
{
    /* The kernel writes it with %d. */
    static const struct {
        const char *text;
        uid_t owner;
    } owners[] = {
        { "0", 0 }, { "1000", 1000 }, { "2147483647", 2147483647 },
        { "-2147483648", 2147483648 }, { "-2", 4294967294 },
        { "-1", 4294967295 }
    };
    static const char *const none[] = {
        "", "-", "x", "0x0", " 1", "+1", "1 ", "--1", "4294967296",
        "-2147483649", "-4294967295", "-0", "00000000001", "99999999999999999999"
    };
    char text[128];
    struct key key;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(owners); i++) {
        snprintf(text, sizeof(text), "dns_resolver;%s;0;39010000;nas",
                 owners[i].text);
        key = taken(text);
        assert_int_equal(key.type, KEY_DNS);
        assert_int_equal(key.owner, owners[i].owner);
        assert_string_equal(key.host, "nas");
    }
    for (i = 0; i < COUNT(none); i++) {
        snprintf(text, sizeof(text), "dns_resolver;%s;0;39010000;nas",
                 none[i]);
        assert_refused(text, NO_DESCRIPTION);
    }
}

static void
test_types(void **state)
{
    (void)state;
    assert_refused("", NO_DESCRIPTION);
    assert_refused(";;;;", NO_DESCRIPTION);
    assert_refused("cifs.spnego", NO_DESCRIPTION);
    assert_refused("user;0;0;0;x",
                   "keys of the type \"user\" are not made here");
    assert_refused(";0;0;0;x", "keys of the type \"\" are not made here");
    assert_refused("cifs.spnegox;0;0;0;ver=0x2",
                   "keys of the type \"cifs.spnegox\" are not made here");
    assert_refused("CIFS.SPNEGO;0;0;0;ver=0x2",
                   "keys of the type \"CIFS.SPNEGO\" are not made here");
    assert_refused("dns_resolver;0;0;0;", "the key asks for a bad host name");
    assert_refused("dns_resolver;0;0;0;a;b=c",
                   "the key asks for a bad host name");
}

/* ---- Order ------------------------------------------------------------ */

/* Each field once more, in each place. */
static void
test_twice(void **state)
{
    const char *fields[FIELDS + 1];
    struct reason reason;
    struct key key;
    int i, place;

    (void)state;
    for (i = 0; i < FIELDS; i++) {
        for (place = 0; place <= FIELDS; place++) {
            memcpy(fields, kernels, place * sizeof(*fields));
            fields[place] = kernels[i];
            memcpy(fields + place + 1, kernels + place,
                   (FIELDS - place) * sizeof(*fields));
            assert_false(parse(join(fields, FIELDS + 1), &key, &reason));
            assert_int_equal(reason.code, EINVAL);
        }
    }
    fields[FIELDS] = "ver=0x2";
    memcpy(fields, kernels, sizeof(kernels));
    assert_refused(join(fields, FIELDS + 1), MISPLACED("ver"));
    assert_refused(with(ADDRESS, "ip4=192.0.2.1;ip6=::1"), MISPLACED("ip6"));
    assert_refused(with(ADDRESS, "ip6=::1;ip4=192.0.2.1"), MISPLACED("ip4"));
}

/* How many orders of the fields are taken. */
static size_t
permute(const char **fields, size_t fixed)
{
    struct reason reason;
    const char *other;
    size_t i, count = 0;
    struct key key;

    if (fixed == FIELDS)
        return parse(join(fields, FIELDS), &key, &reason);
    for (i = fixed; i < FIELDS; i++) {
        other = fields[fixed];
        fields[fixed] = fields[i];
        fields[i] = other;
        count += permute(fields, fixed + 1);
        fields[i] = fields[fixed];
        fields[fixed] = other;
    }
    return count;
}

static void
test_order(void **state)
{
    const char *fields[FIELDS];

    (void)state;
    memcpy(fields, kernels, sizeof(fields));
    assert_int_equal(permute(fields, 0), 1);
}

static void
test_missing(void **state)
{
    int i;

    (void)state;
    for (i = VER; i <= UID; i++)
        assert_refused(with(i, NULL), LACKS);
    assert_refused(join(kernels, UID), TOO_EARLY);
    assert_refused(START, NO_FIELD);
    assert_refused(with(USER, ""), NO_FIELD);
    assert_refused(with(USER, "user"), NO_FIELD);
    assert_refused(with(USER, "=alice"), MISPLACED("pid"));
    assert_refused(with(TARGET, "upcall_target=app;"), NO_FIELD);
    assert_refused(with(UID, "UID=0x0"), LACKS);
}

/* Fields within the name of a user or of a host, who may have chosen it. */
static void
test_forged(void **state)
{
    (void)state;
    assert_refused(with(USER, "user=x;pid=0x1"), MISPLACED("pid"));
    assert_refused(with(USER, "user=x;creduid=0x0"), MISPLACED("creduid"));
    assert_refused(with(USER, "user=x;user=root"), MISPLACED("user"));
    assert_refused(with(USER, "user=x;upcall_target=mount"), MISPLACED("pid"));
    assert_refused(with(USER, "user=x;pid=0x1;upcall_target=mount;new="),
                   MISPLACED("pid"));
    assert_refused(with(USER, "user=x;new=1"), MISPLACED("pid"));
    assert_refused(with(HOST, "host=x;ip4=203.0.113.1"), MISPLACED("ip4"));
    assert_refused(with(HOST, "host=x;ip6=::1;sec=krb5;uid=0x0;creduid=0x0"),
                   MISPLACED("ip4"));
}

/* ---- Lengths ---------------------------------------------------------- */

static void
test_long(void **state)
{
    char text[DESCRIPTION_MAX + 2], name[USER_MAX + 2];
    struct key key;
    size_t used;

    (void)state;
    used = snprintf(text, sizeof(text), "%s;new=", join(kernels, FIELDS));
    memset(text + used, 'x', sizeof(text) - used);
    text[DESCRIPTION_MAX] = '\0';
    taken(text);
    text[DESCRIPTION_MAX] = 'x';
    text[DESCRIPTION_MAX + 1] = '\0';
    assert_refused(text, NO_DESCRIPTION);

    memset(name, 'n', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    assert_refused(with_value(HOST, "host", name), BAD("host"));
    assert_refused(with_value(USER, "user", name), BAD("user"));
    assert_false(description_is_host(name));
    name[USER_MAX] = '\0';
    key = taken(with_value(HOST, "host", name));
    assert_string_equal(key.spnego.host, name);
    key = taken(with_value(USER, "user", name));
    assert_string_equal(key.spnego.user, name);
    assert_true(description_is_host(name));
}

/* A type that is as long as a description can be. */
static void
test_long_type(void **state)
{
    char text[DESCRIPTION_MAX + 1];
    struct reason reason;
    struct key key;

    (void)state;
    memset(text, 't', sizeof(text));
    memcpy(text + DESCRIPTION_MAX - 8, ";0;0;0;x", sizeof(";0;0;0;x"));
    assert_false(parse(text, &key, &reason));
    assert_int_equal(reason.code, EINVAL);
    assert_int_equal(strlen(reason.text), sizeof(reason.text) - 1);
}

/* ---- Values ----------------------------------------------------------- */

static void
test_numbers(void **state)
{
    static const char *const none[] = {
        "", "0x", "x1", "1", "1000", "0X1", "0x1G", "0xA", "0x-1", "-0x1",
        "+0x1", " 0x1", "0x 1", "0x1 ", "0x1\n", "0x0x1", "0x000000001",
        "0x100000000", "0xffffffffffffffff", "0x\xc2\xb9"
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(none); i++) {
        assert_refused(with_value(VER, "ver", none[i]), BAD("ver"));
        assert_refused(with_value(UID, "uid", none[i]), BAD("uid"));
        assert_refused(with_value(CREDUID, "creduid", none[i]),
                       BAD("creduid"));
        assert_refused(with_value(PID, "pid", none[i]), BAD("pid"));
    }
}

static void
test_ranges(void **state)
{
    (void)state;
    assert_int_equal(taken(with(UID, "uid=0x0")).spnego.uid, 0);
    assert_int_equal(taken(with(UID, "uid=0x00000001")).spnego.uid, 1);
    assert_int_equal(taken(with(UID, "uid=0xfffffffe")).spnego.uid,
                     4294967294);
    assert_int_equal(taken(with(CREDUID, "creduid=0xfffffffe"))
                     .spnego.creduid, 4294967294);
    assert_refused(with(UID, "uid=0xffffffff"), BAD("uid"));
    assert_refused(with(CREDUID, "creduid=0xffffffff"), BAD("creduid"));
    assert_int_equal(taken(with(PID, "pid=0x1")).spnego.pid, 1);
    assert_int_equal(taken(with(PID, "pid=0x400000")).spnego.pid, 0x400000);
    assert_refused(with(PID, "pid=0x400001"), BAD("pid"));
    assert_refused(with(PID, "pid=0x0"), BAD("pid"));
    assert_refused(with(PID, "pid=0x80000000"), BAD("pid"));
    assert_refused(with(PID, "pid=0xffffffff"), BAD("pid"));
    taken(with(VER, "ver=0x00000002"));
    assert_refused(with(VER, "ver=0x1"), BAD("ver"));
    assert_refused(with(VER, "ver=0x3"), BAD("ver"));
    assert_refused(with(VER, "ver=0x20"), BAD("ver"));
}

static void
test_words(void **state)
{
    static const char *const none[] = {
        "", "krb", "krb55", "KRB5", "krb5 ", "ntlmssp", "mount,app", "ap",
        "apps", "MOUNT"
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(none); i++) {
        assert_refused(with_value(SEC, "sec", none[i]), BAD("sec"));
        assert_refused(with_value(TARGET, "upcall_target", none[i]),
                       BAD("upcall_target"));
    }
}

/* Each byte, in each place of a name. */
static void
test_bytes(void **state)
{
    static const char bad[] = " /\\@;=\"'`$&|<>()*?[]{}#!,";
    char name[] = "abc", dns[64];
    bool host, user;
    size_t place;
    int byte;

    (void)state;
    for (place = 0; place < 3; place++) {
        for (byte = 1; byte < 256; byte++) {
            strcpy(name, "abc");
            name[place] = byte;
            user = byte >= ' ' && byte != 0x7F && byte != ';';
            host = user && strchr(bad, byte) == NULL &&
                (place != 0 || (byte != '-' && byte != '.'));
            snprintf(dns, sizeof(dns), "dns_resolver;0;0;0;%s", name);
            assert_int_equal(description_is_host(name), host);
            if (host)
                assert_string_equal(taken(dns).host, name);
            else
                assert_refused(dns, "the key asks for a bad host name");
            if (host)
                taken(with_value(HOST, "host", name));
            else if (byte != ';')
                assert_refused(with_value(HOST, "host", name), BAD("host"));
            if (user)
                assert_string_equal(taken(with_value(USER, "user", name))
                                    .spnego.user, name);
            else if (byte != ';')
                assert_refused(with_value(USER, "user", name), BAD("user"));
        }
    }
    assert_false(description_is_host(""));
    assert_refused(with(HOST, "host="), BAD("host"));
}

static void
test_addresses(void **state)
{
    static const char *const no_ip4[] = {
        "", "1", "127.1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-1",
        "1.2.3.4 ", " 1.2.3.4", "1.2.3.04", "0x1.2.3.4", "1..2.3", "1.2.3.4.",
        "::1", "::ffff:1.2.3.4", "nas", "1.2.3.4/8",
        "1.2.3.4000000000000000000000000000000000000000000"
    };
    static const char *const no_ip6[] = {
        "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
        "12345::", "g::", "[::1]", "::1 ", " ::1", "fe80::1%eth0", "::1/64",
        "192.0.2.1", "::1.2.3", "nas",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(no_ip4); i++)
        assert_refused(with_value(ADDRESS, "ip4", no_ip4[i]), BAD("ip4"));
    for (i = 0; i < COUNT(no_ip6); i++)
        assert_refused(with_value(ADDRESS, "ip6", no_ip6[i]), BAD("ip6"));
    /* As long as one can be. */
    assert_string_equal(
        taken(with(ADDRESS, "ip6=1111:2222:3333:4444:5555:6666:"
                   "123.123.123.123")).spnego.address,
        "1111:2222:3333:4444:5555:6666:7b7b:7b7b");
}

/* ---- Prefixes --------------------------------------------------------- */

/* Where a part is good, each text that ends in it is. */
struct part {
    const char *text;
    bool good;
};

static void
assert_prefixes(const struct part *parts, size_t count)
{
    char text[512] = "";
    struct reason reason;
    size_t i, j, used = 0;
    struct key key;
    bool done;

    assert_false(parse("", &key, &reason));
    for (i = 0; i < count; i++) {
        for (j = 0; parts[i].text[j] != '\0'; j++) {
            text[used++] = parts[i].text[j];
            text[used] = '\0';
            done = parse(text, &key, &reason);
            if (done != parts[i].good)
                fail_msg("%s: %d", text, done);
            if (!done) {
                assert_int_equal(reason.code, EINVAL);
                assert_true(reason.text[0] != '\0');
                assert_non_null(memchr(reason.text, '\0',
                                       sizeof(reason.text)));
            }
        }
    }
}

static void
test_prefixes(void **state)
{
    static const struct part spnego[] = {
        { START "ver=0x2;host=nas;ip4=192.0.2.1;sec=krb5;uid=0x", false },
        { "3e8", true }, { ";creduid=0x", false }, { "3e9", true },
        { ";user", false }, { "=alice", true }, { ";pid=0x", false },
        { "4d2", true }, { ";upcall_target=ap", false }, { "p", true },
        { ";new", false }, { "=1", true }, { ";", false }
    };
    static const struct part dns[] = {
        { "dns_resolver;0;0;39010000;", false }, { "nas.example.com", true },
        { ";", false }
    };

    (void)state;
    assert_prefixes(spnego, COUNT(spnego));
    assert_prefixes(dns, COUNT(dns));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernel),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_optional),
        cmocka_unit_test(test_newer),
        cmocka_unit_test(test_owner),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_long_type),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_prefixes)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
