package io.github.attnpool.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.bindings.dnnl.Dnnl;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The committed bindings fit the headers of today: constants, struct layouts and function types are
 * those that the C compiler sees. Needs neither jextract nor the libraries.
 */
class BindingsFitTest {
  private static final String REMEDY = "; run scripts/generate-bindings";

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void bindingsAgreeWithTheHeaders(BoundLibrary library) throws Exception {
    Map<String, String> inHeaders = HeaderFacts.of(library, CCompiler.system(directory));
    Map<String, String> inBindings = BindingFacts.of(library);
    Map<String, String> differences = new TreeMap<>();
    Set<String> all = new TreeSet<>(inHeaders.keySet());
    all.addAll(inBindings.keySet());
    for (String key : all) {
      String header = inHeaders.getOrDefault(key, "nothing");
      String binding = inBindings.getOrDefault(key, "nothing");
      if (!header.equals(binding)) {
        differences.put(key, "header has " + header + ", binding has " + binding);
      }
    }
    assertEquals(Map.of(), differences, () -> library + " bindings do not fit" + REMEDY);
  }

  @ParameterizedTest
  @EnumSource
  void everyAllowedNameIsBound(BoundLibrary library) throws Exception {
    AllowList allowed = library.allowList();
    Set<String> expected = new TreeSet<>();
    allowed.functions().forEach(name -> expected.add("function " + name));
    allowed.constants().forEach(name -> expected.add("constant " + name));
    allowed.structs().forEach(name -> expected.add("struct " + name));
    Set<String> bound = new TreeSet<>(BindingFacts.of(library).keySet());
    bound.removeIf(key -> key.startsWith("field "));
    assertEquals(expected, bound, () -> library + " bindings are not the allow-list" + REMEDY);
  }

  @ParameterizedTest
  @EnumSource(names = {"KERNELS", "CUDA_KERNELS"})
  void everyKernelIsAllowed(BoundLibrary kernels) throws Exception {
    String header = CCompiler.system(directory).preprocess(kernels);
    AllowList allowed = kernels.allowList();
    assertEquals(found("\\b(attnpool_\\w+)\\s*\\(", header), new TreeSet<>(allowed.functions()));
    assertEquals(found("\\b(ATTNPOOL_\\w+)\\b", header), new TreeSet<>(allowed.constants()));
  }

  @Test
  void oneDnnIsThePinnedVersion() throws Exception {
    Properties pins = new Properties();
    try (Reader reader =
        Files.newBufferedReader(BoundLibrary.headers().resolve("versions.properties"))) {
      pins.load(reader);
    }
    String bound =
        "%d.%d.%d"
            .formatted(
                Dnnl.DNNL_VERSION_MAJOR(), Dnnl.DNNL_VERSION_MINOR(), Dnnl.DNNL_VERSION_PATCH());
    assertEquals(pins.getProperty("onednn.version"), bound);
  }

  private static Set<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
