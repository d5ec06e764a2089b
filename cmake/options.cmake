# SPDX-License-Identifier: Apache-2.0
# How everything is compiled: warnings are errors, sanitizers and coverage by preset.
option(P9_TESTS "Build the tests (needs Check)" ON)
option(P9_SANITIZE "Address and undefined-behaviour sanitizers" OFF)
option(P9_COVERAGE "Instrument for coverage" OFF)
option(P9_ASSERTS "Check what the simulator promises itself (base/assert.h)" OFF)
option(P9_FUZZ "Build the libFuzzer targets (needs clang)" OFF)

add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wpointer-arith -Werror
                    -fno-strict-aliasing -fno-common)
if(P9_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(P9_ASSERTS)
  add_compile_definitions(P9_ASSERTS=1)
endif()
if(P9_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
if(P9_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# p9_sees(TARGET PUBLIC|PRIVATE|INTERFACE folder...): a target may include "folder/...".  Each folder is reached through a
# directory that holds nothing but a link to it, and nobody has the top of the tree, so what may be included is what
# target_link_libraries says: the compiler does not find the headers of a library that is not linked.
function(p9_sees target scope)
  foreach(folder ${ARGN})
    string(REPLACE / - through ${folder})
    set(through ${CMAKE_BINARY_DIR}/include/${through})
    cmake_path(GET folder PARENT_PATH parent)
    file(MAKE_DIRECTORY ${through}/${parent})
    file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${folder} ${through}/${folder} SYMBOLIC)
    target_include_directories(${target} ${scope} ${through})
  endforeach()
endfunction()

# p9_library(NAME sources... [FOLDER folder] [LINKS libraries] [PRIVATE libraries]): one folder, one static library.  LINKS
# are those whose headers its own headers include: who links NAME sees them too; PRIVATE are those of its sources alone.
function(p9_library name)
  cmake_parse_arguments(L "" "FOLDER" "LINKS;PRIVATE" ${ARGN})
  if(NOT L_FOLDER)
    cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE L_FOLDER)
  endif()
  add_library(${name} STATIC ${L_UNPARSED_ARGUMENTS})
  p9_sees(${name} PUBLIC ${L_FOLDER})
  target_link_libraries(${name} PUBLIC ${L_LINKS} PRIVATE ${L_PRIVATE})
endfunction()
