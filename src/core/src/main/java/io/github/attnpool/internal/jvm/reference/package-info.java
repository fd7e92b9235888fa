/**
 * The staged plan in float64, as the formulas read: what the fast engines are held against, and the
 * fallback where no native library loads. Clear code goes before speed; formulas that other
 * packages need as well are in {@code internal.formula}.
 */
@NullMarked
package io.github.attnpool.internal.jvm.reference;

import org.jspecify.annotations.NullMarked;
