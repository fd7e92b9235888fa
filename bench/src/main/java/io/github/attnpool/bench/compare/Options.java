package io.github.attnpool.bench.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.compare.Case.Group;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What the user asked for.
 *
 * @param quick whether to take less time, and leave hopelessly slow peers out of large cases
 * @param cold whether to measure each shape with inputs beyond the cache too
 * @param seconds a peer's time at one case
 * @param groups which groups of cases to run
 * @param python command of a Python to compare with, or null
 * @param out folder of the results, or null for one by date and processor
 */
record Options(
    boolean quick,
    boolean cold,
    double seconds,
    Set<Group> groups,
    List<String> shapes,
    List<Arithmetic> arithmetics,
    List<Integer> threads,
    String python,
    Path out) {

  /** What each option means; scripts/bench shows the same file before anything is built. */
  static String usage() {
    try (InputStream text = Options.class.getResourceAsStream("options.txt")) {
      return new String(text.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Options parse(String[] arguments) {
    Reader reader = new Reader(arguments);
    boolean quick = reader.flag("--quick");
    String python = reader.value("--python", Function.identity(), null);
    List<Group> groups =
        python == null ? List.of(Group.values()) : List.of(Group.TABLE, Group.FAMILY);
    int processors = Runtime.getRuntime().availableProcessors();
    // PyTorch takes long to compile for each number of threads.
    List<Integer> threads =
        processors == 1 || (quick && python != null) ? List.of(1) : List.of(1, processors);
    Options options =
        new Options(
            quick,
            reader.flag("--cold"),
            reader.value("--seconds", Double::valueOf, quick ? 0.25 : 3),
            EnumSet.copyOf(reader.list("--groups", Options::group, groups)),
            reader.list("--shapes", Function.identity(), Agenda.SHAPES),
            reader.list("--precisions", Arithmetic::of, List.of(Arithmetic.values())),
            reader.list("--threads", Integer::valueOf, threads),
            python,
            reader.value("--out", Path::of, null));
    reader.end();
    return options;
  }

  /** How long and how often the peers take turns. */
  Rounds rounds() {
    int count = quick ? 5 : 15;
    long nanos = (long) (seconds * 1e9);
    return new Rounds(count, Duration.ofNanos(nanos * 2 / 3 / count), Duration.ofNanos(nanos / 3));
  }

  private static Group group(String name) {
    for (Group group : Group.values()) {
      if (group.name().toLowerCase(Locale.ROOT).equals(name)) {
        return group;
      }
    }
    throw new IllegalArgumentException("there is no group '" + name + "'");
  }

  /** Takes options out of a command line. */
  private static final class Reader {
    private final String[] arguments;
    private final boolean[] read;

    Reader(String[] arguments) {
      this.arguments = arguments;
      this.read = new boolean[arguments.length];
    }

    boolean flag(String name) {
      int at = Arrays.asList(arguments).indexOf(name);
      if (at >= 0) {
        read[at] = true;
      }
      return at >= 0;
    }

    <T> T value(String name, Function<String, T> parse, T otherwise) {
      int at = Arrays.asList(arguments).indexOf(name);
      if (at < 0) {
        return otherwise;
      }
      if (at + 1 == arguments.length) {
        throw new IllegalArgumentException(name + " needs a value");
      }
      read[at] = true;
      read[at + 1] = true;
      try {
        return parse.apply(arguments[at + 1]);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            name + " is '" + arguments[at + 1] + "', must be of numbers", e);
      }
    }

    <T> List<T> list(String name, Function<String, T> parse, List<T> otherwise) {
      return value(name, text -> Stream.of(text.split(",", -1)).map(parse).toList(), otherwise);
    }

    void end() {
      for (int i = 0; i < arguments.length; i++) {
        if (!read[i]) {
          throw new IllegalArgumentException("unknown option " + arguments[i]);
        }
      }
    }
  }
}
