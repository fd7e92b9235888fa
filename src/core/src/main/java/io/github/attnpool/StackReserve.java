package io.github.attnpool;

import static java.lang.classfile.ClassFile.ACC_STATIC;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Makes sure, before a call takes effect, that the calling thread has the stack which the call's
 * Java code needs. So a StackOverflowError comes when nothing has been taken that would have to be
 * given back: in the middle of a call even giving it back may lack the stack.
 *
 * <p>The check is a call of a method with so many local variables that its frame has the size
 * wanted. An interpreted method has that frame. A compiled one has not, but the JVM checks on entry
 * that there is room for the frames of interpreted methods, to which the code may have to go back
 * where it calls the method once more. No source code has so many variables, so the method is made
 * here.
 */
final class StackReserve {
  /**
   * More than three times what the Java frames of a call were measured to take, interpreted, on
   * backend {@code onednn}. What native code needs comes on top: the JVM keeps it free anyway
   * (StackShadowPages).
   */
  static final int BYTES = 32 << 10;

  private static final MethodHandle TOUCH = make();

  private static volatile int levels; // always 0, which the compiler must not know

  private StackReserve() {}

  /**
   * Does nothing if there is enough stack.
   *
   * @throws StackOverflowError if not
   */
  static void check() {
    try {
      TOUCH.invokeExact(levels);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e); // the method throws nothing that is checked
    }
  }

  /** The method {@code void touch(int n) { long far; if (n > 0) touch(n - 1); far = 0; }}. */
  private static MethodHandle make() {
    MethodHandles.Lookup here = MethodHandles.lookup();
    ClassDesc self = ClassDesc.of(StackReserve.class.getPackageName(), "StackFrame");
    MethodTypeDesc type = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    byte[] frame =
        ClassFile.of()
            .build(
                self,
                made ->
                    made.withMethodBody(
                        "touch",
                        type,
                        ACC_STATIC,
                        code ->
                            code.iload(0)
                                .ifThen(
                                    again ->
                                        again
                                            .iload(0)
                                            .iconst_1()
                                            .isub()
                                            .invokestatic(self, "touch", type))
                                .lconst_0()
                                .lstore(BYTES / Long.BYTES)
                                .return_()));
    try {
      return here.findStatic(
          here.defineHiddenClass(frame, true).lookupClass(),
          "touch",
          MethodType.methodType(void.class, int.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a method for the stack's check", e);
    }
  }
}
