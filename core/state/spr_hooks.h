/* SPDX-License-Identifier: Apache-2.0 */
/* The hooks that rows of spr.def name: get answers what the register reads as, put stores and does what follows. */
#ifndef P9_CORE_STATE_SPR_HOOKS_H
#define P9_CORE_STATE_SPR_HOOKS_H

#include "core/state/spr.h"

#define HOOK_GET(name) u64 spr_get_##name(struct thread *t, const struct spr_row *row)
#define HOOK_PUT(name) enum spr_result spr_put_##name(struct thread *t, const struct spr_row *row, u64 value)
#define HOOK(name)                                                                                                     \
    HOOK_GET(name);                                                                                                    \
    HOOK_PUT(name)

HOOK(field);
HOOK(nothing);
HOOK_PUT(context); /* plain, and the translation context follows */

HOOK(xer);
HOOK(udscr);
HOOK(lr);
HOOK(ctr);
HOOK(uamr);
HOOK_GET(usprg3);
HOOK_PUT(ppr);
HOOK_PUT(dscr); /* and whoever keeps records is told */
HOOK(ppr32);
HOOK_PUT(amr);
HOOK_PUT(iamr);
HOOK_PUT(uamor);
HOOK_PUT(lpcr);
HOOK_PUT(ptcr);
HOOK_PUT(ldbar);
HOOK_PUT(watch);
HOOK_PUT(hfscr);
HOOK_PUT(hmer);
HOOK_PUT(hmeer);
HOOK_GET(pir);
HOOK_GET(tir);
HOOK_GET(ctrl);
HOOK_GET(pmsr);
HOOK(dpdes);
HOOK(dhdes);
HOOK(psscr);
HOOK(psscr_s);
HOOK_GET(usier);
HOOK_GET(usiar);
HOOK_GET(usdar);
HOOK_GET(ummcr1);
HOOK_PUT(sprc);
HOOK(sprd);

/* tm.c */
HOOK_PUT(tfhar);
HOOK_PUT(tm);
HOOK(texasru);

/* ebb.c */
HOOK(bescr);
HOOK_GET(bescru);
HOOK_PUT(bescrs);
HOOK_PUT(bescrsu);
HOOK_PUT(bescrr);
HOOK_PUT(bescrru);

/* pmu.c */
HOOK_PUT(mmcr);
HOOK(pmc);
HOOK(upmc);
HOOK(ummcr0);
HOOK(ummcr2);
HOOK(ummcra);
HOOK_PUT(run_latch);

/* timer.c */
HOOK(dec);
HOOK(hdec);
HOOK(purr);
HOOK(spurr);
HOOK(vtb);
HOOK(ic);
HOOK(tfmr);
HOOK_GET(tb);
HOOK(tbu);
HOOK_PUT(tbl);
HOOK_PUT(tbu40);

#endif
