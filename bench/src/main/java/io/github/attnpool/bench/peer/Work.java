package io.github.attnpool.bench.peer;

import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.Inputs;

/**
 * What a peer prepares itself for.
 *
 * @param model the weights
 * @param arithmetic in which types
 * @param threads threads that one call may use
 * @param inputs what it will be called with; their memory outlives the peer
 */
public record Work(BenchModel model, Arithmetic arithmetic, int threads, Inputs inputs) {}
