# cmake -DNM=nm -DLIBRARY=libattnpool.so -DHEADER=attnpool.h -DFLOOR=2.17 -P check_symbols.cmake
# Fails unless the library exports exactly the functions of the header, and needs only a
# few functions of a C library no newer than FLOOR.

cmake_minimum_required(VERSION 3.22)

set(allowed getenv strcmp memcpy memset memmove __stack_chk_fail)

function(run_nm result)
  execute_process(COMMAND ${NM} -D ${ARGN} ${LIBRARY}
                  OUTPUT_VARIABLE out RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${NM} failed on ${LIBRARY}")
  endif()
  string(REPLACE "\n" ";" lines "${out}")
  set(${result} "${lines}" PARENT_SCOPE)
endfunction()

file(READ ${HEADER} text)
string(REGEX MATCHALL "attnpool_[a-z0-9_]+\\(" declared "${text}")
list(TRANSFORM declared REPLACE "\\(" "")
list(REMOVE_DUPLICATES declared)
list(SORT declared)

run_nm(lines --defined-only)
foreach(line IN LISTS lines)
  if(line MATCHES " [A-Za-z] ([A-Za-z0-9_]+)")
    list(APPEND exported ${CMAKE_MATCH_1})
  endif()
endforeach()
list(SORT exported)
if(NOT exported STREQUAL declared)
  message(FATAL_ERROR "exported: ${exported}\ndeclared: ${declared}")
endif()

run_nm(lines --undefined-only)
foreach(line IN LISTS lines)
  if(line MATCHES " U ([A-Za-z0-9_]+)")
    if(NOT CMAKE_MATCH_1 IN_LIST allowed)
      message(FATAL_ERROR "the library needs ${CMAKE_MATCH_1}")
    endif()
  endif()
  if(line MATCHES "@+GLIBC_([0-9.]+)" AND CMAKE_MATCH_1 VERSION_GREATER FLOOR)
    message(FATAL_ERROR "newer than glibc ${FLOOR}:${line}")
  endif()
endforeach()
message(STATUS "exports ${declared}; glibc ${FLOOR} or newer is enough")
