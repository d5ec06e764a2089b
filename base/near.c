/* SPDX-License-Identifier: Apache-2.0 */
/* Edit distance with exchanges of neighbours (optimal string alignment); see near.h. */
#include "base/near.h"

#include <stdio.h>
#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned near_distance(const char *a, const char *b)
{
    size_t n = strnlen(a, NEAR_LETTERS), m = strnlen(b, NEAR_LETTERS);
    unsigned row[3][NEAR_LETTERS + 1], *two = row[0], *one = row[1], *now = row[2];

    for (size_t j = 0; j <= m; j++) one[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *oldest = two;

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = least(least(one[j], now[j - 1]) + 1, one[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = least(now[j], two[j - 2] + 1);
        }
        two = one;
        one = now;
        now = oldest;
    }
    return one[m];
}

struct near near_to(const char *typed)
{
    return (struct near){.typed = typed};
}

/* Near enough: at most a third of what was typed is wrong, of short names one letter; or one name begins the other. */
void near_offer(struct near *near, const char *name)
{
    size_t n = strlen(near->typed), m = strlen(name), common = n < m ? n : m;
    unsigned distance = near_distance(near->typed, name);
    bool begins = common >= 3 && !strncmp(near->typed, name, common);

    if (!m) return;
    if (distance > (n < 6 ? 1 + (n > 3) : n / 3) && !begins) return;
    if (near->best && distance >= near->distance) return;
    near->best = name;
    near->distance = distance;
}

const char *near_words(struct near *near)
{
    *near->words = 0;
    if (near->best) snprintf(near->words, sizeof near->words, " (did you mean %.*s?)", NEAR_LETTERS, near->best);
    return near->words;
}
