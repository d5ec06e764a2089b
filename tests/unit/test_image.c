/* SPDX-License-Identifier: Apache-2.0 */
/* Images are read, unpacked, recognised and placed; whatever is wrong with them is an error line, never a crash. */
#include <check.h>
#include <elf.h>
#include <libfdt.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "loader/devicetree.h"
#include "loader/elf.h"
#include "loader/initrd.h"
#include "loader/layout.h"
#include "tests/support/suite.h"

enum { MAX = 1 << 20 };

/* A big-endian ELF64 with one segment of 16 bytes at physical 0x1000, virtual 0xc000000000001000, entered at +4. */
struct small {
    u8 bytes[64 + 56 + 16];
};

static struct small small_elf(void)
{
    struct small s = {{0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2MSB, 1}};
    u8 *ph = s.bytes + 64;

    put_be16(s.bytes + 16, ET_EXEC);
    put_be16(s.bytes + 18, EM_PPC64);
    put_be32(s.bytes + 20, 1);
    put_be64(s.bytes + 24, 0xc000000000001004ULL);
    put_be64(s.bytes + 32, 64);
    put_be16(s.bytes + 52, 64);
    put_be16(s.bytes + 54, 56);
    put_be16(s.bytes + 56, 1);
    put_be32(ph, PT_LOAD);
    put_be64(ph + 8, 120);
    put_be64(ph + 16, 0xc000000000001000ULL);
    put_be64(ph + 24, 0x1000);
    put_be64(ph + 32, 16);
    put_be64(ph + 40, 0x100);
    memset(s.bytes + 120, 0x60, 16);
    return s;
}

static bool reads(const struct small *s, u64 size, u64 memory, struct elf_program *out)
{
    struct image image;
    bool ok = image_from(&image, "small", s->bytes, size, IMAGE_UNPACK, MAX) && elf_read(&image, memory, out);

    image_close(&image);
    return ok;
}

START_TEST(an_elf_file_lies_at_physical_addresses_and_its_entry_too)
{
    struct small s = small_elf();
    struct elf_program p;

    ck_assert(reads(&s, sizeof s, MAX, &p));
    ck_assert_uint_eq(p.count, 1);
    ck_assert_uint_eq(p.segment[0].ra, 0x1000);
    ck_assert_uint_eq(p.segment[0].size, 16);
    ck_assert_uint_eq(p.segment[0].memory_size, 0x100);
    ck_assert_uint_eq(p.entry, 0x1004);
    ck_assert(!p.le && p.is64);
}
END_TEST

START_TEST(an_elf_file_cut_anywhere_is_refused)
{
    struct small s = small_elf();
    struct elf_program p;

    for (u64 n = 0; n < sizeof s; n++) ck_assert_msg(!reads(&s, n, MAX, &p), "%d bytes", (int)n);
}
END_TEST

START_TEST(any_byte_of_an_elf_file_may_be_wrong)
{
    struct elf_program p;

    for (unsigned at = 0; at < 120; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            struct small s = small_elf();
            s.bytes[at] ^= 1 << bit;
            if (reads(&s, sizeof s, MAX, &p)) ck_assert(p.segment[0].ra + p.segment[0].memory_size <= MAX);
        }
}
END_TEST

START_TEST(an_elf_file_for_something_else_is_refused)
{
    struct small s = small_elf();
    struct elf_program p;

    put_be16(s.bytes + 18, EM_X86_64);
    ck_assert(!reads(&s, sizeof s, MAX, &p));
    s = small_elf();
    put_be16(s.bytes + 16, ET_REL);
    ck_assert(!reads(&s, sizeof s, MAX, &p));
    s = small_elf();
    ck_assert(!reads(&s, sizeof s, 0x1080, &p)); /* memory too small */
    put_be64(s.bytes + 64 + 40, 8);              /* less in memory than in the file */
    ck_assert(!reads(&s, sizeof s, MAX, &p));
    s = small_elf();
    put_be64(s.bytes + 64 + 8, ~0ULL); /* beyond the file, with wrap-around */
    ck_assert(!reads(&s, sizeof s, MAX, &p));
}
END_TEST

static u64 packed(const void *from, u64 size, u8 *to, u64 room)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)from, .avail_in = (uInt)size, .next_out = to, .avail_out = (uInt)room};

    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    ck_assert_int_eq(deflateEnd(&z), Z_OK);
    return z.total_out;
}

static u64 packed_by_xz(const void *from, u64 size, u8 *to, u64 room)
{
    size_t at = 0;

    ck_assert_int_eq(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, from, size, to, &at, room), LZMA_OK);
    return at;
}

static u64 packed_by_zstd(const void *from, u64 size, u8 *to, u64 room)
{
    size_t n = ZSTD_compress(to, room, from, size, 3);

    ck_assert(!ZSTD_isError(n));
    return n;
}

START_TEST(each_packing_is_unpacked_within_its_limit_and_never_what_is_cut_or_too_large)
{
    u64 (*const packers[])(const void *, u64, u8 *, u64) = {packed, packed_by_xz, packed_by_zstd};
    enum { SIZE = 300000 };
    u8 *bytes = calloc(1, SIZE), *to = malloc(2 * SIZE);
    struct image image;

    memcpy(bytes + 1000, "\177ELF and so on", 15);
    for (unsigned k = 0; k < ARRAY_SIZE(packers); k++) {
        u64 n = packers[k](bytes, SIZE, to, SIZE);

        ck_assert(image_from(&image, "packed", to, n, IMAGE_UNPACK, SIZE));
        ck_assert_uint_eq(image.size, SIZE);
        ck_assert(!memcmp(image.bytes, bytes, SIZE));
        image_close(&image);
        ck_assert(!image_from(&image, "large", to, n, IMAGE_UNPACK, SIZE - 1));
        ck_assert(image_from(&image, "as it is", to, n, IMAGE_AS_IT_IS, SIZE));
        ck_assert_uint_eq(image.size, n);
        image_close(&image);
        for (u64 cut = 6; cut < n; cut++) ck_assert(!image_from(&image, "cut", to, cut, IMAGE_UNPACK, SIZE));
        n += packers[k](bytes + 1000, 15, to + n, SIZE); /* another piece behind it */
        ck_assert(image_from(&image, "two", to, n, IMAGE_UNPACK, SIZE + 15));
        ck_assert_uint_eq(image.size, SIZE + 15);
        ck_assert(!memcmp(image.bytes + SIZE, bytes + 1000, 15));
        image_close(&image);
    }
    free(bytes);
    free(to);
}
END_TEST

START_TEST(any_byte_of_a_packed_file_may_be_wrong)
{
    u64 (*const packers[])(const void *, u64, u8 *, u64) = {packed, packed_by_xz, packed_by_zstd};
    static const char text[] = "what is packed repeats itself, repeats itself, repeats itself, and ends";
    struct image image;
    u8 to[512], damaged[512];

    for (unsigned k = 0; k < ARRAY_SIZE(packers); k++) {
        u64 n = packers[k](text, sizeof text, to, sizeof to);

        for (u64 at = 0; at < n; at++)
            for (unsigned bit = 0; bit < 8; bit++) {
                memcpy(damaged, to, n);
                damaged[at] ^= (u8)(1 << bit);
                if (!image_from(&image, "damaged", damaged, n, IMAGE_UNPACK, MAX)) continue;
                ck_assert_uint_le(image.size, MAX);
                image_close(&image);
            }
    }
}
END_TEST

START_TEST(gzip_is_unpacked_also_in_several_members)
{
    u8 gz[512];
    u64 n = packed("hello, ", 7, gz, sizeof gz);
    struct image image;

    n += packed("world", 5, gz + n, sizeof gz - n);
    ck_assert(image_from(&image, "gz", gz, n, IMAGE_UNPACK, MAX));
    ck_assert_uint_eq(image.size, 12);
    ck_assert_mem_eq(image.bytes, "hello, world", 12);
    image_close(&image);
    ck_assert(image_from(&image, "gz", gz, n, IMAGE_AS_IT_IS, MAX));
    ck_assert_uint_eq(image.size, n);
    image_close(&image);
}
END_TEST

START_TEST(gzip_that_is_cut_or_damaged_or_a_bomb_is_refused)
{
    static u8 zeros[300000];
    u8 gz[2048];
    struct image image;
    u64 n = packed(zeros, sizeof zeros, gz, sizeof gz);

    for (u64 cut = 3; cut < n; cut += 7) ck_assert(!image_from(&image, "cut", gz, cut, IMAGE_UNPACK, MAX));
    ck_assert(!image_from(&image, "bomb", gz, n, IMAGE_UNPACK, sizeof zeros - 1));
    gz[n / 2] ^= 0x55;
    ck_assert(!image_from(&image, "damaged", gz, n, IMAGE_UNPACK, MAX));
    n = packed("", 0, gz, sizeof gz);
    ck_assert(!image_from(&image, "nothing", gz, n, IMAGE_UNPACK, MAX));
}
END_TEST

START_TEST(files_that_are_not_files_are_refused)
{
    struct image image;

    ck_assert(!image_open(&image, "/nonexistent/image", IMAGE_UNPACK, MAX));
    ck_assert(!image_open(&image, "/", IMAGE_UNPACK, MAX));
    ck_assert(!image_open(&image, "/dev/null", IMAGE_UNPACK, MAX));
    ck_assert(!image_open(&image, "/bin/sh", IMAGE_UNPACK, 1000));
    ck_assert(!image_from(&image, "empty", (const u8 *)"", 0, IMAGE_UNPACK, MAX));
    image_close(&image); /* closing what never opened is harmless */
}
END_TEST

static void write_temporary(char *path, const char *text)
{
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
    close(fd);
}

START_TEST(ramdisks_are_joined_at_512_bytes_and_a_squashfs_becomes_disk_img)
{
    char a[] = "/tmp/p9_initrd_a_XXXXXX", b[] = "/tmp/p9_initrd_b_XXXXXX", list[100];
    struct image image;

    write_temporary(a, "first");
    write_temporary(b, "hsqs-and-so-on");
    snprintf(list, sizeof list, "%s,%s", a, b);
    ck_assert(initrd_join(&image, list, MAX, NULL));
    ck_assert_mem_eq(image.bytes, "first\0", 6);
    ck_assert_mem_eq(image.bytes + 512, "070701", 6);
    ck_assert_mem_eq(image.bytes + 512 + 110, "disk.img", 9);
    ck_assert_mem_eq(image.bytes + 512 + 120, "hsqs-and-so-on", 14);
    ck_assert_mem_eq(image.bytes + 512 + 136, "070701", 6);
    ck_assert_mem_eq(image.bytes + 512 + 136 + 110, "TRAILER!!!", 11);
    ck_assert_uint_eq(image.size % 4, 0);
    image_close(&image);
    ck_assert(!initrd_join(&image, list, 600, NULL));
    ck_assert(!initrd_join(&image, "", MAX, NULL));
    snprintf(list, sizeof list, "%s,,%s", a, b);
    ck_assert(!initrd_join(&image, list, MAX, NULL));
    snprintf(list, sizeof list, "%s,/nonexistent", a);
    ck_assert(!initrd_join(&image, list, MAX, NULL));
    unlink(a);
    unlink(b);
}
END_TEST

START_TEST(what_overlaps_or_sticks_out_is_refused)
{
    struct layout layout = {.memory_bytes = 0x10000};

    ck_assert(layout_add(&layout, "a", 0x1000, 0x1000));
    ck_assert(layout_add(&layout, "b", 0x2000, 0x1000));
    ck_assert(!layout_add(&layout, "c", 0x1fff, 1));
    ck_assert(!layout_add(&layout, "d", 0, 0x10000));
    ck_assert(!layout_add(&layout, "e", 0xffff, 2));
    ck_assert(!layout_add(&layout, "f", ~0ULL, 2));
    ck_assert(layout_add(&layout, "g", 0xffff, 1));
}
END_TEST

START_TEST(a_device_tree_must_be_whole_and_have_processors)
{
    _Alignas(8) u8 tree[512];

    ck_assert_int_eq(fdt_create_empty_tree(tree, sizeof tree), 0);
    ck_assert(!devicetree_check("no cpus", tree, sizeof tree));
    ck_assert_int_ge(fdt_add_subnode(tree, 0, "cpus"), 0);
    ck_assert_int_eq(fdt_pack(tree), 0);
    ck_assert(devicetree_check("good", tree, fdt_totalsize(tree)));
    ck_assert(!devicetree_check("cut short", tree, fdt_totalsize(tree) - 4));
    ck_assert(!devicetree_check("very short", tree, 7));
    put_be32(tree + 20, 1);
    ck_assert(!devicetree_check("a version that libfdt stumbles over", tree, fdt_totalsize(tree)));
    put_be32(tree + 20, 17);
    put_be32(tree + fdt_off_dt_struct(tree), 0x77);
    ck_assert(!devicetree_check("damaged", tree, fdt_totalsize(tree)));
    tree[0] = 'x';
    ck_assert(!devicetree_check("not a tree", tree, fdt_totalsize(tree)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("image");
    TCase *tests = tcase_create("image");

    tcase_add_test(tests, an_elf_file_lies_at_physical_addresses_and_its_entry_too);
    tcase_add_test(tests, an_elf_file_cut_anywhere_is_refused);
    tcase_add_test(tests, any_byte_of_an_elf_file_may_be_wrong);
    tcase_add_test(tests, an_elf_file_for_something_else_is_refused);
    tcase_add_test(tests, each_packing_is_unpacked_within_its_limit_and_never_what_is_cut_or_too_large);
    tcase_add_test(tests, any_byte_of_a_packed_file_may_be_wrong);
    tcase_add_test(tests, gzip_is_unpacked_also_in_several_members);
    tcase_add_test(tests, gzip_that_is_cut_or_damaged_or_a_bomb_is_refused);
    tcase_add_test(tests, files_that_are_not_files_are_refused);
    tcase_add_test(tests, ramdisks_are_joined_at_512_bytes_and_a_squashfs_becomes_disk_img);
    tcase_add_test(tests, what_overlaps_or_sticks_out_is_refused);
    tcase_add_test(tests, a_device_tree_must_be_whole_and_have_processors);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
