# SPDX-License-Identifier: Apache-2.0
# How everything is compiled: warnings are errors, sanitizers and coverage by preset.
option(P9_TESTS "Build the tests (needs Check)" ON)
option(P9_SANITIZE "Address and undefined-behaviour sanitizers" OFF)
option(P9_COVERAGE "Instrument for coverage" OFF)
option(P9_FUZZ "Build the libFuzzer targets (needs clang)" OFF)

add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wpointer-arith -Werror
                    -fno-strict-aliasing -fno-common)
if(P9_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(P9_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
if(P9_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# p9_library(NAME sources... [LINKS other libraries]): one folder, one static library.
function(p9_library name)
  cmake_parse_arguments(L "" "" "LINKS" ${ARGN})
  add_library(${name} STATIC ${L_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${L_LINKS})
endfunction()
