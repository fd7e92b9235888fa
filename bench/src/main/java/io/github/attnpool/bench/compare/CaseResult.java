package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.compare.Case.Group;
import io.github.attnpool.bench.peer.PeerKind.Role;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What all peers did at one case.
 *
 * @param peak timing of {@link PeakPeer}, or null where the processor cannot do it
 */
record CaseResult(Case of, List<PeerResult> results, Timing peak) {
  Stream<PeerResult> timed() {
    return results.stream().filter(result -> result.timing() != null);
  }

  /** attnpool's own. */
  Optional<PeerResult> subject() {
    return timed().filter(result -> result.role() == Role.SUBJECT).findFirst();
  }

  /** The fastest of the libraries a user would take instead. */
  Optional<PeerResult> fastestPeer() {
    return fastest(Role.PEER);
  }

  /** The fastest of those in a role. */
  Optional<PeerResult> fastest(Role role) {
    return timed()
        .filter(result -> result.role() == role)
        .min(Comparator.comparingDouble(result -> result.timing().median()));
  }

  Optional<PeerResult> named(String name) {
    return timed().filter(result -> result.name().equals(name)).findFirst();
  }

  /** How many times as long as attnpool a peer takes; NaN without attnpool. */
  double ratio(PeerResult result) {
    return subject().map(own -> result.timing().ratioTo(own.timing())).orElse(Double.NaN);
  }

  /**
   * Floating-point operations a second, counting the maps that every row passes only; NaN for what
   * does without them, as all but the whole call of a case about keys.
   */
  double flops(PeerResult result) {
    return multiplies(result) ? of.shape().flops() / result.timing().median() * 1e9 : Double.NaN;
  }

  private boolean multiplies(PeerResult result) {
    return of.group() != Group.KEYS || result.role() == Role.SUBJECT;
  }

  /** Operations a second that as many threads could do in registers, a processor each. */
  double peakFlops() {
    return peak == null ? Double.NaN : PeakPeer.FLOPS_PER_CALL / peak.median() * 1e9 * of.threads();
  }

  /** The part of the peak that a peer reaches, compared round by round. */
  double fractionOfPeak(PeerResult result) {
    return peak == null || !multiplies(result)
        ? Double.NaN
        : of.shape().flops()
            / PeakPeer.FLOPS_PER_CALL
            / of.threads()
            * peak.ratioTo(result.timing());
  }
}
