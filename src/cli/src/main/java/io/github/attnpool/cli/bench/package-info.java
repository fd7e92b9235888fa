/** The command {@code bench}: times the layer on random data. */
package io.github.attnpool.cli.bench;
