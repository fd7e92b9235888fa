package io.github.attnpool.cli.doctor;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;

/** Which loops backend jvm has in this JVM, and how it gets faster ones. */
final class JvmLoops {
  private static final String MODULE = "jdk.incubator.vector";
  private static final String CHOICE = "attnpool.jvm.kernels";

  private JvmLoops() {}

  /** Asks the smallest layer there is. */
  static Facts facts() {
    Facts facts = new Facts();
    AttentionParameters smallest = AttentionParameters.linear(Linear.of(1, 1, new float[1]));
    try (AttentionPooling layer =
        AttentionPooling.builder(smallest).backend("jvm").threads(1).build()) {
      facts.add("loops", layer.info().isa());
    } catch (AttnPoolException e) {
      facts.add("reason", e.problem());
    }
    String chosen = System.getProperty(CHOICE);
    if (chosen != null) {
      facts.add("chosen", "-D" + CHOICE + "=" + chosen);
    }
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      facts.add("faster", "with ATTNPOOL_JAVA_OPTIONS='--add-modules " + MODULE + "'");
    }
    return facts;
  }
}
