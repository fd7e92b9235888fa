/**
 * What a sub-command and the command that runs it agree on. No option, text or computation belongs
 * here.
 */
@NullMarked
package io.github.attnpool.cli.spi;

import org.jspecify.annotations.NullMarked;
