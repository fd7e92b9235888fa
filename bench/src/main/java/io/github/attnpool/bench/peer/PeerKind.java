package io.github.attnpool.bench.peer;

/** A way to compute the layer, which can take part in a comparison. */
public interface PeerKind extends AutoCloseable {
  /** The part that a peer plays. */
  enum Role {
    /** attnpool as users get it; the others are compared with it. */
    SUBJECT,
    /** attnpool in another way: another backend, plan or language. */
    VARIANT,
    /** Another library, which a user could take instead. */
    PEER,
    /** A part of the work, as a bound. It has no outputs to compare. */
    YARDSTICK
  }

  /** Returns a short name, for tables. */
  String name();

  /** Returns the part that it plays. */
  Role role();

  /**
   * Prepares a peer, outside any measurement.
   *
   * @throws NotOffered if it cannot do the work here, with the reason
   */
  Peer prepare(Work work) throws NotOffered;

  /** Frees what outlives its peers, if anything. */
  @Override
  default void close() {}
}
