/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See checkpoint.h.  Sections of the file (pack.h):
 *
 *   state    objects by name (base/state.h), "checkpoint" among them: what it is a checkpoint of
 *   images   the images one behind the other; "checkpoint" knows their names and sizes
 *   places   which pages follow: u64 first, u64 count, ascending.  Pages of zeros are left out.
 *   zeroed   which pages of the base are zero now, in the same way
 *   pages    the bytes of these pages
 *   log      what the guest has written to the console, if there was a console.log
 *
 * State is restored in an order in which whatever is pointed to is there before the pointer: storage, who runs,
 * threads, decoded pages, translation.
 */
#include "machine/checkpoint.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/run/rows.h"
#include "core/state/context.h"
#include "hypervisor/rows.h"
#include "machine/console.h"
#include "machine/machine_internal.h"
#include "machine/pack.h"
#include "mmu/state.h"
#include "stats/rows.h"

enum { STATE_MOST = 1 << 30, SEGMENTS_MOST = 1024, NAME_BYTES = 32 };

/* ---- what it is ---- */

struct saved_image {
    char *name;
    u64 size, ra, memory_size; /* the latter two of a bare program's segments */
    u64 identity;              /* of its bytes */
};
struct head {
    char *version, *config, *bootargs, *base; /* base: where it was; "": there is none */
    u64 base_identity;
    bool bare, images_in_base;
    struct saved_image *image; /* of a board: firmware, kernel, ramdisk, device tree */
    u64 images;
    u64 entry; /* of a bare program, with what follows */
    bool le;
    u32 state;
};
enum { BOARD_IMAGES = 4 };

#define TEXT_ROW(type, member)                                                                                         \
    static void save_##type##_##member(struct state_writer *w, const void *self)                                       \
    {                                                                                                                  \
        state_put_text(w, ((const struct type *)self)->member);                                                        \
    }                                                                                                                  \
    static bool restore_##type##_##member(struct state_reader *r, void *self)                                          \
    {                                                                                                                  \
        return (((struct type *)self)->member = state_get_text(r)) != NULL;                                            \
    }
TEXT_ROW(saved_image, name)
TEXT_ROW(head, version)
TEXT_ROW(head, config)
TEXT_ROW(head, bootargs)
TEXT_ROW(head, base)

static const struct state_row image_rows[] = {
    STATE_CALL(struct saved_image, name, save_saved_image_name, restore_saved_image_name),
    STATE(struct saved_image, size),
    STATE(struct saved_image, ra),
    STATE(struct saved_image, memory_size),
    STATE(struct saved_image, identity),
};
static const struct state_table image_state = STATE_TABLE(struct saved_image, image_rows);

static void save_images(struct state_writer *w, const void *self)
{
    const struct head *h = self;

    state_put_list(w, &image_state, h->image, h->images);
}

static bool restore_images(struct state_reader *r, void *self)
{
    struct head *h = self;
    u64 count = state_get_count(r, &image_state, SEGMENTS_MOST);

    h->image = calloc(count + 1, sizeof *h->image);
    if (!h->image) return state_refuse(r, "the host has no memory for its images");
    h->images = count; /* from now on free_head() frees their names */
    for (u64 n = 0; n < count; n++)
        if (!state_get(r, &image_state, &h->image[n])) return false;
    return !r->failed;
}

static const struct state_row head_rows[] = {
    STATE_CALL(struct head, version, save_head_version, restore_head_version),
    STATE_CALL(struct head, config, save_head_config, restore_head_config),
    STATE_CALL(struct head, bootargs, save_head_bootargs, restore_head_bootargs),
    STATE_CALL(struct head, base, save_head_base, restore_head_base),
    STATE(struct head, base_identity),
    STATE(struct head, bare),
    STATE(struct head, images_in_base),
    STATE_CALL(struct head, image, save_images, restore_images, .part = &image_state),
    STATE_WITH(struct head, images),
    STATE(struct head, entry),
    STATE(struct head, le),
    STATE(struct head, state, .most = BARE_ULTRAVISOR),
};
const struct state_table checkpoint_head_state = STATE_TABLE(struct head, head_rows);

static void free_head(struct head *h)
{
    for (u64 n = 0; n < h->images; n++) free(h->image[n].name);
    free(h->image);
    free(h->version);
    free(h->config);
    free(h->bootargs);
    free(h->base);
    *h = (struct head){0};
}

bool checkpoint_fixes(const struct option_row *row)
{
    return row->offset <= offsetof(struct config, seed);
}

/* The state of a file, opened. bytes must outlive the reader. */
static bool open_state(const struct pack_reader *file, u8 **bytes, struct state_reader *r, struct head *head)
{
    u64 size;

    if (!pack_read(file, "state", STATE_MOST, bytes, &size)) return false;
    return (state_open(r, *bytes, size) && state_get_object(r, "checkpoint", &checkpoint_head_state, head)) ||
           p9_error("%s: cannot be restored: %s", file->path, r->why);
}

static bool read_head(const struct pack_reader *file, struct head *head)
{
    struct state_reader r = {0};
    u8 *bytes = NULL;
    bool ok = open_state(file, &bytes, &r, head);

    state_close(&r);
    free(bytes);
    return ok;
}

/* ---- pages ---- */

struct pages {
    u64 *number; /* ascending */
    u64 count, room;
};

static bool add_page(struct pages *p, u64 number)
{
    if (p->count == p->room) {
        u64 room = p->room ? 2 * p->room : 4096, *more = realloc(p->number, room * sizeof *more);

        if (!more) return false;
        p->number = more;
        p->room = room;
    }
    p->number[p->count++] = number;
    return true;
}

static const u8 zeros[RAM_PAGE_SIZE];

static const u8 *page_at(const struct ram *ram, u64 number)
{
    return ram->host + (number << RAM_PAGE_SHIFT);
}

static bool is_zero(const u8 *page)
{
    return !memcmp(page, zeros, RAM_PAGE_SIZE);
}

/* Which pages of main storage were ever touched is the host's to know; /proc/self/pagemap tells, also of pages that are
 * swapped out.  If it does not, every page is looked at. */
enum { PAGEMAP_ENTRIES = 4096 };
#define PAGEMAP_HERE (3ULL << 62) /* present or swapped */

static bool collect_all(const struct ram *ram, struct pages *found)
{
    for (u64 n = 0; n < ram->size_bytes >> RAM_PAGE_SHIFT; n++)
        if (!is_zero(page_at(ram, n)) && !add_page(found, n)) return false;
    return true;
}

static bool collect_of_host_page(const struct ram *ram, u64 host_page, u64 at, struct pages *found)
{
    for (u64 n = at * host_page >> RAM_PAGE_SHIFT; n < (at + 1) * host_page >> RAM_PAGE_SHIFT; n++)
        if (n < ram->size_bytes >> RAM_PAGE_SHIFT && !is_zero(page_at(ram, n)) && !add_page(found, n)) return false;
    return true;
}

static bool collect_touched(const struct ram *ram, int pagemap, struct pages *found, bool *told)
{
    u64 host_page = (u64)sysconf(_SC_PAGESIZE), pages = (ram->size_bytes + host_page - 1) / host_page;
    u64 first = (uintptr_t)ram->host / host_page, entry[PAGEMAP_ENTRIES];

    for (u64 at = 0; at < pages; at += PAGEMAP_ENTRIES) {
        u64 n = pages - at < PAGEMAP_ENTRIES ? pages - at : PAGEMAP_ENTRIES;

        *told = pread(pagemap, entry, n * 8, (off_t)((first + at) * 8)) == (ssize_t)(n * 8);
        if (!*told) return true;
        for (u64 k = 0; k < n; k++)
            if ((entry[k] & PAGEMAP_HERE) && !collect_of_host_page(ram, host_page, at + k, found)) return false;
    }
    return true;
}

/* Every page that is not zero; false: no memory. */
static bool collect(const struct ram *ram, struct pages *found)
{
    int pagemap =
        (uintptr_t)ram->host % (u64)sysconf(_SC_PAGESIZE) ? -1 : open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    bool told = false, ok = pagemap < 0 || collect_touched(ram, pagemap, found, &told);

    if (pagemap >= 0) close(pagemap);
    if (told || !ok) return ok;
    found->count = 0;
    return collect_all(ram, found);
}

static bool save_places(struct pack_writer *w, const char *section, const struct pages *p)
{
    u64 runs = 0, at = 0;
    u8 *bytes = malloc(p->count * 16 + 1);
    bool ok;

    if (!bytes) return p9_error("%s: the host has no memory for it", w->path);
    while (at < p->count) {
        u64 run[2] = {p->number[at], 1};

        while (at + run[1] < p->count && p->number[at + run[1]] == run[0] + run[1]) run[1]++;
        at += run[1];
        for (unsigned k = 0; k < 16; k++) bytes[runs * 16 + k] = (u8)(run[k / 8] >> 8 * (k % 8));
        runs++;
    }
    ok = pack_section(w, section, bytes, runs * 16);
    free(bytes);
    return ok;
}

static u64 number_at(const u8 *bytes)
{
    u64 n = 0;

    for (unsigned k = 0; k < 8; k++) n |= (u64)bytes[k] << 8 * k;
    return n;
}

static bool is_no_place(const struct pack_reader *r)
{
    return p9_error("%s: is no whole checkpoint: it names pages that cannot be", r->path);
}

/* Pages below `limit`, each once, in their order. */
static bool read_places(const struct pack_reader *r, const char *section, u64 limit, struct pages *p)
{
    u64 size, next = 0;
    u8 *bytes;
    bool ok = true;

    if (!pack_read(r, section, limit * 16, &bytes, &size)) return false;
    if (size % 16) ok = is_no_place(r);
    for (u64 at = 0; ok && at < size; at += 16) {
        u64 first = number_at(bytes + at), count = number_at(bytes + at + 8);

        if (first < next || first >= limit || !count || count > limit - first) ok = is_no_place(r);
        for (u64 n = 0; ok && n < count; n++)
            ok = add_page(p, first + n) || p9_error("%s: the host has no memory for it", r->path);
        next = first + count;
    }
    free(bytes);
    return ok;
}

/* A base: what its pages are. */
struct base {
    struct pack_reader file;
    struct head head;
    struct pages pages;
    u8 *bytes;
    u64 size;
};

static void base_close(struct base *b)
{
    pack_close(&b->file);
    free_head(&b->head);
    free(b->pages.number);
    free(b->bytes);
    *b = (struct base){0};
}

struct page_list {
    const struct ram *ram;
    struct pages *pages;
};

static void fill_pages(const void *self, u64 at, size_t size, u8 *to)
{
    const struct page_list *l = self;

    for (size_t k = 0; k < size; k += RAM_PAGE_SIZE)
        memcpy(to + k, page_at(l->ram, l->pages->number[(at + k) >> RAM_PAGE_SHIFT]), RAM_PAGE_SIZE);
}

static bool take_pages(void *self, u64 at, const u8 *bytes, size_t size)
{
    const struct page_list *l = self;

    for (size_t k = 0; k < size; k += RAM_PAGE_SIZE)
        memcpy(l->ram->host + (l->pages->number[(at + k) >> RAM_PAGE_SHIFT] << RAM_PAGE_SHIFT), bytes + k,
               RAM_PAGE_SIZE);
    return true;
}

/* Leave out what the base has, and note what is zero now. False: no memory. */
static bool compare_with_base(const struct ram *ram, const struct base *base, struct pages *pages, struct pages *zeroed)
{
    u64 kept = 0, at = 0;

    for (u64 k = 0; k < pages->count; k++) {
        u64 n = pages->number[k];

        for (; at < base->pages.count && base->pages.number[at] < n; at++)
            if (!add_page(zeroed, base->pages.number[at])) return false;
        if (at < base->pages.count && base->pages.number[at] == n &&
            !memcmp(base->bytes + (at++ << RAM_PAGE_SHIFT), page_at(ram, n), RAM_PAGE_SIZE))
            continue;
        pages->number[kept++] = n;
    }
    for (; at < base->pages.count; at++)
        if (!add_page(zeroed, base->pages.number[at])) return false;
    pages->count = kept;
    return true;
}

static bool save_storage(struct pack_writer *w, const struct ram *ram, const struct base *base)
{
    struct pages pages = {0}, zeroed = {0};
    bool ok = (collect(ram, &pages) && (!base || compare_with_base(ram, base, &pages, &zeroed))) ||
              p9_error("%s: the host has no memory for it", w->path);
    const struct page_list list = {ram, &pages};

    ok = ok && save_places(w, "places", &pages) && save_places(w, "zeroed", &zeroed) &&
         pack_section_from(w, "pages", &(struct pack_source){fill_pages, &list}, pages.count << RAM_PAGE_SHIFT);
    free(pages.number);
    free(zeroed.number);
    return ok;
}

/* Pages that will be written to, a run at a time: one by one a host takes longer to give them than to fill them. One
 * that cannot do this gives them one by one. */
static void populate(const struct ram *ram, const struct pages *p)
{
    for (u64 at = 0, n; at < p->count; at += n) {
        for (n = 1; at + n < p->count && p->number[at + n] == p->number[at] + n;) n++;
        (void)madvise(ram->host + (p->number[at] << RAM_PAGE_SHIFT), n << RAM_PAGE_SHIFT, MADV_POPULATE_WRITE);
    }
}

static bool restore_storage(const struct pack_reader *r, const struct ram *ram)
{
    u64 limit = ram->size_bytes >> RAM_PAGE_SHIFT;
    struct pages pages = {0}, zeroed = {0};
    struct page_list list = {ram, &pages};
    bool ok = read_places(r, "zeroed", limit, &zeroed) && read_places(r, "places", limit, &pages);

    if (ok && pack_size(r, "pages") != pages.count << RAM_PAGE_SHIFT) ok = is_no_place(r);
    for (u64 k = 0; ok && k < zeroed.count; k++)
        memset(ram->host + (zeroed.number[k] << RAM_PAGE_SHIFT), 0, RAM_PAGE_SIZE);
    if (ok) populate(ram, &pages);
    ok = ok && pack_read_to(r, "pages", &(struct pack_sink){take_pages, &list});
    free(pages.number);
    free(zeroed.number);
    return ok;
}

/* ---- objects ---- */

static void save_threads(struct state_writer *w, struct machine *m)
{
    char name[NAME_BYTES];

    for (unsigned n = 0; n < m->thread_count; n++) {
        const struct thread_place place = {m, n};

        snprintf(name, sizeof name, "thread %u", n);
        state_put_object(w, name, &thread_state, m->threads[n]);
        snprintf(name, sizeof name, "thread %u: account", n);
        state_put_object(w, name, &thread_place_state, &place);
    }
}

static bool restore_threads(struct state_reader *r, struct machine *m)
{
    char name[NAME_BYTES];
    bool ok = true;

    for (unsigned n = 0; ok && n < m->thread_count; n++) {
        struct thread_place place = {m, n};

        snprintf(name, sizeof name, "thread %u", n);
        ok = state_get_object(r, name, &thread_state, m->threads[n]);
        snprintf(name, sizeof name, "thread %u: account", n);
        ok = ok && state_get_object(r, name, &thread_place_state, &place);
    }
    return ok;
}

static void save_objects(struct state_writer *w, struct machine *m)
{
    const struct mmu_code_pages pages = {code_page_number, code_page_by_number, code_page_is_traced, true, &m->code};

    state_put_object(w, "partitions", &partition_tree_state, &m->partitions);
    state_put_object(w, "accounts", &account_book_state, &m->accounts);
    state_put_object(w, "exits", &exit_watch_state, m->exits);
    state_put_object(w, "hot", &hot_state, &m->hot);
    state_put_object(w, "timeline", &timeline_state, &m->timeline);
    state_put_object(w, "console", &console_state, m->console);
    if (m->board) state_put_object(w, "board", &board_state, m->board);
    state_put_object(w, "machine", &machine_state, m);
    for (unsigned k = 0; k < COMPANIONS && m->companion[k].table; k++)
        state_put_object(w, m->companion[k].name, m->companion[k].table, m->companion[k].self);
    save_threads(w, m);
    state_put_object(w, "code", &code_state, &m->code);
    mmu_save(m->mmus, w, &pages);
    machine_save_core(m, w);
}

static bool restore_objects(struct state_reader *r, struct machine *m, struct mmu_cold *cold)
{
    struct mmu_code_pages pages = {code_page_number, code_page_by_number, code_page_is_traced, false, &m->code};
    const char *contradiction = NULL;
    bool ok = machine_restore_gear(m, r) && state_get_object(r, "partitions", &partition_tree_state, &m->partitions) &&
              state_get_object(r, "accounts", &account_book_state, &m->accounts) &&
              state_get_object(r, "exits", &exit_watch_state, m->exits) &&
              state_get_object(r, "hot", &hot_state, &m->hot) &&
              (hot_accounts_below(&m->hot, m->accounts.count) || state_refuse(r, "walks of an account of nobody")) &&
              state_get_object(r, "timeline", &timeline_state, &m->timeline) &&
              state_get_object(r, "machine", &machine_state, m) &&
              state_get_object(r, "console", &console_state, m->console) &&
              (!m->board || state_get_object(r, "board", &board_state, m->board)) && restore_threads(r, m) &&
              state_get_object(r, "code", &code_state, &m->code);

    pages.complete = !m->code.lost;
    ok = ok && mmu_restore(m->mmus, r, &pages, cold);
    for (unsigned n = 0; ok && n < m->thread_count; n++) thread_restored(m->threads[n]);
    for (unsigned n = 0; ok && n < m->thread_count; n++) exit_watch_resume(m->exits, m->threads[n]);
    ok = ok && machine_restore_core(m, r, cold);
    if (ok) contradiction = machine_contradiction(m);
    return ok && (!contradiction || state_refuse(r, "it contradicts itself, for it must hold that %s", contradiction));
}

/* ---- saving ---- */

/* The images by number, whatever the machine is. */
static const struct machine_blob *blob(const struct machine *m, u64 n)
{
    const struct machine_blob *board[BOARD_IMAGES] = {&m->powernv.bios, &m->powernv.kernel, &m->powernv.initrd,
                                                      &m->powernv.dtb};

    return m->bare.segments ? &m->bare.segments[n].blob : board[n];
}

static u64 identity_of(const struct machine_blob *b)
{
    u64 identity = b->size, word;

    for (u64 at = 0; at < b->size; at += sizeof word) {
        word = 0;
        memcpy(&word, b->bytes + at, b->size - at < sizeof word ? b->size - at : sizeof word);
        identity = hash_mix(identity, HOST_IS_LE ? word : swap64(word));
    }
    return identity;
}

/* NULL texts are empty ones when they come back. */
static bool describe(struct machine *m, struct head *h)
{
    *h = (struct head){.version = strdup(P9_VERSION),
                       .config = config_text(m->config),
                       .bootargs = strdup(m->powernv.bootargs ? m->powernv.bootargs : ""),
                       .base = strdup(""),
                       .bare = m->bare.segments != NULL,
                       .images = m->bare.segments ? m->bare.segment_count : BOARD_IMAGES,
                       .entry = m->bare.entry,
                       .le = m->bare.le,
                       .state = m->bare.state};
    h->image = calloc(h->images + 1, sizeof *h->image);
    if (!h->image) h->images = 0;
    if (!h->version || !h->config || !h->bootargs || !h->base || !h->image) return false;
    for (u64 n = 0; n < h->images; n++) {
        const struct machine_blob *b = blob(m, n);

        h->image[n] =
            (struct saved_image){.name = strdup(b->name ? b->name : ""), .size = b->size, .identity = identity_of(b)};
        if (!h->image[n].name) return false;
        if (!h->bare) continue;
        h->image[n].ra = m->bare.segments[n].ra;
        h->image[n].memory_size = m->bare.segments[n].memory_size;
    }
    return true;
}

static void fill_images(const void *self, u64 at, size_t size, u8 *to)
{
    const struct machine *m = self;
    u64 images = m->bare.segments ? m->bare.segment_count : BOARD_IMAGES, before = 0;

    for (u64 n = 0; n < images && size; n++) {
        const struct machine_blob *b = blob(m, n);

        if (at < before + b->size) {
            u64 into = at - before, part = b->size - into < size ? b->size - into : size;

            memcpy(to, b->bytes + into, part);
            to += part;
            at += part;
            size -= part;
        }
        before += b->size;
    }
}

static u64 images_size(const struct head *h)
{
    u64 sum = 0;

    for (u64 n = 0; n < h->images; n++) sum += h->image[n].size;
    return sum;
}

/* ---- the base of one that is written ---- */

static bool base_open(struct base *b, const char *path, u64 memory_bytes)
{
    if (!pack_open(&b->file, path) || !read_head(&b->file, &b->head)) return false;
    if (*b->head.base) return p9_error("%s: has a base itself; give that one (%s)", path, b->head.base);
    if (!read_places(&b->file, "places", memory_bytes >> RAM_PAGE_SHIFT, &b->pages)) return false;
    if (!pack_read(&b->file, "pages", memory_bytes, &b->bytes, &b->size)) return false;
    return b->size == b->pages.count << RAM_PAGE_SHIFT || is_no_place(&b->file);
}

static bool has_images(const struct head *base, const struct head *h)
{
    bool same = base->images == h->images && base->bare == h->bare;

    for (u64 n = 0; same && n < h->images; n++)
        same = base->image[n].size == h->image[n].size && base->image[n].identity == h->image[n].identity;
    return same;
}

static bool relate(struct head *h, const struct base *base)
{
    free(h->base);
    h->base = strdup(base->file.path);
    h->base_identity = base->file.identity;
    h->images_in_base = has_images(&base->head, h);
    return h->base != NULL;
}

/* ---- saving ---- */

static bool save_state(struct pack_writer *w, struct machine *m, const struct head *h)
{
    struct state_writer state = {0};
    struct state_bytes bytes;
    bool ok;

    state_put_object(&state, "checkpoint", &checkpoint_head_state, h);
    save_objects(&state, m);
    if (!state_written(&state, &bytes)) return p9_error("%s: the host has no memory for it", w->path);
    ok = pack_section(w, "state", bytes.at, bytes.size);
    state_bytes_free(&bytes);
    return ok;
}

static void fill_log(const void *self, u64 at, size_t size, u8 *to)
{
    const struct machine *m = self;

    if (!console_log_read(m->console, at, to, size)) memset(to, 0, size); /* somebody has cut it short meanwhile */
}

static bool save_log(struct pack_writer *w, struct machine *m)
{
    return pack_section_from(w, "log", &(struct pack_source){fill_log, m}, console_log_size(m->console));
}

static bool save_all(struct pack_writer *w, struct machine *m, const struct base *base)
{
    const struct pack_source images = {fill_images, m};
    struct head h;
    bool ok;

    if (!machine_bring_images(m)) return false;
    ok = (describe(m, &h) && (!base || relate(&h, base))) || p9_error("%s: the host has no memory for it", w->path);

    ok = ok && save_state(w, m, &h) &&
         pack_section_from(w, "images", &images, h.images_in_base ? 0 : images_size(&h)) &&
         save_storage(w, &m->ram, base) && save_log(w, m) && pack_finish(w);
    free_head(&h);
    return ok;
}

bool machine_checkpoint(struct machine *m, const char *path, const char *base_path)
{
    struct base base = {.file.path = NULL};
    struct pack_writer w = {.fd = -1};
    bool ok = !base_path || base_open(&base, base_path, m->ram.size_bytes);

    ok = ok && pack_create(&w, path) && save_all(&w, m, base_path ? &base : NULL);
    pack_abandon(&w); /* when it is finished there is nothing left to abandon */
    base_close(&base);
    return ok;
}

void machine_save_with(struct machine *m, const char *name, const struct state_table *table, const void *self)
{
    unsigned k = 0;

    while (k < COMPANIONS - 1 && m->companion[k].table) k++;
    m->companion[k] = (struct machine_companion){name, table, self};
}

/* ---- when ---- */

#define CHECKPOINT_CALLED UINT_MAX

bool machine_plan_checkpoint(struct machine *m, const char *path, const struct when *when)
{
    struct checkpoint_plan plan = {.path = path, .stop = CHECKPOINT_CALLED};

    if (!m->checkpoints) m->checkpoints = calloc(CHECKPOINTS_MOST, sizeof *m->checkpoints);
    if (!m->checkpoints) return p9_error("--checkpoint: the host has no memory");
    if (m->checkpoint_count == CHECKPOINTS_MOST) return p9_error("--checkpoint: at most %d of them", CHECKPOINTS_MOST);
    if (when && !machine_stop_inside(m, when, &plan.stop)) return false;
    m->checkpoints[m->checkpoint_count++] = plan;
    return true;
}

void machine_checkpoint_base(struct machine *m, const char *base)
{
    m->checkpoint_base = base;
}

bool machine_checkpoints_written(struct machine *m)
{
    for (unsigned k = 0; k < m->checkpoint_count; k++) {
        const struct checkpoint_plan *p = &m->checkpoints[k];

        if (p->done || p->stop == CHECKPOINT_CALLED) continue;
        m->checkpoint_failed |= !p9_error("%s: was not written: the run ended before its moment came", p->path);
    }
    return !m->checkpoint_failed;
}

bool machine_call_checkpoint(struct machine *m, struct thread *t)
{
    bool wanted = false;

    for (unsigned k = 0; k < m->checkpoint_count; k++) wanted |= m->checkpoints[k].stop == CHECKPOINT_CALLED;
    if (wanted) thread_halt(t);
    m->checkpoint_called |= wanted;
    return wanted;
}

void machine_write_checkpoints(struct machine *m)
{
    if (likely(!m->checkpoint_count) || m->end != MACHINE_RUNNING) return;
    for (unsigned k = 0; k < m->checkpoint_count; k++) {
        struct checkpoint_plan *p = &m->checkpoints[k];

        if (p->stop == CHECKPOINT_CALLED ? !m->checkpoint_called : p->done || !machine_reached(m, p->stop)) continue;
        p->done = true;
        m->checkpoint_failed |= !machine_checkpoint(m, p->path, m->checkpoint_base);
    }
    m->checkpoint_called = false;
}

/* ---- restoring ---- */

struct saved_machine {
    struct pack_reader file, base;
    struct state_reader state;
    u8 *state_bytes, *images;
    struct head head;
    struct config config;
    struct machine_segment *segment; /* of a bare program */
    struct mmu_cold cold;
};

const struct config *checkpoint_config(const struct saved_machine *c)
{
    return &c->config;
}

static bool take_log(void *console, u64 at, const u8 *bytes, size_t size)
{
    return console_log_write(console, at, bytes, size);
}

bool checkpoint_write_log(const struct saved_machine *c, struct console *console)
{
    if (!pack_read_to(&c->file, "log", &(struct pack_sink){take_log, console})) return false;
    console_log_append(console);
    return true;
}

const char *checkpoint_cold(const struct saved_machine *c)
{
    return c->cold.what;
}

static bool read_config(struct saved_machine *c)
{
    config_default(&c->config);
    if (!config_parse(&c->config, c->head.config, strlen(c->head.config), c->file.path)) return false;
    c->config.max_insns = c->config.max_seconds = 0;
    return config_check(&c->config);
}

static bool open_base(struct saved_machine *c, const char *given)
{
    const char *path = given ? given : c->head.base;

    if (!*c->head.base) return !given || p9_error("%s: has no base; leave out --checkpoint-base", c->file.path);
    if (!pack_open(&c->base, path)) return false;
    return c->base.identity == c->head.base_identity ||
           p9_error("%s: is not the base of %s, which was another checkpoint (%s)", path, c->file.path, c->head.base);
}

/* They are not needed before the guest reboots, so they are left in the file until then. */
static bool check_images(struct saved_machine *c)
{
    u64 sum = 0;

    for (u64 n = 0; n < c->head.images; n++) {
        if (c->head.image[n].size > c->config.mem - sum)
            return p9_error("%s: is no whole checkpoint: images larger than the machine", c->file.path);
        sum += c->head.image[n].size;
    }
    if (c->head.images_in_base && !c->base.path) return p9_error("%s: is no whole checkpoint: no base", c->file.path);
    return pack_size(c->head.images_in_base ? &c->base : &c->file, "images") == sum ||
           p9_error("%s: is no whole checkpoint: images of another size", c->file.path);
}

static bool read_images(struct saved_machine *c)
{
    u64 size;

    return c->images ||
           pack_read(c->head.images_in_base ? &c->base : &c->file, "images", c->config.mem, &c->images, &size);
}

bool checkpoint_kernel(struct saved_machine *c, struct machine_blob *kernel)
{
    *kernel = (struct machine_blob){0};
    if (c->head.bare) return true;
    if (!read_images(c)) return false;
    if (c->images)
        *kernel =
            (struct machine_blob){c->head.image[1].name, c->images + c->head.image[0].size, c->head.image[1].size};
    return true;
}

static bool open_all(struct saved_machine *c, const char *path, const char *base)
{
    if (!pack_open(&c->file, path) || !open_state(&c->file, &c->state_bytes, &c->state, &c->head)) return false;
    if (!c->head.bare && c->head.images != BOARD_IMAGES)
        return p9_error("%s: is no whole checkpoint: %d images belong to a board", path, BOARD_IMAGES);
    if (!read_config(c) || !open_base(c, base) || !check_images(c)) return false;
    c->segment = calloc(c->head.images + 1, sizeof *c->segment);
    return c->segment || p9_error("%s: the host has no memory for it", path);
}

void checkpoint_close(struct saved_machine *c)
{
    if (!c) return;
    state_close(&c->state);
    pack_close(&c->file);
    pack_close(&c->base);
    free_head(&c->head);
    free(c->state_bytes);
    free(c->images);
    free(c->segment);
    free(c);
}

struct saved_machine *checkpoint_open(const char *path, const char *base)
{
    struct saved_machine *c = calloc(1, sizeof *c);

    if (!c) p9_error("%s: the host has no memory for it", path);
    if (!c || open_all(c, path, base)) return c;
    checkpoint_close(c);
    return NULL;
}

/* What a machine restarts from: the images, where they lie in memory now. */
static void give_images(struct saved_machine *c, struct machine_powernv *powernv, struct machine_bare *bare)
{
    struct machine_blob *board[BOARD_IMAGES] = {&powernv->bios, &powernv->kernel, &powernv->initrd, &powernv->dtb};
    const u8 *at = c->images;

    for (u64 n = 0; n < c->head.images; n++) {
        const struct saved_image *i = &c->head.image[n];
        const struct machine_blob b = {i->name, at, i->size};

        if (c->head.bare) c->segment[n] = (struct machine_segment){b, i->ra, i->memory_size};
        else *board[n] = b;
        if (at) at += i->size;
    }
    powernv->bootargs = *c->head.bootargs ? c->head.bootargs : NULL;
    *bare = (struct machine_bare){.segments = c->head.bare ? c->segment : NULL,
                                  .segment_count = c->head.bare ? (unsigned)c->head.images : 0,
                                  .entry = c->head.entry,
                                  .le = c->head.le,
                                  .state = (enum bare_state)c->head.state};
}

static bool bring_images(struct machine *m, void *self)
{
    struct saved_machine *c = self;

    if (!read_images(c)) return false;
    give_images(c, &m->powernv, &m->bare);
    return true;
}

static bool restore(struct saved_machine *c, struct machine *m)
{
    m->bring_images = bring_images;
    m->bring_self = c;
    if (c->base.path && !restore_storage(&c->base, &m->ram)) return false;
    if (!restore_storage(&c->file, &m->ram)) return false;
    return restore_objects(&c->state, m, &c->cold) ||
           p9_error("%s: cannot be restored: %s", c->file.path, c->state.why);
}

bool checkpoint_has(const struct saved_machine *c, const char *name)
{
    return state_has_object(&c->state, name);
}

bool checkpoint_restore_with(struct saved_machine *c, const char *name, const struct state_table *table, void *self)
{
    return state_get_object(&c->state, name, table, self) ||
           p9_error("%s: cannot be restored: %s", c->file.path, c->state.why);
}

struct machine *machine_new_restored(struct saved_machine *c, const struct config *config, struct console *console,
                                     struct log *log)
{
    struct machine_powernv powernv = {0};
    struct machine_bare bare = {0};
    struct machine *m;

    give_images(c, &powernv, &bare);
    m = machine_new_empty(config, &powernv, &bare, console, log);
    if (!m) return NULL;
    if (restore(c, m)) return m;
    machine_free(m);
    return NULL;
}
