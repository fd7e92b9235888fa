package io.github.attnpool.internal.onednn;

import io.github.attnpool.Linear;
import io.github.attnpool.Precision;
import io.github.attnpool.Step;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.internal.maps.LinearArrays;
import io.github.attnpool.internal.maps.UnitScores;
import io.github.attnpool.internal.onednn.StageProgram.Maps;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A layer's parameters in native memory: packed for oneDNN, or as the kernels read them. */
final class NativeParameters implements AutoCloseable {
  private static final int FEW_ROWS = 16; // of one multiplication of what comes once a sequence

  private final LayerForm form;
  private final Precision precision;
  private final int maxRows;
  private final Releases handles = new Releases();
  private final NativeArrays arrays = new NativeArrays(Arena.ofShared());
  private final StageProgram rows;
  private final @Nullable Matmul hidden; // null unless units are plain, and in the linear form
  private final @Nullable NativeUnits units; // null where they are plain
  private final long firstBias; // of the first hidden map; 0 without one
  private final UnitScores scores;
  private final StageProgram afterScores;
  private final StageProgram values;
  private final @Nullable StageProgram valueMap; // null without one
  private final @Nullable StageProgram query; // null without query steps
  private final @Nullable NativeOutput output; // null without an output

  /**
   * @param precision of the maps that rows pass up to their units and values
   * @param maxRows most rows in one multiplication of those
   */
  NativeParameters(LayerForm form, Precision precision, int maxRows) {
    this.form = form;
    this.precision = precision;
    this.maxRows = maxRows;
    handles.own(arrays.arena()::close);
    try {
      Maps maps = Maps.of(precision);
      this.rows = stage(form.rows(), form.inputWidth(), maps, maxRows);
      this.hidden = form.hasPlainUnits() ? firstMap() : null;
      this.units = form.hasPlainUnits() ? null : new NativeUnits(this);
      boolean byRow = form.score().isByRow();
      this.firstBias = copyFirstBias();
      this.scores = scores();
      this.afterScores =
          stage(byRow ? List.of() : form.score().after(), maxRows, Maps.F32, maxRows);
      this.values = stage(form.values().steps(), form.rowWidth(), maps, maxRows);
      this.valueMap =
          form.values()
              .map()
              .map(map -> stage(List.of(map), map.inFeatures(), Maps.WITH_BIAS, FEW_ROWS))
              .orElse(null);
      this.query = form.query().isEmpty() ? null : makeQuery();
      this.output = form.output().isEmpty() ? null : new NativeOutput(this, FEW_ROWS);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Makes a stage that is closed with these parameters. */
  StageProgram stage(List<Step> steps, int inputs, Maps maps, int rows) {
    StageProgram stage = new StageProgram(steps, inputs, maps, rows, arrays);
    handles.own(stage::close);
    return stage;
  }

  /** W, or with a gate [W;V] as one map of 2·D units; null in the linear form. */
  private @Nullable Matmul firstMap() {
    Optional<Linear> first = form.hidden().first();
    if (first.isEmpty()) {
      return null;
    }
    Linear map = EffectiveMaps.stacked(first.get(), form.plainGate());
    OneDnn.Type type = precision == Precision.BF16 ? OneDnn.Type.BF16 : OneDnn.Type.F32;
    Matmul matmul = new Matmul(map, type, false, maxRows);
    handles.own(matmul::close);
    return matmul;
  }

  /** What the kernel makes scores of: plain units, or units that have been computed. */
  private UnitScores scores() {
    Linear score = form.score().map();
    boolean plain = units == null;
    boolean byRow = form.score().isByRow();
    return new UnitScores(
        form.heads(),
        score.inFeatures(),
        plain ? form.hidden().activation() : units().lastActivation(),
        firstBias,
        form.plainGate().map(gate -> arrays.copy(EffectiveMaps.bias(gate))).orElse(0L),
        byRow ? 0 : arrays.copy(LinearArrays.weight(score)),
        byRow ? 0 : arrays.copy(EffectiveMaps.bias(score)));
  }

  /** The address of the first hidden map's bias, or 0. */
  private long copyFirstBias() {
    return form.hidden().first().flatMap(LinearArrays::bias).map(arrays::copy).orElse(0L);
  }

  /** The query's steps, with the bias of the first hidden map added to what they give. */
  private StageProgram makeQuery() {
    List<Step> steps = new ArrayList<>(form.query());
    Linear first = form.hidden().first().orElseThrow();
    if (steps.getLast() instanceof Linear map) {
      steps.set(steps.size() - 1, EffectiveMaps.plus(map, first));
      return stage(steps, form.queryWidth(), Maps.WITH_BIAS, FEW_ROWS);
    }
    return stage(steps, form.queryWidth(), Maps.WITH_BIAS, FEW_ROWS)
        .plus(EffectiveMaps.bias(first));
  }

  /** Whether a map takes the scored rows. */
  boolean multipliesScoredRows() {
    boolean byUnits =
        units == null
            ? hidden != null
            : units.upToFirst().beginsWithMap() || units.gate().beginsWithMap();
    return byUnits || values.beginsWithMap();
  }

  /** Whether every step that takes rows of x, and pooling, takes them in BF16. */
  boolean takesBf16() {
    if (precision != Precision.BF16) {
      return false;
    }
    if (!rows.isEmpty()) {
      return rows.beginsWithMap();
    }
    boolean byUnits =
        units == null
            ? hidden != null
            : units.upToFirst().beginsWithMap()
                && (units.gate().isEmpty() || units.gate().beginsWithMap());
    return byUnits && (values.isEmpty() || values.beginsWithMap());
  }

  /** Values in the widest row between the steps of a tile's stages. */
  long widestInStages() {
    long widest = Math.max(rows.widest(), values.widest());
    return units == null ? widest : Math.max(widest, units.widest());
  }

  LayerForm form() {
    return form;
  }

  Precision precision() {
    return precision;
  }

  boolean isBf16() {
    return precision == Precision.BF16;
  }

  int maxRows() {
    return maxRows;
  }

  NativeArrays arrays() {
    return arrays;
  }

  /** From x to the rows that are scored. */
  StageProgram rows() {
    return rows;
  }

  /** W, or [W;V]; null in the linear form, and where units are not plain. */
  @Nullable Matmul hidden() {
    return hidden;
  }

  /** Where units are computed step by step. */
  NativeUnits units() {
    return Objects.requireNonNull(units, "units");
  }

  /** Whether one kernel makes scores of what the first maps give. */
  boolean hasPlainUnits() {
    return units == null;
  }

  /** The address of the first hidden map's bias, or 0. */
  long firstBias() {
    return firstBias;
  }

  /** From units, or in the linear form from rows, to scores. */
  UnitScores unitScores() {
    return scores;
  }

  /** The steps after the score map, where each takes one score at a time. */
  StageProgram afterScores() {
    return afterScores;
  }

  /** From the scored rows to what is pooled. */
  StageProgram values() {
    return values;
  }

  /** Of what is pooled; null without one. */
  @Nullable StageProgram valueMap() {
    return valueMap;
  }

  /** From queries to biases of the hidden units; null where queries are terms themselves. */
  @Nullable StageProgram query() {
    return query;
  }

  /** From contexts to logits; null without an output. */
  @Nullable NativeOutput output() {
    return output;
  }

  @Override
  public void close() {
    handles.close();
  }
}
