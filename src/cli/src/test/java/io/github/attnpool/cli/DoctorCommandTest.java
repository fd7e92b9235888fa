package io.github.attnpool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  private static final List<String> SECTIONS =
      List.of("attnpool", "jdk", "processor", "isa", "onednn", "cache", "cuda");

  @Test
  void showsEverySection() {
    Cli cli = Cli.run("doctor");
    assertEquals(ExitStatus.GOOD, cli.status());
    List<String> lines = cli.out().lines().toList();
    for (int i = 0; i < SECTIONS.size(); i++) {
      assertTrue(lines.get(i).startsWith(SECTIONS.get(i) + " "), lines.get(i));
    }
    assertTrue(cli.out().contains("jvm: available"), cli.out());
    String cuda = lines.get(SECTIONS.indexOf("cuda"));
    for (String fact : List.of("cudart ", "cublaslt ", "cudnn ", "kernels ", "searched ")) {
      assertTrue(cuda.contains(fact), cuda);
    }
    assertEquals("", cli.err());
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
