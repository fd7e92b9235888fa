/** How much memory the layer takes. */
package io.github.attnpool.bench.memory;
