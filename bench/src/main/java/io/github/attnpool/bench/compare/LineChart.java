package io.github.attnpool.bench.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Times against something, both axes logarithmic, as SVG.
 *
 * @param lines nanoseconds by x, by name; the first line is drawn stronger
 */
record LineChart(
    String title, String subtitle, String xName, Map<String, Map<Double, Double>> lines) {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 460;
  private static final int LEFT = 72;
  private static final int RIGHT = 300; // room for the names
  private static final int TOP = 64;
  private static final int BOTTOM = 56;
  private static final int LABEL_STEP = 18;
  // Okabe and Ito's colours, which the colour-blind can tell apart.
  private static final List<String> COLOURS =
      List.of(
          "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5B5B5B", "#8C6D1F",
          "#332288");

  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
            WIDTH,
            HEIGHT,
            WIDTH,
            HEIGHT));
    text(svg, LEFT, 26, "start", "font-size=\"16\" font-weight=\"bold\"", title);
    text(svg, LEFT, 46, "start", "fill=\"#555\"", subtitle);
    yAxis(svg);
    xAxis(svg);
    lines(svg);
    return svg.append("</svg>\n").toString();
  }

  private void yAxis(StringBuilder svg) {
    for (double decade = Math.floor(Math.log10(low())); decade <= Math.log10(high()); decade++) {
      for (int step : new int[] {1, 2, 5}) {
        double nanos = step * Math.pow(10, decade);
        if (nanos >= low() && nanos <= high()) {
          grid(svg, LEFT, y(nanos), WIDTH - RIGHT, y(nanos), step == 1 ? "#BBB" : "#E6E6E6");
          text(svg, LEFT - 8, y(nanos) + 4, "end", "fill=\"#333\"", shortTime(nanos));
        }
      }
    }
  }

  private void xAxis(StringBuilder svg) {
    for (double x : new TreeMap<>(xs()).keySet()) {
      grid(svg, x(x), TOP, x(x), HEIGHT - BOTTOM, "#EEE");
      String label = x == Math.rint(x) ? Long.toString(Math.round(x)) : Double.toString(x);
      text(svg, x(x), HEIGHT - BOTTOM + 18, "middle", "fill=\"#333\"", label);
    }
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", "fill=\"#333\"", xName);
  }

  private void lines(StringBuilder svg) {
    List<String> names = new ArrayList<>(lines.keySet());
    // Labels stand in the order of the lines' ends, the slowest on top.
    List<String> byEnd = new ArrayList<>(names);
    byEnd.sort(Comparator.comparingDouble((String name) -> last(name)).reversed());
    double labelY = TOP;
    for (String name : byEnd) {
      int number = names.indexOf(name);
      String colour = COLOURS.get(number % COLOURS.size());
      double thickness = number == 0 ? 3.5 : 1.8;
      StringBuilder path = new StringBuilder();
      new TreeMap<>(lines.get(name))
          .forEach(
              (x, nanos) -> {
                path.append(
                    String.format(
                        Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : " L", x(x), y(nanos)));
                svg.append(
                    String.format(
                        Locale.ROOT,
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"/>%n",
                        x(x),
                        y(nanos),
                        thickness + 1,
                        colour));
              });
      svg.append(
          String.format(
              Locale.ROOT,
              "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\"/>%n",
              path,
              colour,
              thickness));
      labelY = Math.max(labelY + LABEL_STEP, y(last(name)));
      labelY = Math.min(labelY, HEIGHT - BOTTOM);
      label(svg, labelY, y(last(name)), colour, number == 0, name);
    }
  }

  private void label(
      StringBuilder svg, double labelY, double lineY, String colour, boolean strong, String name) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<path d=\"M%d %.1f L%d %.1f\" stroke=\"%s\" stroke-width=\"0.8\"/>%n",
            WIDTH - RIGHT + 6,
            lineY,
            WIDTH - RIGHT + 20,
            labelY,
            colour));
    text(
        svg,
        WIDTH - RIGHT + 24,
        labelY + 4,
        "start",
        "fill=\"" + colour + "\"" + (strong ? " font-weight=\"bold\"" : ""),
        name);
  }

  private double last(String name) {
    return new TreeMap<>(lines.get(name)).lastEntry().getValue();
  }

  private Map<Double, Double> xs() {
    Map<Double, Double> all = new TreeMap<>();
    lines.values().forEach(all::putAll);
    return all;
  }

  private double low() {
    return lines.values().stream()
            .map(Map::values)
            .flatMap(Collection::stream)
            .mapToDouble(Double::doubleValue)
            .min()
            .orElse(1)
        / 1.3;
  }

  private double high() {
    return lines.values().stream()
            .map(Map::values)
            .flatMap(Collection::stream)
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(10)
        * 1.3;
  }

  private double y(double nanos) {
    double part = Math.log(nanos / low()) / Math.log(high() / low());
    return HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP);
  }

  private double x(double value) {
    TreeMap<Double, Double> all = new TreeMap<>(xs());
    double first = all.firstKey();
    double span = Math.log(all.lastKey() / first);
    int margin = 24;
    double part = span == 0 ? 0.5 : Math.log(value / first) / span;
    return LEFT + margin + part * (WIDTH - RIGHT - LEFT - 2 * margin);
  }

  private static String shortTime(double nanos) {
    String[] units = {"ns", "µs", "ms", "s"};
    int unit = Math.clamp((long) Math.floor(Math.log10(nanos) / 3 + 1e-9), 0, 3);
    return Math.round(nanos / Math.pow(1000, unit)) + " " + units[unit];
  }

  private static void grid(
      StringBuilder svg, double x1, double y1, double x2, double y2, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
            x1,
            y1,
            x2,
            y2,
            colour));
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String style, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n",
            x,
            y,
            anchor,
            style,
            text.replace("&", "&amp;").replace("<", "&lt;")));
  }
}
