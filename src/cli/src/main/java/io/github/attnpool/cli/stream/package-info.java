/** Pools files larger than memory. */
package io.github.attnpool.cli.stream;
