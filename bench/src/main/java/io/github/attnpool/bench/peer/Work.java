package io.github.attnpool.bench.peer;

import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.Inputs;

/**
 * A call that a peer prepares for.
 *
 * @param model the weights
 * @param arithmetic precision, and type of x
 * @param threads threads that a call may use
 * @param inputs inputs of the calls; their memory outlives the peer
 */
public record Work(BenchModel model, Arithmetic arithmetic, int threads, Inputs inputs) {}
