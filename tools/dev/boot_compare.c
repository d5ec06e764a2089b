/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The comparing half of tools/dev/boot-compare: runs the boot through the traced port and holds its instructions
 * against the block starts of QEMU (from tools/dev/qemu_blocks.c, on standard input).
 *
 * A block of QEMU's runs straight to its end, unless an interrupt or an access to a device cuts it short.  So the two
 * agree as long as each jump of ours lands where QEMU's next block starts, and each of its blocks starts where ours
 * goes on when the one before is used up: every taken branch, interrupt and return is checked, and with them all that
 * is between.
 *
 * Where they part, both are read ahead until 400 instructions agree again; the gap is one line of output.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/state/retire.h"
#include "loader/image.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"

enum { AHEAD = 400000, ROOM = 4 * AHEAD, AGREE = 400, POINTS_MAX = 32, TAIL = 6 };

struct block {
    u64 start, instructions;
};

struct compare {
    struct retire_sink sink;
    u64 *ours; /* instruction addresses */
    struct block *theirs;
    u64 left; /* instructions left in QEMU's block, the one before their_at */
    size_t our_count, our_at, their_count, their_at;
    u64 before; /* instructions that have left ours[] */
    u64 from;   /* compare from the first time that both are here */
    bool started;
    u64 agreed, parted, limit;
    bool lost, lost_before, their_end, done;
    volatile sig_atomic_t stop;
    u64 point[POINTS_MAX], reached[POINTS_MAX]; /* reached: 1 + the number of instructions before */
    unsigned point_count;
};

static bool read_theirs(struct compare *c)
{
    c->their_end = !fread(&c->theirs[c->their_count], sizeof *c->theirs, 1, stdin);
    if (!c->their_end) c->their_count++;
    return !c->their_end;
}

/* Have at least n block starts to look at. */
static bool look_ahead(struct compare *c, size_t n)
{
    if (c->their_at + n >= ROOM) {
        size_t gone = c->their_at ? c->their_at - 1 : 0; /* follow() looks at the block before */
        memmove(c->theirs, c->theirs + gone, (c->their_count - gone) * sizeof *c->theirs);
        c->their_count -= gone;
        c->their_at -= gone;
    }
    while (c->their_count - c->their_at < n && read_theirs(c))
        ;
    return c->their_count - c->their_at >= n;
}

/* The instruction at cia comes next; jumped: not from the one before it.  *k is QEMU's next block, *left what is left
 * of the current one.  When a block seems to be used up or left too early, the next may show that it had been cut
 * short. */
static bool follow(const struct compare *c, u64 cia, bool jumped, size_t *k, u64 *left)
{
    const struct block *b = c->theirs + *k;

    if (!jumped && *left) {
        --*left;
        return true;
    }
    if (b->start != cia && !jumped && cia > b->start && cia - b->start <= 4 * b->instructions) {
        *left = b->instructions - (cia - b->start) / 4;
        ++*k;
        b++;
        if (*left) {
            --*left;
            return true;
        }
    }
    while (jumped && b->start != cia && *k + 1 < c->their_count && *k && b->start > b[-1].start &&
           b->start - b[-1].start <= 4 * b[-1].instructions) { /* cut short, then jumped out of the rest */
        ++*k;
        b++;
    }
    if (*k >= c->their_count || b->start != cia) return false;
    *left = b->instructions - 1;
    ++*k;
    return true;
}

/* Do they agree for AGREE instructions from ours[i] and theirs[k]? */
static bool agree_from(const struct compare *c, size_t i, size_t k)
{
    u64 left = 0;

    for (size_t n = 0; n < AGREE; n++, i++) {
        if (i >= c->our_count || k >= c->their_count) return false;
        if (!follow(c, c->ours[i], !n || c->ours[i] != c->ours[i - 1] + 4, &k, &left)) return false;
    }
    return true;
}

/* First meeting, nearest first: one side skips least. */
static bool find_meeting(struct compare *c, size_t *i, size_t *k)
{
    size_t their_window = c->their_count - c->their_at, our_window = c->our_count - c->our_at, reach;

    for (reach = 64; reach <= AHEAD; reach *= 4) {
        size_t ours = reach < our_window ? reach : our_window, theirs = reach < their_window ? reach : their_window;
        for (*i = 0; *i < ours; ++*i)
            for (*k = 0; *k < theirs && *k < 1 << 14; ++*k)
                if (c->ours[c->our_at + *i] == c->theirs[c->their_at + *k].start &&
                    agree_from(c, c->our_at + *i, c->their_at + *k))
                    return true;
        if (reach >= 1 << 16) break;
    }
    /* One of them waits long: look for the other's next blocks along all that was read. */
    for (*k = 0; *k < 64 && *k < their_window; ++*k)
        for (*i = 0; *i < our_window; ++*i)
            if (c->ours[c->our_at + *i] == c->theirs[c->their_at + *k].start &&
                agree_from(c, c->our_at + *i, c->their_at + *k))
                return true;
    for (*i = 0; *i < 4096 && *i < our_window; ++*i)
        for (*k = 0; *k < their_window; ++*k)
            if (c->ours[c->our_at + *i] == c->theirs[c->their_at + *k].start &&
                agree_from(c, c->our_at + *i, c->their_at + *k))
                return true;
    return false;
}

static void tell_parting(const struct compare *c)
{
    printf("instruction %" PRIu64 ": apart after", c->before + c->our_at);
    for (size_t n = c->our_at > TAIL ? c->our_at - TAIL : 0; n < c->our_at; n++) printf(" %" PRIx64, c->ours[n]);
    printf("; p9sim goes to %" PRIx64 ", QEMU to %" PRIx64 "\n", c->ours[c->our_at], c->theirs[c->their_at].start);
}

static void meet_again(struct compare *c)
{
    size_t i, k;

    look_ahead(c, AHEAD);
    if (!find_meeting(c, &i, &k)) {
        printf("    they do not meet again in %d instructions and blocks\n", AHEAD);
        c->done = true;
        return;
    }
    printf("    together again at %" PRIx64 " after %zu instructions of p9sim and %zu blocks of QEMU\n",
           c->ours[c->our_at + i], i, k);
    c->our_at += i;
    c->their_at += k;
    c->left = 0;
    c->lost = false;
    c->lost_before = true;
}

/* Drop what lies before the starting point on either side; false if ours is not there yet. */
static bool start(struct compare *c)
{
    while (c->our_at < c->our_count && c->ours[c->our_at] != c->from) c->our_at++;
    if (c->our_at == c->our_count) return false;
    while (look_ahead(c, 1) && c->theirs[c->their_at].start != c->from) c->their_at++;
    printf("both are at %" PRIx64 ", p9sim after %" PRIu64 " instructions\n", c->from, c->before + c->our_at);
    return c->started = c->lost_before = true;
}

static bool all_reached(const struct compare *c)
{
    for (unsigned p = 1; p < c->point_count; p++)
        if (!c->reached[p]) return false;
    return true;
}

/* One instruction of ours; false: they part here. */
static bool step(struct compare *c)
{
    u64 cia = c->ours[c->our_at];
    bool jumped = c->lost_before || !c->our_at || cia != c->ours[c->our_at - 1] + 4;

    if (!look_ahead(c, 4)) {
        /* Without any blocks of QEMU's only the points are looked for. */
        c->done = c->their_count || all_reached(c);
        c->our_at++;
        return true;
    }
    if (!follow(c, cia, jumped, &c->their_at, &c->left)) return false;
    c->lost_before = false;
    c->our_at++;
    c->agreed++;
    return true;
}

static void work(struct compare *c)
{
    if (!c->started && !start(c)) return;
    while (!c->done && c->our_at < c->our_count) {
        if (c->agreed >= c->limit) c->done = true;
        if (c->lost) {
            if (c->our_count - c->our_at < AHEAD) return;
            meet_again(c);
        } else if (!step(c)) {
            tell_parting(c);
            c->lost = true;
            c->parted++;
        }
    }
}

static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct compare *c = (struct compare *)sink;

    if (c->done) {
        c->stop = 1; /* the machine looks at it between windows */
        return 0;
    }
    if (c->our_count + block->count > ROOM) {
        size_t gone = c->our_at - TAIL; /* our_at is far along: work() uses up what it is given */
        memmove(c->ours, c->ours + gone, (c->our_count - gone) * sizeof *c->ours);
        c->our_count -= gone;
        c->our_at = TAIL;
        c->before += gone;
    }
    for (size_t k = 0; k < block->count; k++) {
        u64 cia = block->record[k].cia;

        if (block->record[k].kind != RETIRE_INSN || block->record[k].flags & RETIRE_WAITED) continue;
        for (unsigned p = 0; p < c->point_count; p++)
            if (cia == c->point[p] && !c->reached[p]) c->reached[p] = c->before + c->our_count + 1;
        c->ours[c->our_count++] = cia;
    }
    work(c);
    return 0;
}

/* ---- snapshots, written as QEMU writes them ---- */

static void snapshot(const struct thread *t)
{
    u32 cr = 0;

    for (unsigned n = 0; n < 8; n++) cr = cr << 4 | t->cr[n];
    printf("NIP %016" PRIx64 "   LR %016" PRIx64 " CTR %016" PRIx64 "\n", t->nia, t->lr, t->ctr);
    printf("MSR %016" PRIx64 "\n", t->msr);
    for (unsigned n = 0; n < 32; n++)
        printf("%s%.0d %016" PRIx64 "%s", n % 4 ? "" : "GPR", 0, t->gpr[n], n % 4 == 3 ? "\n" : "");
    printf("CR %08x\n", cr);
}

static struct machine_blob blob_of(struct image *image, const char *path)
{
    if (!image_open(image, path, IMAGE_AS_IT_IS, 1ULL << 30)) exit(1);
    return (struct machine_blob){.name = path, .bytes = image->bytes, .size = image->size};
}

int main(int argc, char **argv)
{
    static struct compare c = {.sink.take = take};
    struct log log = {.to = stderr, .level = LOG_ERROR};
    struct console_config quiet = {.where = "none", .terminal_fd = -1};
    struct image image[3];
    struct machine_powernv what = {.bootargs = argc > 4 ? argv[4] : ""};
    struct config config;
    struct machine *m;

    if (argc < 7) {
        fprintf(stderr, "usage: boot_compare SKIBOOT KERNEL INITRD BOOTARGS INSTRUCTIONS FROM [POINT...] <BLOCKS\n");
        return 2;
    }
    what.bios = blob_of(&image[0], argv[1]);
    what.kernel = blob_of(&image[1], argv[2]);
    what.initrd = blob_of(&image[2], argv[3]);
    c.limit = strtoull(argv[5], NULL, 0);
    c.from = strtoull(argv[6], NULL, 16);
    for (int k = 7; k < argc && c.point_count < POINTS_MAX; k++) c.point[c.point_count++] = strtoull(argv[k], NULL, 16);
    config_default(&config);
    /* QEMU's clock with -icount shift=0 is 1 ns an instruction. */
    if (!config_assign(&config, "core_mhz=1000", "here") || !config_assign(&config, "pvr=0x004e1202", "here") ||
        !config_assign(&config, "model=none", "here"))
        return 1;
    c.ours = calloc(ROOM + RETIRE_BLOCK, sizeof *c.ours);
    c.theirs = calloc(ROOM + 2, sizeof *c.theirs);
    quiet.interrupted = &c.stop;
    m = machine_new_powernv(&config, &what, console_new(&quiet), &log);
    quiet.interrupted = NULL;
    if (!m || !c.ours || !c.theirs) return 1;
    if (!machine_trace(m, &c.sink)) return 1;
    /* In one go: a run that stops at a limit and goes on has lost the rest of that window. */
    (void)machine_run(m, &(struct machine_limits){UINT64_MAX, UINT64_MAX}, NULL);
    printf("%" PRIu64 " of %" PRIu64 " instructions agree, %" PRIu64 " partings\n", c.agreed, c.before + c.our_at,
           c.parted);
    machine_free(m);

    for (unsigned p = 0; p < c.point_count; p++) {
        printf("point %" PRIx64 " after %" PRIu64 " instructions\n", c.point[p], c.reached[p] - 1);
        m = c.reached[p] ? machine_new_powernv(&config, &what, console_new(&quiet), &log) : NULL;
        if (!m) continue;
        (void)machine_run(m, &(struct machine_limits){c.reached[p] - 1, UINT64_MAX}, NULL);
        snapshot(machine_thread(m, 0));
        machine_free(m);
    }
    return 0;
}
