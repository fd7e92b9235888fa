/**
 * Finds and loads CUDA's libraries, and says what was found and what is missing. It looks at the
 * file system, environment variables and system properties once, at first use. What is computed
 * with the libraries does not belong here.
 */
@NullMarked
package io.github.attnpool.internal.cuda.lookup;

import org.jspecify.annotations.NullMarked;
