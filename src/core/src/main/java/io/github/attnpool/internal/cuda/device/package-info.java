/**
 * Memory on a device and in pinned host memory, matrices in it, and queues of launches with the
 * graphs that repeat them. Everything here is told sizes and addresses. It knows no layer, no batch
 * and no kernel.
 */
@NullMarked
package io.github.attnpool.internal.cuda.device;

import org.jspecify.annotations.NullMarked;
