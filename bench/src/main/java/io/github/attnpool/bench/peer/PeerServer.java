package io.github.attnpool.bench.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.attnpool.Plan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers a parent process for one backend and plan of attnpool, line by line, until input ends:
 *
 * <pre>
 * prepare FOLDER        ready DESCRIPTION, or skip REASON
 * time SAMPLES REPEAT   nanos N N …, one number for each sample of REPEAT calls
 * result INPUT FILE     done, when FILE holds the outputs
 * release               done
 * </pre>
 */
public final class PeerServer {
  private final PeerKind kind;
  private @Nullable Arena arena; // none between works
  private @Nullable Peer peer;

  private PeerServer(PeerKind kind) {
    this.kind = kind;
  }

  /** Takes the names of backend and plan. */
  public static void main(String[] args) throws IOException {
    PeerKind kind = new AttnPoolKind(args[0], Plan.valueOf(args[1]), PeerKind.Role.VARIANT);
    PeerServer server = new PeerServer(kind);
    PrintStream answers = System.out;
    System.setOut(System.err); // only answers may go there
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      answers.println(server.answer(line.split(" ", 3)));
    }
    server.release();
  }

  private String answer(String[] words) {
    return switch (words[0]) {
      case "prepare" -> prepare(Path.of(words[1]));
      case "time" -> {
        long[] nanos = peer().time(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
        yield Arrays.stream(nanos)
            .mapToObj(Long::toString)
            .collect(Collectors.joining(" ", "nanos ", ""));
      }
      case "result" -> {
        ExchangeFile.writeResult(Path.of(words[2]), peer().result(Integer.parseInt(words[1])));
        yield "done";
      }
      case "release" -> release();
      default -> throw new IllegalArgumentException("unknown request " + words[0]);
    };
  }

  private String prepare(Path folder) {
    release();
    Arena memory = Arena.ofShared();
    arena = memory;
    try {
      Peer prepared = kind.prepare(ExchangeFile.readWork(folder, memory));
      peer = prepared;
      return "ready " + prepared.runsOn();
    } catch (NotOffered e) {
      return "skip " + e.getMessage().replace('\n', ' ');
    }
  }

  private Peer peer() {
    if (peer == null) {
      throw new IllegalStateException("nothing is prepared");
    }
    return peer;
  }

  private String release() {
    if (peer != null) {
      peer.close();
      peer = null;
    }
    if (arena != null) {
      arena.close();
      arena = null;
    }
    return "done";
  }
}
