package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.compare.Case.Group;
import io.github.attnpool.bench.peer.PeerKind.Role;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The results of all peers at one case.
 *
 * @param peak timing of {@link PeakPeer}, empty if the processor lacks the instructions
 */
record CaseResult(Case of, List<PeerResult> results, Timing peak) {
  Stream<PeerResult> timed() {
    return results.stream().filter(result -> !result.timing().isEmpty());
  }

  /** Returns the result of attnpool. */
  Optional<PeerResult> subject() {
    return timed().filter(result -> result.role() == Role.SUBJECT).findFirst();
  }

  /** Returns the fastest of the other libraries. */
  Optional<PeerResult> fastestPeer() {
    return fastest(Role.PEER);
  }

  /** Returns the fastest in a role. */
  Optional<PeerResult> fastest(Role role) {
    return timed()
        .filter(result -> result.role() == role)
        .min(Comparator.comparingDouble(result -> result.timing().median()));
  }

  Optional<PeerResult> named(String name) {
    return timed().filter(result -> result.name().equals(name)).findFirst();
  }

  /** Returns how many times as long as attnpool a peer takes; NaN without attnpool. */
  double ratio(PeerResult result) {
    return subject().map(own -> result.timing().ratioTo(own.timing())).orElse(Double.NaN);
  }

  /**
   * Returns the floating-point operations per second, counting only the maps that every row passes.
   * NaN for a peer that skips them: in a case about keys, all but the whole call.
   */
  double flops(PeerResult result) {
    return multiplies(result) ? of.shape().flops() / result.timing().median() * 1e9 : Double.NaN;
  }

  private boolean multiplies(PeerResult result) {
    return of.group() != Group.KEYS || result.role() == Role.SUBJECT;
  }

  /** Returns the operations per second of as many threads in registers, each on a processor. */
  double peakFlops() {
    return peak.isEmpty()
        ? Double.NaN
        : PeakPeer.FLOPS_PER_CALL / peak.median() * 1e9 * of.threads();
  }

  /** Returns the fraction of the peak that a peer reaches, compared round by round. */
  double fractionOfPeak(PeerResult result) {
    return peak.isEmpty() || !multiplies(result)
        ? Double.NaN
        : of.shape().flops()
            / PeakPeer.FLOPS_PER_CALL
            / of.threads()
            * peak.ratioTo(result.timing());
  }
}
