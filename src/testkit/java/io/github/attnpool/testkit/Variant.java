package io.github.attnpool.testkit;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Linear;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.spi.Backend;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** One way to compute the layer. */
public record Variant(String backend, Plan plan, Precision precision, int threads) {
  /** Property: the one backend to look at; all that are available if it is not set. */
  private static final String BACKEND_PROPERTY = "attnpool.test.backend";

  private static final String WITHOUT_THREADS = "cuda"; // of its own: calls run in their callers'

  /** All in F32 that are available here, with one thread and with three. */
  public static List<Variant> available() {
    return available(3);
  }

  /** All in F32 that are available here, with one thread and with several. */
  public static List<Variant> available(int threads) {
    return backends()
        .flatMap(
            name ->
                Stream.of(
                    new Variant(name, Plan.STAGED, Precision.F32, 1),
                    new Variant(name, Plan.FUSED, Precision.F32, 1),
                    new Variant(name, Plan.FUSED, Precision.F32, threads)))
        .filter(variant -> variant.threads == 1 || !variant.backend.equals(WITHOUT_THREADS))
        .toList();
  }

  /** The fused plan in BF16, if this processor offers it or not; backend jvm never does. */
  public static List<Variant> bfloat16(int threads) {
    return backends()
        .filter(name -> !name.equals("jvm"))
        .map(name -> new Variant(name, Plan.FUSED, Precision.BF16, threads))
        .toList();
  }

  /** The fused plan of each backend in each precision that is offered here, with one thread. */
  public static List<Variant> fused() {
    return backends()
        .flatMap(
            name ->
                Stream.of(Precision.F32, Precision.BF16)
                    .map(p -> new Variant(name, Plan.FUSED, p, 1)))
        .filter(Variant::isOffered)
        .toList();
  }

  /** This one with another number of threads. */
  public Variant withThreads(int count) {
    return new Variant(backend, plan, precision, count);
  }

  private static Stream<String> backends() {
    return ServiceLoader.load(Backend.class, Backend.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(Backend::rank).reversed())
        .filter(backend -> backend.availability().available())
        .map(Backend::name)
        .filter(name -> System.getProperty(BACKEND_PROPERTY, name).equals(name));
  }

  /** Those that are offered here in F32, with one thread and with four. */
  public static List<Variant> offered() {
    return available(4).stream().filter(Variant::isOffered).toList();
  }

  /** The precisions that are offered here; F32 always is one. */
  public List<Precision> precisions() {
    return Stream.of(Precision.values())
        .filter(each -> new Variant(backend, plan, each, threads).isOffered())
        .toList();
  }

  /** Only what a backend documents not to have is not offered; any other refusal is a failure. */
  public boolean isOffered() {
    AttentionParameters least = AttentionParameters.linear(Linear.of(1, 1, new float[1]));
    try (AttentionPooling _ = builder(least).build()) {
      return true;
    } catch (AttnPoolException e) {
      if (isDocumented(e.problem())) {
        return false;
      }
      throw e;
    }
  }

  private boolean isDocumented(String refusal) {
    if (precision == Precision.F32) {
      return plan == Plan.STAGED && refusal.contains(" offers ");
    }
    return switch (backend) {
      case "jvm" -> refusal.contains(" offers precision ");
      case "onednn" ->
          precision == Precision.BF16
              ? refusal.startsWith("precision BF16 needs a processor with ")
              : refusal.contains(" offers precisions ");
      default -> refusal.contains(" offers ");
    };
  }

  /** Settings of a layer of this variant. */
  public AttentionPooling.Builder builder(AttentionParameters parameters) {
    return AttentionPooling.builder(parameters)
        .backend(backend)
        .plan(plan)
        .precision(precision)
        .threads(threads);
  }

  /** A layer of this variant, after a look at what it says it runs on. */
  public AttentionPooling open(AttentionParameters parameters) {
    AttentionPooling layer = builder(parameters).build();
    LayerInfo info = layer.info();
    int expected = backend.equals(WITHOUT_THREADS) ? 1 : threads;
    if (!info.backend().equals(backend)
        || info.plan() != plan
        || info.precision() != precision
        || info.threads() != expected) {
      layer.close();
      throw new AssertionError(this + " was asked for, but it runs on " + info);
    }
    return layer;
  }

  /** Whether everything but the results themselves is float64. */
  public boolean isDouble() {
    return backend.equals("jvm") && plan == Plan.STAGED;
  }

  /**
   * Greatest difference to a float64 reference of the same precision, relative in the 2-norm of one
   * sequence.
   */
  public double tolerance() {
    return isDouble() ? 1e-6 : 1e-5;
  }

  @Override
  public String toString() {
    String variant = backend + "/" + plan + "/" + threads;
    return precision == Precision.F32 ? variant : variant + "/" + precision;
  }
}
