/**
 * Backend {@code jvm}: pure Java, always available. It only chooses: plan STAGED is the float64
 * reference, plan FUSED the fast loops. No arithmetic belongs here.
 */
@NullMarked
package io.github.attnpool.internal.jvm;

import org.jspecify.annotations.NullMarked;
