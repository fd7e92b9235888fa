/**
 * The service-provider interface of backends. A backend is found by {@link java.util.ServiceLoader}
 * and turns parameters into an engine; an engine runs forward calls that are already validated.
 */
package io.github.attnpool.spi;
