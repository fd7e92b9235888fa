package io.github.attnpool.arguments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.lang.foreign.Arena;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls every public method and constructor of the exported packages with every kind of bad
 * argument. Nothing but the library's own exception comes out, and for null it names the parameter.
 */
class BadArgumentsTest {
  /** What the one layer, tensor or builder that they are tried on has not, or has already. */
  private static final Set<String> REFUSED_HERE =
      Set.of(
          "AttentionParameters.withSoftmaxPerChannel",
          "AttentionParameters.withStandardDeviation",
          "Backend.onDevice",
          "Builder.endSequence",
          "RowBatch.deviceRows",
          "Tensor.toLongArray",
          "TensorFile.longs");

  private final List<String> faults = new ArrayList<>();
  private int calls;
  private int refused;

  @Test
  void nothingButItsOwnExceptionComesOut(@TempDir Path folder) throws Exception {
    try (Arena arena = Arena.ofShared()) {
      GoodValues good = new GoodValues(arena, folder);
      BadValues bad = new BadValues(arena, folder);
      for (Class<?> type : PublicCalls.types()) {
        for (Executable call : PublicCalls.of(type)) {
          tryAll(call, good, bad);
        }
      }
    }
    assertEquals("", String.join("\n", faults));
    assertTrue(calls > 2000, calls + " calls");
    assertTrue(refused > calls / 3, refused + " of " + calls + " calls were refused");
  }

  private void tryAll(Executable call, GoodValues good, BadValues bad) {
    Class<?> type = call.getDeclaringClass();
    if (!isStatic(call) && !good.hasReceiver(type)) {
      faults.add("no object for " + call);
      return;
    }
    Throwable well = run(call, good, -1, null);
    if (well != null && !REFUSED_HERE.contains(name(call))) {
      faults.add(name(call) + ", all good: " + well);
    }
    if (!isStatic(call)) {
      tryClosed(call, good);
    }
    Parameter[] parameters = call.getParameters();
    for (int i = 0; i < parameters.length; i++) {
      Class<?> parameter = parameters[i].getType();
      if (!parameter.isPrimitive()) {
        checkNull(call, parameters[i].getName(), run(call, good, i, null));
      }
      for (Map.Entry<String, Object> value : bad.of(parameters[i]).entrySet()) {
        check(
            call,
            parameters[i].getName() + " " + value.getKey(),
            run(call, good, i, value.getValue()));
      }
    }
  }

  /** Methods of what is closed, and of what lies in closed memory. */
  private void tryClosed(Executable call, GoodValues good) {
    Object receiver = good.receiver(call.getDeclaringClass());
    if (receiver instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      check(call, "after close", run(call, receiver, good, -1, null));
    }
    check(
        call,
        "in closed memory",
        run(call, good.receiverOfClosedMemory(call.getDeclaringClass()), good, -1, null));
  }

  private void check(Executable call, String what, Throwable thrown) {
    refused += thrown == null ? 0 : 1;
    boolean declared =
        Stream.of(call.getExceptionTypes()).anyMatch(type -> type.isInstance(thrown));
    if (thrown != null && !(thrown instanceof AttnPoolException) && !declared) {
      faults.add("%s %s: %s at %s".formatted(name(call), what, thrown, place(thrown)));
    }
  }

  private void checkNull(Executable call, String parameter, Throwable thrown) {
    if (!(thrown instanceof AttnPoolException)) {
      faults.add("%s %s null: %s".formatted(name(call), parameter, thrown));
    } else if (!Pattern.compile("\\b" + parameter + "\\b").matcher(thrown.getMessage()).find()) {
      faults.add("%s %s null is not named: %s".formatted(name(call), parameter, thrown));
    }
  }

  private static String place(Throwable thrown) {
    for (StackTraceElement each : thrown.getStackTrace()) {
      if (each.getClassName().startsWith("io.github.attnpool")) {
        return each.getFileName() + ":" + each.getLineNumber();
      }
    }
    return "";
  }

  private static String name(Executable call) {
    return call.getDeclaringClass().getSimpleName()
        + "."
        + (call instanceof Constructor<?> ? "new" : call.getName());
  }

  private static boolean isStatic(Executable call) {
    return call instanceof Constructor<?> || Modifier.isStatic(call.getModifiers());
  }

  /** Runs it with one argument replaced; returns what it throws, or null. */
  private Throwable run(Executable call, GoodValues good, int replaced, Object value) {
    Object receiver = isStatic(call) ? null : good.receiver(call.getDeclaringClass());
    return run(call, receiver, good, replaced, value);
  }

  private Throwable run(
      Executable call, Object receiver, GoodValues good, int replaced, Object value) {
    calls++;
    Parameter[] parameters = call.getParameters();
    Object[] arguments = new Object[parameters.length];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = i == replaced ? value : good.of(call, parameters[i]);
    }
    try {
      switch (call) {
        case Constructor<?> constructor -> constructor.newInstance(arguments);
        case Method method -> method.invoke(receiver, arguments);
      }
      return null;
    } catch (InvocationTargetException e) {
      return e.getCause();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name(call), e);
    }
  }
}
