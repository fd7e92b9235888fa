import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or applies google-java-format to the hand-written Java sources. The formatter needs the
 * compiler of the JDK that the sources are for, so it runs in that JDK and not, as Maven plugins
 * do, in Maven's.
 *
 * <p>Arguments: {@code check} or {@code apply}, and the folder to search.
 */
final class Format {
  private static final Path GENERATED =
      Path.of("bindings/src/main/java/io/github/attnpool/bindings");

  public static void main(String[] args) throws IOException {
    boolean apply = args[0].equals("apply");
    Formatter formatter = new Formatter();
    List<Path> unformatted = new ArrayList<>();
    for (Path file : sources(Path.of(args[1]))) {
      String source = Files.readString(file);
      String formatted;
      try {
        formatted = formatter.formatSourceAndFixImports(source);
      } catch (FormatterException e) {
        System.err.println(file + ": " + e.getMessage());
        System.exit(1);
        return;
      }
      if (!formatted.equals(source)) {
        unformatted.add(file);
        if (apply) {
          Files.writeString(file, formatted);
        }
      }
    }
    if (!apply && !unformatted.isEmpty()) {
      System.err.println("not formatted; run scripts/format: " + unformatted);
      System.exit(1);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !isSkipped(root.relativize(file)))
          .sorted()
          .toList();
    }
  }

  /** Tells whether the build or jextract made a file; jextract writes below GENERATED. */
  private static boolean isSkipped(Path file) {
    boolean built = Stream.of("target", ".git").anyMatch(part -> contains(file, part));
    return built || file.startsWith(GENERATED) && !file.getParent().equals(GENERATED);
  }

  private static boolean contains(Path file, String part) {
    for (Path name : file) {
      if (name.toString().equals(part)) {
        return true;
      }
    }
    return false;
  }
}
