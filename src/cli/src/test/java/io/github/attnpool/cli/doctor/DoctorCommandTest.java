package io.github.attnpool.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.attnpool.cli.Cli;
import io.github.attnpool.cli.spi.ExitStatus;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  private static final List<String> SECTIONS =
      List.of("attnpool", "jdk", "processor", "isa", "onednn", "cache", "jvm", "cuda");

  @Test
  void showsEverySection() {
    Cli cli = Cli.run("doctor");
    assertEquals(ExitStatus.GOOD, cli.status());
    List<String> lines = cli.out().lines().toList();
    for (int i = 0; i < SECTIONS.size(); i++) {
      assertTrue(lines.get(i).startsWith(SECTIONS.get(i) + " "), lines.get(i));
    }
    assertTrue(cli.out().contains("jvm: available"), cli.out());
    List<String> tried = lines.subList(SECTIONS.size(), lines.size());
    for (String fact : List.of("cudart ", "cublaslt ", "cudnn ", "kernels ", "searched ")) {
      assertTrue(
          tried.stream().anyMatch(line -> line.startsWith(" ".repeat(13) + fact)), cli.out());
    }
    assertTrue(lines.stream().allMatch(line -> line.length() < 250), cli.out());
    assertEquals("", cli.err());
  }

  @Test
  void tellsHowBackendJvmGetsFaster() {
    String jvm =
        Cli.run("doctor").out().lines().filter(line -> line.startsWith("jvm ")).toList().getFirst();
    boolean vector = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    assertTrue(jvm.matches("jvm +loops (scalar|vector\\d+)(, .*)?"), jvm);
    assertEquals(
        !vector,
        jvm.endsWith("faster with ATTNPOOL_JAVA_OPTIONS='--add-modules jdk.incubator.vector'"));
  }

  @Test
  void givesNumbersAsNumbers() {
    String json = Cli.run("doctor", "--json").out();
    assertTrue(json.matches("(?s).*\"processor\":\\{[^}]*\"available\":\\d+}.*"), json);
  }

  @Test
  void printsOneJsonObject() throws IOException {
    Cli cli = Cli.run("doctor", "--json");
    Set<String> names = new LinkedHashSet<>();
    try (JsonParser json = new JsonFactory().createParser(cli.out())) {
      assertEquals(JsonToken.START_OBJECT, json.nextToken());
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        names.add(json.currentName());
        json.nextToken();
        json.skipChildren();
      }
    }
    assertTrue(names.containsAll(SECTIONS), names.toString());
    assertTrue(names.containsAll(List.of("backend", "backends")), names.toString());
  }
}
