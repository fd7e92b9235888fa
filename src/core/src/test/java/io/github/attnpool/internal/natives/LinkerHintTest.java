package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkerHintTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "libdnnl.so.3: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by"
            + " libdnnl.so.3)|glibc is too old",
        "libdnnl.so.3: libstdc++.so.6: cannot open shared object file: No such file or"
            + " directory|install libstdc++",
        "libdnnl.so.3: /lib64/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by"
            + " libdnnl.so.3)|libstdc++ of GCC 11",
        "libdnnl.so.3: /lib64/libstdc++.so.6: version `CXXABI_1.3.13' not found (required by"
            + " libdnnl.so.3)|libstdc++ of GCC 11",
        "Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by"
            + " libdnnl.so.3)|this system has no glibc",
        "Error loading shared library libstdc++.so.6: No such file or directory (needed by"
            + " libdnnl.so.3)|this system has no glibc",
        "Error relocating libgomp.so.1: __sched_cpualloc: symbol not found|this system has no"
            + " glibc",
        "libattnpool.so: failed to map segment from shared object: Operation not"
            + " permitted|set -Dattnpool.cache=DIR",
      })
  void knowsTheUsualMessages(String message, String hint) {
    assertTrue(LinkerHint.of(message).contains(hint), () -> LinkerHint.of(message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "libattnpool.so: file too short", "libattnpool.so: invalid ELF header"})
  void saysNothingOfOthers(String message) {
    assertEquals("", LinkerHint.of(message));
  }
}
