# Configures native/ as on a machine without nvcc, and with the CUDA kernels switched off. Both must
# work, say so, and install nothing for CUDA.
function(check case option said)
  set(build ${FOLDER}/${case})
  file(REMOVE_RECURSE ${build})
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${build} -DBUILD_TESTING=OFF
            -DCMAKE_C_COMPILER=${C_COMPILER} ${option}
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${case}: cmake failed: ${output}")
  endif()
  if(NOT output MATCHES "attnpool: no CUDA kernels, because ${said}")
    message(FATAL_ERROR "${case}: cmake does not say '${said}': ${output}")
  endif()
  file(READ ${build}/cmake_install.cmake install)
  if(NOT install MATCHES "libattnpool\\." OR install MATCHES "attnpool_cuda")
    message(FATAL_ERROR "${case}: not just libattnpool is installed: ${install}")
  endif()
endfunction()

check(without -DCMAKE_CUDA_COMPILER=NOTFOUND "no working nvcc was found")
check(off -DATTNPOOL_CUDA=OFF "ATTNPOOL_CUDA is off")
