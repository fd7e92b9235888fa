package io.github.attnpool.bench.peer;

/** A way of computing the layer that can take part in a comparison. */
public interface PeerKind extends AutoCloseable {
  /** What part it plays. */
  enum Role {
    /** attnpool as users get it: what all others are compared with. */
    SUBJECT,
    /** Another backend, plan or language for the same thing. */
    VARIANT,
    /** What a user would take instead. */
    PEER,
    /** A part of the work, alone: a bound. It has no results to compare. */
    YARDSTICK
  }

  /** Short name, for tables. */
  String name();

  /** What part it plays. */
  Role role();

  /**
   * Prepares it, outside any measurement.
   *
   * @throws NotOffered if it cannot do this work here, with the reason
   */
  Peer prepare(Work work) throws NotOffered;

  /** Frees what outlives the single peers, if anything does. */
  @Override
  default void close() {}
}
