package io.github.attnpool.checkpoint;

import java.util.List;

/** What a file holds of one linear map. Reasons are pieces of a sentence. */
sealed interface LinearFit {

  /** Whether there is a weight of a name that was looked for, sound or not. */
  default boolean isPresent() {
    return false;
  }

  /** What is wrong; empty if nothing is. */
  default List<String> reasons() {
    return List.of();
  }

  /** The map is there. */
  record Found(LinearTensors tensors) implements LinearFit {
    @Override
    public boolean isPresent() {
      return true;
    }
  }

  /** The map is optional and not there. */
  record LeftOut() implements LinearFit {}

  /** The map has to be there and is not. */
  record Missing(String reason) implements LinearFit {
    @Override
    public List<String> reasons() {
      return List.of(reason);
    }
  }

  /** The map is there, but its tensors do not fit together. */
  record Unsound(String reason) implements LinearFit {
    @Override
    public boolean isPresent() {
      return true;
    }

    @Override
    public List<String> reasons() {
      return List.of(reason);
    }
  }

  /** The map is optional and not there, but its bias is. */
  record StrayBias(List<String> reasons) implements LinearFit {}
}
