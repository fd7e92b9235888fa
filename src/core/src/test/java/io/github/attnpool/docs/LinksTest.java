package io.github.attnpool.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.docs.Document.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The links between the project's documents, and to its other files. */
class LinksTest {
  @Test
  void everyLinkInTheProjectLeadsSomewhere() throws IOException {
    Path root = ProjectDocuments.root();
    List<Document> documents = ProjectDocuments.all();
    Map<Path, Set<String>> anchors = new HashMap<>();
    for (Document document : documents) {
      anchors.put(root.resolve(document.name()), document.anchors());
    }
    List<String> broken = new ArrayList<>();
    for (Document document : documents) {
      for (Link link : document.links()) {
        if (!leadsSomewhere(root.resolve(document.name()), link.target(), anchors)) {
          broken.add(document.name() + ":" + link.line() + ": " + link.target());
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  private static boolean leadsSomewhere(
      Path document, String target, Map<Path, Set<String>> anchors) {
    if (target.matches("[a-z]+:.*")) {
      return true; // another site
    }
    int hash = target.indexOf('#');
    String path = hash < 0 ? target : target.substring(0, hash);
    Path file = path.isEmpty() ? document : document.resolveSibling(path).normalize();
    return hash < 0
        ? Files.exists(file)
        : anchors.getOrDefault(file, Set.of()).contains(target.substring(hash + 1));
  }

  @Test
  void anchorsAreSpelledAsGitHubSpellsThem() {
    Document document =
        new Document("X.md", List.of("# A `b`, c", "```", "# code", "```", "## On a GPU: now"));
    assertEquals(Set.of("a-b-c", "on-a-gpu-now"), document.anchors());
  }
}
