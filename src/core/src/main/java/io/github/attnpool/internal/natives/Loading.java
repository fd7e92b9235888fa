package io.github.attnpool.internal.natives;

/** How loading the native libraries ended. */
sealed interface Loading permits Natives, LoadFailure {}
