/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever is free takes the next piece; see crew.h. */
#define _GNU_SOURCE /* sched_getaffinity() */
#include "experiment/crew.h"

#include <pthread.h>
#include <sched.h>

enum { THREADS_MAX = 64 };

struct crowd {
    const struct crew *crew;
    const char *what;
    bool (*work)(void *owner, unsigned number);
    void *owner;
    unsigned count;
    pthread_mutex_t mutex; /* of the rest */
    unsigned begun, done;
    bool failed;
};

static bool is_interrupted(const struct crew *crew)
{
    return crew->interrupted && *crew->interrupted;
}

static void tell(const struct crowd *c)
{
    if (c->crew->tell) c->crew->tell(c->crew->self, c->what, c->done, c->count);
}

/* With the mutex. */
static bool has_more(struct crowd *c)
{
    if (c->begun < c->count && is_interrupted(c->crew)) c->failed = true;
    return c->begun < c->count && !c->failed;
}

static void *take_part(void *self)
{
    struct crowd *c = self;

    pthread_mutex_lock(&c->mutex);
    while (has_more(c)) {
        unsigned number = c->begun++;
        bool ok;

        pthread_mutex_unlock(&c->mutex);
        ok = c->work(c->owner, number);
        pthread_mutex_lock(&c->mutex);
        c->failed |= !ok;
        c->done++;
        if (!c->failed) tell(c);
    }
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

static unsigned processors(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof set, &set) ? 1 : (unsigned)CPU_COUNT(&set);
}

static unsigned threads_for(const struct crew *crew, unsigned count)
{
    unsigned threads = crew->threads ? crew->threads : processors();

    if (threads > count) threads = count;
    return threads > THREADS_MAX ? THREADS_MAX : threads;
}

/* This thread takes part too; one that the host does not give is done without. */
bool crew_run(const struct crew *crew, const char *what, unsigned count, bool (*work)(void *owner, unsigned number),
              void *owner)
{
    static const struct crew alone = {.threads = 1};
    struct crowd c = {.crew = crew ? crew : &alone, .what = what, .work = work, .owner = owner, .count = count};
    pthread_t thread[THREADS_MAX];
    unsigned wanted = threads_for(c.crew, count), started = 0;

    pthread_mutex_init(&c.mutex, NULL);
    tell(&c);
    while (started + 1 < wanted && !pthread_create(&thread[started], NULL, take_part, &c)) started++;
    take_part(&c);
    while (started) pthread_join(thread[--started], NULL);
    pthread_mutex_destroy(&c.mutex);
    return !c.failed;
}
