# cmake -DNM=nm -DREADELF=readelf -DLIBRARY=libattnpool_cuda.so -DHEADER=attnpool_cuda.h -P ...
# Fails unless the library exports exactly the functions of the header, and needs no library
# except those of the C library.

cmake_minimum_required(VERSION 3.22)

file(READ ${HEADER} text)
string(REGEX MATCHALL "attnpool_cuda_[a-z0-9_]+\\(" declared "${text}")
list(TRANSFORM declared REPLACE "\\(" "")
list(REMOVE_DUPLICATES declared)
list(SORT declared)

execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY}
                OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL " [A-Za-z] [A-Za-z0-9_]+" exported "${symbols}")
list(TRANSFORM exported REPLACE "^ [A-Za-z] " "")
list(SORT exported)
if(NOT exported STREQUAL declared)
  message(FATAL_ERROR "exported: ${exported}\ndeclared: ${declared}")
endif()

execute_process(COMMAND ${READELF} -d ${LIBRARY}
                OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "Shared library: .lib[^]]+" needed "${dynamic}")
foreach(entry IN LISTS needed)
  if(NOT entry MATCHES ": .lib(c|m|dl|rt|pthread)\\.so\\.[0-9]+$")
    message(FATAL_ERROR "the library needs ${entry}")
  endif()
endforeach()

file(SIZE ${LIBRARY} bytes)
message(STATUS "exports ${declared}; ${bytes} bytes")
