package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.HeadCombination;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Names of a layer's tensors in a file, and what the tensors cannot say about the layer: for files
 * of no known layout.
 *
 * {@snippet :
 * TensorNames names =
 *     TensorNames.builder()
 *         .projection("enc.fc", Activation.RELU) // enc.fc.weight and, if there, enc.fc.bias
 *         .hidden("enc.att1")
 *         .gate("enc.att2")
 *         .score("enc.att3")
 *         .output("classifier", HeadCombination.MEAN)
 *         .build();
 * AttentionParameters parameters = checkpoint.layer().names(names).parameters();
 * }
 *
 * <p>Immutable and thread-safe. Tensors of other names are left alone.
 */
public final class TensorNames {
  private final Map<Part, LinearNames> parts;
  private final LayerSettings settings;
  private final boolean usesMetadata;
  private final boolean oneHead;
  private final List<String> absent;

  private TensorNames(Builder builder, LayerSettings settings) {
    this.parts = new EnumMap<>(builder.parts);
    this.settings = settings;
    this.usesMetadata = builder.usesMetadata;
    this.oneHead = builder.oneHead;
    this.absent = List.copyOf(builder.absent);
  }

  /**
   * Starts a description without names.
   *
   * @return a builder without names
   */
  public static Builder builder() {
    return new Builder();
  }

  Map<Part, LinearNames> parts() {
    return parts;
  }

  LayerSettings settings() {
    return settings;
  }

  /** Whether the file's metadata go before these settings. */
  boolean usesMetadata() {
    return usesMetadata;
  }

  /** Whether there must be one head. */
  boolean hasOneHead() {
    return oneHead;
  }

  /** Tensors that must not be there: with them it is another layer. */
  List<String> absent() {
    return absent;
  }

  /**
   * Collects names. A name given as text is a module's, as PyTorch has it: NAME.weight and, where
   * it is there, NAME.bias. Not thread-safe.
   */
  public static final class Builder {
    private final Map<Part, LinearNames> parts = new EnumMap<>(Part.class);
    private final List<String> absent = new ArrayList<>();
    private Activation activation = LayerSettings.DEFAULT.activation();
    private Activation projectionActivation = LayerSettings.DEFAULT.projectionActivation();
    private float temperature = LayerSettings.DEFAULT.temperature();
    private float softmaxEpsilon = LayerSettings.DEFAULT.softmaxEpsilon();
    private HeadCombination headCombination = LayerSettings.DEFAULT.headCombination();
    private boolean usesMetadata;
    private boolean oneHead;

    private Builder() {}

    /**
     * Names W [D,H] and b. Without them the layer is of the linear form.
     *
     * @param module name of a module, as PyTorch gives it
     * @return this builder
     */
    public Builder hidden(String module) {
      return hidden(LinearNames.module(module));
    }

    /**
     * Names W [D,H] and b. Without them the layer is of the linear form.
     *
     * @param names names of weight and bias
     * @return this builder
     */
    public Builder hidden(LinearNames names) {
      return part(Part.HIDDEN, names);
    }

    /**
     * Names the gate, V [D,H] and v.
     *
     * @param module name of a module, as PyTorch gives it
     * @return this builder
     */
    public Builder gate(String module) {
      return gate(LinearNames.module(module));
    }

    /**
     * Names the gate, V [D,H] and v.
     *
     * @param names names of weight and bias
     * @return this builder
     */
    public Builder gate(LinearNames names) {
      return part(Part.GATE, names);
    }

    /**
     * Names the score map, a [R,D], or [R,H] in the linear form, and c.
     *
     * @param module name of a module, as PyTorch gives it
     * @return this builder
     */
    public Builder score(String module) {
      return score(LinearNames.module(module));
    }

    /**
     * Names the score map, a [R,D], or [R,H] in the linear form, and c.
     *
     * @param names names of weight and bias
     * @return this builder
     */
    public Builder score(LinearNames names) {
      return part(Part.SCORE, names);
    }

    /**
     * Names the input projection, P [H, width of x] and p, and the activation after it.
     *
     * @param module name of a module, as PyTorch gives it
     * @param activation what is applied
     * @return this builder
     */
    public Builder projection(String module, Activation activation) {
      return projection(LinearNames.module(module), activation);
    }

    /**
     * Names the input projection, P [H, width of x] and p, and the activation after it.
     *
     * @param names names of weight and bias
     * @param activation what is applied
     * @return this builder
     */
    public Builder projection(LinearNames names, Activation activation) {
      projectionActivation = activation;
      return part(Part.PROJECTION, names);
    }

    /**
     * Names the map W_q [D,Q] from a query to its term.
     *
     * @param module name of a module, as PyTorch gives it
     * @return this builder
     */
    public Builder query(String module) {
      return query(LinearNames.module(module));
    }

    /**
     * Names the map W_q [D,Q] from a query to its term.
     *
     * @param names names of weight and bias
     * @return this builder
     */
    public Builder query(LinearNames names) {
      return part(Part.QUERY, names);
    }

    /**
     * Names the output layer, F [O,R·H] and g, over the heads' contexts one after the other.
     *
     * @param module name of a module, as PyTorch gives it
     * @return this builder
     */
    public Builder output(String module) {
      return output(module, HeadCombination.CONCAT);
    }

    /**
     * Names the output layer, F and g: [O,R·H], [O,H] or [R,H], by {@code heads}.
     *
     * @param module name of a module, as PyTorch gives it
     * @param heads how F takes the contexts of several heads
     * @return this builder
     */
    public Builder output(String module, HeadCombination heads) {
      return output(LinearNames.module(module), heads);
    }

    /**
     * Names the output layer, F and g: [O,R·H], [O,H] or [R,H], by {@code heads}.
     *
     * @param names names of weight and bias
     * @param heads how F takes the contexts of several heads
     * @return this builder
     */
    public Builder output(LinearNames names, HeadCombination heads) {
      headCombination = heads;
      return part(Part.OUTPUT, names);
    }

    /**
     * Sets f, the activation of the hidden units. Default tanh.
     *
     * @param activation what is applied
     * @return this builder
     */
    public Builder activation(Activation activation) {
      this.activation = activation;
      return this;
    }

    /**
     * Sets what scores are divided by. Default 1.
     *
     * @param temperature positive
     * @return this builder
     */
    public Builder temperature(float temperature) {
      this.temperature = temperature;
      return this;
    }

    /**
     * Sets ε as {@link AttentionParameters#withSoftmaxEpsilon} does. Default 0.
     *
     * @param epsilon ε, not negative
     * @return this builder
     */
    public Builder softmaxEpsilon(float epsilon) {
      this.softmaxEpsilon = epsilon;
      return this;
    }

    /**
     * Takes activation, proj.activation, temperature and heads from the file's metadata, as layout
     * attnpool does. What they do not say stays as set here.
     *
     * @return this builder
     */
    public Builder settingsFromMetadata() {
      usesMetadata = true;
      return this;
    }

    Builder oneHead() {
      oneHead = true;
      return this;
    }

    Builder absent(String... names) {
      absent.addAll(List.of(names));
      return this;
    }

    private Builder part(Part part, LinearNames names) {
      parts.put(part, names);
      return this;
    }

    /**
     * Makes the description.
     *
     * @return the names
     * @throws AttnPoolException if there is none for the score map, or some for a gate or query map
     *     but none for the hidden map
     */
    public TensorNames build() {
      if (!parts.containsKey(Part.SCORE)) {
        throw new AttnPoolException("tensor names", "there is none for the score map");
      }
      if (parts.containsKey(Part.SCORE) && parts.get(Part.SCORE).isOptional()) {
        throw new AttnPoolException("tensor names", "the score map must not be optional");
      }
      boolean needsHidden = parts.containsKey(Part.GATE) || parts.containsKey(Part.QUERY);
      if (needsHidden && !parts.containsKey(Part.HIDDEN)) {
        throw new AttnPoolException(
            "tensor names", "there is none for the hidden map that gate and query map belong to");
      }
      return new TensorNames(
          this,
          new LayerSettings(
              activation, projectionActivation, temperature, softmaxEpsilon, headCombination));
    }
  }
}
