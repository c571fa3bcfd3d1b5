# SPDX-License-Identifier: GPL-3.0-or-later
# find_soname(VARIABLE LIBRARY): the name by which the loader finds LIBRARY (a file or a name for the
# linker), for libraries that are not linked but loaded when they are needed (base/shared_library.h).
function(find_soname variable library)
  if(NOT IS_ABSOLUTE "${library}")
    find_library(${variable}_FILE ${library} REQUIRED)
    set(library ${${variable}_FILE})
  endif()
  if(NOT CMAKE_READELF)
    message(FATAL_ERROR "readelf is needed to build (Debian: apt install binutils)")
  endif()
  execute_process(COMMAND ${CMAKE_READELF} -d ${library} OUTPUT_VARIABLE dynamic RESULT_VARIABLE failed ERROR_QUIET)
  if(failed OR NOT dynamic MATCHES "\\(SONAME\\)[^[]*\\[([^]]+)\\]")
    message(FATAL_ERROR "cannot find out the SONAME of ${library}")
  endif()
  set(${variable} ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()
