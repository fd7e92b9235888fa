/**
 * The project's own CPU kernels, one Java method each, and the probe of the processor's peak rate.
 * Their bindings are called only here, but for those that tell version and tier, which {@code
 * internal.natives} calls. Callers check every extent; memory is not managed here.
 */
@NullMarked
package io.github.attnpool.internal.kernels;

import org.jspecify.annotations.NullMarked;
