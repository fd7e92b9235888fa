package io.github.attnpool.bench.peer;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.bench.BenchForm;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.internal.maps.PlainLayer;

/**
 * The layer as an ONNX model of fixed sizes: x [B,T,H] to context [B,R·H], weights [B,R·T] and, if
 * there is an output layer, logits [B,R].
 */
final class OnnxGraph {
  private static final int OPSET = 17;
  private static final int IR_VERSION = 8;

  private final AttentionParameters parameters;
  private final BenchShape shape;
  private final OnnxNodes nodes = new OnnxNodes();

  private OnnxGraph(AttentionParameters parameters, BenchShape shape) {
    this.parameters = parameters;
    this.shape = shape;
  }

  /** Tells whether the graph can have a form. */
  static boolean has(BenchForm form) {
    return !form.asked()
        && form.activation() == Activation.RELU
        && form.values() == 0
        && !form.statistics();
  }

  /** Returns a model without queries; several heads allow only the batched product. */
  static byte[] model(AttentionParameters parameters, BenchShape shape, WeightedSum form) {
    Protobuf opset = new Protobuf().text(1, "").number(2, OPSET);
    return new Protobuf()
        .number(1, IR_VERSION)
        .text(2, "attnpool-bench")
        .message(7, new OnnxGraph(parameters, shape).layer(form))
        .message(8, opset)
        .toByteArray();
  }

  private Protobuf layer(WeightedSum form) {
    long b = shape.batch();
    long t = shape.steps();
    int heads = parameters.heads();
    nodes.input("x", b, t, shape.width());
    String rows = rows();
    nodes.linear("e", units(rows), PlainLayer.of(parameters).score());
    if (heads == 1) {
      nodes.integers("row_shape", b, 1, t);
      nodes.node("Reshape", "rows", "e", "row_shape");
    } else {
      nodes.transpose("rows", "e");
    }
    nodes.node("Softmax", "axis", -1, "alpha", "rows");
    if (heads == 1 && form == WeightedSum.MULTIPLY_AND_SUM) {
      nodes.integers("column_shape", b, t, 1);
      nodes.integers("time_axis", 1);
      nodes.node("Reshape", "columns", "alpha", "column_shape");
      nodes.node("Mul", "weighted", "columns", rows);
      nodes.node("ReduceSum", "keepdims", 0, "contexts", "weighted", "time_axis");
    } else {
      nodes.node("MatMul", "contexts", "alpha", rows);
    }
    nodes.output("context", "contexts", b, (long) heads * shape.rowWidth());
    nodes.output("weights", "alpha", b, heads * t);
    PlainLayer.of(parameters).outputLayer().ifPresent(this::perHead);
    return nodes.named("attention_pooling");
  }

  /** Adds the projection, if any, and returns the name of the pooled rows. */
  private String rows() {
    if (PlainLayer.of(parameters).projection().isEmpty()) {
      return "x";
    }
    nodes.linear("projection", "x", PlainLayer.of(parameters).projection().get());
    nodes.node("Relu", "projected", "projection");
    return "projected";
  }

  /** Adds the hidden units and returns their name; in the linear form, that of the rows. */
  private String units(String rows) {
    if (PlainLayer.of(parameters).hidden().isEmpty()) {
      return rows;
    }
    nodes.linear("z", rows, PlainLayer.of(parameters).hidden().get());
    nodes.node("Tanh", "u", "z");
    if (PlainLayer.of(parameters).gate().isEmpty()) {
      return "u";
    }
    nodes.linear("v", rows, PlainLayer.of(parameters).gate().get());
    nodes.node("Sigmoid", "gate", "v");
    nodes.node("Mul", "gated", "u", "gate");
    return "gated";
  }

  /** Adds the logits F_r · c_r + g_r. */
  private void perHead(Linear output) {
    nodes.floats("F", output.weight(), output.outFeatures(), output.inFeatures());
    nodes.floats("g", output.bias().orElseThrow(), output.outFeatures());
    nodes.integers("width_axis", -1);
    nodes.integers("heads_shape", shape.batch(), parameters.heads(), shape.rowWidth());
    nodes.node("Reshape", "by_head", "contexts", "heads_shape");
    nodes.node("Mul", "products", "by_head", "F");
    nodes.node("ReduceSum", "keepdims", 0, "sums", "products", "width_axis");
    nodes.node("Add", "outputs", "sums", "g");
    nodes.output("logits", "outputs", shape.batch(), output.outFeatures());
  }
}
