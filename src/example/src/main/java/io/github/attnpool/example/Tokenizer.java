package io.github.attnpool.example;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the words of a document. The rules are those of {@code scripts/example/example_text.py},
 * which the model was trained with; {@code tokenizer-cases.txt} holds both to them.
 *
 * <ol>
 *   <li>Bytes are ISO-8859-1 characters; A-Z become a-z; CR LF and CR become LF.
 *   <li>The text is an e-mail if every line before the first empty line begins as a header does and
 *       one of them with {@code from:} or {@code subject:}. Of an e-mail only the first subject,
 *       with its continuation lines, and the body count; of any other text everything.
 *   <li>{@code =} before a line end vanishes with it (quoted-printable). Then a quoted-printable
 *       character ({@code =3d}), an HTML tag and an HTML character reference become a space each.
 *   <li>A word is a run of letters a-z, or two joined by an apostrophe ({@code don't}); a run of
 *       digits; or one of {@code ! $ %}. All else separates, non-ASCII characters too. Digits
 *       become as many zeros, at most four (2002 becomes 0000). A word of more than 24 characters
 *       is left out.
 * </ol>
 */
final class Tokenizer {
  private static final int LONGEST = 24;
  private static final String ZEROS = "0000";
  private static final String SUBJECT = "subject:";

  private static final Pattern HEADER = Pattern.compile(">?from |[!-9;-~]+:|[ \t]");
  private static final Pattern MARKUP =
      Pattern.compile("=[0-9a-f]{2}|<[a-z/!?][^<>]*>|&#?[a-z0-9]+;");
  private static final Pattern WORD = Pattern.compile("[a-z]+(?:'[a-z]+)?|[0-9]+|[!$%]");

  private Tokenizer() {}

  /** The words of a document, in its order. */
  static List<String> words(byte[] document) {
    String text = counted(lowerCase(document).replace("\r\n", "\n").replace('\r', '\n'));
    Matcher matcher = WORD.matcher(MARKUP.matcher(text.replace("=\n", "")).replaceAll(" "));
    List<String> words = new ArrayList<>();
    while (matcher.find()) {
      String word = matcher.group();
      if (Character.isDigit(word.charAt(0))) {
        words.add(ZEROS.substring(0, Math.min(word.length(), ZEROS.length())));
      } else if (word.length() <= LONGEST) {
        words.add(word);
      }
    }
    return words;
  }

  private static String lowerCase(byte[] document) {
    byte[] lower = document.clone();
    for (int i = 0; i < lower.length; i++) {
      if (lower[i] >= 'A' && lower[i] <= 'Z') {
        lower[i] = (byte) (lower[i] + 'a' - 'A');
      }
    }
    return new String(lower, StandardCharsets.ISO_8859_1);
  }

  /** The part of the text that counts. */
  private static String counted(String text) {
    int end = text.indexOf("\n\n");
    String[] head = (end < 0 ? text : text.substring(0, end)).split("\n", -1);
    boolean sender = false;
    for (String line : head) {
      if (!HEADER.matcher(line).lookingAt()) {
        return text;
      }
      sender |= line.startsWith("from:") || line.startsWith(SUBJECT);
    }
    if (!sender) {
      return text;
    }
    return subject(head) + "\n" + (end < 0 ? "" : text.substring(end + 2));
  }

  private static String subject(String[] head) {
    StringBuilder subject = new StringBuilder();
    boolean inside = false;
    for (String line : head) {
      if (inside) {
        if (!line.startsWith(" ") && !line.startsWith("\t")) {
          break;
        }
        subject.append('\n').append(line);
      } else if (line.startsWith(SUBJECT)) {
        subject.append(line, SUBJECT.length(), line.length());
        inside = true;
      }
    }
    return subject.toString();
  }
}
