package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.SequenceBounds;
import java.lang.foreign.MemorySegment;

/** The forms in which callers say which rows take part. */
final class KeptForms {
  private KeptForms() {}

  static KeptRows all(SequenceBounds bounds) {
    KeptRows.Builder kept = new KeptRows.Builder(bounds.batch());
    for (int b = 0; b < bounds.batch(); b++) {
      kept.keep(bounds.offset(b), bounds.offset(b + 1) - bounds.offset(b));
      kept.endSequence();
    }
    return kept.build();
  }

  /**
   * The first {@code lengths[b]} rows of each sequence.
   *
   * @param before which rows took part until now
   */
  static KeptRows byLengths(SequenceBounds bounds, KeptRows before, long... lengths) {
    Sequences.ARGUMENTS.given("lengths", lengths);
    checkUnmasked(bounds, before, "lengths");
    Sequences.ARGUMENTS.must(
        lengths.length == bounds.batch(),
        () ->
            "there are "
                + lengths.length
                + " lengths, must be one for each of the "
                + bounds.batch()
                + " sequences");
    KeptRows.Builder kept = new KeptRows.Builder(bounds.batch());
    for (int b = 0; b < bounds.batch(); b++) {
      long length = lengths[b];
      if (length < 0 || length > bounds.steps()) {
        throw Sequences.ARGUMENTS.bad(
            "lengths[" + b + "] is " + length + ", must be 0 to " + bounds.steps());
      }
      kept.keep(bounds.offset(b), length);
      kept.endSequence();
    }
    return kept.build();
  }

  /**
   * The rows whose byte is 1.
   *
   * @param before which rows took part until now
   */
  static KeptRows byMask(SequenceBounds bounds, KeptRows before, MemorySegment keep) {
    Sequences.ARGUMENTS.given("keep", keep);
    checkUnmasked(bounds, before, "a keep mask");
    Sequences.ARGUMENTS.must(
        keep.byteSize() == bounds.positions(),
        () ->
            "the keep mask has "
                + keep.byteSize()
                + " bytes, must have one for each of the "
                + bounds.positions()
                + " positions");
    Sequences.ARGUMENTS.usable("the keep mask", keep);
    try {
      return read(bounds, keep);
    } catch (InternalError e) {
      throw Sequences.cut("the keep mask", e);
    }
  }

  private static KeptRows read(SequenceBounds bounds, MemorySegment keep) {
    KeptRows.Builder kept = new KeptRows.Builder(bounds.batch());
    for (int b = 0; b < bounds.batch(); b++) {
      long end = bounds.offset(b + 1);
      for (long position = bounds.offset(b); position < end; position++) {
        byte mark = keep.get(JAVA_BYTE, position);
        if (mark != 0 && mark != 1) {
          throw Sequences.ARGUMENTS.bad(
              "the keep mask at position " + position + " is " + mark + ", must be 0 or 1");
        }
        kept.keep(position, mark);
      }
      kept.endSequence();
    }
    return kept.build();
  }

  private static void checkUnmasked(SequenceBounds bounds, KeptRows before, String what) {
    Sequences.ARGUMENTS.must(
        bounds.isPadded(), () -> what + " can only be given to a padded batch");
    Sequences.ARGUMENTS.must(
        before.count() == bounds.positions(),
        () -> what + " cannot be given to a batch that already has some");
  }
}
