package io.github.attnpool.internal.natives;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;
import io.github.attnpool.bindings.kernels.Kernels;
import io.github.attnpool.internal.backends.BackendChoice;
import io.github.attnpool.internal.backends.Backends;
import java.nio.file.Path;

/** What the tests run in a forked JVM. Exit status 1: the library's exception, which is printed. */
final class LoadLibraries {
  private LoadLibraries() {}

  public static void main(String[] args) {
    try {
      switch (args[0]) {
        case "kernels" -> System.out.println(kernels());
        case "all" -> System.out.println(Natives.get().kernels() + "\n" + Natives.get().oneDnn());
        case "pool" -> pool("auto");
        case "onednn" -> pool("onednn");
        case "again" -> again();
        case "cuda" -> System.out.println(Natives.cudaKernels());
        case "choice" -> choice();
        default -> throw new IllegalArgumentException(args[0]);
      }
    } catch (AttnPoolException e) {
      System.out.println(e.getMessage());
      System.exit(1);
    } catch (LoadFailure e) {
      System.out.println(e.asException().getMessage());
      System.exit(1);
    }
  }

  /** What auto takes, the tier, and what it has to say. */
  private static void choice() {
    BackendChoice choice = Backends.choice("auto");
    System.out.println(
        choice.backend().name() + " " + choice.backend().availability().facts().get("isa"));
    choice.notices().forEach(System.out::println);
  }

  /** Only the kernels, which are small. */
  private static Path kernels() {
    Path file =
        new LibraryLoader("the kernels library", Natives.KERNELS_PROPERTY, LibraryCache.ofUser())
            .find(NativeResources.KERNELS)
            .load();
    if (Kernels.attnpool_abi_version() != Kernels.ATTNPOOL_ABI_VERSION()) {
      throw new IllegalStateException("ABI version " + Kernels.attnpool_abi_version());
    }
    return file;
  }

  private static void pool(String backend) {
    Linear score = Linear.of(1, 2, new float[] {0, 0});
    try (AttentionPooling layer =
        AttentionPooling.builder(AttentionParameters.linear(score)).backend(backend).build()) {
      System.out.println(layer.info().backend() + " " + layer.pool(new float[] {1, 2, 3, 4}, 2)[1]);
    }
  }

  /** A failure must be told a second time as the first. */
  private static void again() {
    for (int i = 0; i < 2; i++) {
      try {
        Natives.get();
        throw new IllegalStateException("loaded");
      } catch (AttnPoolException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
