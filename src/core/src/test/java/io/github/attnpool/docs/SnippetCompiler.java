package io.github.attnpool.docs;

import io.github.attnpool.AttentionPooling;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;

/** Compiles snippets against the library. */
final class SnippetCompiler {
  private final Path folder;

  /**
   * @param folder an empty folder for sources and classes
   */
  SnippetCompiler(Path folder) {
    this.folder = folder;
  }

  /** Returns the compiler's errors, each with document and line; empty if there are none. */
  String errors(List<Snippet> snippets) throws IOException, URISyntaxException {
    // By the tool's name, because the tests' module does not read that of javax.tools.
    ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
    Path library =
        Path.of(AttentionPooling.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-nowarn", "-proc:none", "-encoding", "UTF-8"));
    arguments.addAll(
        List.of("-cp", library.toString(), "-d", folder.resolve("classes").toString()));
    for (Snippet snippet : snippets) {
      arguments.add(write(snippet, "Snippet" + arguments.size()).toString());
    }
    StringWriter messages = new StringWriter();
    PrintWriter writer = new PrintWriter(messages);
    int status = javac.run(writer, writer, arguments.toArray(String[]::new));
    return status == 0 ? "" : byDocument(messages.toString());
  }

  private Path write(Snippet snippet, String className) throws IOException {
    Path file = folder.resolve(snippet.document()).resolve(className + ".java");
    Files.createDirectories(file.getParent());
    return Files.writeString(file, snippet.source(className));
  }

  /** Names the documents in place of the files that were compiled. */
  private String byDocument(String messages) {
    return messages.replaceAll(Pattern.quote(folder + "/") + "(.*)/Snippet\\d+\\.java:", "$1:");
  }
}
