/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which images to boot: what the options name, and for the rest the images directory - $P9SIM_IMAGES, or images/ here,
 * or images/ of the tree that this program was built in.  Firmware that is named itself gets nothing from there: what
 * lies there is what skiboot boots, and other firmware may want no kernel at all.  The kernel must be an ELF file for
 * POWER (skiboot looks into it itself); the firmware is a flat file that begins at real address 0.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "loader/devicetree.h"
#include "loader/initrd.h"
#include "tools/replay.h"
#include "tools/session.h"

static bool is_directory_with(const char *dir, const char *name)
{
    char path[4096];

    return snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path && !access(path, R_OK);
}

/* images/ three folders above build/PRESET/p9sim. */
static bool beside_program(char *out, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", out, size - 16);

    if (n <= 0) return false;
    out[n] = 0;
    for (unsigned up = 0; up < 3; up++) {
        char *slash = strrchr(out, '/');
        if (!slash) return false;
        *slash = 0;
    }
    strcat(out, "/images");
    return true;
}

void session_images_directory(char *out, size_t size)
{
    const char *named = getenv("P9SIM_IMAGES");

    if (named && *named) snprintf(out, size, "%s", named);
    else if (is_directory_with("images", "skiboot.lid") || !beside_program(out, size) ||
             !is_directory_with(out, "skiboot.lid"))
        snprintf(out, size, "images");
}

/* Fill *path with dir/name; false after an error line if there is no such file. */
static bool default_image(const char *dir, const char *name, const char *option, char path[4096])
{
    if (snprintf(path, 4096, "%s/%s", dir, name) < 4096 && !access(path, R_OK)) return true;
    return p9_error("%s: there is no such file; give --%s, set P9SIM_IMAGES, or make the images with tools/images",
                    path, option);
}

static bool kernel_is_for_power(const struct image *kernel)
{
    struct elf_program program;

    if (kernel->kind != IMAGE_ELF) return p9_error("%s: is not an ELF file, so skiboot cannot start it", kernel->name);
    return elf_read(kernel, UINT64_MAX, &program);
}

/* The initial ramdisk of a tower: the usual one and, for guests of its own, the disk that they are started from. */
static bool tower_initrd(struct firmware *f, const char *dir)
{
    char disk[4096];

    if (!default_image(dir, "initrd.img", "initrd", f->path[2]) ||
        !default_image(dir, "guest-disk.img", "initrd", disk))
        return false;
    return snprintf(f->both, sizeof f->both, "%s,%s", f->path[2], disk) < (int)sizeof f->both;
}

static bool choose(struct firmware *f, const struct options *o, const char *paths[3])
{
    bool whole = !o->bios || o->boots_linux; /* what is not named comes from the directory */
    char dir[4000];

    session_images_directory(dir, sizeof dir);
    paths[0] = o->bios;
    paths[1] = o->kernel;
    paths[2] = o->initrd;
    if (!o->bios) {
        if (!default_image(dir, "skiboot.lid", "bios", f->path[0])) return false;
        paths[0] = f->path[0];
    }
    if (!o->kernel && whole) {
        if (!default_image(dir, "vmlinux", "kernel", f->path[1])) return false;
        paths[1] = f->path[1];
    }
    if (o->tower && !o->initrd) {
        if (!tower_initrd(f, dir)) return false;
        paths[2] = f->both;
    } else if (!o->kernel && !o->initrd && whole) {
        if (!default_image(dir, "initrd.img", "initrd", f->path[2])) return false;
        paths[2] = f->path[2];
    }
    return true;
}

/* One of them, or none (NULL), and what the run was made of. */
static bool open_noted(const struct options *o, const char *role, const char *path, enum image_packing packing,
                       u64 most, struct image *image, struct machine_blob *blob)
{
    return !path || (session_image(image, path, packing, most, blob) && replay_image(o, role, image, ""));
}

static bool open_kernel(struct firmware *f, const struct options *o, const char *path)
{
    return open_noted(o, "kernel", path, IMAGE_UNPACK, o->config.mem, &f->kernel, &f->what.kernel) &&
           (!path || kernel_is_for_power(&f->kernel));
}

static bool open_initrd(struct firmware *f, const struct options *o, const char *list)
{
    if (!list) return true;
    if (!initrd_join(&f->initrd, list, o->config.mem, &f->parts) || !replay_initrd(o, &f->parts)) return false;
    f->what.initrd = (struct machine_blob){"initrd", f->initrd.bytes, f->initrd.size};
    return true;
}

bool session_firmware(struct firmware *f, const struct options *o)
{
    const char *paths[3];

    *f = (struct firmware){.what = {.bootargs = o->append, .dump_dtb = o->dump_dtb}};
    if (!choose(f, o, paths)) return false;
    if (!open_noted(o, "bios", paths[0], IMAGE_UNPACK, o->config.mem, &f->bios, &f->what.bios)) return false;
    if (f->bios.kind == IMAGE_ELF)
        return p9_error("%s: is an ELF file; firmware is started from its flat form, as skiboot.lid is", paths[0]);
    return open_kernel(f, o, paths[1]) && open_initrd(f, o, paths[2]) &&
           open_noted(o, "dtb", o->dtb, IMAGE_AS_IT_IS, 1 << 20, &f->dtb, &f->what.dtb) &&
           (!f->what.dtb.size || devicetree_check(o->dtb, f->what.dtb.bytes, f->what.dtb.size));
}

void session_firmware_close(struct firmware *f)
{
    image_close(&f->bios);
    image_close(&f->kernel);
    image_close(&f->initrd);
    image_close(&f->dtb);
}
