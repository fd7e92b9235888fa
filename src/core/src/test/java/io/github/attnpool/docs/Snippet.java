package io.github.attnpool.docs;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.Stream;

/**
 * Java code in a document: statements, and before them imports.
 *
 * @param document name of the document
 * @param line line of the document on which the code begins, from 1
 * @param code the code
 * @param imports import statements of the snippets before this one
 * @param parameters variables that the code uses and does not declare, as parameters of a method
 */
record Snippet(
    String document, int line, List<String> code, List<String> imports, String parameters) {

  /** Returns the import statements in the code. */
  List<String> ownImports() {
    return code.stream().filter(Snippet::isImport).toList();
  }

  /**
   * Returns a class whose method has the code as its body. The code stands on the lines that it has
   * in the document, so that the compiler's line numbers are those of the document.
   */
  String source(String className) {
    String head =
        "%s class %s { void snippet(%s) throws Exception {"
            .formatted(
                Stream.concat(imports.stream(), ownImports().stream()).collect(joining(" ")),
                className,
                parameters);
    String body =
        code.stream().map(text -> isImport(text) ? "" : text).collect(joining("\n", "", "\n}}\n"));
    return head + "\n".repeat(line - 1) + body;
  }

  private static boolean isImport(String text) {
    return text.startsWith("import ");
  }
}
