/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The initial ramdisk out of several files, as Linux takes it: archives one after the other, each beginning at a
 * multiple of 512 bytes (Linux wants 4) with zeros between.  They are not unpacked here: that is the kernel's work.  A
 * squashfs among them is wrapped into an archive that holds it as /disk.img, which is how guests' disks travel.
 */
#ifndef P9_LOADER_INITRD_H
#define P9_LOADER_INITRD_H

#include "loader/image.h"

/* list: "FILE[,FILE...]". image->name is list. */
must_use bool initrd_join(struct image *image, const char *list, u64 max_bytes);

#endif
