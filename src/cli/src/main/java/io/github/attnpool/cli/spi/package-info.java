/**
 * What a sub-command and the command that runs it agree on. No option, text or computation belongs
 * here.
 */
package io.github.attnpool.cli.spi;
