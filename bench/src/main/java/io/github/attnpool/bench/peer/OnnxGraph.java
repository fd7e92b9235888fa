package io.github.attnpool.bench.peer;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.bench.BenchShape;
import java.util.Arrays;

/**
 * The layer as an ONNX model of fixed sizes: x [B,T,H] to context [B,H] and weights [B,T]. Field
 * numbers are those of onnx.proto.
 */
final class OnnxGraph {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int OPSET = 17;
  private static final int IR_VERSION = 8;

  private final Protobuf graph = new Protobuf();

  private OnnxGraph() {}

  static byte[] model(AttentionParameters parameters, BenchShape shape, WeightedSum form) {
    Protobuf opset = new Protobuf().text(1, "").number(2, OPSET);
    return new Protobuf()
        .number(1, IR_VERSION)
        .text(2, "attnpool-bench")
        .message(7, new OnnxGraph().layer(parameters, shape, form))
        .message(8, opset)
        .toByteArray();
  }

  private Protobuf layer(AttentionParameters parameters, BenchShape shape, WeightedSum form) {
    Linear hidden = parameters.hidden().orElseThrow();
    Linear score = parameters.score();
    long b = shape.batch();
    long t = shape.steps();
    node("MatMul", "xW", "x", "W");
    node("Add", "z", "xW", "b");
    node("Tanh", "u", "z");
    node("MatMul", "ua", "u", "a");
    node("Add", "e", "ua", "c");
    node("Reshape", "rows", "e", "row_shape");
    graph.message(1, operator("Softmax", "alpha", "rows").message(5, axis(-1)));
    if (form == WeightedSum.MULTIPLY_AND_SUM) {
      node("Reshape", "columns", "alpha", "column_shape");
      node("Mul", "weighted", "columns", "x");
      graph.message(
          1, operator("ReduceSum", "context", "weighted", "time_axis").message(5, keepDims(0)));
      values("column_shape", b, t, 1);
      values("time_axis", 1);
    } else {
      node("MatMul", "product", "alpha", "x");
      node("Reshape", "context", "product", "context_shape");
      values("context_shape", b, shape.width());
    }
    node("Reshape", "weights", "alpha", "weights_shape");
    graph.text(2, "attention_pooling");
    matrix("W", transposed(hidden), hidden.inputs(), hidden.outputs());
    matrix("b", hidden.bias().orElseThrow(), hidden.outputs());
    matrix("a", transposed(score), score.inputs(), score.outputs());
    matrix("c", score.bias().orElseThrow(), 1);
    values("row_shape", b, 1, t);
    values("weights_shape", b, t);
    graph.message(11, valueInfo("x", b, t, shape.width()));
    graph.message(12, valueInfo("context", b, shape.width()));
    graph.message(12, valueInfo("weights", b, t));
    return graph;
  }

  private void node(String type, String output, String... inputs) {
    graph.message(1, operator(type, output, inputs));
  }

  private static Protobuf operator(String type, String output, String... inputs) {
    Protobuf node = new Protobuf();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(3, output).text(4, type);
  }

  private static Protobuf axis(int axis) {
    return integer("axis", axis);
  }

  private static Protobuf keepDims(int keep) {
    return integer("keepdims", keep);
  }

  private static Protobuf integer(String name, int value) {
    int integerType = 2;
    return new Protobuf().text(1, name).number(3, value).number(20, integerType);
  }

  private void matrix(String name, float[] values, long... dims) {
    graph.message(5, tensor(name, FLOAT, dims).floats(9, values));
  }

  private void values(String name, long... values) {
    graph.message(5, tensor(name, INT64, values.length).longs(9, values));
  }

  private static Protobuf tensor(String name, int type, long... dims) {
    Protobuf tensor = new Protobuf();
    Arrays.stream(dims).forEach(dim -> tensor.number(1, dim));
    return tensor.number(2, type).text(8, name);
  }

  private static Protobuf valueInfo(String name, long... dims) {
    Protobuf shape = new Protobuf();
    Arrays.stream(dims).forEach(dim -> shape.message(1, new Protobuf().number(1, dim)));
    Protobuf tensorType = new Protobuf().number(1, FLOAT).message(2, shape);
    return new Protobuf().text(1, name).message(2, new Protobuf().message(1, tensorType));
  }

  private static float[] transposed(Linear map) {
    float[] weight = map.weight();
    float[] result = new float[weight.length];
    for (int o = 0; o < map.outputs(); o++) {
      for (int i = 0; i < map.inputs(); i++) {
        result[i * map.outputs() + o] = weight[o * map.inputs() + i];
      }
    }
    return result;
  }
}
