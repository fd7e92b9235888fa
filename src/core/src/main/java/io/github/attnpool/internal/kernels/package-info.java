/**
 * The project's own CPU kernels, one Java method each, and the probe of the processor's peak rate.
 * Only here are their bindings called. Callers check every extent; memory is not managed here.
 */
@NullMarked
package io.github.attnpool.internal.kernels;

import org.jspecify.annotations.NullMarked;
