/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three small programs of the kinds that papers on nested paging measure, each with a result that is checked when it is
 * done: look-ups in a B-tree, a breadth-first search, a radix sort.  docs/NESTBENCH.md says what is known of each.
 *
 * They live in the arena, so their pages are what the measure's name says.  A program goes on where the last call of
 * its work left it; what one has done wrong ends nestbench.
 */
#include <string.h>

#include "nestbench.h"

/* A number that looks like chance and follows from another. */
static uint64_t mixed(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* ---- B-tree: look up a key; every other one is there ---- */

enum { KEYS = 62, LINKS = KEYS + 1 };
struct node {
    _Alignas(1024) uint64_t key[KEYS]; /* ascending; of an inner node: the least one behind each link but the first */
    uint64_t link[LINKS];              /* the number of a node; in a leaf the value of each key */
};

static struct {
    struct node *node;
    uint64_t keys, root, asked, random, sum;
    unsigned depth; /* levels above the leaves */
} tree;

enum { FIRST_QUESTION = 88172645 };

static uint64_t value_of(uint64_t key)
{
    return mixed(key) | 1;
}

static void fill_leaves(uint64_t leaves)
{
    for (uint64_t n = 0; n < leaves; n++)
        for (unsigned k = 0; k < KEYS; k++) {
            tree.node[n].key[k] = 2 * (n * KEYS + k);
            tree.node[n].link[k] = value_of(tree.node[n].key[k]);
        }
}

/* The level above `below` nodes from `first` on; keys[n] of a node without so many children are beyond any key. */
static uint64_t fill_level(uint64_t first, uint64_t below, uint64_t keys_below)
{
    uint64_t count = (below + LINKS - 1) / LINKS;

    for (uint64_t n = 0; n < count; n++) {
        struct node *node = &tree.node[first + below + n];

        for (unsigned k = 0; k < LINKS; k++) {
            uint64_t child = n * LINKS + k;
            if (k) node->key[k - 1] = child < below ? 2 * child * keys_below : UINT64_MAX;
            node->link[k] = first + (child < below ? child : below - 1);
        }
    }
    return count;
}

static bool open_tree(struct run *run)
{
    uint64_t nodes = run->measure->footprint / sizeof(struct node), leaves = nodes - nodes / (LINKS - 1) - 4, first = 0;

    if (!arena_open(run)) return false;
    memset(&tree, 0, sizeof tree);
    tree.node = (struct node *)run->arena;
    tree.keys = leaves * KEYS;
    tree.random = FIRST_QUESTION;
    fill_leaves(leaves);
    for (uint64_t level = leaves, keys = KEYS; level > 1; keys *= LINKS, tree.depth++) {
        uint64_t count = fill_level(first, level, keys);
        first += level;
        level = count;
    }
    tree.root = first;
    return true;
}

/* How many of the node's keys are not above this one. */
static unsigned keys_up_to(const struct node *node, uint64_t key)
{
    unsigned low = 0;

    for (unsigned count = KEYS; count;) {
        unsigned half = count / 2;
        if (node->key[low + half] <= key) low += half + 1, count -= half + 1;
        else count = half;
    }
    return low;
}

static uint64_t look_up(uint64_t key)
{
    const struct node *node = &tree.node[tree.root];
    unsigned k;

    for (unsigned level = tree.depth; level; level--) node = &tree.node[node->link[keys_up_to(node, key)]];
    k = keys_up_to(node, key);
    return k && node->key[k - 1] == key ? node->link[k - 1] : 0;
}

static uint64_t next_question(uint64_t *random)
{
    *random = xorshift(*random);
    return *random % (2 * tree.keys);
}

static void ask_tree(struct run *run, uint64_t ops)
{
    uint64_t random = tree.random, sum = 0;

    (void)run;
    for (uint64_t k = 0; k < ops; k++) sum += look_up(next_question(&random));
    tree.random = random;
    tree.sum += sum;
    tree.asked += ops;
}

/* The same questions, answered without the tree. */
static void close_tree(struct run *run)
{
    uint64_t random = FIRST_QUESTION, sum = 0;

    (void)run;
    for (uint64_t k = 0; k < tree.asked; k++) {
        uint64_t key = next_question(&random);
        if (!(key & 1)) sum += value_of(key);
    }
    if (sum != tree.sum) die("its B-tree gave wrong answers");
}

/* ---- breadth-first search: in a graph whose every vertex has six neighbours at random ---- */

enum { DEGREE = 6, DISTANCE_BITS = 8 };
struct vertex {
    uint32_t seen; /* in which search << 8 | how far from its root */
    uint32_t parent, to[DEGREE];
};

static struct {
    struct vertex *vertex;
    uint32_t *queue; /* vertices as they were seen; those before `head` have been left by all their edges */
    uint64_t count, head, tail;
    uint32_t search;
} graph;

static bool open_graph(struct run *run)
{
    uint64_t count = run->measure->footprint / (sizeof(struct vertex) + sizeof(uint32_t));

    if (!arena_open(run)) return false;
    memset(&graph, 0, sizeof graph);
    graph.count = count;
    graph.vertex = (struct vertex *)run->arena;
    graph.queue = (uint32_t *)(graph.vertex + count);
    for (uint64_t n = 0; n < count; n++) {
        graph.vertex[n].seen = 0;
        for (unsigned k = 0; k < DEGREE; k++)
            graph.vertex[n].to[k] = (uint32_t)((mixed(n * DEGREE + k) >> 32) * count >> 32);
    }
    return true;
}

static void start_search(void)
{
    uint32_t root = (uint32_t)(mixed(++graph.search) % graph.count);

    graph.vertex[root].seen = graph.search << DISTANCE_BITS;
    graph.vertex[root].parent = root;
    graph.queue[0] = root;
    graph.head = 0;
    graph.tail = 1;
}

/* The next vertex in the queue is left by all its edges. */
static void leave_vertex(void)
{
    uint32_t from = graph.queue[graph.head++], seen = graph.vertex[from].seen + 1;

    for (unsigned k = 0; k < DEGREE; k++) {
        struct vertex *to = &graph.vertex[graph.vertex[from].to[k]];

        if (to->seen >> DISTANCE_BITS == graph.search) continue;
        to->seen = seen;
        to->parent = from;
        graph.queue[graph.tail++] = graph.vertex[from].to[k];
    }
}

static void search_graph(struct run *run, uint64_t ops)
{
    (void)run;
    for (; ops; ops--) {
        if (graph.head == graph.tail) start_search();
        leave_vertex();
    }
}

static bool is_neighbour(const struct vertex *of, uint32_t vertex)
{
    for (unsigned k = 0; k < DEGREE; k++)
        if (of->to[k] == vertex) return true;
    return false;
}

static bool vertex_is_right(uint64_t place)
{
    uint32_t number = graph.queue[place];
    const struct vertex *v = &graph.vertex[number], *parent = &graph.vertex[v->parent];

    if (v->seen >> DISTANCE_BITS != graph.search) return false;
    if (place && (v->seen < graph.vertex[graph.queue[place - 1]].seen || v->seen != parent->seen + 1)) return false;
    if (place && !is_neighbour(parent, number)) return false;
    for (unsigned k = 0; place < graph.head && k < DEGREE; k++) {
        uint32_t seen = graph.vertex[v->to[k]].seen;
        if (seen >> DISTANCE_BITS != graph.search || seen > v->seen + 1) return false;
    }
    return true;
}

/*
 * As Graph500 validates: whoever was seen has a parent that is one nearer, an edge never leads further than one, and
 * the queue has everybody who was seen.  Then distances are the shortest ones.
 */
static void close_graph(struct run *run)
{
    uint64_t seen = 0;

    (void)run;
    for (uint64_t place = 0; place < graph.tail; place++)
        if (!vertex_is_right(place)) die("its search went wrong");
    for (uint64_t n = 0; n < graph.count; n++) seen += graph.vertex[n].seen >> DISTANCE_BITS == graph.search;
    if (seen != graph.tail) die("its search saw a vertex that it does not know of");
}

/* ---- radix sort: by the least significant byte first, one record moved after the other ---- */

enum { PASSES = 4, DIGITS = 256 };
struct record {
    uint32_t key, origin;
};

static struct {
    struct record *source, *side[2]; /* the source stays as it is, so that the sort can begin again */
    uint64_t count, at;
    unsigned pass;
    uint32_t first[PASSES][DIGITS]; /* where the records of each digit begin */
    uint32_t next[DIGITS];          /* and where the next one of each goes in this pass */
} sort;

static unsigned digit(uint32_t key, unsigned pass)
{
    return key >> 8 * pass & (DIGITS - 1);
}

static void count_digits(void)
{
    for (uint64_t n = 0; n < sort.count; n++)
        for (unsigned pass = 0; pass < PASSES; pass++) sort.first[pass][digit(sort.source[n].key, pass)]++;
    for (unsigned pass = 0; pass < PASSES; pass++) {
        uint32_t sum = 0;
        for (unsigned d = 0; d < DIGITS; d++) {
            uint32_t count = sort.first[pass][d];
            sort.first[pass][d] = sum;
            sum += count;
        }
    }
}

static bool open_sort(struct run *run)
{
    if (!arena_open(run)) return false;
    memset(&sort, 0, sizeof sort);
    sort.count = run->measure->footprint / (3 * sizeof(struct record));
    sort.source = (struct record *)run->arena;
    sort.side[0] = sort.source + sort.count;
    sort.side[1] = sort.side[0] + sort.count;
    for (uint64_t n = 0; n < sort.count; n++) sort.source[n] = (struct record){(uint32_t)mixed(n), (uint32_t)n};
    count_digits();
    return true;
}

/* Pass 0 takes the source to one side, each further one that side to the other. */
static void move_records(uint64_t count)
{
    const struct record *from = (sort.pass ? sort.side[!(sort.pass & 1)] : sort.source) + sort.at;
    struct record *to = sort.side[sort.pass & 1];

    for (uint64_t k = 0; k < count; k++) to[sort.next[digit(from[k].key, sort.pass)]++] = from[k];
}

static void sort_records(struct run *run, uint64_t ops)
{
    (void)run;
    for (uint64_t n; ops; ops -= n) {
        if (!sort.at) memcpy(sort.next, sort.first[sort.pass], sizeof sort.next);
        n = ops < sort.count - sort.at ? ops : sort.count - sort.at;
        move_records(n);
        sort.at += n;
        if (sort.at < sort.count) continue;
        sort.at = 0;
        sort.pass = (sort.pass + 1) % PASSES;
    }
}

/* What has begun is brought to its end; then records ascend, equal keys in the order they came in, each from its
 * origin. */
static void close_sort(struct run *run)
{
    const struct record *sorted = sort.side[(PASSES - 1) & 1];
    uint64_t done = sort.pass * sort.count + sort.at;

    if (done) sort_records(run, PASSES * sort.count - done);
    for (uint64_t n = 0; n < sort.count; n++) {
        const struct record *r = &sorted[n], *before = r - 1;
        bool ascends = !n || before->key < r->key || (before->key == r->key && before->origin < r->origin);
        if (!ascends || r->origin >= sort.count || sort.source[r->origin].key != r->key) die("its sort went wrong");
    }
}

/* ---- the rows ---- */

/* A sort's first pass warms up, the others are measured; so it has come to its end when it is checked. */

#define TREE(number_, size, bytes, suffix, huge, set_)                                                                 \
    {                                                                                                                  \
        .number = number_, .name = "btree-" size suffix, .operation = "one look-up", .ops = 65536, .warm_up = 16384,   \
        .open = open_tree, .work = ask_tree, .close = close_tree, .footprint = bytes, .is_huge = huge,                 \
        .on_request = true, .set = set_                                                                                \
    }
#define GRAPH(number_, size, bytes, suffix, huge, set_)                                                                \
    {                                                                                                                  \
        .number = number_, .name = "bfs-" size suffix, .operation = "one vertex, six edges", .ops = 524288,            \
        .warm_up = 131072, .open = open_graph, .work = search_graph, .close = close_graph, .footprint = bytes,         \
        .is_huge = huge, .on_request = true, .set = set_                                                               \
    }
#define SORT(number_, size, bytes, suffix, huge, set_)                                                                 \
    {                                                                                                                  \
        .number = number_, .name = "sort-" size suffix, .operation = "one record moved",                               \
        .ops = (bytes) / (3 * sizeof(struct record)) * (PASSES - 1), .warm_up = (bytes) / (3 * sizeof(struct record)), \
        .open = open_sort, .work = sort_records, .close = close_sort, .footprint = bytes, .is_huge = huge,             \
        .on_request = true, .set = set_                                                                                \
    }

const struct measure program_measures[] = {
    TREE(128, "64m", 64 * MIB, "", false, "programs"),
    GRAPH(129, "64m", 64 * MIB, "", false, "programs"),
    SORT(130, "64m", 64 * MIB, "", false, "programs"),
    TREE(134, "1g", GIB, "", false, "large"),
    GRAPH(135, "1g", GIB, "", false, "large"),
    TREE(131, "64m", 64 * MIB, "-thp", true, "programs"),
    GRAPH(132, "64m", 64 * MIB, "-thp", true, "programs"),
    SORT(133, "64m", 64 * MIB, "-thp", true, "programs"),
    TREE(136, "1g", GIB, "-thp", true, "large"),
    GRAPH(137, "1g", GIB, "-thp", true, "large"),
    {.name = NULL},
};
