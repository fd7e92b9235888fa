package io.github.attnpool.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java code in the project's documents. */
class SnippetsTest {
  @TempDir private Path folder;

  @Test
  void everySnippetCompiles() throws Exception {
    List<Snippet> snippets =
        ProjectDocuments.all().stream().flatMap(document -> document.snippets().stream()).toList();
    assertFalse(snippets.isEmpty());
    assertEquals("", new SnippetCompiler(folder).errors(snippets));
  }

  @Test
  void snippetsUseImportsOfEarlierOnesAndDeclaredVariables() throws Exception {
    Document document =
        new Document(
            "a/GOOD.md",
            List.of(
                "```java",
                "import io.github.attnpool.Linear;",
                "",
                "int width = 2;",
                "```",
                "<!-- snippet: float[] weight -->",
                "```java",
                "Linear map = Linear.of(1, 2, weight);",
                "```"));
    assertEquals("", new SnippetCompiler(folder).errors(document.snippets()));
  }

  @Test
  void anErrorNamesDocumentAndLine() throws Exception {
    Document document =
        new Document(
            "a/BAD.md",
            List.of("# Bad", "", "```java", "int good = 1;", "int bad = missing;", "```"));
    String errors = new SnippetCompiler(folder).errors(document.snippets());
    assertTrue(errors.startsWith("a/BAD.md:5: error: "), errors);
  }
}
