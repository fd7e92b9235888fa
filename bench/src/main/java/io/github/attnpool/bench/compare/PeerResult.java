package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.peer.PeerKind;
import java.util.Optional;

/**
 * The result of one peer at one case.
 *
 * @param runsOn what ran
 * @param timing empty if it was not timed
 * @param problem why it was not timed; empty if it was
 * @param wrong whether the problem is a wrong result
 * @param contextError relative error of the context against float64
 * @param weightsError relative error of the weights against float64
 */
record PeerResult(
    String name,
    PeerKind.Role role,
    String runsOn,
    Timing timing,
    Optional<String> problem,
    boolean wrong,
    double contextError,
    double weightsError) {
  static PeerResult skipped(PeerKind kind, String reason) {
    return new PeerResult(
        kind.name(),
        kind.role(),
        "",
        new Timing(),
        Optional.of(reason),
        false,
        Double.NaN,
        Double.NaN);
  }

  /** Returns the result of a peer that has no outputs to check. */
  static PeerResult unchecked(PeerKind kind, String runsOn) {
    return new PeerResult(
        kind.name(),
        kind.role(),
        runsOn,
        new Timing(),
        Optional.empty(),
        false,
        Double.NaN,
        Double.NaN);
  }

  PeerResult withTiming(Timing timing) {
    return new PeerResult(name, role, runsOn, timing, problem, wrong, contextError, weightsError);
  }
}
