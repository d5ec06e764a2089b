/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the XIVE share.  xive.c owns the object and the windows, xive_ic.c the registers, xive_tables.c the
 * structures in main storage, xive_esb.c the event state buffers, xive_route.c an event's way to a thread, xive_tima.c
 * what a thread sees.  Calls go down that list, except that a store to an ESB, the notify port or the TIMA routes.
 */
#ifndef P9_DEVICES_XIVE_INTERNAL_H
#define P9_DEVICES_XIVE_INTERNAL_H

#include "devices/xive.h"
#include "devices/xive_regs.h"

enum { XIVE_BLOCKS = 32, XIVE_LOCAL_THREADS = 128, XIVE_LEVEL_SOURCES = 1 << 20 };
enum { NO_PRIORITY = 0xff };

/* A group interrupt waits in the ring it was given to; it has no IPB bit. */
struct group_event {
    u8 priority; /* NO_PRIORITY: none */
    u8 level;
};

struct tctx {
    u32 pir;
    u8 reg[TM_BYTES];
    struct group_event os_group, phys_group;
    struct line os, hv, user;
};

/* A cache watch: software reads an entry, changes it and writes it back unless the engine changed it meanwhile. */
struct cache_watch {
    bool open, conflict;
    u32 block, index;
    u64 loaded[8];
};

struct xive {
    u32 chip_id;
    struct bus *bus;
    struct log *log;
    unsigned thread_count;
    struct tctx *threads;
    struct tctx *by_local_id[XIVE_LOCAL_THREADS]; /* PIR & 0x7f */
    struct xive *next;                            /* all chips of the machine, in a circle */
    u64 regs[0x1000 / 8];                         /* what was written, for every register */
    u64 vsd_vc[VST_COUNT][XIVE_BLOCKS], vsd_pc[VST_COUNT][XIVE_BLOCKS];
    u64 blk[16], mig[16], vdt[16], edt[64];
    struct cache_watch end_watch, nvt_watch;
    u8 *asserted; /* bit per level source: its wire is up */
};

static inline u64 xive_reg(const struct xive *x, u32 offset)
{
    return x->regs[offset / 8];
}

/* Block number of this chip: hard-wired, or what firmware says. */
u32 xive_block(const struct xive *x);

/* ---- xive_tables.c: false if there is no such entry or it lies outside main storage (said to the log) ---- */

struct vst_entry {
    enum vst table;
    u32 block, index;
};

must_use bool xive_entry_address(struct xive *x, struct vst_entry e, u64 *ra);
must_use bool xive_entry_load(struct xive *x, struct vst_entry e, u32 *words);            /* the whole entry */
bool xive_entry_store_word(struct xive *x, struct vst_entry e, unsigned word, u32 value); /* by the engine itself */
must_use bool xive_pq_load(struct xive *x, u32 block, u32 index, u8 *pq);
bool xive_pq_store(struct xive *x, u32 block, u32 index, u8 pq);
u64 xive_vsd(const struct xive *x, enum vst table, u32 block);

/* Cache watches: `dat` are the data registers. */
void xive_watch_load(struct xive *x, enum vst table, u64 *dat);
void xive_watch_commit(struct xive *x, enum vst table, const u64 *dat);

/* ---- xive_esb.c ---- */

enum { PQ_RESET = 0, PQ_OFF = 1, PQ_PENDING = 2, PQ_QUEUED = 3 }; /* P << 1 | Q */

bool xive_pq_trigger(u8 *pq);                                             /* true: this event goes on */
bool xive_pq_eoi(u8 *pq);                                                 /* true: an event that was queued goes on */
bool xive_vc_read(struct xive *x, u64 offset, unsigned size, u64 *value); /* offset from the VC BAR */
bool xive_vc_write(struct xive *x, u64 offset, unsigned size, u64 value);
bool xive_pc_read(struct xive *x, u64 offset, unsigned size, u64 *value);
bool xive_pc_write(struct xive *x, u64 offset, unsigned size, u64 value);

/* ---- xive_route.c ---- */

void xive_route_source(struct xive *x, u32 block, u32 index); /* P/Q already checked */
void xive_route_end(struct xive *x, u64 eas);
void xive_notify_port(struct xive *x, u64 data);
void xive_end_replay(struct xive *x, u32 block, u32 index, bool escalation); /* EOI found Q set in ESn or ESe */

/* ---- xive_tima.c ---- */

enum tm_page { TM_PAGE_HW, TM_PAGE_HV, TM_PAGE_OS, TM_PAGE_USER };

struct tm_access {
    enum tm_page page;
    u32 offset;
    unsigned size;
};

void xive_tctx_reset(struct tctx *t);
bool xive_thread_enabled(const struct xive *x, const struct tctx *t);
must_use bool xive_tm_read(struct xive *x, struct tctx *t, struct tm_access a, u64 *value);
must_use bool xive_tm_write(struct xive *x, struct tctx *t, struct tm_access a, u64 value);
void xive_tctx_present(struct tctx *t);                          /* recompute PIPR, NSR and both lines */
void xive_tctx_pend(struct tctx *t, unsigned ring, u8 priority); /* set the IPB bit */

static inline u32 tm_word2(const struct tctx *t, unsigned ring)
{
    return get_be32(t->reg + ring + TM_WORD2);
}

/* ---- xive_ic.c ---- */

u64 xive_ic_read(struct xive *x, u32 offset);
void xive_ic_write(struct xive *x, u32 offset, u64 value);
u32 xive_scom_to_offset(u32 scom); /* scom relative to XIVE_SCOM_BASE; 0xffffffff: no register */
void xive_registers_reset(struct xive *x);
u64 xive_window_size(const struct xive *x, u32 barm); /* CQ_PC_BARM or CQ_VC_BARM */

#endif
