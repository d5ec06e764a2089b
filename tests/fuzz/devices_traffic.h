/* SPDX-License-Identifier: Apache-2.0 */
/* Random traffic for the devices of a board, drawn with dice() (random_devices.h): see devices_traffic.c. */
#ifndef P9_TESTS_DEVICES_TRAFFIC_H
#define P9_TESTS_DEVICES_TRAFFIC_H

#include "bus/bus.h"

struct traffic {
    struct bus *bus;
    const u32 *pir; /* of the threads whose accesses they may be */
    unsigned threads;
    void (*run_a_while)(void *self);
    void (*told)(void *self, bool ok, u64 value); /* what each access was answered; may be NULL */
    void *self;
};

/* Where the next ones go; kept, not copied. */
void traffic_to(const struct traffic *traffic);
/* Perhaps what firmware does first. */
void traffic_begin(void);
void traffic_step(void);
/* Load from every register, and ask the BMC what it knows; nothing is drawn. */
void traffic_look(void);

#endif
