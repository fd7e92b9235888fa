package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.Inputs;
import io.github.attnpool.bench.peer.NotOffered;
import io.github.attnpool.bench.peer.Peer;
import io.github.attnpool.bench.peer.PeerKind;
import io.github.attnpool.bench.peer.PeerKind.Role;
import io.github.attnpool.bench.peer.Result;
import io.github.attnpool.bench.peer.Work;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs one case: prepares the peers, checks them, and times the right ones, interleaved. */
final class CaseRunner {
  /** Largest relative difference ‖·‖₂ from attnpool's contexts that counts as equal. */
  static final double F32_TOLERANCE = 1e-5;

  /** Largest difference if x, W or outputs are bfloat16 on either side: 8 significant bits. */
  static final double BF16_TOLERANCE = 2e-2;

  private final Rounds rounds;
  private final long cacheBytes;
  private final Map<String, Reference> references = new HashMap<>(); // by shape and type of x

  CaseRunner(Rounds rounds, long cacheBytes) {
    this.rounds = rounds;
    this.cacheBytes = cacheBytes;
  }

  /**
   * Runs the case.
   *
   * @param kinds attnpool itself first: the others are checked against its result
   */
  CaseResult run(Case one, List<PeerKind> kinds) throws InterruptedException {
    BenchModel model = new BenchModel(one.shape());
    try (Arena arena = Arena.ofShared()) {
      int count =
          one.cold()
              ? Inputs.countBeyondCache(one.shape(), one.arithmetic().input(), cacheBytes)
              : 1;
      Inputs inputs = Inputs.of(model, one.arithmetic().input(), count, arena);
      Work work = new Work(model, one.arithmetic(), one.threads(), inputs);
      Reference reference =
          references.computeIfAbsent(
              one.shape() + " " + inputs.type(), key -> Reference.of(model, inputs, 0));
      List<Peer> peers = new ArrayList<>();
      try {
        List<PeerResult> checked = new ArrayList<>();
        Optional<Result> expected = Optional.empty();
        for (PeerKind kind : kinds) {
          PeerResult result = prepare(kind, work, reference, peers, expected);
          checked.add(result);
          if (expected.isEmpty() && result.problem().isEmpty()) {
            expected = Optional.of(peers.getFirst().result(0));
          }
        }
        return timed(one, checked, peers);
      } finally {
        peers.forEach(Peer::close);
      }
    }
  }

  private CaseResult timed(Case one, List<PeerResult> checked, List<Peer> peers)
      throws InterruptedException {
    Optional<PeakPeer> peak = PeakPeer.of(one.arithmetic().precision());
    List<Peer> all = new ArrayList<>(peers);
    peak.ifPresent(all::add);
    List<Timing> timings = rounds.run(all);
    return new CaseResult(
        one, withTimings(checked, timings), peak.isPresent() ? timings.getLast() : new Timing());
  }

  /** Adds a peer to those to be timed, if it is available and right. */
  private static PeerResult prepare(
      PeerKind kind, Work work, Reference reference, List<Peer> peers, Optional<Result> expected) {
    Peer peer;
    try {
      peer = kind.prepare(work);
    } catch (NotOffered e) {
      return PeerResult.skipped(kind, e.getMessage());
    }
    if (kind.role() == Role.YARDSTICK) {
      peers.add(peer);
      return PeerResult.unchecked(kind, peer.runsOn());
    }
    return check(kind, peer, work, reference, peers, expected);
  }

  private static PeerResult check(
      PeerKind kind,
      Peer peer,
      Work work,
      Reference reference,
      List<Peer> peers,
      Optional<Result> expected) {
    Result result = peer.result(0);
    double tolerance = work.arithmetic() == Arithmetic.F32 ? F32_TOLERANCE : BF16_TOLERANCE;
    double difference = expected.map(right -> difference(right, result)).orElse(0.0);
    Optional<String> problem = Optional.empty();
    if (difference <= tolerance) {
      peers.add(peer);
    } else {
      problem = Optional.of("its results differ by " + difference + ", more than " + tolerance);
      peer.close();
    }
    return new PeerResult(
        kind.name(),
        kind.role(),
        peer.runsOn(),
        new Timing(),
        problem,
        problem.isPresent(),
        reference.contextError(result),
        reference.weightsError(result));
  }

  private static List<PeerResult> withTimings(List<PeerResult> checked, List<Timing> timings) {
    List<PeerResult> results = new ArrayList<>();
    int next = 0;
    for (PeerResult result : checked) {
      results.add(result.problem().isPresent() ? result : result.withTiming(timings.get(next++)));
    }
    return results;
  }

  /** Returns the larger of the relative differences ‖·‖₂ of contexts and of logits. */
  private static double difference(Result expected, Result actual) {
    double ofContexts = difference(expected.context(), actual.context());
    return expected.logits().length == 0
        ? ofContexts
        : Math.max(ofContexts, difference(expected.logits(), actual.logits()));
  }

  private static double difference(float[] expected, float[] actual) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      double delta = (double) actual[i] - expected[i];
      difference += delta * delta;
      norm += (double) expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }
}
