# SPDX-License-Identifier: GPL-3.0-or-later
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR "GCC ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines (it destroys temporaries of a "
    "co_await expression twice). Use clang 19 (Debian: apt install clang-19; cmake --preset dev picks it) or GCC 13.")
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow)
# VM_TRY is a statement expression on purpose; __extension__ silences GCC, clang wants this.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # Designated initialisers name what differs from the default; the rest is meant to be left out.
  add_compile_options(-Wno-gnu-statement-expression-from-macro-expansion -Wno-missing-designated-field-initializers)
endif()
option(GUESTHOUSE_WERROR "Warnings are errors" ON)
if(GUESTHOUSE_WERROR)
  add_compile_options(-Werror)
endif()

find_program(GUESTHOUSE_MOLD mold)
if(GUESTHOUSE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
find_program(GUESTHOUSE_CCACHE ccache)
if(GUESTHOUSE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${GUESTHOUSE_CCACHE})
endif()
