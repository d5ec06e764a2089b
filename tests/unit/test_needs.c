/* SPDX-License-Identifier: Apache-2.0 */
/* What a program for ppc64le needs, and what a file has to be that is none. */
#include <check.h>
#include <elf.h>
#include <string.h>

#include "loader/archive.h"
#include "loader/needs.h"
#include "tests/support/suite.h"

enum { MAX = 1 << 20, SIZE = 0x400, INTERP = 0x200, DYNAMIC = 0x240, NAMES = 0x300, BASE = 0x10000 };

struct file {
    u8 bytes[SIZE];
};

static void put(u8 *to, u64 value, unsigned bytes)
{
    for (unsigned k = 0; k < bytes; k++) to[k] = (u8)(value >> 8 * k);
}

static void put_segment(struct file *f, unsigned number, u32 type, u64 offset, u64 size)
{
    u8 *at = f->bytes + sizeof(Elf64_Ehdr) + number * sizeof(Elf64_Phdr);

    put(at + offsetof(Elf64_Phdr, p_type), type, 4);
    put(at + offsetof(Elf64_Phdr, p_offset), offset, 8);
    put(at + offsetof(Elf64_Phdr, p_vaddr), BASE + offset, 8);
    put(at + offsetof(Elf64_Phdr, p_filesz), size, 8);
    put(at + offsetof(Elf64_Phdr, p_memsz), size, 8);
    put(at + offsetof(Elf64_Phdr, p_align), 16, 8);
}

/* A program with a loader and two libraries. */
static struct file dynamic(void)
{
    static const u64 entries[] = {DT_NEEDED, 1, DT_STRTAB, BASE + NAMES, DT_NEEDED, 11, DT_NULL, 0, DT_NEEDED, 1};
    struct file f = {{0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1}};

    put(f.bytes + offsetof(Elf64_Ehdr, e_type), ET_DYN, 2);
    put(f.bytes + offsetof(Elf64_Ehdr, e_machine), EM_PPC64, 2);
    put(f.bytes + offsetof(Elf64_Ehdr, e_version), 1, 4);
    put(f.bytes + offsetof(Elf64_Ehdr, e_phoff), sizeof(Elf64_Ehdr), 8);
    put(f.bytes + offsetof(Elf64_Ehdr, e_ehsize), sizeof(Elf64_Ehdr), 2);
    put(f.bytes + offsetof(Elf64_Ehdr, e_phentsize), sizeof(Elf64_Phdr), 2);
    put(f.bytes + offsetof(Elf64_Ehdr, e_phnum), 3, 2);
    put_segment(&f, 0, PT_LOAD, 0, SIZE);
    put_segment(&f, 1, PT_INTERP, INTERP, 17);
    put_segment(&f, 2, PT_DYNAMIC, DYNAMIC, sizeof entries);
    memcpy(f.bytes + INTERP, "/lib64/ld64.so.2", 17);
    for (unsigned k = 0; k < ARRAY_SIZE(entries); k++) put(f.bytes + DYNAMIC + 8 * k, entries[k], 8);
    memcpy(f.bytes + NAMES, "\0libc.so.6\0libm.so.6", 21);
    return f;
}

static bool reads(const struct file *f, u64 size, struct needs *needs)
{
    struct image image;
    bool ok = image_from(&image, "it", f->bytes, size, IMAGE_AS_IT_IS, MAX) && needs_read(&image, needs);

    image_close(&image);
    return ok;
}

START_TEST(loader_and_libraries_are_found_by_name)
{
    struct file f = dynamic();
    struct needs needs;

    ck_assert(reads(&f, SIZE, &needs));
    ck_assert_str_eq(needs.loader, "/lib64/ld64.so.2");
    ck_assert_uint_eq(needs.count, 2);
    ck_assert_str_eq(needs.library[0], "libc.so.6");
    ck_assert_str_eq(needs.library[1], "libm.so.6");
}
END_TEST

START_TEST(another_machine_byte_order_or_kind_of_file_is_refused)
{
    static const struct {
        unsigned at;
        u8 value;
    } change[] = {{offsetof(Elf64_Ehdr, e_machine), EM_X86_64},
                  {offsetof(Elf64_Ehdr, e_machine), EM_PPC},
                  {EI_DATA, ELFDATA2MSB},
                  {EI_CLASS, ELFCLASS32},
                  {offsetof(Elf64_Ehdr, e_type), ET_REL},
                  {offsetof(Elf64_Ehdr, e_type), ET_CORE},
                  {0, 'x'}};
    struct needs needs;

    for (unsigned k = 0; k < ARRAY_SIZE(change); k++) {
        struct file f = dynamic();

        f.bytes[change[k].at] = change[k].value;
        ck_assert_msg(!reads(&f, SIZE, &needs), "change %u", k);
    }
}
END_TEST

START_TEST(what_lies_outside_the_file_or_has_no_end_is_damage)
{
    u8 *segments[3];
    struct file f = dynamic();
    struct needs needs;

    for (unsigned k = 0; k < 3; k++) segments[k] = f.bytes + sizeof(Elf64_Ehdr) + k * sizeof(Elf64_Phdr);
    put(segments[1] + offsetof(Elf64_Phdr, p_offset), SIZE, 8);
    ck_assert(!reads(&f, SIZE, &needs));
    f = dynamic();
    put(segments[1] + offsetof(Elf64_Phdr, p_filesz), 8, 8); /* no zero in it */
    ck_assert(!reads(&f, SIZE, &needs));
    f = dynamic();
    put(segments[2] + offsetof(Elf64_Phdr, p_filesz), ~0ULL, 8);
    ck_assert(!reads(&f, SIZE, &needs));
    f = dynamic();
    put(f.bytes + DYNAMIC + 8, SIZE, 8); /* the name */
    ck_assert(!reads(&f, SIZE, &needs));
    f = dynamic();
    put(f.bytes + DYNAMIC + 3 * 8, 1, 8); /* the names */
    ck_assert(!reads(&f, SIZE, &needs));
    f = dynamic();
    f.bytes[NAMES + 2] = '\n';
    ck_assert(!reads(&f, SIZE, &needs));
}
END_TEST

/* Every file that is cut short, and every byte changed in turn: an answer or a refusal, nothing worse. */
START_TEST(no_damage_does_harm)
{
    struct needs needs;

    for (u64 size = 1; size < SIZE; size++) {
        struct file f = dynamic();
        (void)!reads(&f, size, &needs);
    }
    for (unsigned at = 0; at < SIZE; at++) {
        struct file f = dynamic();
        f.bytes[at] ^= 0xff;
        (void)!reads(&f, SIZE, &needs);
    }
}
END_TEST

START_TEST(how_far_it_was_moved_follows_from_where_a_byte_of_it_lies)
{
    struct file f = dynamic();
    struct image image;
    u64 offset;

    ck_assert(image_from(&image, "it", f.bytes, SIZE, IMAGE_AS_IT_IS, MAX));
    ck_assert(needs_moved_by(&image, 0x100000000ULL + BASE, 0, &offset));
    ck_assert_uint_eq(offset, 0x100000000ULL);
    ck_assert(needs_moved_by(&image, 0x7fff00000000ULL + BASE + 0x100, 0x100, &offset));
    ck_assert_uint_eq(offset, 0x7fff00000000ULL);
    ck_assert(!needs_moved_by(&image, BASE, SIZE, &offset));
    image_close(&image);
}
END_TEST

START_TEST(an_archive_has_its_members_one_after_the_other)
{
    struct archive a = {.name = "it", .max_bytes = 1024};

    ck_assert(archive_folder(&a, "tmp") && archive_file(&a, "tmp/x", 0644, (const u8 *)"hello", 5) && archive_end(&a));
    ck_assert_uint_eq(a.size % 4, 0);
    ck_assert_int_eq(memcmp(a.bytes, "07070100000000000041ED", 22), 0);
    ck_assert_int_eq(memcmp(a.bytes + 110, "tmp", 4), 0);
    ck_assert_int_eq(memcmp(a.bytes + 116 + 14, "000081A4", 8), 0);
    ck_assert_int_eq(memcmp(a.bytes + 116 + 116, "hello\0\0\0", 8), 0);
    ck_assert(archive_append(&a, (const u8 *)"more", 4));
    ck_assert_uint_eq(a.size, ARCHIVE_ALIGN + 4);
    ck_assert(!archive_append(&a, a.bytes, a.size)); /* more than it may have */
    archive_close(&a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("needs");
    TCase *c = tcase_create("needs");

    tcase_add_test(c, loader_and_libraries_are_found_by_name);
    tcase_add_test(c, another_machine_byte_order_or_kind_of_file_is_refused);
    tcase_add_test(c, what_lies_outside_the_file_or_has_no_end_is_damage);
    tcase_add_test(c, no_damage_does_harm);
    tcase_add_test(c, how_far_it_was_moved_follows_from_where_a_byte_of_it_lies);
    tcase_add_test(c, an_archive_has_its_members_one_after_the_other);
    suite_add_tcase(suite, c);
    return run_suite(suite);
}
