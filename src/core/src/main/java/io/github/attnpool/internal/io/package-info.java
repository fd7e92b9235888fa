/**
 * Files and text at the library's edge: mapped files, files written under a temporary name, reasons
 * why a file failed, and names made fit for a message. Shared with the command, hidden from users.
 * Nothing here knows file formats or layers.
 */
@NullMarked
package io.github.attnpool.internal.io;

import org.jspecify.annotations.NullMarked;
