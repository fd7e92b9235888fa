/** The one hand-written class beside the generated bindings: {@link NativeCode} loads libraries. */
package io.github.attnpool.bindings;
