package io.github.attnpool.internal.fused;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Merges the blocks of sequences that are longer than a tile, always in the order of the rows, so
 * that the result is the same bits however many threads there are. A block that is done before its
 * turn waits in a slot; a thread that is ahead of all slots waits itself.
 */
final class OrderedFold {
  private static final long ALIGNMENT = 64;
  private static final int NO_BLOCK = -1;

  private final TileLock lock = new TileLock(); // of all that changes during a call
  private final StateMemory layout;
  private final Arena arena;
  private final @Nullable MemorySegment[] slots; // null until helpers first take part
  private final long[] slotTicket;
  private final int[] slotSequence; // NO_BLOCK where the tile had no block to merge
  private final boolean[] slotLast;

  @SuppressWarnings("NullAway.Init") // set by start
  private TileTask task;

  private long next; // ticket whose turn it is

  /**
   * @param slots how many tiles may be done before their turn
   */
  OrderedFold(StateMemory layout, int slots, Arena arena) {
    this.layout = layout;
    this.arena = arena;
    this.slots = new MemorySegment[slots];
    this.slotTicket = new long[slots];
    this.slotSequence = new int[slots];
    this.slotLast = new boolean[slots];
  }

  /** Starts with the first tile of a task, which merges the blocks. */
  void start(TileTask task) {
    this.task = task;
    this.next = 0;
    Arrays.fill(slotTicket, -1);
  }

  /** Makes the slots; called before helpers take part. */
  void admitHelpers() {
    for (int i = 0; i < slots.length && slots[i] == null; i++) {
      slots[i] = arena.allocate(layout.bytes(), ALIGNMENT);
    }
  }

  /** Hands in a tile without a block to merge. */
  void pass(long ticket, Job job, TileMath math) {
    hand(ticket, NO_BLOCK, false, job, math);
  }

  /**
   * Hands in a tile's block: {@link TileMath#block}.
   *
   * @param last whether it is the sequence's last
   */
  void add(long ticket, int sequence, boolean last, Job job, TileMath math) {
    hand(ticket, sequence, last, job, math);
  }

  private void hand(long ticket, int sequence, boolean last, Job job, TileMath math) {
    // Not if the job has failed: the thread whose turn it is may not come.
    for (int round = 0; !tryHand(ticket, sequence, last, math) && !job.hasFailed(); round++) {
      MidCallWait.pause(round);
    }
  }

  private boolean tryHand(long ticket, int sequence, boolean last, TileMath math) {
    lock.lock();
    try {
      return takesIn(ticket, sequence, last, math);
    } finally {
      lock.unlock();
    }
  }

  private boolean takesIn(long ticket, int sequence, boolean last, TileMath math) {
    if (ticket == next) {
      merge(math.block(), sequence, last, math);
      next++;
      mergeWaiting(math);
      return true;
    }
    if (ticket - next > slots.length) {
      return false;
    }
    int slot = (int) (ticket % slots.length);
    if (sequence != NO_BLOCK) {
      slots[slot].copyFrom(math.block());
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
    if (sequence != NO_BLOCK) {
      task.merge(block, sequence, last, math);
    }
  }
}
