package io.github.attnpool.bench;

import io.github.attnpool.Activation;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A form of the layer; the textbook's has a hidden layer and one head. Written as words after a
 * shape: {@code +proj512+gate+heads2+perhead+query}, {@code +gelu512+values256+querymap} or {@code
 * +stats}.
 *
 * @param projected width of the rows that are scored, projected first; 0 if they are x itself
 * @param activation what follows the projection: RELU or GELU
 * @param gated whether a sigmoid gate multiplies the hidden units
 * @param heads number of heads, R
 * @param perHead whether each head's context gives a logit
 * @param values width of the values that are pooled: Linear, ReLU, Linear of the scored rows; 0 if
 *     the rows themselves are pooled
 * @param statistics whether each column has a softmax of its own, and mean and standard deviation
 *     are pooled
 * @param query what each sequence has besides its rows
 */
public record BenchForm(
    int projected,
    Activation activation,
    boolean gated,
    int heads,
    boolean perHead,
    int values,
    boolean statistics,
    Query query) {
  /** What each sequence has besides its rows. */
  public enum Query {
    /** Nothing. */
    NONE,
    /** A query term, [D]. */
    TERM,
    /** A query [D], of which a map [D,D] makes the query term. */
    MAPPED
  }

  private static final Pattern WORD =
      Pattern.compile("(proj|gelu|heads|values)([1-9][0-9]*)|gate|perhead|stats|query|querymap");

  /** The form of the textbook. */
  public static final BenchForm TEXTBOOK = of(List.of());

  /** Reads the words, in any order. */
  static BenchForm of(List<String> words) {
    int projected = 0;
    Activation activation = Activation.RELU;
    boolean gated = false;
    int heads = 1;
    boolean perHead = false;
    int values = 0;
    boolean statistics = false;
    Query query = Query.NONE;
    for (String word : words) {
      Matcher parts = WORD.matcher(word);
      if (!parts.matches()) {
        throw unknown(word);
      }
      int size = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
      switch (parts.group(1) == null ? word : parts.group(1)) {
        case "proj" -> {
          projected = size;
          activation = Activation.RELU;
        }
        case "gelu" -> {
          projected = size;
          activation = Activation.GELU;
        }
        case "gate" -> gated = true;
        case "heads" -> heads = size;
        case "perhead" -> perHead = true;
        case "values" -> values = size;
        case "stats" -> statistics = true;
        case "query" -> query = Query.TERM;
        case "querymap" -> query = Query.MAPPED;
        default -> throw new AssertionError(word);
      }
    }
    if (statistics && (heads > 1 || perHead || values > 0)) {
      throw new IllegalArgumentException("stats goes with no headsN, perhead or valuesN");
    }
    return new BenchForm(projected, activation, gated, heads, perHead, values, statistics, query);
  }

  private static IllegalArgumentException unknown(String word) {
    return new IllegalArgumentException(
        "'"
            + word
            + "' must be one of projN, geluN, gate, headsN, perhead, valuesN, stats, query,"
            + " querymap");
  }

  /** Tells whether sequences have queries. */
  public boolean asked() {
    return query != Query.NONE;
  }

  /** Returns the words. */
  @Override
  public String toString() {
    return (projected == 0 ? "" : (activation == Activation.GELU ? "+gelu" : "+proj") + projected)
        + (gated ? "+gate" : "")
        + (heads == 1 ? "" : "+heads" + heads)
        + (perHead ? "+perhead" : "")
        + (values == 0 ? "" : "+values" + values)
        + (statistics ? "+stats" : "")
        + switch (query) {
          case NONE -> "";
          case TERM -> "+query";
          case MAPPED -> "+querymap";
        };
  }
}
