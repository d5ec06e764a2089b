/* SPDX-License-Identifier: Apache-2.0 */
/* Names and requests; see nesting.h. */
#include "hypervisor/nesting.h"

#include "base/hash.h"
#include "hypervisor/partition.h"
#include "hypervisor/rows.h"

/* ---- requests ---- */

struct nest_registers nest_registers_of(const u64 gpr[32], u64 pid, u64 nia)
{
    struct nest_registers registers = {.hash = hash_mix(0, pid & 0xfffff), .nia = nia & ~3ULL};

    for (unsigned k = 0; k < 32; k++) registers.hash = hash_mix(registers.hash, gpr[k]);
    return registers;
}

static void drop_request(struct nesting *n, unsigned k)
{
    n->waiting[k].name = NULL;
    n->waiting_count--;
}

/* The place of this virtual processor's request, else a free one, else the oldest. */
static unsigned place_for(const struct nesting *n, const struct nest_name *name, u32 token)
{
    unsigned free_place = NEST_REQUESTS, oldest = 0;

    for (unsigned k = 0; k < NEST_REQUESTS; k++) {
        if (n->waiting[k].name == name && n->waiting[k].request.token == token) return k;
        if (!n->waiting[k].name && free_place == NEST_REQUESTS) free_place = k;
        if (n->waiting[k].order < n->waiting[oldest].order) oldest = k;
    }
    return free_place < NEST_REQUESTS ? free_place : oldest;
}

static bool fits(const struct nest_request *request, u32 thread, const struct nest_registers *registers, u64 other_nia)
{
    if (request->registers.unknown || registers->unknown) return request->thread == thread;
    return request->registers.hash == registers->hash &&
           (request->registers.nia == registers->nia || request->registers.nia == other_nia);
}

/* ---- names ---- */

static struct nest_name *find(struct nesting *n, const struct partition *of, u32 number)
{
    for (unsigned k = 0; k < NEST_NAMES; k++)
        if (n->names[k].of == of && n->names[k].number == number) return &n->names[k];
    return NULL;
}

static void drop_name(struct nesting *n, struct nest_name *name)
{
    for (unsigned k = 0; k < NEST_NAMES; k++)
        if (n->names[k].stands_for == name) n->names[k].stands_for = NULL, n->names[k].guest = NULL;
    for (unsigned k = 0; k < NEST_REQUESTS; k++)
        if (n->waiting[k].name == name) drop_request(n, k);
    *name = (struct nest_name){0};
}

static struct nest_name *find_or_make(struct nesting *n, struct partition *of, u32 number)
{
    struct nest_name *name = find(n, of, number), *oldest = n->names;

    if (name) return name;
    for (unsigned k = 0; k < NEST_NAMES && oldest->of; k++)
        if (!n->names[k].of || n->names[k].order < oldest->order) oldest = &n->names[k];
    if (oldest->of) drop_name(n, oldest);
    *oldest = (struct nest_name){.of = of, .number = number};
    return oldest;
}

struct partition *nesting_parent(const struct nest_name *name)
{
    while (name->stands_for) name = name->stands_for; /* ends: each is of a child of the one before */
    return name->of;
}

void nesting_set_guest(struct nest_name *name, struct partition *guest)
{
    for (; name; name = name->stands_for) name->guest = guest;
}

bool nesting_knows(const struct nesting *n, const struct partition *of, u32 number)
{
    return find((struct nesting *)n, of, number) != NULL;
}

void nesting_forget(struct nesting *n, const struct partition *of, u32 number)
{
    struct nest_name *name = find(n, of, number);

    if (name) drop_name(n, name);
}

void nesting_forget_all(struct nesting *n, const struct partition *of)
{
    for (unsigned k = 0; k < NEST_NAMES; k++)
        if (n->names[k].of == of) drop_name(n, &n->names[k]);
}

void nesting_ended(struct nesting *n, const struct partition *partition)
{
    nesting_forget_all(n, partition);
    for (unsigned k = 0; k < NEST_NAMES; k++)
        if (n->names[k].guest == partition) n->names[k].guest = NULL;
}

/* ---- the two joins ---- */

/* Which waiting request of a child of `by` does this one carry out?  The same thread's first, then the oldest. */
static unsigned carried_out(const struct nesting *n, const struct partition *by, const struct nest_request *request)
{
    unsigned best = NEST_REQUESTS;

    for (unsigned k = 0; k < NEST_REQUESTS && n->waiting_count; k++) {
        const struct nest_request *r = &n->waiting[k].request,
                                  *b = best < NEST_REQUESTS ? &n->waiting[best].request : NULL;
        if (!n->waiting[k].name || n->waiting[k].name->of->parent != by) continue;
        if (r->registers.unknown || request->registers.unknown)
            continue; /* the thread says nothing of who asks again */
        if (!fits(r, request->thread, &request->registers, request->registers.nia)) continue;
        if (b) {
            bool mine = r->thread == request->thread, its = b->thread == request->thread;
            if (its && !mine) continue;
            if (its == mine && n->waiting[best].order < n->waiting[k].order) continue;
        }
        best = k;
    }
    return best;
}

void nesting_asked(struct nesting *n, struct partition *by, const struct nest_request *request)
{
    unsigned child = carried_out(n, by, request), place;
    struct nest_name *of_child = child < NEST_REQUESTS ? n->waiting[child].name : NULL;
    struct nest_name *name;

    if (of_child) {
        of_child->order = ++n->order; /* so that it is not what makes room for `name` */
        drop_request(n, child);
    }
    name = find_or_make(n, by, request->number);
    name->order = ++n->order;
    if (of_child && name->stands_for != of_child) {
        name->stands_for = of_child;
        name->guest = of_child->guest;
    }
    place = place_for(n, name, request->token);
    if (!n->waiting[place].name) n->waiting_count++;
    n->waiting[place].name = name;
    n->waiting[place].request = *request;
    n->waiting[place].order = n->order;
}

/* Of two requests that fit: the guest that has this LPID already, then the thread that asked, then the oldest. */
static unsigned rank(const struct nest_name *name, const struct nest_request *request, u32 thread, u32 lpid)
{
    return (name->guest && name->guest->lpid == lpid ? 2 : 0) + (request->thread == thread ? 1 : 0);
}

struct nest_name *nesting_answered(struct nesting *n, u32 thread, const struct nest_registers *registers, u64 other_nia,
                                   u32 lpid)
{
    unsigned best = NEST_REQUESTS, best_rank = 0;
    struct nest_name *name;

    for (unsigned k = 0; k < NEST_REQUESTS && n->waiting_count; k++) {
        unsigned its;
        if (!n->waiting[k].name || n->waiting[k].name->of->level != 1) continue;
        if (n->waiting[k].name->of->lpid == lpid) continue; /* it goes on itself: its request failed */
        if (!fits(&n->waiting[k].request, thread, registers, other_nia)) continue;
        its = rank(n->waiting[k].name, &n->waiting[k].request, thread, lpid);
        if (best < NEST_REQUESTS && its < best_rank) continue;
        if (best < NEST_REQUESTS && its == best_rank && n->waiting[best].order < n->waiting[k].order) continue;
        best = k;
        best_rank = its;
    }
    if (best == NEST_REQUESTS) return NULL;
    name = n->waiting[best].name;
    drop_request(n, best);
    return name;
}

/* ---- state ---- */

static const struct state_row registers_rows[] = {
    STATE(struct nest_registers, hash),
    STATE(struct nest_registers, nia),
    STATE(struct nest_registers, unknown),
};
static const struct state_table nest_registers_state = STATE_TABLE(struct nest_registers, registers_rows);

static const struct state_row request_rows[] = {
    STATE(struct nest_request, number),
    STATE(struct nest_request, token),
    STATE(struct nest_request, thread),
    STATE_PART(struct nest_request, registers, struct nest_registers, nest_registers_state),
};
const struct state_table nest_request_state = STATE_TABLE(struct nest_request, request_rows);

/* Partitions and names go before each name, and a name before each request, by number. */
static const struct state_row name_rows[] = {
    STATE_WITH(struct nest_name, of),    STATE(struct nest_name, number), STATE_WITH(struct nest_name, stands_for),
    STATE_WITH(struct nest_name, guest), STATE(struct nest_name, order),
};
const struct state_table nest_name_state = STATE_TABLE(struct nest_name, name_rows);

static const struct state_row waiting_rows[] = {
    STATE_WITH(struct nest_waiting, name),
    STATE_PART(struct nest_waiting, request, struct nest_request, nest_request_state),
    STATE(struct nest_waiting, order),
};
const struct state_table nest_waiting_state = STATE_TABLE(struct nest_waiting, waiting_rows);

static const struct state_row nesting_rows[] = {
    STATE_WITH(struct nesting, names), /* nesting_save() */
    STATE_WITH(struct nesting, waiting),
    STATE_DERIVED(struct nesting, waiting_count),
    STATE(struct nesting, order),
};
const struct state_table nesting_state = STATE_TABLE(struct nesting, nesting_rows);

static u64 number_of(const struct nesting *n, const struct nest_name *name)
{
    return name ? (u64)(name - n->names) + 1 : 0;
}

void nesting_save(struct state_writer *w, const struct nesting *n)
{
    for (unsigned k = 0; k < NEST_NAMES; k++) {
        const struct nest_name *name = &n->names[k];
        partition_put(w, name->of);
        partition_put(w, name->guest);
        state_put_number(w, number_of(n, name->stands_for));
        state_put(w, &nest_name_state, name);
    }
    for (unsigned k = 0; k < NEST_REQUESTS; k++) {
        state_put_number(w, number_of(n, n->waiting[k].name));
        state_put(w, &nest_waiting_state, &n->waiting[k]);
    }
    state_put(w, &nesting_state, n);
}

static bool get_name(struct state_reader *r, struct nesting *n, struct nest_name **name)
{
    u64 number = state_get_below(r, NEST_NAMES + 1, "a name of a guest");

    *name = number ? &n->names[number - 1] : NULL;
    return !r->failed;
}

/* Whoever a name stands for is of a child of its user: so it cannot stand for itself, whatever lies between. */
static bool names_agree(const struct nesting *n)
{
    for (unsigned k = 0; k < NEST_NAMES; k++) {
        const struct nest_name *name = &n->names[k];
        if (!name->of && (name->stands_for || name->guest)) return false;
        if (name->stands_for && (!name->stands_for->of || name->stands_for->of->parent != name->of)) return false;
    }
    for (unsigned k = 0; k < NEST_REQUESTS; k++)
        if (n->waiting[k].name && !n->waiting[k].name->of) return false;
    return true;
}

bool nesting_restore(struct state_reader *r, struct nesting *n, const struct partition_tree *tree)
{
    for (unsigned k = 0; k < NEST_NAMES; k++) {
        struct nest_name *name = &n->names[k];
        if (!partition_get(r, tree, &name->of) || !partition_get(r, tree, &name->guest) ||
            !get_name(r, n, &name->stands_for) || !state_get(r, &nest_name_state, name))
            return false;
    }
    n->waiting_count = 0;
    for (unsigned k = 0; k < NEST_REQUESTS; k++) {
        if (!get_name(r, n, &n->waiting[k].name) || !state_get(r, &nest_waiting_state, &n->waiting[k])) return false;
        n->waiting_count += n->waiting[k].name != NULL;
    }
    return state_get(r, &nesting_state, n) && (names_agree(n) || state_refuse(r, "a name that stands for no child's"));
}
