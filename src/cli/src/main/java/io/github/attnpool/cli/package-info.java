/**
 * Entry point of the attnpool command: reads the arguments, runs the sub-command that they name,
 * and turns a failure into one line and an exit status. Nothing here knows what a sub-command does;
 * each has a package of its own below this one.
 */
@NullMarked
package io.github.attnpool.cli;

import org.jspecify.annotations.NullMarked;
