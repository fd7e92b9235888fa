package io.github.attnpool.docs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** The Markdown files of the project that the tests run in. */
final class ProjectDocuments {
  private ProjectDocuments() {}

  /** Returns the root of the project: the folder above this module with a licence in it. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("LICENSE"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** Returns all documents but those that a build made. */
  static List<Document> all() throws IOException {
    Path root = root();
    List<Document> documents = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean skipped =
                !folder.equals(root) && (name.startsWith(".") || name.equals("target"));
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (file.toString().endsWith(".md")) {
              String name = root.relativize(file).toString().replace('\\', '/');
              documents.add(new Document(name, Files.readAllLines(file)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return documents;
  }
}
