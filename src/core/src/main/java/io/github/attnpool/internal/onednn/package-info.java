/**
 * Backend {@code onednn}: oneDNN multiplies, the project's own kernels do the rest. Only here are
 * oneDNN's and OpenMP's bindings called, but for the check in {@code internal.natives} when they
 * are loaded. Plans and threads are not decided here, but for the staged plan, which is made to be
 * read.
 */
@NullMarked
package io.github.attnpool.internal.onednn;

import org.jspecify.annotations.NullMarked;
