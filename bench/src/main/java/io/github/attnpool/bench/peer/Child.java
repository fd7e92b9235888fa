package io.github.attnpool.bench.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A child process that answers requests, one line per request. */
final class Child implements AutoCloseable {
  private static final long END_SECONDS = 10;

  private final Process process;
  private final BufferedReader answers;
  private final PrintStream requests;

  private Child(Process process) {
    this.process = process;
    this.answers = process.inputReader(UTF_8);
    this.requests = new PrintStream(process.getOutputStream(), true, UTF_8);
  }

  static Child start(List<String> command) throws NotOffered {
    try {
      return new Child(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new NotOffered(String.valueOf(e.getMessage()), e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Peer prepare(Work work) throws NotOffered {
    try {
      Path folder = Files.createTempDirectory("attnpool-bench");
      try {
        ExchangeFile.writeWork(folder, work);
        String answer = ask("prepare " + folder);
        if (answer.startsWith("skip ")) {
          throw new NotOffered(answer.substring("skip ".length()));
        }
        return new Prepared(expect(answer, "ready "));
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String ask(String request) throws IOException {
    requests.println(request);
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException(
          "the child ended at '" + request + "': " + process.info().commandLine());
    }
    return answer;
  }

  private static String expect(String answer, String start) throws IOException {
    if (!answer.startsWith(start)) {
      throw new IOException("the child answered '" + answer + "' instead of '" + start + "…'");
    }
    return answer.substring(start.length());
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() {
    requests.close();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private final class Prepared implements Peer {
    private final String runsOn;

    Prepared(String runsOn) {
      this.runsOn = runsOn;
    }

    @Override
    public String runsOn() {
      return runsOn;
    }

    @Override
    public long[] time(int samples, int repeat) {
      try {
        String nanos = expect(ask("time " + samples + " " + repeat), "nanos ");
        return Arrays.stream(nanos.split(" ", -1)).mapToLong(Long::parseLong).toArray();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Result result(int input) {
      try {
        Path folder = Files.createTempDirectory("attnpool-bench");
        try {
          Path file = folder.resolve("result.safetensors");
          expect(ask("result " + input + " " + file), "done");
          return ExchangeFile.readResult(file);
        } finally {
          delete(folder);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      if (isAlive()) {
        try {
          expect(ask("release"), "done");
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
