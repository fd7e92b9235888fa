/**
 * How results look: tables, JSON, status lines, and text made fit for one line. Nothing here knows
 * about layers, files or options.
 */
@NullMarked
package io.github.attnpool.cli.text;

import org.jspecify.annotations.NullMarked;
