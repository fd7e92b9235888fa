package io.github.attnpool.internal.fused;

import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Merges the blocks of sequences that are longer than a tile, always in the order of the rows, so
 * that the result is the same bits however many threads there are. A block that is done before its
 * turn waits in a slot; a thread that is ahead of all slots waits itself.
 */
final class OrderedFold {
  private static final long ALIGNMENT = 64;
  private static final long WAIT_NANOS = 20_000;
  private static final int NO_BLOCK = -1;

  private final TileShape shape;
  private final StateLayout layout;
  private final MemorySegment own; // state of the sequence whose turn it is
  private final Arena arena;
  private final MemorySegment[] slots; // null until helpers first take part
  private final long[] slotTicket;
  private final int[] slotSequence; // NO_BLOCK where the tile had no block to merge
  private final boolean[] slotLast;
  private Work work;
  private MemorySegment state; // own, or that of a sequence which comes in parts
  private long next; // ticket whose turn it is

  /**
   * @param slots how many tiles may be done before their turn
   */
  OrderedFold(TileShape shape, int slots, Arena arena) {
    this.shape = shape;
    this.layout = shape.states();
    this.own = arena.allocate(layout.bytes(), ALIGNMENT);
    this.arena = arena;
    this.slots = new MemorySegment[slots];
    this.slotTicket = new long[slots];
    this.slotSequence = new int[slots];
    this.slotLast = new boolean[slots];
  }

  void start(Work work) {
    this.work = work;
    this.next = 0;
    Arrays.fill(slotTicket, -1);
    if (work.isPart()) {
      state = work.state();
    } else {
      state = own;
      layout.clear(own);
    }
  }

  /** Drops what belongs to the caller. */
  void stop() {
    state = own;
  }

  /** Makes the slots; called before helpers take part. */
  void admitHelpers() {
    for (int i = 0; i < slots.length && slots[i] == null; i++) {
      slots[i] = arena.allocate(layout.bytes(), ALIGNMENT);
    }
  }

  /** Hands in a tile without a block to merge. */
  void pass(long ticket, Job job, TileMath math) {
    hand(ticket, null, NO_BLOCK, false, job, math);
  }

  /**
   * Hands in a tile's block.
   *
   * @param block its states
   * @param last whether it is the sequence's last
   */
  void add(long ticket, MemorySegment block, int sequence, boolean last, Job job, TileMath math) {
    hand(ticket, block, sequence, last, job, math);
  }

  private void hand(
      long ticket, MemorySegment block, int sequence, boolean last, Job job, TileMath math) {
    boolean interrupted = false;
    while (!tryHand(ticket, block, sequence, last, math)) {
      if (job.hasFailed()) {
        break; // the thread whose turn it is will not come
      }
      LockSupport.parkNanos(WAIT_NANOS);
      interrupted |= Thread.interrupted(); // or parking would return at once
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean tryHand(
      long ticket, MemorySegment block, int sequence, boolean last, TileMath math) {
    if (ticket == next) {
      merge(block, sequence, last, math);
      next++;
      mergeWaiting(math);
      return true;
    }
    if (ticket - next > slots.length) {
      return false;
    }
    int slot = (int) (ticket % slots.length);
    if (sequence != NO_BLOCK) {
      slots[slot].copyFrom(block);
    }
    slotTicket[slot] = ticket;
    slotSequence[slot] = sequence;
    slotLast[slot] = last;
    return true;
  }

  private void mergeWaiting(TileMath math) {
    while (slots.length > 0) {
      int slot = (int) (next % slots.length);
      if (slotTicket[slot] != next) {
        return;
      }
      merge(slots[slot], slotSequence[slot], slotLast[slot], math);
      next++;
    }
  }

  private void merge(MemorySegment block, int sequence, boolean last, TileMath math) {
    if (sequence == NO_BLOCK) {
      return;
    }
    for (int head = 0; head < layout.heads(); head++) {
      long at = head * layout.headBytes();
      math.merge(state, at, block, at);
      if (last) {
        finish(sequence, head, math);
      }
    }
    if (last) {
      layout.clear(state);
    }
  }

  private void finish(int sequence, int head, TileMath math) {
    long at = head * layout.headBytes();
    StateLayout.addToSum(state, at, shape.softmaxEpsilon());
    math.finish(state, at, work.contexts(), shape.contextOffset(sequence, head));
    if (work.weights() != null) {
      weigh(sequence, head, math);
    }
  }

  /** The tiles have left the raw scores where the weights belong. */
  private void weigh(int sequence, int head, TileMath math) {
    RowBatch in = work.in();
    KeptRows kept = in.kept();
    long base = in.resultIndex(sequence, head, layout.heads()) - in.offset(sequence);
    long end = kept.first(sequence + 1);
    int run = kept.runOf(kept.first(sequence));
    for (long from = kept.first(sequence); from < end; run++) {
      long to = Math.min(end, kept.runFirst(run + 1));
      long position = kept.position(run, from);
      math.weigh(
          work.weights(),
          (base + position) * Float.BYTES,
          to - from,
          state,
          head * layout.headBytes());
      from = to;
    }
  }
}
