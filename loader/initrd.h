/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The initial ramdisk out of several files, as Linux takes it: archives one after the other, each beginning at a
 * multiple of 512 bytes (Linux wants 4) with zeros between.  They go into the machine packed as they are: unpacking is
 * the kernel's work; but whether they can be unpacked is tried here, so that a damaged one is found before the guest
 * boots.  A squashfs among them, packed or not, is wrapped into an archive that holds it as /disk.img, which is how
 * guests' disks travel.
 */
#ifndef P9_LOADER_INITRD_H
#define P9_LOADER_INITRD_H

#include "loader/image.h"

/* What each file was, for those who want to know. */
enum { INITRD_PARTS = 32 };
struct initrd_parts {
    struct initrd_part {
        char path[4096];
        u64 bytes;
        char digest[DIGEST_TEXT];
    } part[INITRD_PARTS];
    unsigned count;
};

/* list: "FILE[,FILE...]", at most INITRD_PARTS of them. image->name is list. parts may be NULL. */
must_use bool initrd_join(struct image *image, const char *list, u64 max_bytes, struct initrd_parts *parts);

#endif
