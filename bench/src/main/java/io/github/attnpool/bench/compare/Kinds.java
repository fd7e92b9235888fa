package io.github.attnpool.bench.compare;

import io.github.attnpool.Plan;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.compare.Case.Group;
import io.github.attnpool.bench.peer.AttnPoolKind;
import io.github.attnpool.bench.peer.ChildKind;
import io.github.attnpool.bench.peer.DjlKind;
import io.github.attnpool.bench.peer.LoopKind;
import io.github.attnpool.bench.peer.OnnxRuntimeKind;
import io.github.attnpool.bench.peer.PeerKind;
import io.github.attnpool.bench.peer.PeerKind.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Who takes part. */
final class Kinds implements AutoCloseable {
  private static final double QUICK_SLOW_FLOPS = 4e9;
  private static final Set<Group> CHARTS =
      EnumSet.of(Group.STEPS, Group.WIDTH, Group.BATCH, Group.THREADS);

  private final boolean quick;
  private final PeerKind subject = new AttnPoolKind("onednn", Plan.FUSED, Role.SUBJECT);
  private final List<PeerKind> variants;
  private final PeerKind loop =
      new LoopKind(Path.of(System.getProperty("attnpool.bench.loop", "")));
  private final PeerKind slow =
      ChildKind.attnPool("attnpool jvm fused, scalar", List.of(), "jvm", "FUSED");
  private final List<PeerKind> peers = new ArrayList<>();

  Kinds(Options options) {
    this.quick = options.quick();
    this.variants =
        List.of(
            new AttnPoolKind("onednn", Plan.STAGED, Role.VARIANT),
            new AttnPoolKind("jvm", Plan.FUSED, Role.VARIANT));
    peers.addAll(OnnxRuntimeKind.all());
    if (options.python() == null) {
      peers.addAll(DjlKind.all());
    } else {
      peers.addAll(python(options.python(), quick));
    }
  }

  /** Those that are fast only once the JVM has compiled them. */
  List<PeerKind> toTrain() {
    List<PeerKind> kinds = new ArrayList<>(List.of(subject));
    kinds.addAll(variants);
    kinds.add(slow);
    return kinds;
  }

  /** Those for a case, attnpool first. */
  List<PeerKind> of(Case one) {
    List<PeerKind> kinds = new ArrayList<>(List.of(subject));
    if (one.group() == Group.OVERHEAD) {
      kinds.add(loop);
    }
    if (one.group() == Group.GROWTH || one.group() == Group.OVERHEAD) {
      return kinds;
    }
    kinds.addAll(variants);
    boolean chart = CHARTS.contains(one.group());
    if (!chart && !(quick && one.shape().flops() > QUICK_SLOW_FLOPS)) {
      kinds.add(slow);
    }
    kinds.addAll(peers);
    return kinds;
  }

  private static List<PeerKind> python(String python, boolean quick) {
    String script =
        Path.of(System.getProperty("attnpool.bench.scripts", "scripts"), "bench_python.py")
            .toString();
    List<PeerKind> kinds = new ArrayList<>();
    Set<Arithmetic> both = EnumSet.of(Arithmetic.F32, Arithmetic.BF16);
    Set<Arithmetic> f32 = EnumSet.of(Arithmetic.F32);
    kinds.add(python(python, script, "PyTorch eager", "torch-eager", both));
    kinds.add(python(python, script, "PyTorch eager, batched matmul", "torch-eager-matmul", both));
    kinds.add(python(python, script, "PyTorch compile, frozen", "torch-compile", both));
    if (!quick) { // compiling takes its time
      kinds.add(
          python(
              python,
              script,
              "PyTorch compile, frozen, batched matmul",
              "torch-compile-matmul",
              both));
    }
    kinds.add(python(python, script, "ONNX Runtime (Python), batched matmul", "onnxruntime", f32));
    kinds.add(python(python, script, "JAX", "jax", both));
    return kinds;
  }

  private static PeerKind python(
      String python, String script, String name, String kind, Set<Arithmetic> offered) {
    return new ChildKind(
        name,
        Role.PEER,
        offered,
        threads -> List.of(python, script, kind, Integer.toString(threads)));
  }

  @Override
  public void close() {
    slow.close();
    peers.forEach(PeerKind::close);
  }
}
