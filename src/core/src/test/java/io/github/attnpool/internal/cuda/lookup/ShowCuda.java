package io.github.attnpool.internal.cuda.lookup;

import io.github.attnpool.AttnPoolException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Prints what is found of CUDA in a folder, in a JVM of its own; with a second argument loads
 * cuDNN.
 */
final class ShowCuda {
  private ShowCuda() {}

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    CudaSystem system =
        CudaSystem.in(Files.isDirectory(folder) ? List.of(folder) : List.of(), folder);
    if (arguments.length > 1) { // "cudnn"
      try {
        system.needCudnn();
      } catch (AttnPoolException e) {
        System.out.println("cudnn problem=" + e.getMessage());
      }
    }
    System.out.println("usable=" + system.reason().isEmpty());
    System.out.println("reason=" + system.reason().orElse(null));
    for (Map.Entry<String, String> fact : system.facts().entrySet()) {
      System.out.println(fact.getKey() + "=" + fact.getValue());
    }
  }
}
