package io.github.attnpool.bindings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A C prototype as jextract saw it, which it leaves in the comments of what it generates. */
record Prototype(String text, String name, List<String> parameters) {
  private static final Pattern COMMENT =
      Pattern.compile("^ *\\* (\\w[\\w *]*?\\b(\\w+)\\(([^()]*)\\))$", Pattern.MULTILINE);
  private static final Pattern LAST_WORD = Pattern.compile("(\\w+)(\\[\\d*\\])?$");

  static List<Prototype> readAll(Path generatedSources) throws IOException {
    List<Prototype> prototypes = new ArrayList<>();
    try (Stream<Path> files = Files.list(generatedSources)) {
      for (Path file : files.sorted().toList()) {
        COMMENT
            .matcher(Files.readString(file))
            .results()
            .forEach(m -> prototypes.add(of(m.group(1), m.group(2), m.group(3))));
      }
    }
    return prototypes.stream().distinct().toList();
  }

  private static Prototype of(String text, String name, String parameters) {
    if (parameters.isEmpty()) {
      return new Prototype(text.replace("()", "(void)"), name, List.of());
    }
    return new Prototype(
        text, name, Arrays.stream(parameters.split(",")).map(Prototype::parameterName).toList());
  }

  private static String parameterName(String parameter) {
    Matcher matcher = LAST_WORD.matcher(parameter.strip());
    if (!matcher.find()) {
      throw new IllegalArgumentException("parameter without a name: " + parameter);
    }
    return matcher.group(1);
  }

  boolean returnsVoid() {
    return text.startsWith("void " + name);
  }
}
