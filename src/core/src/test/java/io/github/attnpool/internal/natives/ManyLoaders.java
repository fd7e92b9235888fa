package io.github.attnpool.internal.natives;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Run in a JVM of its own: loads the library again and again, each time by another class loader, as
 * an application server does. Prints each one's backend, then whether the kernels are mapped, and
 * whether they are when the loaders are gone.
 */
final class ManyLoaders {
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private ManyLoaders() {}

  public static void main(String[] args) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : args[1].split(java.io.File.pathSeparator, -1)) {
      urls.add(url(entry));
    }
    List<ClassLoader> loaders = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[0]); i++) {
      loaders.add(used(urls.toArray(URL[]::new)));
    }
    System.out.println(isMapped());
    List<WeakReference<ClassLoader>> gone =
        loaders.stream().map(loader -> new WeakReference<>(loader)).toList();
    loaders.clear();
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < end
        && (isMapped() || gone.stream().anyMatch(g -> g.get() != null))) {
      System.gc();
      Thread.sleep(20);
    }
    System.out.println(isMapped());
    System.out.println(gone.stream().filter(loader -> loader.get() != null).count());
  }

  private static ClassLoader used(URL[] urls) throws ReflectiveOperationException {
    URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    Class<?> use = Class.forName("io.github.attnpool.LoadedOnce", true, loader);
    System.out.println(use.getMethod("run").invoke(null));
    return loader;
  }

  private static URL url(String entry) throws MalformedURLException {
    return Path.of(entry).toUri().toURL();
  }

  private static boolean isMapped() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.anyMatch(line -> line.endsWith("/libattnpool.so"));
    }
  }
}
