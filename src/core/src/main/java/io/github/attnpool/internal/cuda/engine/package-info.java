/**
 * Runs batches and streams of rows through a device: cuts them into pieces and chunks, feeds rows,
 * plans scratch memory, launches each step and brings results back. It uses libraries only through
 * the packages below. How a library or a kernel is called does not belong here.
 */
@NullMarked
package io.github.attnpool.internal.cuda.engine;

import org.jspecify.annotations.NullMarked;
