/**
 * The sub-command {@code doctor}: shows what this machine offers and which backend would run. The
 * backends themselves find out what they need; this package only prints it.
 */
@NullMarked
package io.github.attnpool.cli.doctor;

import org.jspecify.annotations.NullMarked;
