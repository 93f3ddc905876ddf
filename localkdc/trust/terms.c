/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "terms.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "store/names.h"

void
terms_free(struct terms *terms)
{
    free(terms->by);
    free(terms->of);
    json_decref(terms->map);
    *terms = (struct terms){ 0 };
}

/* ---- What they may say ------------------------------------------------- */

/* It is written into Samba's username map, in which more characters than these
 * mean something. */
static int
check_user(const char *name, struct error *error)
{
    size_t length = strlen(name);

    if (length == 0 || length > 64 || !isalnum((unsigned char)name[0]))
        return error_say(error, "'%.80s' cannot be a user's name in a trust",
                         name);
    for (const char *c = name; *c != '\0'; c++) {
        if (!isascii(*c) || (!isalnum(*c) && strchr("._-", *c) == NULL))
            return error_say(error, "'%.80s' cannot be a user's name in a "
                             "trust: use letters of ASCII, digits, '.', '_' "
                             "and '-'", name);
    }
    return 0;
}

/* Samba compares it without regard to case, and this KDC gives no ticket to a
 * foreign name with capital letters. */
static int
check_foreign(const char *name, struct error *error)
{
    if (check_user(name, error) != 0)
        return -1;
    for (const char *c = name; *c != '\0'; c++) {
        if (isupper((unsigned char)*c))
            return error_say(error, "'%.80s' has capital letters: such users "
                             "are not let in by a trust", name);
    }
    return 0;
}

static int
check_map(const json_t *map, struct error *error)
{
    const char *name;
    json_t *local;

    if (!json_is_object(map) || json_object_size(map) > TERMS_NAMES)
        return error_say(error, "the map of users makes no sense, or has more "
                         "than %d", TERMS_NAMES);
    json_object_foreach((json_t *)map, name, local) {
        if (!json_is_string(local) || check_foreign(name, error) != 0 ||
                check_user(json_string_value(local), error) != 0)
            return error_say(error, "the map of users makes no sense");
    }
    return 0;
}

int
terms_map(struct terms *terms, const char *pair, struct error *error)
{
    const char *equals = strchr(pair, '=');
    AUTO_FREE char *name = NULL;

    if (equals == NULL)
        return error_say(error, "--map %s: write USER-THERE=USER-HERE", pair);
    name = text("%.*s", (int)(equals - pair), pair);
    if (terms->map == NULL)
        terms->map = json_object();
    if (check_foreign(name, error) != 0 ||
            check_user(equals + 1, error) != 0)
        return -1;
    json_object_set_new(terms->map, name, json_string(equals + 1));
    return check_map(terms->map, error);
}

/* It becomes the name of a host, in a list where a name is the end of others
 * too. */
static int
check_realm(const char *realm, struct error *error)
{
    if (realm_check(realm, error) != 0)
        return -1;
    if (realm[0] == '.' || realm[strlen(realm) - 1] == '.' ||
            strstr(realm, "..") != NULL || strcmp(realm, "LOCAL") == 0 ||
            is_address(realm))
        return error_say(error, "'%s' cannot be a realm in a trust", realm);
    return 0;
}

static int
check(const struct terms *terms, struct error *error)
{
    if (check_realm(terms->by, error) != 0 ||
            check_realm(terms->of, error) != 0)
        return -1;
    if (strcmp(terms->by, terms->of) == 0)
        return error_say(error, "both machines are the realm %s: they cannot "
                         "trust each other while they have one name",
                         terms->by);
    return check_map(terms->map, error);
}

/* ---- As JSON ----------------------------------------------------------- */

json_t *
terms_to_json(const struct terms *terms)
{
    return json_pack("{s:s, s:s, s:I, s:O}", "by", terms->by,
                     "of", terms->of, "until", (json_int_t)terms->until,
                     "map", terms->map);
}

int
terms_from_json(const json_t *json, struct terms *terms, struct error *error)
{
    const char *by, *of;
    json_int_t until;
    json_t *map;

    *terms = (struct terms){ 0 };
    if (json_unpack((json_t *)json, "{s:s, s:s, s:I, s:o}", "by", &by,
                    "of", &of, "until", &until, "map", &map) != 0)
        return error_say(error, "the terms of a trust make no sense");
    *terms = (struct terms){
        .by = text("%s", by), .of = text("%s", of), .until = (time_t)until,
        .map = json_incref(map)
    };
    return check(terms, error);
}

/* ---- As messages ------------------------------------------------------- */

static char *
write_message(json_t *message)
{
    char *dumped, *data;

    json_object_set_new(message, "version", json_integer(TERMS_VERSION));
    dumped = json_dumps(message, JSON_COMPACT | JSON_SORT_KEYS);
    data = text("%s", dumped != NULL ? dumped : "");
    free(dumped);
    json_decref(message);
    return data;
}

static json_t *
read_message(const char *data, size_t length, const char *type,
             struct error *error)
{
    json_t *message = json_loadb(data, length, JSON_REJECT_DUPLICATES, NULL);
    const char *is = json_string_value(json_object_get(message, "type"));
    json_int_t version = json_integer_value(json_object_get(message,
                                                            "version"));

    if (is != NULL && version == TERMS_VERSION && strcmp(is, type) == 0)
        return message;
    if (is != NULL && strcmp(is, "no") == 0)
        error_say(error, "the other side's owner said no, or has given up");
    else if (is != NULL && version != TERMS_VERSION)
        error_say(error, "the other side has another version of 'localkdc "
                  "trust'");
    else
        error_say(error, "the other side sent something that was not due");
    json_decref(message);
    return NULL;
}

/* Both clocks have to be right for Kerberos; and the end is the same time. */
static int
check_clock(const json_t *message, struct error *error)
{
    json_int_t there = json_integer_value(json_object_get(message, "time"));
    json_int_t here = (json_int_t)time(NULL);

    if (there > here + TERMS_SKEW || there < here - TERMS_SKEW)
        return error_say(error, "the other side's clock is %s; set both, "
                         "Kerberos allows %d seconds",
                         there > here ? "ahead of this one"
                                      : "behind this one", TERMS_SKEW);
    return 0;
}

char *
terms_write_join(const char *of)
{
    return write_message(json_pack("{s:s, s:s, s:I}", "type", "join", "of", of,
                                   "time", (json_int_t)time(NULL)));
}

char *
terms_write_offer(const struct terms *terms, const char *commitment)
{
    json_t *message = terms_to_json(terms);

    json_object_set_new(message, "type", json_string("offer"));
    json_object_set_new(message, "time", json_integer(time(NULL)));
    json_object_set_new(message, "commitment", json_string(commitment));
    return write_message(message);
}

char *
terms_write_nonce(const char *nonce)
{
    return write_message(json_pack("{s:s, s:s}", "type", "nonce", "nonce",
                                   nonce));
}

/* So many hexadecimal digits, and nothing else. */
static int
read_hex(const json_t *message, const char *key, char *hex, size_t digits,
         struct error *error)
{
    const char *value = json_string_value(json_object_get(message, key));

    if (value == NULL || strlen(value) != digits ||
            strspn(value, "0123456789abcdef") != digits)
        return error_say(error, "the other side sent something that was not "
                         "due");
    memcpy(hex, value, digits + 1);
    return 0;
}

int
terms_read_nonce(const char *data, size_t length,
                 char nonce[TERMS_NONCE_DIGITS + 1], struct error *error)
{
    json_t *message = read_message(data, length, "nonce", error);
    int ret = -1;

    if (message != NULL)
        ret = read_hex(message, "nonce", nonce, TERMS_NONCE_DIGITS, error);
    json_decref(message);
    return ret;
}

int
terms_read_join(const char *data, size_t length, struct terms *terms,
                struct error *error)
{
    json_t *message = read_message(data, length, "join", error);
    const char *of = json_string_value(json_object_get(message, "of"));
    int ret = -1;

    if (message == NULL)
        return -1;
    if (of == NULL)
        error_say(error, "the other side does not say which realm it is");
    else
        ret = realm_check(of, error);
    if (ret == 0) {
        free(terms->of);
        terms->of = text("%s", of);
        ret = check(terms, error) == 0 ? check_clock(message, error) : -1;
    }
    json_decref(message);
    return ret;
}

int
terms_read_offer(const char *data, size_t length, struct terms *terms,
                 char commitment[TERMS_COMMITMENT_DIGITS + 1],
                 struct error *error)
{
    json_t *message = read_message(data, length, "offer", error);
    time_t now = time(NULL);
    int ret;

    *terms = (struct terms){ 0 };
    if (message == NULL)
        return -1;
    ret = terms_from_json(message, terms, error);
    if (ret == 0)
        ret = check_clock(message, error);
    if (ret == 0)
        ret = read_hex(message, "commitment", commitment,
                       TERMS_COMMITMENT_DIGITS, error);
    if (ret == 0 && (terms->until <= now - TERMS_SKEW ||
                     terms->until > now + TERMS_LONGEST + TERMS_SKEW))
        ret = error_say(error, "the end that the other side offers is none");
    json_decref(message);
    return ret;
}

char *
terms_write_word(const char *word)
{
    return write_message(json_pack("{s:s}", "type", word));
}

int
terms_read_word(const char *data, size_t length, const char *word,
                struct error *error)
{
    json_t *message = read_message(data, length, word, error);

    if (message == NULL)
        return -1;
    json_decref(message);
    return 0;
}
