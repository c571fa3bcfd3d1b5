# SPDX-License-Identifier: GPL-3.0-or-later
find_program(GUESTHOUSE_NASM nasm)
if(NOT GUESTHOUSE_NASM)
  message(FATAL_ERROR "The test guests need the assembler nasm (Debian: apt install nasm).")
endif()

# add_test_guest(NAME SOURCE): assembles tests/guests/SOURCE to a flat binary. Tests get it with
# use_test_guests(TEST NAME...), which defines GUEST_NAME (upper case) as the binary's path.
function(add_test_guest name source)
  set(input ${PROJECT_SOURCE_DIR}/tests/guests/${source})
  set(output ${PROJECT_BINARY_DIR}/tests/guests/${name}.bin)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/tests/guests)
  file(GLOB includes CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/guests/*.inc)
  add_custom_command(OUTPUT ${output}
    COMMAND ${GUESTHOUSE_NASM} -f bin -I ${PROJECT_SOURCE_DIR}/tests/guests/ -Werror -o ${output} ${input}
    DEPENDS ${input} ${includes}
    VERBATIM)
  add_custom_target(guest_${name} DEPENDS ${output})
  set_target_properties(guest_${name} PROPERTIES GUEST_BINARY ${output})
endfunction()

function(use_test_guests test)
  foreach(name ${ARGN})
    add_dependencies(${test} guest_${name})
    get_target_property(binary guest_${name} GUEST_BINARY)
    string(TOUPPER ${name} upper)
    target_compile_definitions(${test} PRIVATE GUEST_${upper}="${binary}")
  endforeach()
endfunction()
