# cmake -P: roots that must stop the configuration with a message that names them, and roots that
# must not.
set(script ${CMAKE_CURRENT_LIST_DIR}/hvnet_mib.cmake)

function(configure root result output)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -D ROOT=${root} -D SCRIPT=${script} -P ${CMAKE_CURRENT_LIST_FILE}
    RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  set(${result} ${code} PARENT_SCOPE)
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

if(DEFINED SCRIPT)  # the inner run
  include(${SCRIPT})
  hvnet_mib_root_list("${ROOT}" list)
  message(STATUS "list: ${list}")
  return()
endif()

foreach(bad "" 1 x 1.3.6.1.4.1. .1.3.6.1.4.1.5 1.3.6.1.4.1 1.3.6.1.4.1.-5 1.3.6.1.4.1.05
        1.3.6.1.4.1.4294967296 1.3.6.1.4.1.99999999999 2.16.840.1.113883.3 enterprises.5
        1.3.6.1.4.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1)
  configure("${bad}" code text)
  if(code EQUAL 0 OR NOT text MATCHES "HVNET_MIB_ROOT is")
    message(FATAL_ERROR "\"${bad}\" was taken: ${code} ${text}")
  endif()
endforeach()

foreach(good 1.3.6.1.4.1.8072.9999.9999.21 1.3.6.1.4.1.4294967295)
  configure(${good} code text)
  string(REPLACE "." ", " list ${good})
  if(NOT code EQUAL 0 OR NOT text MATCHES "list: ${list}\n")
    message(FATAL_ERROR "${good} was refused: ${code} ${text}")
  endif()
endforeach()
