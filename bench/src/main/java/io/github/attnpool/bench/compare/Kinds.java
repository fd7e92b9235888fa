package io.github.attnpool.bench.compare;

import io.github.attnpool.Plan;
import io.github.attnpool.bench.compare.Case.Group;
import io.github.attnpool.bench.peer.ActivationsKind;
import io.github.attnpool.bench.peer.AttnPoolKind;
import io.github.attnpool.bench.peer.ChildKind;
import io.github.attnpool.bench.peer.DjlKind;
import io.github.attnpool.bench.peer.GemmsKind;
import io.github.attnpool.bench.peer.KeysKind;
import io.github.attnpool.bench.peer.LoopKind;
import io.github.attnpool.bench.peer.OnnxRuntimeKind;
import io.github.attnpool.bench.peer.PeerKind;
import io.github.attnpool.bench.peer.PeerKind.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The peers that take part in a comparison. */
final class Kinds implements AutoCloseable {
  private static final double QUICK_SLOW_FLOPS = 4e9;
  private static final Set<Group> CHARTS =
      EnumSet.of(Group.STEPS, Group.WIDTH, Group.BATCH, Group.THREADS);

  private static final Set<Group> ALONE = EnumSet.of(Group.GROWTH, Group.OVERHEAD, Group.KEYS);
  private static final Path LIBRARY = Path.of(System.getProperty("attnpool.bench.loop", ""));

  private final boolean quick;
  private final Set<Group> groups;
  private final PeerKind subject = new AttnPoolKind("onednn", Plan.FUSED, Role.SUBJECT);
  private final List<PeerKind> variants;
  private final PeerKind loop = new LoopKind(LIBRARY);
  private final PeerKind slow =
      ChildKind.attnPool("attnpool jvm fused, scalar", List.of(), "jvm", "FUSED");
  private final List<PeerKind> gemms =
      List.of(new GemmsKind(LIBRARY, 0), new GemmsKind(LIBRARY, 256), new GemmsKind(LIBRARY, 512));
  private final List<PeerKind> asked =
      List.of(new KeysKind(true), new KeysKind(false), new ActivationsKind(LIBRARY));
  private final List<PeerKind> peers = new ArrayList<>();
  private final List<PeerKind> formPeers = new ArrayList<>(List.of(OnnxRuntimeKind.matmul()));
  private final List<PeerKind> statisticsPeers = new ArrayList<>(formPeers);

  Kinds(Options options) {
    this.quick = options.quick();
    this.groups = options.groups();
    this.variants =
        List.of(
            new AttnPoolKind("onednn", Plan.STAGED, Role.VARIANT),
            new AttnPoolKind("jvm", Plan.FUSED, Role.VARIANT));
    peers.addAll(OnnxRuntimeKind.all());
    options
        .python()
        .map(Python::new)
        .ifPresentOrElse(
            python -> {
              peers.addAll(python.peers(quick));
              formPeers.addAll(python.formPeers());
              statisticsPeers.addAll(python.statisticsPeers());
            },
            () -> peers.addAll(DjlKind.all()));
  }

  /** Trains the peers in Java, which are fast only after the JVM has compiled them. */
  void train() {
    List<PeerKind> kinds = new ArrayList<>(List.of(subject));
    kinds.addAll(variants);
    if (groups.contains(Group.FAMILY)) {
      Training.of(kinds, "+proj64+gate+heads2+perhead");
      Training.of(kinds, "+stats");
      if (!quick) {
        Training.of(kinds, "+values64");
      }
    }
    if (groups.contains(Group.KEYS)) {
      Training.of(asked, "+query");
    }
    kinds.add(slow);
    Training.of(kinds, "");
  }

  /** Returns the peers of a case, attnpool first. */
  List<PeerKind> of(Case one) {
    List<PeerKind> kinds = new ArrayList<>(List.of(subject));
    if (one.group() == Group.OVERHEAD) {
      kinds.add(loop);
    }
    if (one.group() == Group.KEYS) {
      kinds.addAll(asked);
    }
    if (ALONE.contains(one.group())) {
      return kinds;
    }
    kinds.addAll(variants);
    if (one.group() == Group.FAMILY) {
      kinds.addAll(gemms);
      kinds.addAll(one.shape().form().statistics() ? statisticsPeers : formPeers);
      return kinds;
    }
    boolean chart = CHARTS.contains(one.group());
    if (!chart && !(quick && one.shape().flops() > QUICK_SLOW_FLOPS)) {
      kinds.add(slow);
    }
    kinds.addAll(peers);
    return kinds;
  }

  @Override
  public void close() {
    slow.close();
    peers.forEach(PeerKind::close);
    formPeers.forEach(PeerKind::close);
    statisticsPeers.forEach(PeerKind::close);
  }
}
