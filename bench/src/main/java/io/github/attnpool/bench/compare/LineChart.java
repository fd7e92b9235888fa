package io.github.attnpool.bench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Draws times against something else as SVG, both axes logarithmic. */
final class LineChart {
  /** The nanoseconds of one peer, by x. */
  record Line(String name, SortedMap<Double, Double> points) {
    double last() {
      return points.sequencedValues().getLast();
    }
  }

  private static final int WIDTH = 860;
  private static final int HEIGHT = 460;
  private static final int LEFT = 72;
  private static final int RIGHT = 560; // beyond it are the names
  private static final int TOP = 64;
  private static final int BOTTOM = 404;
  private static final int MARGIN = 24;
  private static final int LABEL_STEP = 18;
  // Okabe and Ito's colours, which the colour-blind can tell apart, and more.
  private static final List<String> COLOURS =
      List.of(
          "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5B5B5B", "#8C6D1F",
          "#332288");

  private final StringBuilder svg = new StringBuilder();
  private final List<Line> lines;
  private final SortedSet<Double> values; // of x, of any line
  private final LogAxis x;
  private final LogAxis y;

  private LineChart(List<Line> lines) {
    this.lines = lines;
    this.values = new TreeSet<>();
    DoubleSummaryStatistics times = new DoubleSummaryStatistics();
    for (Line line : lines) {
      values.addAll(line.points.keySet());
      line.points.values().forEach(times::accept);
    }
    this.x = new LogAxis(values.first(), values.last(), LEFT + MARGIN, RIGHT - MARGIN);
    this.y = new LogAxis(times.getMin() / 1.3, times.getMax() * 1.3, BOTTOM, TOP);
  }

  /**
   * Returns a chart as the text of an SVG file.
   *
   * @param lines at least one; the first is drawn stronger
   */
  static String svg(String title, String subtitle, String xName, List<Line> lines) {
    LineChart chart = new LineChart(lines);
    String size = " width='" + WIDTH + "' height='" + HEIGHT + "'";
    chart.add("<svg xmlns='http://www.w3.org/2000/svg' font-family='sans-serif'" + size + ">");
    chart.add("<rect width='100%' height='100%' fill='white'/>");
    chart.text(LEFT, 26, "font-size='16' font-weight='bold'", title);
    chart.text(LEFT, 46, "font-size='12' fill='#555'", subtitle);
    chart.add("<g font-size='12' fill='none'>");
    chart.axes(xName);
    chart.lines.forEach(chart::line);
    chart.labels();
    chart.add("</g>\n</svg>");
    return chart.svg.toString();
  }

  private void axes(String xName) {
    for (double nanos : y.ticks()) {
      add("<path d='M" + LEFT + " " + y.at(nanos) + "H" + RIGHT + "' stroke='#DDD'/>");
      text(LEFT - 8, y.at(nanos) + 4, "fill='#333' text-anchor='end'", Figures.time(nanos));
    }
    for (double value : values) {
      add("<path d='M" + x.at(value) + " " + TOP + "V" + BOTTOM + "' stroke='#EEE'/>");
      String label = Long.toString(Math.round(value));
      text(x.at(value), BOTTOM + 18, "fill='#333' text-anchor='middle'", label);
    }
    text((LEFT + RIGHT) / 2.0, HEIGHT - 14, "fill='#333' text-anchor='middle'", xName);
  }

  private void line(Line line) {
    String path =
        line.points.entrySet().stream()
            .map(point -> x.at(point.getKey()) + " " + y.at(point.getValue()))
            .collect(Collectors.joining("L"));
    double width = isFirst(line) ? 3.5 : 1.8;
    // h0 and the round ends make a dot of a line of one point.
    String style = "' stroke-linecap='round' stroke-width='" + width + "'/>";
    add("<path d='M" + path + "h0' stroke='" + colour(line) + style);
  }

  /** Writes the names in the order of the lines' ends, the slowest on top. */
  private void labels() {
    List<Line> byEnd = new ArrayList<>(lines);
    byEnd.sort(Comparator.comparingDouble(Line::last).reversed());
    double labelY = TOP;
    for (Line line : byEnd) {
      double lineY = y.at(line.last());
      labelY = Math.min(Math.max(labelY + LABEL_STEP, lineY), BOTTOM);
      String path = "M" + (RIGHT + 6) + " " + lineY + "L" + (RIGHT + 20) + " " + labelY;
      add("<path d='" + path + "' stroke='" + colour(line) + "' stroke-width='0.8'/>");
      String weight = isFirst(line) ? " font-weight='bold'" : "";
      text(RIGHT + 24, labelY + 4, "fill='" + colour(line) + "'" + weight, line.name);
    }
  }

  private boolean isFirst(Line line) {
    return lines.indexOf(line) == 0;
  }

  private String colour(Line line) {
    return COLOURS.get(lines.indexOf(line) % COLOURS.size());
  }

  private void text(double atX, double atY, String style, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
    add("<text x='" + atX + "' y='" + atY + "' " + style + ">" + escaped + "</text>");
  }

  private void add(String element) {
    svg.append(element).append('\n');
  }
}
