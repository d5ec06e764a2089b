# SPDX-License-Identifier: Apache-2.0
# cmake -D SOURCE=... -D FILE=... -P commit.cmake: writes the definition of p9_commit (base/commit.h) into FILE, unless
# it is there already: a build without a new commit compiles nothing again.
cmake_minimum_required(VERSION 3.25)
set(commit "unknown commit")
execute_process(COMMAND git -C ${SOURCE} rev-parse --show-toplevel
                OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
file(REAL_PATH "${SOURCE}" here)
if(NOT failed AND top STREQUAL here) # and not of a repository around an unpacked archive
  execute_process(COMMAND git -C ${SOURCE} rev-parse HEAD
                  OUTPUT_VARIABLE hash OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  execute_process(COMMAND git -C ${SOURCE} --no-optional-locks status --porcelain --untracked-files=no
                  OUTPUT_VARIABLE changes ERROR_QUIET)
  if(NOT failed)
    string(SUBSTRING "${hash}" 0 12 hash)
    set(commit "commit ${hash}")
    if(changes)
      string(APPEND commit "-dirty")
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT ${FILE} CONTENT "/* Made by cmake/commit.cmake. */
#include \"base/commit.h\"

const char p9_commit[] = \"@commit@\";
" @ONLY)
