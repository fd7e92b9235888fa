package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.peer.PeerKind.Role;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What all peers did at one case.
 *
 * @param peak floating-point operations a second that as many threads could do in registers, or NaN
 */
record CaseResult(Case of, List<PeerResult> results, double peak) {
  Stream<PeerResult> timed() {
    return results.stream().filter(result -> result.timing() != null);
  }

  /** attnpool's own. */
  Optional<PeerResult> subject() {
    return timed().filter(result -> result.role() == Role.SUBJECT).findFirst();
  }

  /** The fastest of the libraries a user would take instead. */
  Optional<PeerResult> fastestPeer() {
    return timed()
        .filter(result -> result.role() == Role.PEER)
        .min(Comparator.comparingDouble(result -> result.timing().median()));
  }

  Optional<PeerResult> named(String name) {
    return timed().filter(result -> result.name().equals(name)).findFirst();
  }

  /** How many times as long as attnpool a peer takes; NaN without attnpool. */
  double ratio(PeerResult result) {
    return subject().map(own -> result.timing().ratioTo(own.timing())).orElse(Double.NaN);
  }

  /** Floating-point operations a second, counting the hidden layer only. */
  double flops(PeerResult result) {
    return of.shape().flops() / result.timing().median() * 1e9;
  }

  double fractionOfPeak(PeerResult result) {
    return flops(result) / peak;
  }
}
