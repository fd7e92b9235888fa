package io.github.attnpool.cli.text;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A table for a terminal: columns as wide as their widest cell, text to the left of numbers. */
public final class TextTable {
  private static final String GAP = "  ";

  private final int textColumns;
  private final List<Row> rows = new ArrayList<>();

  /**
   * A line of the table.
   *
   * @param remark follows the last cell, however wide it is
   */
  private record Row(List<String> cells, String remark) {}

  /**
   * Makes a table that has only its titles.
   *
   * @param textTitles titles of the columns of text, which come first
   * @param numberTitles titles of the columns of numbers
   */
  public TextTable(List<String> textTitles, List<String> numberTitles) {
    textColumns = textTitles.size();
    add(Stream.concat(textTitles.stream(), numberTitles.stream()).toList());
  }

  /**
   * Adds a row.
   *
   * @param cells one for each column
   */
  public void add(List<String> cells) {
    add(cells, "");
  }

  /**
   * Adds a row whose last cells are missing, with a remark instead.
   *
   * @param cells of the first columns
   * @param remark follows the last cell, however wide it is
   */
  public void add(List<String> cells, String remark) {
    rows.add(new Row(cells, remark));
  }

  /**
   * Prints the table.
   *
   * @param out gets one line for each row
   */
  public void print(PrintWriter out) {
    for (Row row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.cells.size(); column++) {
        String cell = row.cells.get(column);
        String blanks = " ".repeat(width(column) - cell.length());
        line.append(column < textColumns ? cell + blanks : blanks + cell).append(GAP);
      }
      out.println(line.append(row.remark).toString().stripTrailing());
    }
  }

  private int width(int column) {
    return rows.stream()
        .filter(row -> column < row.cells.size())
        .mapToInt(row -> row.cells.get(column).length())
        .max()
        .orElse(0);
  }
}
