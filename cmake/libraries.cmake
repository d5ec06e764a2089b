# SPDX-License-Identifier: Apache-2.0
# The libraries we stand on, by name: libelf, zlib, liblzma, libzstd, libdeflate, nettle (SHA-256), POSIX threads, libfdt (no
# pkg-config file in Debian 12), Check for the tests.
find_package(PkgConfig REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(LIBELF REQUIRED IMPORTED_TARGET libelf)
pkg_check_modules(LIBDEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(LZMA REQUIRED IMPORTED_TARGET liblzma)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
find_library(FDT_LIBRARY fdt REQUIRED)
find_path(FDT_INCLUDE libfdt.h REQUIRED)
add_library(p9_fdt INTERFACE)
target_link_libraries(p9_fdt INTERFACE ${FDT_LIBRARY})
if(P9_TESTS)
  pkg_check_modules(CHECK REQUIRED IMPORTED_TARGET check)
endif()
