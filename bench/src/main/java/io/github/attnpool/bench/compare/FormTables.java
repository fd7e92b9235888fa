package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.compare.Case.Group;
import io.github.attnpool.bench.peer.ActivationsKind;
import io.github.attnpool.bench.peer.KeysKind;
import io.github.attnpool.bench.peer.PeerKind.Role;
import java.util.List;

/** Writes the tables of other forms of the layer, in Markdown. */
final class FormTables {
  private FormTables() {}

  /** Compares attnpool with the multiplications alone and with the fastest peer. */
  static String family(List<CaseResult> results) {
    StringBuilder rows = new StringBuilder();
    for (CaseResult result : results) {
      if (result.of().group() == Group.FAMILY) {
        result.subject().ifPresent(own -> rows.append(familyRow(result, own)));
      }
    }
    return Figures.section(
        Group.FAMILY.title(),
        List.of(
            "B×T×H→D",
            "precision",
            "threads",
            "attnpool",
            "GEMMs alone",
            "attnpool above them",
            "context error",
            "fastest peer",
            "its time",
            "attnpool is faster by"),
        rows);
  }

  private static String familyRow(CaseResult result, PeerResult own) {
    PeerResult gemms = result.fastest(Role.YARDSTICK).orElse(null);
    PeerResult peer = result.fastestPeer().orElse(null);
    return Figures.row(
        List.of(
            Summary.name(result.of()),
            result.of().arithmetic().label(),
            Integer.toString(result.of().threads()),
            Figures.time(own.timing().median()),
            gemms == null ? "–" : Figures.time(gemms.timing().median()),
            gemms == null
                ? "–"
                : "**" + Figures.signedPercent(own.timing().ratioTo(gemms.timing()) - 1) + "**",
            Figures.error(own.contextError()),
            peer == null ? "none offers it" : peer.name(),
            peer == null ? "–" : Figures.time(peer.timing().median()),
            peer == null ? "–" : "**" + Figures.ratio(result.ratio(peer)) + "**"));
  }

  /** Shows what a query takes besides its activations, as a fraction of the first call. */
  static String keys(List<CaseResult> results) {
    StringBuilder rows = new StringBuilder();
    for (CaseResult result : results) {
      PeerResult first = result.subject().orElse(null);
      PeerResult second = result.named(KeysKind.KEPT).orElse(null);
      PeerResult activations = result.named(ActivationsKind.NAME).orElse(null);
      if (first != null && second != null && activations != null) {
        double share =
            second.timing().ratioTo(first.timing()) - activations.timing().ratioTo(first.timing());
        rows.append(
            Figures.row(
                List.of(
                    Summary.name(result.of()),
                    result.of().arithmetic().label(),
                    Figures.time(first.timing().median()),
                    Figures.time(second.timing().median()),
                    Figures.time(activations.timing().median()),
                    "**" + Figures.signedPercent(share) + "**")));
      }
    }
    return Figures.section(
        Group.KEYS.title(),
        List.of(
            "B×T×H→D",
            "precision",
            "first call",
            "query through projected keys",
            "activations alone",
            "(second − activations) / first"),
        rows);
  }
}
