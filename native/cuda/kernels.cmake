# libattnpool_cuda: machine code for each GPU generation, and PTX for future ones.
set(CMAKE_CUDA_ARCHITECTURES 80)
enable_language(CUDA)

set(architectures 80 89 90)
if(CMAKE_CUDA_COMPILER_VERSION VERSION_GREATER_EQUAL 12.8)
  list(APPEND architectures 100)
endif()
list(GET architectures -1 newest)
list(JOIN architectures " sm_" targets)

add_library(attnpool_cuda SHARED ${ATTNPOOL_CUDA_SOURCES})
list(TRANSFORM architectures APPEND -real)
set_target_properties(attnpool_cuda PROPERTIES
  CUDA_ARCHITECTURES "${architectures};${newest}-virtual"
  CUDA_STANDARD 17
  CUDA_STANDARD_REQUIRED ON
  CUDA_VISIBILITY_PRESET hidden
  # Static: loading this library needs no CUDA library; using it needs the driver.
  CUDA_RUNTIME_LIBRARY Static)
target_include_directories(attnpool_cuda PUBLIC ${PROJECT_SOURCE_DIR}/include)
target_compile_definitions(attnpool_cuda PRIVATE
  ATTNPOOL_CUDA_TARGETS="sm_${targets} compute_${newest}")
# Sums must round the same wherever they are inlined: FMA only where the source says so.
target_compile_options(attnpool_cuda PRIVATE
  -O3 --fmad=false -Werror all-warnings
  # So that nothing needs the C++ library.
  "SHELL:-Xcompiler -Wall,-Wextra,-fno-exceptions,-fno-threadsafe-statics")
if(CMAKE_CUDA_COMPILER_VERSION VERSION_GREATER_EQUAL 12.8)
  target_compile_options(attnpool_cuda PRIVATE --compress-mode=size)
endif()
# Hides the symbols of the CUDA runtime that the library contains.
target_link_options(attnpool_cuda PRIVATE
  LINKER:--exclude-libs,ALL LINKER:-z,defs LINKER:--as-needed)

if(BUILD_TESTING)
  add_test(NAME cuda.symbols COMMAND ${CMAKE_COMMAND}
    -DREADELF=${CMAKE_READELF} -DNM=${CMAKE_NM} -DLIBRARY=$<TARGET_FILE:attnpool_cuda>
    -DHEADER=${PROJECT_SOURCE_DIR}/include/attnpool_cuda.h
    -P ${CMAKE_CURRENT_SOURCE_DIR}/tests/check_symbols.cmake)
endif()
