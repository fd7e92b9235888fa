package io.github.attnpool.bench.peer;

import io.github.attnpool.Linear;
import java.util.Arrays;

/** Builds an ONNX graph. Field numbers are those of onnx.proto. */
final class OnnxNodes {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int INTEGER_ATTRIBUTE = 2;
  private static final int INTEGERS_ATTRIBUTE = 7;

  private final Protobuf graph = new Protobuf();

  /** Adds a node without attributes, named after its output. */
  void node(String type, String output, String... inputs) {
    graph.message(1, operator(type, output, inputs));
  }

  /** Adds a node with a number as attribute. */
  void node(String type, String attribute, int value, String output, String... inputs) {
    Protobuf number =
        new Protobuf().text(1, attribute).number(3, value).number(20, INTEGER_ATTRIBUTE);
    graph.message(1, operator(type, output, inputs).message(5, number));
  }

  /** Adds a node that swaps the last two of three axes. */
  void transpose(String output, String input) {
    Protobuf order = new Protobuf().text(1, "perm");
    for (int axis : new int[] {0, 2, 1}) {
      order.number(8, axis);
    }
    order.number(20, INTEGERS_ATTRIBUTE);
    graph.message(1, operator("Transpose", output, input).message(5, order));
  }

  /** Adds a linear map. */
  void linear(String output, String input, Linear map) {
    floats(output + "_weight", transposed(map), map.inFeatures(), map.outFeatures());
    floats(output + "_bias", map.bias().orElseThrow(), map.outFeatures());
    node("MatMul", output + "_product", input, output + "_weight");
    node("Add", output, output + "_product", output + "_bias");
  }

  /** Adds constant numbers. */
  void floats(String name, float[] values, long... dims) {
    graph.message(5, tensor(name, FLOAT, dims).floats(9, values));
  }

  /** Adds constant sizes or axes. */
  void integers(String name, long... values) {
    graph.message(5, tensor(name, INT64, values.length).longs(9, values));
  }

  /** Adds an input of the graph. */
  void input(String name, long... dims) {
    graph.message(11, valueInfo(name, dims));
  }

  /** Adds an output of the graph, reshaped to two dimensions. */
  void output(String name, String value, long rows, long columns) {
    integers(name + "_shape", rows, columns);
    node("Reshape", name, value, name + "_shape");
    graph.message(12, valueInfo(name, rows, columns));
  }

  /** Returns the graph. */
  Protobuf named(String name) {
    return graph.text(2, name);
  }

  private static Protobuf operator(String type, String output, String... inputs) {
    Protobuf node = new Protobuf();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(3, output).text(4, type);
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
    for (int o = 0; o < map.outFeatures(); o++) {
      for (int i = 0; i < map.inFeatures(); i++) {
        result[i * map.outFeatures() + o] = weight[o * map.inFeatures() + i];
      }
    }
    return result;
  }
}
