/**
 * How long native things live: the gate that closing waits at, and what is released together. It
 * knows neither what is released nor who calls.
 */
@NullMarked
package io.github.attnpool.internal.lifetime;

import org.jspecify.annotations.NullMarked;
