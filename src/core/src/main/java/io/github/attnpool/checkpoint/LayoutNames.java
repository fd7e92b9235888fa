package io.github.attnpool.checkpoint;

import static io.github.attnpool.Activation.IDENTITY;
import static io.github.attnpool.Activation.RELU;
import static io.github.attnpool.HeadCombination.CONCAT;
import static io.github.attnpool.HeadCombination.PER_HEAD;
import static io.github.attnpool.checkpoint.LinearNames.module;
import static io.github.attnpool.checkpoint.LinearNames.tensor;
import static io.github.attnpool.checkpoint.LinearNames.tensors;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The tensors' names in each {@link Layout}, as the projects' public code has them. */
final class LayoutNames {
  private static final float KERAS_EPSILON = 1e-7f; // keras.backend.epsilon()

  private static final Map<Layout, List<TensorNames>> ALL = new ConcurrentHashMap<>();

  private LayoutNames() {}

  /** Names that tensors of the layout may have. */
  static List<TensorNames> of(Layout layout) {
    return ALL.computeIfAbsent(layout, LayoutNames::make);
  }

  private static List<TensorNames> make(Layout layout) {
    return switch (layout) {
      case ATTNPOOL -> attnpool();
      case MONAI -> monai();
      case ABMIL -> abmil();
      case ABMIL_GATED -> abmilGated();
      case CLAM -> clam();
      case MIL_LAB -> milLab();
      case TORCHMIL -> torchmil();
      case HAN -> han("word");
      case HAN_SENTENCE -> han("sentence");
      case HAN_KERAS -> hanKeras();
      case LIN2017 -> lin2017();
      case BAHDANAU -> bahdanau();
    };
  }

  private static List<TensorNames> attnpool() {
    return List.of(
        TensorNames.builder()
            .hidden(module("W").optional())
            .gate(module("V").optional())
            .score("a")
            .projection(module("proj").optional(), IDENTITY)
            .output(module("fc").optional(), CONCAT)
            .settingsFromMetadata()
            .build());
  }

  private static List<TensorNames> monai() {
    return List.of(
        TensorNames.builder().hidden("attention.0").score("attention.2").output("myfc").build());
  }

  private static List<TensorNames> abmil() {
    return List.of(
        TensorNames.builder()
            .hidden("attention.0")
            .score("attention.2")
            .output(module("classifier.#").optional(), CONCAT)
            .build());
  }

  private static List<TensorNames> abmilGated() {
    return List.of(
        TensorNames.builder()
            .hidden("attention_V.0")
            .gate("attention_U.0")
            .score("attention_w")
            .output(module("classifier.#").optional(), CONCAT)
            .build());
  }

  private static List<TensorNames> clam() {
    return List.of(
        clamOutput()
            .hidden(inNet("#.attention_a.0"))
            .gate(inNet("#.attention_b.0"))
            .score(inNet("#.attention_c"))
            .build(),
        clamOutput()
            .hidden(inNet("#.module.0"))
            .score(inNet("#.module.2").or(inNet("#.module.3"))) // 3 where there is a dropout
            .build());
  }

  private static TensorNames.Builder clamOutput() {
    return TensorNames.builder()
        .projection(inNet("#"), RELU)
        .output(module("classifiers").or(module("classifiers.*")), PER_HEAD);
  }

  /** Where CLAM spread its net over several devices, there is a module more. */
  private static LinearNames inNet(String name) {
    return module("attention_net." + name).or(module("attention_net.module." + name));
  }

  private static List<TensorNames> milLab() {
    return List.of(
        milLabOutput()
            .hidden(inModel("global_attn.attention_a.0"))
            .gate(inModel("global_attn.attention_b.0"))
            .score(inModel("global_attn.attention_c"))
            .build(),
        milLabOutput()
            .hidden(inModel("global_attn.module.0"))
            .score(inModel("global_attn.module.3"))
            .build());
  }

  private static TensorNames.Builder milLabOutput() {
    return TensorNames.builder()
        .projection(inModel("patch_embed.#").or(inModel("patch_embed.fc")), RELU)
        .output(inModel("classifier").optional(), CONCAT);
  }

  private static LinearNames inModel(String name) {
    return module(name).or(module("model." + name));
  }

  /** Much has an fc1 and an fc2; here the second has no bias and one output. */
  private static List<TensorNames> torchmil() {
    return List.of(
        TensorNames.builder()
            .hidden(inPool("fc1"))
            .gate(inPool("fc_gated").optional())
            .score(tensor("fc2.weight").or(tensor("pool.fc2.weight")))
            .output(module("classifier.module").or(module("classifier")).optional(), CONCAT)
            .oneHead()
            .absent("fc2.bias", "pool.fc2.bias")
            .build());
  }

  private static LinearNames inPool(String name) {
    return module(name + ".module")
        .or(module(name))
        .or(module("pool." + name + ".module"))
        .or(module("pool." + name));
  }

  private static List<TensorNames> han(String level) {
    return List.of(
        TensorNames.builder()
            .hidden(level + "_attention")
            .score(level + "_context_vector")
            .build());
  }

  private static List<TensorNames> hanKeras() {
    return List.of(
        TensorNames.builder()
            .hidden(tensors("W", "b").transposed())
            .score(tensor("u").transposed())
            .softmaxEpsilon(KERAS_EPSILON)
            .build());
  }

  private static List<TensorNames> lin2017() {
    return List.of(TensorNames.builder().hidden("ws1").score("ws2").build());
  }

  /** score = v·tanh(W_q q + W_k k): rows are the keys, the decoder's state is the query. */
  private static List<TensorNames> bahdanau() {
    return List.of(
        TensorNames.builder().hidden("Ua").query("Wa").score("Va").build(),
        TensorNames.builder().hidden("W_k").query("W_q").score("w_v").build());
  }
}
