package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.peer.ChildKind;
import io.github.attnpool.bench.peer.PeerKind;
import io.github.attnpool.bench.peer.PeerKind.Role;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The libraries of a Python, each in its own process, which runs {@code peer-server.py}. */
final class Python {
  private static final Set<Arithmetic> BOTH = EnumSet.of(Arithmetic.F32, Arithmetic.BF16);
  private static final Set<Arithmetic> F32 = EnumSet.of(Arithmetic.F32);
  private static final String SCRIPT =
      Path.of(System.getProperty("attnpool.bench.python", "src/main/python"), "peer-server.py")
          .toString();

  private final String command;
  private final PeerKind eager = kind("PyTorch eager", "torch-eager", BOTH);
  private final PeerKind eagerMatmul =
      kind("PyTorch eager, batched matmul", "torch-eager-matmul", BOTH);
  private final PeerKind compiled = kind("PyTorch compile, frozen", "torch-compile", BOTH);
  private final PeerKind compiledMatmul =
      kind("PyTorch compile, frozen, batched matmul", "torch-compile-matmul", BOTH);
  private final PeerKind onnxRuntime =
      kind("ONNX Runtime (Python), batched matmul", "onnxruntime", F32);
  private final PeerKind jax = kind("JAX", "jax", BOTH);

  /** Takes the command of a Python. */
  Python(String command) {
    this.command = command;
  }

  /**
   * Returns the peers for the textbook's form.
   *
   * @param quick whether to leave out one that takes long to compile
   */
  List<PeerKind> peers(boolean quick) {
    return quick
        ? List.of(eager, eagerMatmul, compiled, onnxRuntime, jax)
        : List.of(eager, eagerMatmul, compiled, compiledMatmul, onnxRuntime, jax);
  }

  /** Returns the peers for other forms: several heads allow only the batched product. */
  List<PeerKind> formPeers() {
    return List.of(eagerMatmul, compiledMatmul, onnxRuntime, jax);
  }

  /** Returns the peers for mean and standard deviation, which are sums, not batched products. */
  List<PeerKind> statisticsPeers() {
    return List.of(eager, compiled, onnxRuntime, jax);
  }

  private PeerKind kind(String name, String kind, Set<Arithmetic> offered) {
    return new ChildKind(
        name,
        Role.PEER,
        offered,
        threads -> List.of(command, SCRIPT, kind, Integer.toString(threads)));
  }
}
