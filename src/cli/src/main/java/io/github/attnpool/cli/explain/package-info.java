/**
 * The sub-command {@code explain}: shows the rows with the highest weights. Other views of
 * attention belong here too; computing weights does not.
 */
@NullMarked
package io.github.attnpool.cli.explain;

import org.jspecify.annotations.NullMarked;
