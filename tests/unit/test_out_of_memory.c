/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host has no memory: for every allocation of some short runs, a run in which this one fails.  The whole program is
 * inside this test (its main() is p9sim_main here) and its calls of malloc() and its kin come by --wrap of the linker;
 * each run is a child.  It must end with status 1 and one line, or, if it can do without, with the status and the
 * results of the run in which nothing fails - never by a signal, and under the address sanitizer without a leak.
 * usage: test_out_of_memory [all]
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/bits.h"
#include "tests/support/suite.h"

enum { RUNS_MAX = 5000, SAID_BYTES = 4096, FILE_BYTES = 1 << 20 };

int p9sim_main(int argc, char **argv);

/* ---- allocations ---------------------------------------------------------------------------------------------------
 * Shared with the parent: how many there were; and which of them fails, 0 for none.  Only a child counts.
 */
static bool is_child;
static struct {
    unsigned count, fails;
} * allocations;

static bool fails(void)
{
    if (!is_child || ++allocations->count != allocations->fails) return false;
    errno = ENOMEM;
    return true;
}

#define WRAP(result, name, parameters, arguments, failure)                                                             \
    result __real_##name parameters;                                                                                   \
    result __wrap_##name parameters;                                                                                   \
    result __wrap_##name parameters                                                                                    \
    {                                                                                                                  \
        return fails() ? failure : __real_##name arguments;                                                            \
    }
WRAP(void *, malloc, (size_t size), (size), NULL)
WRAP(void *, calloc, (size_t count, size_t size), (count, size), NULL)
WRAP(void *, realloc, (void *from, size_t size), (from, size), NULL)
WRAP(char *, strdup, (const char *text), (text), NULL)
WRAP(int, posix_memalign, (void **to, size_t align, size_t size), (to, align, size), ENOMEM)
WRAP(void *, mmap, (void *at, size_t size, int rights, int flags, int fd, off_t offset),
     (at, size, rights, flags, fd, offset), MAP_FAILED)
WRAP(FILE *, fdopen, (int fd, const char *mode), (fd, mode), NULL)
WRAP(DIR *, fdopendir, (int fd), (fd), NULL)
WRAP(int, inflateInit2_, (z_streamp z, int bits, const char *version, int size), (z, bits, version, size), Z_MEM_ERROR)

/* ---- files ---- */
static char work[] = "/tmp/p9_memory_XXXXXX";

static void put(const char *name, const void *bytes, size_t size)
{
    FILE *f = fopen(name, "wb");

    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
    ck_assert(!fclose(f));
}

static size_t get(const char *name, char *to, size_t size)
{
    FILE *f = fopen(name, "rb");
    size_t n = f ? fread(to, 1, size, f) : 0;

    if (f) fclose(f);
    return n;
}

static void put_words(const char *name, const u32 *words, unsigned count)
{
    u8 bytes[256];

    for (unsigned k = 0; k < count; k++) put_be32(bytes + 4 * k, words[k]);
    put(name, bytes, 4 * count);
}
#define PUT_WORDS(name, ...) put_words(name, (const u32[]){__VA_ARGS__}, ARRAY_SIZE(((const u32[]){__VA_ARGS__})))

static void put_gzip(const char *name, const char *from)
{
    char bytes[4096];
    size_t n = get(from, bytes, sizeof bytes);
    gzFile f = gzopen(name, "wb");

    ck_assert_int_eq(gzwrite(f, bytes, (unsigned)n), (int)n);
    gzclose(f);
}

static void set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(work));
    ck_assert(!chdir(work));
    unsetenv("P9SIM_IMAGES");
    /* Names region 7 with 4 bytes at 0, is in it while these are printed, reads a character, and ends with status 0. */
    PUT_WORDS("bare.bin", 0x38601004, 0x38800007, 0x38a00000, 0x38c00004, 0x000eaeb0, 0x38601000, 0x38800007,
              0x000eaeb0, 0x38600000, 0x38800000, 0x38a00004, 0x000eaeb0, 0x38601001, 0x38800007, 0x000eaeb0,
              0x3860003c, 0x000eaeb0, 0x3860001f, 0x38800000, 0x000eaeb0);
    put_gzip("bare.gz", "bare.bin");
    PUT_WORDS("firmware", 0, 0, 0, 0, 0x38600000, 0x38800000, 0x38a00004, 0x000eaeb0, 0x3860001f, 0x38800000,
              0x000eaeb0);
    PUT_WORDS("kernel", 0x7f454c46, 0x02020100, 0, 0, 0x00020015, 1, 0, 0x1000, 0, 64, 0, 0, 0, 0x00400038, 0x00010040,
              0, 1, 5, 0, 120, 0, 0x1000, 0, 0x1000, 0, 4, 0, 4, 0, 0x1000, 0x48000000);
    put("text", "mem = 64M\n", 10);
    put("disk", "hsqs and so on", 14);
    put("script", "#!/bin/sh\n", 10);
    allocations = mmap(NULL, sizeof *allocations, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(allocations, MAP_FAILED);
}

static void tear_down(void)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", work);
    ck_assert(!chdir("/") && !system(command));
}

/* ---- runs ---- */
/* Its status as waitpid() has it; what it says on stderr is in the file "said". */
static int run(const char *const *words, unsigned which)
{
    char *argv[32] = {NULL};
    int argc = 0, status;
    pid_t child;

    while (words[argc]) argv[argc] = (char *)(uintptr_t)words[argc], argc++;
    child = fork();
    if (!child) {
        if (!freopen("said", "w", stderr) || !freopen("/dev/null", "w", stdout)) _exit(99);
        allocations->fails = which;
        allocations->count = 0;
        is_child = true;
        exit(p9sim_main(argc, argv)); /* by exit(): leaks are looked for */
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

static const char *const results[] = {"console.log", "stats.txt",  "timeline.json",
                                      "report.html", "config.txt", "tree.dtb"};

/* Equal results of two runs; report.html has the host's speed nowhere, stats.json has. */
static bool same_results(void)
{
    static char a[FILE_BYTES], b[FILE_BYTES];
    char left[64], right[64];

    for (unsigned k = 0; k < ARRAY_SIZE(results); k++) {
        snprintf(left, sizeof left, "whole/%s", results[k]);
        snprintf(right, sizeof right, "out/%s", results[k]);
        size_t n = get(left, a, sizeof a);
        if (get(right, b, sizeof b) != n || memcmp(a, b, n) != 0) return false;
    }
    return true;
}

static unsigned step = SANITIZED ? 64 : 16; /* where a run takes long: not every allocation, unless asked for */

/* Of runs that take not quite so long, or do so with sanitizers. */
static unsigned small_step(bool is_long)
{
    unsigned by = (is_long ? 4 : 1) * (SANITIZED ? 6 : 1);

    return step > 1 ? by : 1;
}

/* words name "out" as --out. The run that lacks nothing ends with this status. */
static void every_allocation(const char *const *words, int wanted, unsigned by)
{
    char said[SAID_BYTES];
    unsigned count, harmless = 0;

    ck_assert(!system("rm -rf out whole"));
    ck_assert_int_eq(run(words, 0), wanted << 8);
    count = allocations->count;
    ck_assert_uint_lt(count, RUNS_MAX);
    if (!access("out", F_OK)) ck_assert(!rename("out", "whole"));
    for (unsigned which = 1; which <= count; which += by) {
        int status = run(words, which);
        size_t n = get("said", said, sizeof said - 1);

        said[n] = 0;
        ck_assert_msg(WIFEXITED(status) && (WEXITSTATUS(status) == 1 || WEXITSTATUS(status) == wanted),
                      "%s, allocation %u of %u: status 0x%x: %s", words[1], which, count, status, said);
        if (WEXITSTATUS(status) == 1 && wanted != 1)
            ck_assert_msg(n && !strncmp(said, "p9sim: ", 7) && strchr(said, '\n') == said + n - 1,
                          "%s, allocation %u of %u: not one line: %s", words[1], which, count, said);
        else
            ck_assert_msg(same_results(), "%s, allocation %u of %u: other results in silence: %s", words[1], which,
                          count, said);
        harmless += WEXITSTATUS(status) == wanted;
    }
    ck_assert_uint_lt(harmless, count);
}
#define ALLOCATIONS(by, wanted, ...) every_allocation((const char *const[]){"p9sim", __VA_ARGS__, NULL}, wanted, by)
#define EVERY_ALLOCATION(wanted, ...) ALLOCATIONS(1, wanted, __VA_ARGS__)

START_TEST(a_bare_program_with_everything)
{
    ALLOCATIONS(small_step(false), 0, "bare", "bare.gz", "--out", "out", "--quiet", "--mem", "1M", "--state", "user",
                "--console", "file:console.txt", "--input", "text", "--expect", "8=mark:seen", "--expect",
                "`=type:reply", "--what-if", "tlb_entries=256", "--config", "text");
}
END_TEST

START_TEST(a_board)
{
    ALLOCATIONS(small_step(false), 0, "run", "--bios", "firmware", "--kernel", "kernel", "--initrd", "text,disk",
                "--out", "out", "--quiet", "--console", "none", "--dump-dtb", "tree.dtb");
}
END_TEST

START_TEST(a_tower_that_never_stands)
{
    ALLOCATIONS(small_step(true), 3, "nested", "--depth", "1", "--bios", "firmware", "--kernel", "kernel", "--initrd",
                "text", "--out", "out", "--quiet", "--console", "none");
}
END_TEST

START_TEST(a_program_that_is_never_started)
{
    ALLOCATIONS(small_step(true), 3, "exec", "--level", "1", "--bios", "firmware", "--kernel", "kernel", "--initrd",
                "text", "--file", "disk:/etc/disk", "--out", "out", "--quiet", "script", "word");
}
END_TEST

START_TEST(guests_of_guests)
{
    static const char *const words[] = {"p9sim", "nested",  "--embedded", "--max-insns", "30000", "--out",
                                        "out",   "--quiet", "--console",  "none",        NULL};

    every_allocation(words, 4, step);
}
END_TEST

START_TEST(what_runs_no_machine)
{
    EVERY_ALLOCATION(0, "config", "--config", "text");
    EVERY_ALLOCATION(0, "dis", "7c642a14");
    EVERY_ALLOCATION(0, "walk", "--ea", "0", "--ram", "bare.gz@0", "--assume-leaf", "2M");
}
END_TEST

START_TEST(traces_that_are_read)
{
    static const char *const record[] = {"p9sim", "bare",    "bare.gz", "--mem", "1M", "--state",
                                         "user",  "--quiet", "--trace", "t.st",  NULL};

    ck_assert_int_eq(run(record, 0), 0);
    ALLOCATIONS(small_step(false), 0, "trace", "replay", "t.st", "--variant", "tlb_hit_cycles=20");
    ALLOCATIONS(small_step(false), 0, "trace", "replay", "t.st", "--model", "core");
    ALLOCATIONS(small_step(false), 0, "trace", "show", "t.st");
    ALLOCATIONS(small_step(false), 0, "trace", "lint", "t.st");
}
END_TEST

/* An argument: really every allocation of every run. */
int main(int argc, char **argv)
{
    Suite *suite = suite_create("out_of_memory");
    TCase *tests = tcase_create("out_of_memory");

    if (argc > 1 && argv[1]) step = 1;
    tcase_add_unchecked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, a_bare_program_with_everything);
    tcase_add_test(tests, a_board);
    tcase_add_test(tests, a_tower_that_never_stands);
    tcase_add_test(tests, a_program_that_is_never_started);
    tcase_add_test(tests, guests_of_guests);
    tcase_add_test(tests, what_runs_no_machine);
    tcase_add_test(tests, traces_that_are_read);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
