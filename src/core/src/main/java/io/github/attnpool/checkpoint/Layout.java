package io.github.attnpool.checkpoint;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.io.Spelling;
import java.util.List;
import java.util.Optional;

/**
 * How a project names the parameters of its attention-pooling layer. Tensors of other names are
 * left alone: the rows of x are what goes into the first map that is named here. For other names
 * see {@link TensorNames}. Where a file holds layers of several layouts, the layout says which one
 * is read.
 *
 * <p>H is the width of a pooled row, D the number of hidden units, R the number of heads, O the
 * number of outputs, N any number. Biases are taken where they are there. Shapes are PyTorch's,
 * [outputs, inputs], with further dimensions of size 1 allowed behind.
 */
public enum Layout {
  /**
   * This project's own: {@code W} [D,H] (without it, it is the linear form), {@code a} [R,D],
   * optional {@code V} [D,H] (gate), {@code proj} (input projection) and {@code fc} (output). The
   * metadata keys {@code activation} and {@code proj.activation} (identity, tanh, relu, gelu,
   * gelu-tanh, also written gelu_tanh, sigmoid), {@code temperature} and {@code heads} (concat,
   * mean, per-head) say the rest; without them it is tanh, identity, 1 and concat.
   */
  SEED,

  /**
   * MONAI's MILModel, mode att: {@code attention.0} [D,H], {@code attention.2} [R,D] and {@code
   * myfc} [O,R·H]. The rows are what its backbone (and, in mode att_trans, its transformer) yields.
   */
  MONAI,

  /**
   * AttentionDeepMIL's Attention: {@code attention.0} [D,H], {@code attention.2} [R,D] and {@code
   * classifier.N} [O,R·H], which may be missing. Its classifier goes on with a sigmoid; logits are
   * what comes before.
   */
  ABMIL,

  /**
   * AttentionDeepMIL's GatedAttention: {@code attention_V.0} [D,H], the gate {@code attention_U.0}
   * [D,H], {@code attention_w} [R,D] and {@code classifier.N} as in {@link #ABMIL}.
   */
  ABMIL_GATED,

  /**
   * CLAM, small or big, single or multiple branch: {@code attention_net.0} (input projection,
   * relu), {@code attention_net.N.attention_a.0} [D,H], the gate {@code
   * attention_net.N.attention_b.0}, {@code attention_net.N.attention_c} [R,D], or ungated {@code
   * attention_net.N.module.0} and {@code .2} or {@code .3}; {@code classifiers} [O,H], or one
   * {@code classifiers.N} [1,H] per class, which with R > 1 is that of head N. There may be a
   * further {@code module.} behind {@code attention_net.}. Instance classifiers are left alone.
   */
  CLAM,

  /**
   * MIL-Lab's ABMIL and single-branch CLAM: {@code patch_embed.N} or {@code patch_embed.fc} (input
   * projection, relu; not a stack of several), {@code global_attn.attention_a.0} [D,H], the gate
   * {@code global_attn.attention_b.0}, {@code global_attn.attention_c} [R,D], or ungated {@code
   * global_attn.module.0} and {@code .3}; {@code classifier} [O,R·H], which may be missing; each
   * may be below {@code model.}.
   */
  MIL_LAB,

  /**
   * torchmil's AttentionPool and ABMIL: {@code fc1.module} or {@code fc1} [D,H], the gate {@code
   * fc_gated.module} or {@code fc_gated}, which may be missing, {@code fc2} [1,D] without bias,
   * each of them below {@code pool.} or not, and {@code classifier.module} [O,H], which may be
   * missing. The file does not say the activation: it is taken to be tanh, the default there;
   * {@link AttentionParameters#withActivation} makes it another.
   */
  TORCHMIL,

  /**
   * The word level of hierarchical attention in PyTorch: {@code word_attention} [D,H] and {@code
   * word_context_vector} [1,D]. A whole model has {@link #HAN_SENTENCE} beside it.
   */
  HAN,

  /**
   * The sentence level of hierarchical attention in PyTorch: {@code sentence_attention} [D,H] and
   * {@code sentence_context_vector} [1,D].
   */
  HAN_SENTENCE,

  /**
   * Hierarchical attention in Keras: {@code W} [H,D], {@code b} [D] and {@code u} [D,1]; weights
   * are exp(e)/(Σ exp(e) + 1e-7).
   */
  HAN_KERAS,

  /** Lin et al.'s structured self-attention of 2017: {@code ws1} [D,H] and {@code ws2} [R,D]. */
  LIN2017,

  /**
   * Bahdanau's attention: {@code Ua} [D,H] for the rows, {@code Wa} [D,Q] for the query and {@code
   * Va} [1,D] as in PyTorch's tutorial, or {@code W_k}, {@code W_q} and {@code w_v} as in Dive into
   * Deep Learning.
   */
  BAHDANAU;

  /** Its name on the command line: as {@link Spelling} has it. */
  public String layoutName() {
    return Spelling.of(this);
  }

  /**
   * The layout of that name.
   *
   * @throws AttnPoolException if there is none, listing those there are
   */
  public static Layout named(String name) {
    return Spelling.read(Layout.class, name)
        .orElseThrow(
            () ->
                new AttnPoolException(
                    "layout",
                    "there is no '%s', must be one of %s"
                        .formatted(
                            Shown.text(name), String.join(", ", Spelling.all(Layout.class)))));
  }

  /**
   * The layout that a file's tensors fit, by names and shapes.
   *
   * @param prefix what stands before each name, its last dot included or not; may be empty
   * @throws AttnPoolException if they are those of several layers, naming their layouts; {@link
   *     ParametersFile#recognise} lists them instead
   */
  public static Optional<Layout> recognise(SafetensorsFile file, String prefix) {
    TensorIndex index = new TensorIndex(file);
    return LayoutFit.only(file, LayoutFit.of(index, index.prefix(prefix))).map(LayoutFit::layout);
  }

  /**
   * Reads parameters that are in this layout.
   *
   * @param prefix what stands before each name, its last dot included or not; may be empty
   * @throws AttnPoolException if a tensor is missing or has another shape than the rest gives, the
   *     file's metadata are not understood, or there are two such layers
   */
  public AttentionParameters read(SafetensorsFile file, String prefix) {
    TensorIndex index = new TensorIndex(file);
    String below = index.prefix(prefix);
    Optional<LayoutFit> only = LayoutFit.only(file, LayoutFit.of(this, index, below));
    if (only.isPresent()) {
      return only.get().tensors().read(file);
    }
    LayoutFit closest = LayoutFit.closest(LayoutFit.of(this, index, below)).orElseThrow();
    List<LayoutFit> fitting = LayoutFit.layers(LayoutFit.of(index, below));
    if (closest.tensors().present() == 0 && !fitting.isEmpty()) {
      throw Misfit.another(file, closest, fitting.getFirst().layout());
    }
    throw Misfit.of(file, "layout " + layoutName(), closest.tensors(), index.below(below));
  }
}
