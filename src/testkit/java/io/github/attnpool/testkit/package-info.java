/**
 * The test kit that core, command and benchmarks share: forms of the layer, batches, and the layer
 * in plain float64 loops to compare with. It uses the public interface only, and no backend's code.
 * Tests themselves, and fixtures of one package, do not belong here.
 */
package io.github.attnpool.testkit;
