/* SPDX-License-Identifier: Apache-2.0 */
/* See words.h. A place is found by address, since a branch's text has the address in it. */
#include "traces/words.h"

#include <stdlib.h>

#include "base/hash.h"
#include "core/isa/disasm.h"

enum { PLACES = 1 << 14 };
struct words {
    const struct isa *isa;
    struct place {
        u64 cia;
        u32 word;
        bool used;
        char text[WORD_TEXT];
    } place[PLACES];
};

struct words *words_open(const struct isa *isa)
{
    struct words *w = isa ? calloc(1, sizeof *w) : NULL;

    if (w) w->isa = isa;
    return w;
}

const char *words_text(struct words *w, u32 word, u64 cia)
{
    struct place *p = &w->place[hash_place(cia >> 2, PLACES)];

    if (p->used && p->word == word && p->cia == cia) return p->text;
    p->used = true;
    p->word = word;
    p->cia = cia;
    isa_disassemble(w->isa, word, cia, p->text, sizeof p->text);
    return p->text;
}

void words_close(struct words *w)
{
    free(w);
}
