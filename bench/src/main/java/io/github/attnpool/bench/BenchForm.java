package io.github.attnpool.bench;

import java.util.List;

/**
 * A form of the layer; the textbook's has a hidden layer and one head. Written as words after a
 * shape: {@code +proj512+gate+heads2+perhead+query} or {@code +querymap}.
 *
 * @param projected H of the pooled rows, projected with ReLU; 0 if x itself is pooled
 * @param gated whether a sigmoid gate multiplies the hidden units
 * @param heads number of heads, R
 * @param perHead whether each head's context gives a logit
 * @param query what each sequence has besides its rows
 */
public record BenchForm(int projected, boolean gated, int heads, boolean perHead, Query query) {
  /** What each sequence has besides its rows. */
  public enum Query {
    /** Nothing. */
    NONE,
    /** A query term, [D]. */
    TERM,
    /** A query [D], of which a map [D,D] makes the query term. */
    MAPPED
  }

  /** The form of the textbook. */
  public static final BenchForm TEXTBOOK = new BenchForm(0, false, 1, false, Query.NONE);

  private static final String PROJECTED = "proj";
  private static final String HEADS = "heads";

  /** Reads the words, in any order. */
  static BenchForm of(List<String> words) {
    BenchForm form = TEXTBOOK;
    for (String word : words) {
      form = form.with(word);
    }
    return form;
  }

  private BenchForm with(String word) {
    return switch (word) {
      case "gate" -> new BenchForm(projected, true, heads, perHead, query);
      case "perhead" -> new BenchForm(projected, gated, heads, true, query);
      case "query" -> new BenchForm(projected, gated, heads, perHead, Query.TERM);
      case "querymap" -> new BenchForm(projected, gated, heads, perHead, Query.MAPPED);
      default -> {
        if (word.matches(PROJECTED + "[1-9][0-9]*")) {
          yield new BenchForm(number(PROJECTED, word), gated, heads, perHead, query);
        }
        if (word.matches(HEADS + "[1-9][0-9]*")) {
          yield new BenchForm(projected, gated, number(HEADS, word), perHead, query);
        }
        throw new IllegalArgumentException(
            "'" + word + "' must be one of projN, gate, headsN, perhead, query, querymap");
      }
    };
  }

  private static int number(String name, String word) {
    return Integer.parseInt(word.substring(name.length()));
  }

  /** Tells whether sequences have queries. */
  public boolean asked() {
    return query != Query.NONE;
  }

  /** Returns the words. */
  @Override
  public String toString() {
    return (projected == 0 ? "" : "+" + PROJECTED + projected)
        + (gated ? "+gate" : "")
        + (heads == 1 ? "" : "+" + HEADS + heads)
        + (perHead ? "+perhead" : "")
        + switch (query) {
          case NONE -> "";
          case TERM -> "+query";
          case MAPPED -> "+querymap";
        };
  }
}
