/**
 * The arithmetic of tiles in pure Java, float32: the layer packed, the inner loops once on the
 * Vector API and once in plain Java, and what is built on either. Order of tiles and threads are
 * those of {@code internal.fused}, and no native code is called.
 */
@NullMarked
package io.github.attnpool.internal.jvm.fast;

import org.jspecify.annotations.NullMarked;
