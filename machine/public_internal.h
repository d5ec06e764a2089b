/* SPDX-License-Identifier: Apache-2.0 */
/* What the files behind include/p9sim.h share; nobody else includes this. */
#ifndef P9_MACHINE_PUBLIC_INTERNAL_H
#define P9_MACHINE_PUBLIC_INTERNAL_H

#include <stdatomic.h>

#include "base/log.h"
#include "include/p9sim.h"
#include "loader/elf.h"
#include "machine/config.h"
#include "machine/machine.h"

enum { PUBLIC_IMAGES = 3 };

struct p9_config {
    struct config config;
};

struct p9_machine {
    struct config config;
    struct console *console;
    struct log log;
    struct image image[PUBLIC_IMAGES];
    char *path[PUBLIC_IMAGES]; /* for messages: of the images, which keep their names */
    struct machine_segment segments[ELF_SEGMENTS_MAX];
    struct machine_bare bare;
    struct machine_powernv powernv;
    char *command_line;
    struct machine *machine;
    enum machine_end end;
    atomic_bool stop; /* lock-free, so a signal handler may set it */
    p9_go_on_fn *ask; /* behind instruction ask_at, and every ask_every behind that; NULL: nobody */
    void *ask_self;
    u64 ask_every, ask_at;
};
_Static_assert(ATOMIC_BOOL_LOCK_FREE == 2, "a flag that signal handlers may set");

/* Errors of this thread of the host are kept for p9_last_error() from now on, and those of this call replace others. */
void public_take_errors(void);

/* Every function of the library begins with it.  False after an error line if the arguments are not what it needs. */
static inline bool public_begin(bool arguments, const char *function)
{
    public_take_errors();
    if (!arguments) p9_error("%s: an argument is NULL", function);
    return arguments;
}

#endif
