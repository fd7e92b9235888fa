package io.github.attnpool.docs;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Markdown file of the project.
 *
 * @param name its path from the root of the project, with slashes
 * @param lines its text
 */
record Document(String name, List<String> lines) {
  private static final String FENCE = "```";
  private static final Pattern PARAMETERS = Pattern.compile("<!-- snippet: (.*) -->");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`[^`]*`");

  /**
   * A link in a document.
   *
   * @param line line of the document, from 1
   * @param target what it leads to, as written
   */
  record Link(int line, String target) {}

  /** Returns the Java snippets, each with the imports of those before it. */
  List<Snippet> snippets() {
    List<Snippet> snippets = new ArrayList<>();
    Set<String> imports = new LinkedHashSet<>();
    String parameters = "";
    for (int i = 0; i < lines.size(); i++) {
      Matcher declared = PARAMETERS.matcher(lines.get(i));
      if (declared.matches()) {
        parameters = declared.group(1);
      } else if (lines.get(i).startsWith(FENCE)) {
        int end = endOfBlock(i);
        if (lines.get(i).equals(FENCE + "java")) {
          Snippet snippet =
              new Snippet(name, i + 2, lines.subList(i + 1, end), List.copyOf(imports), parameters);
          imports.addAll(snippet.ownImports());
          snippets.add(snippet);
        }
        parameters = "";
        i = end;
      }
    }
    return snippets;
  }

  /** Returns the links, those to other sites too. */
  List<Link> links() {
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(FENCE)) {
        i = endOfBlock(i);
        continue;
      }
      Matcher link = LINK.matcher(CODE.matcher(lines.get(i)).replaceAll("code"));
      while (link.find()) {
        links.add(new Link(i + 1, link.group(1)));
      }
    }
    return links;
  }

  /** Returns the anchors of the headings, spelled as GitHub spells them. */
  Set<String> anchors() {
    Set<String> anchors = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(FENCE)) {
        i = endOfBlock(i);
      } else if (lines.get(i).matches("#+ .*")) {
        String heading = lines.get(i).replaceFirst("#+ +", "").strip().toLowerCase(Locale.ROOT);
        anchors.add(heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'));
      }
    }
    return anchors;
  }

  private int endOfBlock(int begin) {
    for (int i = begin + 1; i < lines.size(); i++) {
      if (lines.get(i).equals(FENCE)) {
        return i;
      }
    }
    throw new IllegalArgumentException(name + ":" + (begin + 1) + ": this block has no end");
  }
}
