package io.github.attnpool.internal.pickle;

import java.io.IOException;
import java.util.List;

/** What a pickle asks to be called. */
public interface PickleCalls {
  /**
   * Returns the result of a call.
   *
   * @param callable name of a class or a function
   */
  PickleValue call(PickleValue.Global callable, List<PickleValue> arguments) throws IOException;

  /** Returns what is kept outside of the pickle. */
  PickleValue persistent(PickleValue id);
}
