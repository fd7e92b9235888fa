package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What does not fit together is refused when it is put together. */
class AttentionParametersTest {
  private final AttentionParameters additive =
      AttentionParameters.additive(map(3, 4), map(2, 3)); // H 4, D 3, R 2
  private final AttentionParameters linear = AttentionParameters.linear(map(2, 4));

  private static Linear map(int outputs, int inputs) {
    return Linear.of(outputs, inputs, new float[outputs * inputs]);
  }

  @Test
  void sizes() {
    AttentionParameters all =
        additive.withRows(map(4, 7), Activation.RELU).withQuery(map(3, 5)).withOutput(map(6, 8));
    assertEquals(7, all.inputWidth());
    assertEquals(4, all.width());
    assertEquals(3, all.units());
    assertEquals(2, all.heads());
    assertEquals(5, all.queryWidth());
    assertEquals(6, all.logitCount());
    assertEquals(4, additive.inputWidth());
    assertEquals(3, additive.queryWidth());
    assertEquals(0, linear.queryWidth());
  }

  @Test
  void defaults() {
    assertEquals(List.of(), linear.hidden());
    assertEquals(Activation.TANH, additive.hidden().getLast());
    assertEquals(1, additive.score().size());
    assertEquals(0, additive.softmaxEpsilon());
    assertEquals(HeadCombination.CONCAT, additive.headCombination());
    assertTrue(additive.gate().isEmpty());
  }

  @Test
  void changesLeaveTheOriginalAlone() {
    AttentionParameters warm = additive.withTemperature(2).withActivation(Activation.GELU);
    assertEquals(1, additive.score().size());
    assertEquals(new Divide(2), warm.score().getLast());
    assertEquals(Activation.TANH, additive.hidden().getLast());
    assertEquals(Activation.GELU, warm.hidden().getLast());
  }

  @Test
  void refusals() {
    refused(
        "a linear map of the score stage takes 2 values, must take the 3 that come before it",
        () -> AttentionParameters.additive(map(3, 4), map(1, 2)));
    refused(
        "the gate gives 2 values, must give the 3 units",
        () -> additive.withGate(map(2, 4), Activation.SIGMOID));
    refused(
        "the rows stage gives 5 values, must give the 4 of a row",
        () -> additive.withRows(map(5, 7), Activation.RELU));
    refused(
        "the query stage gives 4 values, must give the 3 hidden units",
        () -> additive.withQuery(map(4, 5)));
    refused(
        "a linear map of the output stage takes 4 values, must take the 8 that come before it",
        () -> additive.withOutput(map(6, 4)));
    refused(
        "a linear map of the output stage takes 8 values, must take the 4 that come before it",
        () -> additive.withOutput(HeadCombination.MEAN, map(6, 8)));
    refused(
        "the output layer gives 3 values, must give one for each of the 2 heads",
        () -> additive.withOutput(HeadCombination.PER_HEAD, map(3, 4)));
    refused("the temperature is 0.0, must be a positive number", () -> additive.withTemperature(0));
    refused(
        "the temperature is NaN, must be a positive number",
        () -> additive.withTemperature(Float.NaN));
    refused(
        "the softmax epsilon is -1.0, must be 0 or a positive number",
        () -> additive.withSoftmaxEpsilon(-1));
    refused(
        "the gate gives 2 values, must give the 4 units",
        () -> linear.withGate(map(2, 4), Activation.SIGMOID));
    refused(
        "the linear form has no hidden units and cannot have an activation",
        () -> linear.withActivation(Activation.RELU));
    refused(
        "the linear form has no hidden units and cannot have a query map",
        () -> linear.withQuery(map(2, 4)));
  }

  private static void refused(String problem, Executable use) {
    assertEquals(problem, assertThrows(AttnPoolException.class, use).problem());
  }
}
