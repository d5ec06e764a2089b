# SPDX-License-Identifier: Apache-2.0
#
# A cpio archive ("newc", what Linux unpacks as its initramfs) written by hand: nothing of the file system it is made on
# gets into it - no inode numbers, link counts, times or owners - so the same content is the same bytes everywhere, and
# device nodes need no root. Every function writes to standard output; entries go in the order of the calls.
# Modes are octal with the file type (040755 folder, 100755 file, 120777 link, 020600 character device).

cpio_inode=0 # counts up; Linux only wants them different

# cpio_header NAME MODE SIZE [DEVICE-MAJOR DEVICE-MINOR]: 13 numbers of 8 hex digits, the name, zeros up to 4 bytes.
cpio_header() {
    local name=$1 pad=$(((4 - (110 + ${#1} + 1) % 4) % 4))
    cpio_inode=$((cpio_inode + 1))
    printf '070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\0' "$cpio_inode" "$((8#$2))" 0 0 1 0 "$3" \
        0 0 "${4:-0}" "${5:-0}" "$((${#name} + 1))" 0 "$name"
    cpio_zeros "$pad"
}

cpio_zeros() { [ "$1" -eq 0 ] || head -c "$1" /dev/zero; }

cpio_folder() { cpio_header "$1" 040755 0; }
cpio_console() { cpio_header "$1" 020600 0 5 1; }

# cpio_file NAME MODE SOURCE
cpio_file() {
    local size
    size=$(stat -L -c %s "$3")
    cpio_header "$1" "$2" "$size"
    cat "$3"
    cpio_zeros "$(((4 - size % 4) % 4))"
}

# cpio_link NAME TARGET
cpio_link() {
    cpio_header "$1" 120777 "${#2}"
    printf '%s' "$2"
    cpio_zeros "$(((4 - ${#2} % 4) % 4))"
}

# The end mark. A further archive may follow at the next multiple of 4, so callers pad to 512 afterwards.
cpio_end() { cpio_header 'TRAILER!!!' 0 0; }

# cpio_pad FILE: zeros up to a multiple of 512 bytes, as tape-minded tools do.
cpio_pad() {
    local size
    size=$(stat -c %s "$1")
    cpio_zeros "$(((512 - size % 512) % 512))" >>"$1"
}
