/**
 * Finding, unpacking and loading native libraries, with every attempt kept for the message. Which
 * functions they have is none of its business.
 */
@NullMarked
package io.github.attnpool.internal.natives;

import org.jspecify.annotations.NullMarked;
