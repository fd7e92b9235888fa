package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.compare.Case.Group;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the user asked for. A default that depends on other options is chosen when it is read. */
final class Options {
  @Option(
      names = "--quick",
      description = "Take at most five minutes on two cores; time three forms of the family only.")
  private boolean quick;

  @Option(
      names = "--cold",
      description = "Also time each shape on inputs that exceed the last-level cache.")
  private boolean cold;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Time of one peer at one case (default 3; with --quick 0.25).")
  private @Nullable Double seconds;

  @Option(
      names = "--groups",
      paramLabel = "GROUP",
      split = ",",
      description =
          "Groups of cases, of table, steps, width, batch, threads, growth, overhead, family and"
              + " keys (default all; with --python table and family).")
  private @Nullable Set<Group> groups;

  @Option(
      names = "--shapes",
      paramLabel = "BxTxH-D",
      split = ",",
      description =
          "Shapes of the table. Other forms of the layer have D = 0, or words after the shape:"
              + " +projN, +geluN, +gate, +headsN, +perhead, +valuesN, +stats.")
  private @Nullable List<BenchShape> shapes;

  @Option(
      names = "--precisions",
      paramLabel = "P",
      split = ",",
      description = "Precisions, of f32, bf16 and bf16-f32x (default all).")
  private @Nullable List<Arithmetic> arithmetics;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description =
          "Threads, in the table and the family (default 1 and all processors; with --quick and"
              + " --python 1). The quick family takes the first number.")
  private @Nullable List<Integer> threads;

  @Option(
      names = "--python",
      paramLabel = "COMMAND",
      description = "Compare with the libraries of this Python.")
  private @Nullable String python;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Folder of the results (default: one named after processor and date).")
  private @Nullable Path out;

  /** Returns a command line that reads the types of these options. */
  static CommandLine commandLine(Object command) {
    return new CommandLine(command)
        .registerConverter(Group.class, reading(Group::of))
        .registerConverter(BenchShape.class, reading(BenchShape::parse))
        .registerConverter(Arithmetic.class, reading(Arithmetic::of));
  }

  /** Returns a converter whose errors are the parser's own. */
  private static <T> ITypeConverter<T> reading(Function<String, T> parser) {
    return text -> {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  /** Tells whether to take less time, and to leave very slow peers out of large cases. */
  boolean quick() {
    return quick;
  }

  /** Tells whether to time each shape on inputs beyond the cache too. */
  boolean cold() {
    return cold;
  }

  /** Returns the time of one peer at one case. */
  double seconds() {
    return seconds != null ? seconds : quick ? 0.25 : 3;
  }

  /** Returns the groups of cases to run. */
  Set<Group> groups() {
    if (groups != null) {
      return groups;
    }
    return python == null ? EnumSet.allOf(Group.class) : EnumSet.of(Group.TABLE, Group.FAMILY);
  }

  /** Returns the shapes of the table. */
  List<BenchShape> shapes() {
    return shapes != null ? shapes : Agenda.SHAPES;
  }

  /** Returns the arithmetics of the table and the family. */
  List<Arithmetic> arithmetics() {
    return arithmetics != null ? arithmetics : List.of(Arithmetic.values());
  }

  /** Returns the numbers of threads of the table and the family. */
  List<Integer> threads() {
    if (threads != null) {
      return threads;
    }
    int processors = Runtime.getRuntime().availableProcessors();
    // PyTorch takes long to compile for each number of threads.
    return processors == 1 || (quick && python != null) ? List.of(1) : List.of(1, processors);
  }

  /** Returns the command of the Python to compare with. */
  Optional<String> python() {
    return Optional.ofNullable(python);
  }

  /** Returns the folder of the results, if one was named. */
  Optional<Path> out() {
    return Optional.ofNullable(out);
  }

  /** Returns how the time of a peer is divided into rounds. */
  Rounds rounds() {
    int count = quick ? 5 : 15;
    long nanos = (long) (seconds() * 1e9);
    return new Rounds(count, Duration.ofNanos(nanos * 2 / 3 / count), Duration.ofNanos(nanos / 3));
  }
}
