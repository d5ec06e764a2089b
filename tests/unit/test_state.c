/* SPDX-License-Identifier: Apache-2.0 */
/* What is saved comes back, by name; what is damaged, foreign or hostile is refused with a line and nothing worse. */
#include <check.h>
#include <stdlib.h>

#include "base/state.h"
#include "tests/support/suite.h"

struct wheel {
    u16 width;
    bool flat;
};
enum gear { NEUTRAL, FIRST, REVERSE };
struct car {
    u64 odometer, trip[3];
    u8 seats[5];
    enum gear gear;
    u128 serial;
    u32 grid[2][3];
    struct wheel wheel[4];
    u32 *stop; /* stops of them */
    u32 stops;
    u64 sum; /* [derived] */
    const char *driver;
};

static const struct state_row wheel_rows[] = {
    STATE_ARCH(struct wheel, width),
    STATE(struct wheel, flat),
};
static const struct state_table wheel_state = STATE_TABLE(struct wheel, wheel_rows);

static void save_stops(struct state_writer *w, const void *self)
{
    const struct car *car = self;

    state_put_number(w, car->stops);
    state_put_numbers(w, car->stop, 4, car->stops);
}

static bool restore_stops(struct state_reader *r, void *self)
{
    struct car *car = self;
    u64 count = state_get_count(r, NULL, 1000);

    free(car->stop);
    car->stop = calloc(count + 1, 4);
    car->stops = (u32)count;
    return state_get_numbers(r, car->stop, 4, count);
}

static bool car_restored(struct state_reader *r, void *self)
{
    struct car *car = self;

    car->sum = car->trip[0] + car->trip[1] + car->trip[2];
    return car->odometer >= car->sum || state_refuse(r, "a car that has not gone as far as it has");
}

static const struct state_row car_rows[] = {
    STATE_ARCH(struct car, odometer, .kept = true),
    STATE_ARCH(struct car, trip),
    STATE(struct car, seats),
    STATE(struct car, gear, .most = REVERSE),
    STATE(struct car, serial),
    STATE_OF(struct car, grid, u32),
    STATE_PART(struct car, wheel, struct wheel, wheel_state),
    STATE_CALL(struct car, stop, save_stops, restore_stops, .arch = true),
    STATE_WITH(struct car, stops),
    STATE_DERIVED(struct car, sum),
    STATE_DERIVED(struct car, driver),
};
static const struct state_table car_state = STATE_TABLE(struct car, car_rows, .restored = car_restored);

static struct car a_car(void)
{
    struct car car = {.odometer = 1000000,
                      .trip = {1, 20, 300},
                      .seats = {1, 2, 3, 4, 5},
                      .gear = REVERSE,
                      .serial = (u128)0x0123456789abcdefULL << 64 | 0xfedcba9876543210ULL,
                      .grid = {{1, 2, 3}, {4, 5, 6}},
                      .wheel = {{195, false}, {196, true}, {197, false}, {198, true}},
                      .stops = 3,
                      .driver = "somebody"};

    car.stop = calloc(3, 4);
    car.stop[0] = 7, car.stop[1] = 8, car.stop[2] = 9;
    return car;
}

static struct state_bytes saved(const struct state_table *table, const void *self)
{
    struct state_writer w = {0};
    struct state_bytes whole;

    state_put_object(&w, "thing", table, self);
    ck_assert(state_written(&w, &whole));
    return whole;
}

/* The reason of a refusal, or NULL; the answer lives until the next call. */
static const char *restored(const struct state_bytes *b, const struct state_table *table, void *self)
{
    static struct state_reader r;
    bool ok = state_open(&r, b->at, b->size) && state_get_object(&r, "thing", table, self);

    state_close(&r);
    ck_assert(ok != r.failed);
    ck_assert(ok || (*r.why && !strchr(r.why, '\n')));
    return ok ? NULL : r.why;
}

START_TEST(every_row_comes_back_and_what_is_derived_is_computed)
{
    struct car from = a_car(), to = {.driver = "another"};
    struct state_bytes b = saved(&car_state, &from);

    ck_assert_ptr_null(state_table_fault(&car_state));
    ck_assert_ptr_null(restored(&b, &car_state, &to));
    ck_assert_uint_eq(to.odometer, 1000000);
    ck_assert_mem_eq(to.trip, from.trip, sizeof to.trip);
    ck_assert_mem_eq(to.seats, from.seats, sizeof to.seats);
    ck_assert_mem_eq(to.grid, from.grid, sizeof to.grid);
    ck_assert(to.serial == from.serial);
    ck_assert_int_eq(to.gear, REVERSE);
    for (unsigned k = 0; k < 4; k++) {
        ck_assert_uint_eq(to.wheel[k].width, from.wheel[k].width);
        ck_assert_int_eq(to.wheel[k].flat, from.wheel[k].flat);
    }
    ck_assert_uint_eq(to.stops, 3);
    ck_assert_mem_eq(to.stop, from.stop, 12);
    ck_assert_uint_eq(to.sum, 321);
    ck_assert_str_eq(to.driver, "another");
    free(from.stop), free(to.stop);
    state_bytes_free(&b);
}
END_TEST

START_TEST(the_same_state_gives_the_same_bytes_whatever_lies_between_its_members)
{
    struct car from = a_car(), other;
    struct state_bytes a = saved(&car_state, &from), b;

    memset(&other, 0xa5, sizeof other);
    other.wheel[0].flat = other.wheel[1].flat = other.wheel[2].flat = other.wheel[3].flat = false;
    other.stop = NULL;
    other.stops = 0;
    ck_assert_ptr_null(restored(&a, &car_state, &other));
    b = saved(&car_state, &other);
    ck_assert_uint_eq(a.size, b.size);
    ck_assert_mem_eq(a.at, b.at, a.size);
    free(from.stop), free(other.stop);
    state_bytes_free(&a), state_bytes_free(&b);
}
END_TEST

/* Of another version: rows in another order, one that nobody knows any more, and without `flat`. */
struct old_wheel {
    u32 screws;
    u16 width;
};
static const struct state_row old_wheel_rows[] = {STATE(struct old_wheel, screws), STATE(struct old_wheel, width)};
static const struct state_table old_wheel_state = {
    .name = "struct wheel", .size = sizeof(struct old_wheel), .count = 2, .row = old_wheel_rows};
static const struct state_row narrow_rows[] = {STATE(struct wheel, width)};
static const struct state_table narrow_state = {
    .name = "struct wheel", .size = sizeof(struct wheel), .count = 1, .row = narrow_rows};

START_TEST(a_file_of_another_version_is_read_if_it_has_the_rows_and_says_what_it_lacks_if_not)
{
    struct old_wheel old = {.screws = 5, .width = 165};
    struct state_bytes b = saved(&old_wheel_state, &old);
    struct wheel wheel = {0};
    struct car car = {0};

    ck_assert_ptr_null(restored(&b, &narrow_state, &wheel));
    ck_assert_uint_eq(wheel.width, 165);
    ck_assert_str_eq(restored(&b, &wheel_state, &wheel), "of a version whose struct wheel lacks flat");
    ck_assert_str_eq(restored(&b, &car_state, &car), "thing is no struct car there");
    state_bytes_free(&b);
}
END_TEST

START_TEST(a_value_that_cannot_be_is_refused_before_it_is_in_its_place)
{
    struct car from = a_car(), to = {0};
    struct state_bytes b;

    from.gear = (enum gear)3;
    b = saved(&car_state, &from);
    ck_assert_str_eq(restored(&b, &car_state, &to), "struct car: gear has a value that it cannot have");
    ck_assert_int_eq(to.gear, NEUTRAL);
    state_bytes_free(&b);
    from.gear = FIRST;
    from.odometer = 5;
    b = saved(&car_state, &from);
    ck_assert_str_eq(restored(&b, &car_state, &to), "a car that has not gone as far as it has");
    free(from.stop), free(to.stop);
    state_bytes_free(&b);
}
END_TEST

START_TEST(wherever_it_is_cut_or_hit_the_reader_comes_back)
{
    struct car from = a_car();
    struct state_bytes b = saved(&car_state, &from);
    unsigned refused = 0;

    for (size_t n = 0; n < b.size; n++) {
        struct state_bytes cut = {.at = malloc(n + 1), .size = n};
        struct car to = {0};

        memcpy(cut.at, b.at, n);
        ck_assert_ptr_nonnull(restored(&cut, &car_state, &to));
        free(to.stop), free(cut.at);
    }
    for (size_t n = 0; n < b.size; n++)
        for (unsigned k = 0; k < 3; k++) {
            static const u8 hits[] = {0x01, 0x80, 0xff};
            struct car to = {0};

            b.at[n] ^= hits[k];
            refused += restored(&b, &car_state, &to) != NULL;
            b.at[n] ^= hits[k];
            free(to.stop);
        }
    ck_assert_uint_gt(refused, b.size); /* what is no more than a value may change unseen: there is a CRC for that */
    free(from.stop);
    state_bytes_free(&b);
}
END_TEST

START_TEST(a_list_asks_for_no_more_memory_than_the_file_could_fill)
{
    struct state_writer w = {0};
    struct state_reader r = {0};
    u64 count;
    u8 bytes[8] = {0xff, 0xff, 0xff, 0xff};

    r.at = bytes, r.end = bytes + 8;
    ck_assert_uint_eq(state_get_count(&r, NULL, UINT64_MAX), 0);
    ck_assert(r.failed);
    state_put_list(&w, &wheel_state, (struct wheel[]){{1, false}, {2, true}}, 2);
    r = (struct state_reader){.at = w.body.at, .end = w.body.at + w.body.size};
    ck_assert_ptr_null(state_get_list(&r, &wheel_state, 10, &count)); /* nobody has described it */
    ck_assert_uint_eq(count, 0);
    state_bytes_free(&w.body);
}
END_TEST

START_TEST(a_reset_spares_what_is_kept_and_a_hash_sees_what_the_guest_sees)
{
    struct car car = a_car(), other = a_car();
    u64 before = state_hash(STATE_HASH_START, &car_state, &car);

    other.seats[0]++;
    ck_assert_uint_eq(state_hash(STATE_HASH_START, &car_state, &other), before);
    other.stop[2]++;
    ck_assert_uint_ne(state_hash(STATE_HASH_START, &car_state, &other), before);
    other.stop[2]--, other.wheel[3].width++;
    ck_assert_uint_ne(state_hash(STATE_HASH_START, &car_state, &other), before);
    state_reset(&car_state, &car);
    ck_assert_uint_eq(car.odometer, 1000000);
    ck_assert_uint_eq(car.trip[1] + car.wheel[0].width + car.grid[1][2], 0);
    ck_assert_uint_eq(car.stops, 3);
    free(car.stop), free(other.stop);
}
END_TEST

START_TEST(a_dump_names_what_is_not_zero)
{
    struct car car = {.odometer = 5, .trip = {0, 0x1f}, .wheel = {{0}, {0x10, false}}, .serial = 1};
    char text[400];
    size_t n;
    FILE *f = tmpfile();

    state_dump(f, &car_state, &car, "car");
    rewind(f);
    n = fread(text, 1, sizeof text - 1, f);
    text[n] = 0;
    ck_assert_str_eq(text, "car.odometer 0000000000000005\ncar.trip[1] 000000000000001f\n"
                           "car.serial 0000000000000000 0000000000000001\ncar.wheel[1].width 0010\n");
    fclose(f);
}
END_TEST

static const struct state_row faulty[][2] = {
    {STATE_OF(
        struct car, wheel, struct { u8 a[3]; })},
    {STATE_PART(struct car, grid, u64, wheel_state)},
    {STATE_CALL(struct car, stop, save_stops, NULL)},
    {STATE(struct car, gear), STATE(struct car, gear)},
    {STATE_OF(struct car, seats, u16)},
};

START_TEST(a_table_that_is_written_wrong_is_found)
{
    for (unsigned k = 0; k < ARRAY_SIZE(faulty); k++) {
        struct state_table t = {.name = "t", .count = faulty[k][1].name ? 2 : 1, .row = faulty[k]};
        ck_assert_ptr_nonnull(state_table_fault(&t));
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("state");
    TCase *c = tcase_create("state");

    tcase_add_test(c, every_row_comes_back_and_what_is_derived_is_computed);
    tcase_add_test(c, the_same_state_gives_the_same_bytes_whatever_lies_between_its_members);
    tcase_add_test(c, a_file_of_another_version_is_read_if_it_has_the_rows_and_says_what_it_lacks_if_not);
    tcase_add_test(c, a_value_that_cannot_be_is_refused_before_it_is_in_its_place);
    tcase_add_test(c, wherever_it_is_cut_or_hit_the_reader_comes_back);
    tcase_add_test(c, a_list_asks_for_no_more_memory_than_the_file_could_fill);
    tcase_add_test(c, a_reset_spares_what_is_kept_and_a_hash_sees_what_the_guest_sees);
    tcase_add_test(c, a_dump_names_what_is_not_zero);
    tcase_add_test(c, a_table_that_is_written_wrong_is_found);
    suite_add_tcase(s, c);
    return run_suite(s);
}
