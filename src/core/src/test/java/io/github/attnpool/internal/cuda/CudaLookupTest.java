package io.github.attnpool.internal.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.forked.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where CUDA's libraries are looked for, and what is said where they are not found. */
class CudaLookupTest {
  @TempDir private Path root;

  @Test
  void foldersInOrder() throws IOException {
    for (String folder :
        new String[] {
          "own/lib64",
          "home/targets/x86_64-linux/lib",
          "ld",
          "configured",
          "usr/lib/x86_64-linux-gnu",
          "usr/local/cuda-12.9/lib64",
          "usr/local/cuda-13.0/lib64",
          "usr/local/cuda-11.8/lib64",
          "venv/lib/python3.12/site-packages/nvidia/cu13/lib",
          "user/.local/lib/python3.11/site-packages/nvidia/cudnn/lib",
          "usr/local/lib/python3.10/dist-packages/nvidia/cublas/lib"
        }) {
      Files.createDirectories(root.resolve(folder));
    }
    Files.createDirectories(root.resolve("etc/ld.so.conf.d"));
    Files.writeString(root.resolve("etc/ld.so.conf.d/some.conf"), "# text\n/configured\n");
    Map<String, String> environment =
        Map.of(
            "ATTNPOOL_CUDA_PATH", root.resolve("own").toString(),
            "CUDA_HOME", root.resolve("home").toString(),
            "LD_LIBRARY_PATH", ":" + root.resolve("ld") + ":relative:" + root.resolve("missing"),
            "VIRTUAL_ENV", root.resolve("venv").toString(),
            "HOME", root.resolve("user").toString());
    List<String> found =
        LibraryFolders.find(environment::get, root).stream()
            .map(folder -> root.relativize(folder).toString())
            .toList();
    assertEquals(
        List.of(
            "own",
            "own/lib64",
            "home",
            "home/targets/x86_64-linux/lib",
            "ld",
            "configured",
            "usr/lib/x86_64-linux-gnu",
            "usr/local/cuda-13.0",
            "usr/local/cuda-13.0/lib64",
            "usr/local/cuda-12.9",
            "usr/local/cuda-12.9/lib64",
            "venv/lib/python3.12/site-packages/nvidia/cu13/lib",
            "user/.local/lib/python3.11/site-packages/nvidia/cudnn/lib",
            "usr/local/lib/python3.10/dist-packages/nvidia/cublas/lib"),
        found.stream().filter(folder -> !folder.equals("usr/lib")).toList());
  }

  @Test
  void nothingThere() {
    assertEquals(List.of(), LibraryFolders.find(_ -> null, root.resolve("missing")));
    String out = new ForkedJvm(ShowCuda.class).arguments("/nowhere").run().good();
    assertTrue(out.contains("usable=false"), out);
    assertTrue(out.contains("reason=there is no NVIDIA driver (none of /proc/driver/"), out);
    assertTrue(out.contains("cudnn=not found; looked for libcudnn.so.9 in 0 folders"), out);
  }

  @Test
  void aDriverAlone() throws IOException {
    aDriver("550.54.15");
    String out = new ForkedJvm(ShowCuda.class).arguments(root).run().good();
    assertTrue(
        out.contains("the CUDA runtime: not found; looked for libcudart.so.13 and libcudart.so.12"),
        out);
    assertEquals(550, NvidiaDriver.version(root));
  }

  private void aDriver(String version) throws IOException {
    Path file = Files.createDirectories(root.resolve("proc/driver/nvidia")).resolve("version");
    Files.writeString(
        file, "NVRM version: NVIDIA UNIX x86_64 Kernel Module  " + version + "  Mon Jan  1\n");
  }

  @Test
  void filesThatAreNoLibraries() throws IOException {
    aDriver("580.65.06");
    Files.writeString(root.resolve("libcudart.so.13"), "no library");
    String out = new ForkedJvm(ShowCuda.class).arguments(root).run().good();
    assertTrue(out.contains("the CUDA runtime: could not be loaded; tried: "), out);
    assertTrue(out.contains("libcudart.so.13 ("), out);
  }

  @Test
  void aPropertyIsFinal() throws IOException {
    aDriver("580.65.06");
    Path link = root.resolve("libcudart.so.13");
    Files.createSymbolicLink(link, Path.of(System.getProperty("attnpool.test.cuda.double")));
    String good = new ForkedJvm(ShowCuda.class).arguments(root).run().good();
    assertTrue(good.contains("cudart=" + link), good); // and cuBLASLt is missing
    assertTrue(good.contains("cuBLASLt: not found; looked for libcublasLt.so.13"), good);
    String bad =
        new ForkedJvm(ShowCuda.class)
            .property(CudaLibrary.CUDART.property(), "/nowhere/libcudart.so")
            .arguments(root)
            .run()
            .good();
    assertTrue(
        bad.contains(
            "the CUDA runtime: could not be loaded; tried: "
                + "-Dattnpool.cuda.cudart.library=/nowhere/libcudart.so (there is no such file)"),
        bad);
  }

  @Test
  void noDevice() throws IOException {
    aDriver("580.65.06");
    Path file = Path.of(System.getProperty("attnpool.test.cuda.double"));
    Files.createSymbolicLink(root.resolve("libcudart.so.13"), file);
    String out =
        new ForkedJvm(ShowCuda.class)
            .environment("ATTNPOOL_DOUBLE", "devices=0")
            .arguments(root)
            .run()
            .good();
    assertTrue(out.contains("there is no usable device: cudaErrorNoDevice"), out);
    String old =
        new ForkedJvm(ShowCuda.class)
            .environment("ATTNPOOL_DOUBLE", "driver=12040,fail=cudaGetDeviceCount:1:35")
            .arguments(root)
            .run()
            .good();
    assertTrue(old.contains("the driver runs CUDA up to 12.4, the runtime is of 13.0"), old);
  }
}
