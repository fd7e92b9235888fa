/**
 * Finding, unpacking and loading native libraries, with every attempt kept for the message. Of
 * their functions it calls only those that tell whether a library is the right one, its version and
 * its tier. Arithmetic on them belongs to {@code internal.kernels} and the backends.
 */
@NullMarked
package io.github.attnpool.internal.natives;

import org.jspecify.annotations.NullMarked;
