package io.github.attnpool.checkpoint;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.io.Spelling;
import java.util.Optional;

/**
 * How a project names the parameters of its attention-pooling layer. Tensors of other names are
 * left alone: the rows of x are what goes into the first map that is named here. For other names
 * see {@link TensorNames}. Where a file holds layers of several layouts, the layout says which one
 * is read.
 *
 * <p>H is the width of a pooled row, D the number of hidden units, R the number of heads, O the
 * number of logits, N any number. Biases are taken where they are there. Shapes are PyTorch's,
 * [outputs, inputs], with trailing dimensions of size 1 allowed.
 */
enum Layout {
  /**
   * This project's own: {@code W} [D,H] (without it, it is the linear form), {@code a} [R,D],
   * optional {@code V} [D,H] (gate), {@code proj} (input projection) and {@code fc} (output). The
   * metadata keys {@code activation} and {@code proj.activation} (identity, tanh, relu, gelu,
   * gelu-tanh, also written gelu_tanh, sigmoid), {@code temperature} and {@code heads} (concat,
   * mean, per-head) say the rest; without them it is tanh, identity, 1 and concat.
   */
  ATTNPOOL,

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
   * further {@code module.} after {@code attention_net.}. Instance classifiers are left alone.
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

  /** The spelling of {@link #ATTNPOOL} before it had that name. */
  private static final String SEED = "seed";

  /** Returns its name, as files and the command line spell it. */
  String layoutName() {
    return Spelling.of(this);
  }

  /** Returns the layout of that name; empty if there is none. */
  static Optional<Layout> find(String name) {
    return name.equals(SEED) ? Optional.of(ATTNPOOL) : Spelling.read(Layout.class, name);
  }

  /**
   * Returns the layout of that name.
   *
   * @throws AttnPoolException if there is none, listing those there are
   */
  static Layout named(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new AttnPoolException(
                    "layout",
                    "there is no '%s', must be one of %s"
                        .formatted(
                            Shown.text(name), String.join(", ", Spelling.all(Layout.class)))));
  }
}
