package io.github.attnpool.internal.cuda.lookup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.forked.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where CUDA's libraries are looked for, and what is said where they are not found. */
class CudaLookupTest {
  @TempDir private Path root;

  /** JUnit deletes the folder, but has a warning for each link in it. */
  @AfterEach
  void deleteLinks() throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      for (Path link : files.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

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
  void aPythonThatIsRunByItsName() throws IOException {
    Files.createDirectories(root.resolve("empty/bin"));
    Path bin = Files.createDirectories(root.resolve("torch/.venv/bin"));
    Path elsewhere = Files.createDirectories(root.resolve("elsewhere/bin"));
    for (String prefix : new String[] {"torch/.venv", "elsewhere"}) {
      Files.createDirectories(
          root.resolve(prefix).resolve("lib/python3.12/site-packages/nvidia/cu13/lib"));
    }
    Path python = Files.createFile(elsewhere.resolve("python3"));
    assertTrue(python.toFile().setExecutable(true));
    Files.createSymbolicLink(bin.resolve("python3"), python);
    String path = "relative:" + root.resolve("empty/bin") + ":" + bin + "/:" + elsewhere;
    List<Path> found = LibraryFolders.find(Map.of("PATH", path)::get, root);
    assertEquals(
        List.of(root.resolve("torch/.venv/lib/python3.12/site-packages/nvidia/cu13/lib")), found);
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
    Files.createSymbolicLink(link, Path.of(System.getProperty("attnpool.test.cuda.fake")));
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
    Path file = Path.of(System.getProperty("attnpool.test.cuda.fake"));
    Files.createSymbolicLink(root.resolve("libcudart.so.13"), file);
    String out =
        new ForkedJvm(ShowCuda.class)
            .environment("ATTNPOOL_FAKE", "devices=0")
            .arguments(root)
            .run()
            .good();
    assertTrue(out.contains("there is no usable device: cudaErrorNoDevice"), out);
    String old =
        new ForkedJvm(ShowCuda.class)
            .environment("ATTNPOOL_FAKE", "driver=12040,fail=cudaGetDeviceCount:1:35")
            .arguments(root)
            .run()
            .good();
    assertTrue(old.contains("the driver runs CUDA up to 12.4, the runtime is of 13.0"), old);
  }

  private void link(String name) throws IOException {
    Path file = Path.of(System.getProperty("attnpool.test.cuda.fake"));
    Files.createSymbolicLink(root.resolve(name), file);
  }

  /** What is said where the files of a folder are all that there is. */
  private String show(String settings, String... arguments) {
    return new ForkedJvm(ShowCuda.class)
        .environment("ATTNPOOL_FAKE", settings)
        .environment("LD_LIBRARY_PATH", root)
        .property("attnpool.cuda.kernels.library", kernels())
        .arguments(root)
        .arguments((Object[]) arguments)
        .run()
        .good();
  }

  private static String kernels() {
    return System.getProperty("attnpool.test.cuda.fake");
  }

  @Test
  void theDriverSaysWhichRuntime() throws IOException {
    Files.createDirectories(root.resolve("dev"));
    Files.createFile(root.resolve("dev/nvidiactl")); // a driver that does not tell its version
    for (String name : new String[] {"libcuda.so.1", "libcudart.so.13", "libcudart.so.12"}) {
      link(name);
    }
    String old = show("driver=12040");
    assertTrue(old.contains("cudart=" + root.resolve("libcudart.so.12")), old);
    assertTrue(old.contains("driverLibrary=" + Path.of(kernels()).toRealPath()), old);
    String today = show("driver=13000");
    assertTrue(today.contains("cudart=" + root.resolve("libcudart.so.13")), today);
  }

  @Test
  void cublasOfAnotherVersion() throws IOException {
    aDriver("580.65.06");
    link("libcuda.so.1");
    link("libcudart.so.13");
    link("libcublasLt.so.12");
    String mixed = show("driver=13000");
    assertTrue(mixed.contains("usable=true"), mixed);
    assertTrue(mixed.contains("cublaslt=" + root.resolve("libcublasLt.so.12")), mixed);
    Files.delete(root.resolve("libcublasLt.so.12"));
    String none = show("driver=13000");
    assertTrue(
        none.contains("cuBLASLt: not found; looked for libcublasLt.so.13 and libcublasLt.so.12"),
        none);
  }

  @Test
  void cublasThatTheDriverIsTooOldFor() throws IOException {
    aDriver("550.54.15");
    link("libcuda.so.1");
    link("libcudart.so.12");
    link("libcublasLt.so.13");
    String out = show("driver=12040,runtime=12040,kernels.runtime=12040");
    assertTrue(out.contains("cuBLASLt: not found; looked for libcublasLt.so.12 in"), out);
  }

  @Test
  void kernelsThatTheDriverIsTooOldFor() throws IOException {
    aDriver("550.54.15");
    link("libcuda.so.1");
    link("libcudart.so.12");
    link("libcublasLt.so.12");
    String out = show("driver=12040,runtime=12040");
    assertTrue(
        out.contains(
            "reason=the kernels were built with CUDA 13.0, the driver runs CUDA up to 12.4: "
                + "needs driver 580 or later"),
        out);
    String good = show("driver=12040,runtime=12040,kernels.runtime=12080");
    assertTrue(good.contains("usable=true"), good);
  }

  @Test
  void partsOfCudnn() throws IOException {
    aDriver("580.65.06");
    for (String name : new String[] {"libcuda.so.1", "libcudart.so.13", "libcudnn.so.9"}) {
      link(name);
    }
    String alone = show("driver=13000", "cudnn");
    assertTrue(alone.contains("libcudnn.so.9 (there is no libcudnn_graph.so.9 beside it)"), alone);
    assertTrue(
        show("driver=13000")
            .contains("libcudnn.so.9, without libcudnn_graph.so.9 and libcudnn_ops.so.9"),
        alone);
    link("libcudnn_graph.so.9");
    Files.writeString(root.resolve("libcudnn_ops.so.9"), "no library");
    String broken = show("driver=13000", "cudnn");
    assertTrue(broken.contains("plan STAGED needs cuDNN"), broken);
    assertTrue(broken.contains("libcudnn_ops.so.9: file too short"), broken);
    Files.delete(root.resolve("libcudnn_ops.so.9"));
    link("libcudnn_ops.so.9");
    String whole = show("driver=13000", "cudnn");
    assertTrue(whole.contains("cudnn=" + root.resolve("libcudnn.so.9")), whole);
  }
}
