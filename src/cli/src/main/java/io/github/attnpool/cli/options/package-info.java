/**
 * Options that several sub-commands share: which layer to read, how to run it, which file to write.
 * They are checked here, so that every sub-command reports wrong usage in the same words. An option
 * of a single sub-command belongs to that sub-command.
 */
@NullMarked
package io.github.attnpool.cli.options;

import org.jspecify.annotations.NullMarked;
