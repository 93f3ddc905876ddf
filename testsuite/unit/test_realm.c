/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include <dirent.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each test has a folder of its own, and KRB5_CONFIG not set. */
struct folder {
    char path[64];
    char config[128];           /* a file in it */
};

static const struct iakerb_realm nas = {
    .name = "NAS", .kdc_socket = "/run/kdc/socket"
};

static int
setup(void **state)
{
    struct folder *folder = calloc(1, sizeof(*folder));

    strcpy(folder->path, "/tmp/iakerb-unit.XXXXXX");
    if (mkdtemp(folder->path) == NULL)
        return -1;
    snprintf(folder->config, sizeof(folder->config), "%s/krb5.conf",
             folder->path);
    unsetenv("KRB5_CONFIG");
    *state = folder;
    return 0;
}

static int
teardown(void **state)
{
    struct folder *folder = *state;

    unlink(folder->config);
    rmdir(folder->config);
    if (rmdir(folder->path) != 0)
        return -1;
    free(folder);
    return 0;
}

static unsigned int
count_files(const struct folder *folder)
{
    DIR *dir = opendir(folder->path);
    unsigned int count = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count - 2;
}

static void
assert_contents(const char *path, const char *expected)
{
    char contents[4096];
    FILE *file = fopen(path, "r");
    size_t length;

    assert_non_null(file);
    length = fread(contents, 1, sizeof(contents) - 1, file);
    fclose(file);
    contents[length] = '\0';
    assert_string_equal(contents, expected);
}

static void
write_text(const char *path, const char *contents)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(contents, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The files that krb5 reads where KRB5_CONFIG is not set. */
static void
append_default(char *list)
{
    char *have = strdup(getenv("KRB5_CONFIG")), **files, **file;

    unsetenv("KRB5_CONFIG");
    assert_int_equal(krb5_get_default_config_files(&files), 0);
    for (file = files; *file != NULL; file++) {
        strcat(list, file > files ? ":" : "");
        strcat(list, *file);
    }
    krb5_free_config_files(files);
    setenv("KRB5_CONFIG", have, 1);
    free(have);
}

/* KRB5_CONFIG is the list, where "*" stands for the folder's file, and "?" for
 * krb5's own. */
static void
assert_list(const struct folder *folder, const char *list)
{
    const char *have = getenv("KRB5_CONFIG");
    char expected[1024] = "";

    for (; *list != '\0'; list++) {
        if (*list == '*')
            strcat(expected, folder->config);
        else if (*list == '?')
            append_default(expected);
        else
            strncat(expected, list, 1);
    }
    assert_non_null(have);
    assert_string_equal(have, expected);
}

static void
assert_use(const struct iakerb_realm *realm, const char *config)
{
    struct iakerb_error error = { .message = "" };

    assert_int_equal(iakerb_realm_use(realm, config, &error), IAKERB_DONE);
    assert_string_equal(error.message, "");
}

/* It fails with this, and has changed nothing. */
static void
assert_use_fails(const struct folder *folder, const struct iakerb_realm *realm,
                 const char *config, enum iakerb_code code,
                 const char *sentence)
{
    unsigned int files = count_files(folder);
    struct iakerb_error error;

    assert_error(iakerb_realm_use(realm, config, &error), code, error,
                 sentence);
    assert_int_equal(iakerb_realm_use(realm, config, NULL), code);
    assert_null(getenv("KRB5_CONFIG"));
    assert_int_equal(count_files(folder), files);
}

/* ---- The file --------------------------------------------------------- */

static void
test_file(void **state)
{
    struct folder *folder = *state;
    struct stat st;
    mode_t mask = umask(0077);

    assert_use(&nas, folder->config);
    umask(mask);
    assert_contents(folder->config,
                    "# Made by libiakerb for the local realm NAS; changes are "
                    "lost.\n"
                    "[libdefaults]\n"
                    "    default_realm = NAS\n"
                    "    request_timeout = 5\n"
                    "[realms]\n"
                    "    NAS = {\n"
                    "        kdc* = /run/kdc/socket\n"
                    "    }\n");
    assert_int_equal(stat(folder->config, &st), 0);
    assert_int_equal(st.st_mode, S_IFREG | 0644);
    assert_int_equal(count_files(folder), 1);
}

static void
test_file_replaced(void **state)
{
    struct iakerb_realm workshop = {
        .name = "WORKSHOP.EXAMPLE", .kdc_socket = "/s", .kdc_timeout = 30
    };
    struct folder *folder = *state;
    struct stat before, after;

    assert_use(&nas, folder->config);
    assert_int_equal(stat(folder->config, &before), 0);
    assert_use(&workshop, folder->config);
    assert_int_equal(stat(folder->config, &after), 0);
    assert_int_not_equal(before.st_ino, after.st_ino);
    assert_contents(folder->config,
                    "# Made by libiakerb for the local realm "
                    "WORKSHOP.EXAMPLE; changes are lost.\n"
                    "[libdefaults]\n"
                    "    default_realm = WORKSHOP.EXAMPLE\n"
                    "    request_timeout = 30\n"
                    "[realms]\n"
                    "    WORKSHOP.EXAMPLE = {\n"
                    "        kdc* = /s\n"
                    "    }\n");
    assert_int_equal(count_files(folder), 1);
}

/* What krb5 makes of it. */
static void
test_file_read_by_krb5(void **state)
{
    struct folder *folder = *state;
    krb5_context context;
    bool known = false;
    char *realm;

    assert_use(&nas, folder->config);
    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(krb5_get_default_realm(context, &realm), 0);
    assert_string_equal(realm, "NAS");
    krb5_free_default_realm(context, realm);
    krb5_free_context(context);
    assert_int_equal(iakerb_realm_known("NAS", &known, NULL), IAKERB_DONE);
    assert_true(known);
}

/* ---- KRB5_CONFIG ------------------------------------------------------ */

static void
test_list(void **state)
{
    struct folder *folder = *state;

    assert_use(&nas, folder->config);
    assert_list(folder, "*:?");
}

static void
test_list_keeps_what_is_set(void **state)
{
    struct folder *folder = *state;

    setenv("KRB5_CONFIG", "/a:/b", 1);
    assert_use(&nas, folder->config);
    assert_list(folder, "*:/a:/b");
}

static void
test_list_again(void **state)
{
    struct folder *folder = *state;

    assert_use(&nas, folder->config);
    assert_use(&nas, folder->config);
    assert_list(folder, "*:?");
    setenv("KRB5_CONFIG", folder->config, 1);
    assert_use(&nas, folder->config);
    assert_list(folder, "*");
}

/* A name that only begins like the file's is another file. */
static void
test_list_longer_name(void **state)
{
    struct folder *folder = *state;
    char longer[256];

    snprintf(longer, sizeof(longer), "%s.old", folder->config);
    setenv("KRB5_CONFIG", longer, 1);
    assert_use(&nas, folder->config);
    assert_list(folder, "*:*.old");
}

/* ---- Failures --------------------------------------------------------- */

static void
test_bad_names(void **state)
{
    static const char *const names[] = {
        "", "A B", "A\tB", "A\nB", "A{", "A}", "A[", "A]", "A=", "A#", "A;",
        "A\"", "A\\", "A/B", "A@B", "A:B", "A\x7F", "\x01"
    };
    struct iakerb_realm realm = nas;
    char sentence[128], *p;
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        realm.name = names[i];
        snprintf(sentence, sizeof(sentence),
                 "\"%s\" cannot be the name of a realm", names[i]);
        for (p = sentence; *p != '\0'; p++) {
            if (*p < ' ' || *p == 0x7F)
                *p = '?';
        }
        assert_use_fails(*state, &realm, ((struct folder *)*state)->config,
                         IAKERB_INVALID, sentence);
    }
    realm.name = NULL;
    assert_use_fails(*state, &realm, ((struct folder *)*state)->config,
                     IAKERB_INVALID, "\"\" cannot be the name of a realm");
}

static void
test_long_name(void **state)
{
    struct folder *folder = *state;
    struct iakerb_realm realm = nas;
    char name[257];

    memset(name, 'R', sizeof(name));
    name[256] = '\0';
    realm.name = name;
    assert_use_fails(folder, &realm, folder->config, IAKERB_INVALID,
                     "\"RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR"
                     "RRRRRRRRRR\" cannot be the name of a realm");
    name[255] = '\0';
    assert_use(&realm, folder->config);
}

#define NO_SOCKET(name) "\"" name "\" cannot be the KDC's socket: it must be " \
    "an absolute path of at most 107 bytes without white space"

static void
test_bad_sockets(void **state)
{
    struct folder *folder = *state;
    struct iakerb_realm realm = nas;

    realm.kdc_socket = NULL;
    assert_use_fails(folder, &realm, folder->config, IAKERB_INVALID,
                     NO_SOCKET(""));
    realm.kdc_socket = "";
    assert_use_fails(folder, &realm, folder->config, IAKERB_INVALID,
                     NO_SOCKET(""));
    realm.kdc_socket = "socket";
    assert_use_fails(folder, &realm, folder->config, IAKERB_INVALID,
                     NO_SOCKET("socket"));
    realm.kdc_socket = "/a socket";
    assert_use_fails(folder, &realm, folder->config, IAKERB_INVALID,
                     NO_SOCKET("/a socket"));
    realm.kdc_socket = "/socket}";
    assert_use_fails(folder, &realm, folder->config, IAKERB_INVALID,
                     NO_SOCKET("/socket}"));
}

static void
test_long_socket(void **state)
{
    struct folder *folder = *state;
    struct iakerb_realm realm = nas;
    struct iakerb_error error;
    char path[109];

    memset(path, 's', sizeof(path));
    path[0] = '/';
    path[108] = '\0';
    realm.kdc_socket = path;
    assert_int_equal(iakerb_realm_use(&realm, folder->config, &error),
                     IAKERB_INVALID);
    assert_non_null(strstr(error.message, "at most 107 bytes"));
    path[107] = '\0';
    assert_use(&realm, folder->config);
}

#define NO_CONFIG(name) "\"" name "\" cannot be a krb5 configuration: it " \
    "must be an absolute path without a colon"

static void
test_bad_files(void **state)
{
    struct folder *folder = *state;

    assert_use_fails(folder, &nas, NULL, IAKERB_INVALID, NO_CONFIG(""));
    assert_use_fails(folder, &nas, "", IAKERB_INVALID, NO_CONFIG(""));
    assert_use_fails(folder, &nas, "krb5.conf", IAKERB_INVALID,
                     NO_CONFIG("krb5.conf"));
    assert_use_fails(folder, &nas, "/a:/b", IAKERB_INVALID,
                     NO_CONFIG("/a:/b"));
}

static void
test_no_folder(void **state)
{
    struct folder *folder = *state;
    char path[256], sentence[512];

    snprintf(path, sizeof(path), "%s/none/krb5.conf", folder->path);
    snprintf(sentence, sizeof(sentence),
             "cannot write %s: No such file or directory", path);
    assert_use_fails(folder, &nas, path, IAKERB_SYSTEM, sentence);

    write_text(folder->config, "kept");
    snprintf(path, sizeof(path), "%s/krb5.conf", folder->config);
    snprintf(sentence, sizeof(sentence), "cannot write %s: Not a directory",
             path);
    assert_use_fails(folder, &nas, path, IAKERB_SYSTEM, sentence);
    assert_contents(folder->config, "kept");
}

/* A folder that may not be written to.  Root may, so it becomes another. */
static void
test_folder_read_only(void **state)
{
    struct folder *folder = *state;
    char sentence[512];

    assert_int_equal(chmod(folder->path, 0555), 0);
    if (getuid() == 0)
        assert_int_equal(seteuid(65534), 0);
    snprintf(sentence, sizeof(sentence), "cannot write %s: Permission denied",
             folder->config);
    assert_use_fails(folder, &nas, folder->config, IAKERB_SYSTEM, sentence);
    assert_int_equal(seteuid(getuid()), 0);
    assert_int_equal(chmod(folder->path, 0755), 0);
}

static void
test_a_folder_is_there(void **state)
{
    struct folder *folder = *state;
    char sentence[512];

    assert_int_equal(mkdir(folder->config, 0755), 0);
    snprintf(sentence, sizeof(sentence), "cannot write %s: it is no regular "
             "file", folder->config);
    assert_use_fails(folder, &nas, folder->config, IAKERB_INVALID, sentence);
}

/* It is neither waited for nor replaced. */
static void
test_a_pipe_is_there(void **state)
{
    struct folder *folder = *state;
    char sentence[512];
    struct stat st;

    assert_int_equal(mkfifo(folder->config, 0600), 0);
    snprintf(sentence, sizeof(sentence), "cannot write %s: it is no regular "
             "file", folder->config);
    alarm(10);
    assert_use_fails(folder, &nas, folder->config, IAKERB_INVALID, sentence);
    alarm(0);
    assert_int_equal(lstat(folder->config, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
}

/* No room for the file: as with a full disk, writing to it fails. */
static void
test_no_room(void **state)
{
    struct folder *folder = *state;
    struct rlimit old, none;
    char sentence[512];

    write_text(folder->config, "kept");
    snprintf(sentence, sizeof(sentence), "cannot write %s: File too large",
             folder->config);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    none = (struct rlimit){ 0, old.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    assert_use_fails(folder, &nas, folder->config, IAKERB_SYSTEM, sentence);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_contents(folder->config, "kept");
}

/* ---- A program with more rights than its user ------------------------- */

static const char *own_path;

/* What such a program exits with. */
enum {
    SECURE_REFUSED,
    SECURE_OTHERWISE,
    NOT_SECURE
};

static int
use_as_secure(const char *config)
{
    struct iakerb_error error;

    if (getauxval(AT_SECURE) == 0)
        return NOT_SECURE;
    if (iakerb_realm_use(&nas, config, &error) == IAKERB_SYSTEM &&
            strcmp(error.message, "krb5 ignores KRB5_CONFIG in a program with "
                   "file capabilities or set-id") == 0 &&
            strcmp(getenv("KRB5_CONFIG"), "/kept") == 0)
        return SECURE_REFUSED;
    return SECURE_OTHERWISE;
}

/* Make a copy of this program that is set-group-ID to another group. */
static bool
make_secure(const char *path)
{
    char command[4096];

    snprintf(command, sizeof(command), "cp '%s' '%s'", own_path, path);
    return system(command) == 0 && chown(path, -1, 65534) == 0 &&
        chmod(path, 02755) == 0;
}

static int
run(const char *program, const char *argument)
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        execl(program, program, argument, NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
test_secure(void **state)
{
    struct folder *folder = *state;
    char program[128];
    int status;

    snprintf(program, sizeof(program), "%s/secure", folder->path);
    setenv("KRB5_CONFIG", "/kept", 1);
    status = make_secure(program) ?
        run(program, folder->config) : NOT_SECURE;
    unlink(program);
    /* A machine that is there to run all tests has to be able to. */
    if (status == NOT_SECURE && getenv("CI") == NULL)
        skip();
    assert_int_equal(status, SECURE_REFUSED);
    assert_int_equal(count_files(folder), 0);
}

/* ---- iakerb_realm_known ------------------------------------------------ */

static void
assert_known(const char *realm, bool expected)
{
    bool known = !expected;

    assert_int_equal(iakerb_realm_known(realm, &known, NULL), IAKERB_DONE);
    assert_int_equal(known, expected);
}

static void
test_known(void **state)
{
    struct folder *folder = *state;

    write_text(folder->config,
               "[libdefaults]\n"
               "    dns_lookup_kdc = true\n"
               "[realms]\n"
               "    NAS = {\n"
               "        kdc = /run/kdc/socket\n"
               "    }\n"
               "    EMPTY = {\n"
               "    }\n"
               "    ADMIN = {\n"
               "        admin_server = localhost\n"
               "    }\n");
    setenv("KRB5_CONFIG", folder->config, 1);
    assert_known("NAS", true);
    assert_known("nas", false);
    assert_known("EMPTY", false);
    assert_known("ADMIN", false);
    assert_known("ELSEWHERE", false);
}

static void
test_known_no_configuration(void **state)
{
    struct folder *folder = *state;

    setenv("KRB5_CONFIG", folder->config, 1);
    assert_known("NAS", false);
}

static void
test_known_broken_configuration(void **state)
{
    struct folder *folder = *state;
    struct iakerb_error error;
    bool known = true;

    write_text(folder->config, "[realms\n");
    setenv("KRB5_CONFIG", folder->config, 1);
    assert_error(iakerb_realm_known("NAS", &known, &error), IAKERB_SYSTEM,
                 error, "cannot read the krb5 configuration: Improper format "
                 "of Kerberos configuration file");
    assert_int_equal(error.krb5, KRB5_CONFIG_BADFORMAT);
    assert_false(known);
}

static void
test_known_no_name(void **state)
{
    struct iakerb_error error;
    bool known;

    (void)state;
    assert_error(iakerb_realm_known(NULL, &known, &error), IAKERB_INVALID,
                 error, "no realm was named");
    known = true;
    assert_error(iakerb_realm_known("", &known, &error), IAKERB_INVALID,
                 error, "no realm was named");
    assert_false(known);
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(test_file),
        TEST(test_file_replaced),
        TEST(test_file_read_by_krb5),
        TEST(test_list),
        TEST(test_list_keeps_what_is_set),
        TEST(test_list_again),
        TEST(test_list_longer_name),
        TEST(test_bad_names),
        TEST(test_long_name),
        TEST(test_bad_sockets),
        TEST(test_long_socket),
        TEST(test_bad_files),
        TEST(test_no_folder),
        TEST(test_folder_read_only),
        TEST(test_a_folder_is_there),
        TEST(test_a_pipe_is_there),
        TEST(test_no_room),
        TEST(test_secure),
        TEST(test_known),
        TEST(test_known_no_configuration),
        TEST(test_known_broken_configuration),
        TEST(test_known_no_name)
    };

    if (argc > 1)
        return use_as_secure(argv[1]);
    own_path = argv[0];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
