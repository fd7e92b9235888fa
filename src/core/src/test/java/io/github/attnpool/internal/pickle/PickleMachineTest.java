package io.github.attnpool.internal.pickle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.MemoryBytes;
import io.github.attnpool.internal.pickle.PickleValue.Constant;
import io.github.attnpool.internal.pickle.PickleValue.Data;
import io.github.attnpool.internal.pickle.PickleValue.Dictionary;
import io.github.attnpool.internal.pickle.PickleValue.Global;
import io.github.attnpool.internal.pickle.PickleValue.Instance;
import io.github.attnpool.internal.pickle.PickleValue.Sequence;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles put together by hand, one character a byte. */
class PickleMachineTest {
  private static final String DEEP = "]".repeat(100_000) + "a".repeat(99_999) + ".";

  /** Makes an object of every call, and the id itself of what is kept outside. */
  private static final class Calls implements PickleCalls {
    private final List<String> called = new ArrayList<>();

    @Override
    public PickleValue call(Global callable, List<PickleValue> arguments) {
      called.add(callable.path() + arguments.stream().map(Calls::show).toList());
      return new Instance(callable);
    }

    private static String show(PickleValue value) {
      return value instanceof Constant(Object plain) ? plain.toString() : "…";
    }

    @Override
    public PickleValue persistent(PickleValue id) {
      return id;
    }
  }

  private final Calls calls = new Calls();

  private PickleValue run(String pickle) throws IOException {
    byte[] bytes = pickle.getBytes(ISO_8859_1);
    return new PickleMachine("read", MemoryBytes.of(bytes), 0, calls).run();
  }

  private Object constant(String pickle) throws IOException {
    return assertInstanceOf(Constant.class, run(pickle)).value();
  }

  @Test
  void constants() throws IOException {
    assertEquals(PickleValue.None.NONE, constant("N."));
    assertEquals(List.of(true, false), List.of(constant("\u0088."), constant("\u0089.")));
    assertEquals(List.of(true, false), List.of(constant("I01\n."), constant("I00\n.")));
    assertEquals(255L, constant("K\u00ff."));
    assertEquals(65535L, constant("M\u00ff\u00ff."));
    assertEquals(-2L, constant("J\u00fe\u00ff\u00ff\u00ff."));
    assertEquals(-12L, constant("I-12\n."));
    assertEquals(7L, constant("L7L\n."));
    assertEquals(0L, constant("\u008a\0."));
    assertEquals(-256L, constant("\u008a\2\0\u00ff."));
    String power = "\u008a\n" + "\0".repeat(8) + "\u0080\0.";
    assertEquals(BigInteger.TWO.pow(71), constant(power));
    assertEquals(1.5, constant("G?\u00f8\0\0\0\0\0\0."));
    assertEquals(0.25, constant("F0.25\n."));
    assertEquals(Double.NEGATIVE_INFINITY, constant("F-inf\n."));
  }

  @Test
  void texts() throws IOException {
    assertEquals("\u00e9", constant("X\2\0\0\0\u00c3\u00a9."));
    assertEquals("ab", constant("\u008c\2ab."));
    assertEquals("ab", constant("\u008d\2\0\0\0\0\0\0\0ab."));
    assertEquals("\u00e9", constant("U\1\u00e9."));
    assertEquals("\u00e9", constant("T\1\0\0\0\u00e9."));
    assertEquals("a'\n\u00e9\\q", constant("S'a\\'\\n\\xe9\\q'\n."));
    assertEquals("\u20ac\ud83d\ude00", constant("V\\u20ac\\U0001f600\n."));
    Data data = assertInstanceOf(Data.class, run("C\2ab."));
    assertEquals("ab", new String(data.source().bytes(0, 2), ISO_8859_1));
    Data longText = assertInstanceOf(Data.class, run("X\0\0\1\0" + "a".repeat(65536) + "."));
    assertTrue(longText.text());
    assertEquals(65536, longText.source().size());
  }

  @Test
  void collections() throws IOException {
    assertEquals("[1, [2, 3], []]", show(run("(K\1(K\2K\3l)t.")));
    assertEquals("[1, 2, 3]", show(run("](K\1K\2eK\3a.")));
    assertEquals("[[1], [1, 2], [1, 2, 3]]", show(run("(K\1\u0085K\1K\2\u0086K\1K\2K\3\u0087t.")));
    assertEquals("{a=1, 2=[]}", show(run("}(U\1aK\1K\2]u.")));
    assertEquals("{a=2}", show(run("(U\1aK\1dU\1aK\2s.")));
    assertEquals("[1]", show(run("\u008f(K\1\u0090.")));
    assertEquals("[1]", show(run("(K\1\u0091.")));
  }

  @Test
  void stackAndMemo() throws IOException {
    Sequence pair = assertInstanceOf(Sequence.class, run("]2\u0086."));
    assertSame(pair.items().get(0), pair.items().get(1));
    assertEquals("[7, 7]", show(run("K\7q\0h\0\u0086.")));
    assertEquals("[7, 7]", show(run("K\7p12\ng12\n\u0086.")));
    assertEquals("[7, 7]", show(run("K\7r\0\0\0\1j\0\0\0\1\u0086.")));
    assertEquals("[7, 8, 7]", show(run("K\7\u0094K\10\u0094h\0\u0087.")));
    assertEquals("[1, 4]", show(run("K\1K\0020(K\3K\0031(0K\4\u0086.")));
    assertEquals("[1]", show(run("\u0080\4\u0095\3\0\0\0\0\0\0\0K\1\u0085.")));
  }

  @Test
  void callsAreAskedFor() throws IOException {
    Instance object = assertInstanceOf(Instance.class, run("cos\nsystem\nU\2ls\u0085R."));
    assertEquals(List.of("os.system[ls]"), calls.called);
    assertEquals("os.system", object.type().path());
    run("\u008c\1m\u008c\1n\u0093K\1\u0085\u0081.");
    run("\u008c\1m\u008c\1n\u0093)}\u0092.");
    run("(K\1im\nn\n.");
    run("(cm\nn\nK\2o.");
    assertEquals(List.of("os.system[ls]", "m.n[1]", "m.n[]", "m.n[1]", "m.n[2]"), calls.called);
    assertEquals("7", show(run("K\7Q.")));
    assertEquals("7", show(run("P7\n.")));
  }

  @Test
  void whatAnObjectIsGivenIsKept() throws IOException {
    Instance object = assertInstanceOf(Instance.class, run("cm\nn\n)R}U\1aK\1sb(K\2K\3uK\4a."));
    assertEquals("{a=1}", show(object.state()));
    assertEquals("{2=3}", show(object.entries()));
    assertEquals("[4]", show(object.items()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "|ends at byte 0 in the middle",
        "K|ends at byte 1 in the middle",
        "N|ends at byte 1 in the middle",
        "X#ff#ff#ff#7fabc|has a value of 2147483647 bytes at byte 5, but ends after 3",
        "X#ff#ff#ff#ffabc|has a value of 4294967295 bytes",
        "#8d#ff#ff#ff#ff#ff#ff#ff#ff|has a value of 18446744073709551615 bytes",
        "B#0a#00#00#00abc|has a value of 10 bytes",
        "#8e#00#00#00#00#00#00#00#80|has a value of 9223372036854775808 bytes",
        "X#05#00#00#00abc|ends at byte 8 in the middle",
        "#8b#ff#ff#ff#ff|an integer of 4294967295 bytes",
        "#8b#00#00#00#10|an integer of 268435456 bytes",
        "Iabc$.|an integer that is not understood",
        "Fabc$.|a real number that is not understood",
        "Sabc$.|a text without quotes",
        ".|takes a value that is not there",
        "0.|takes values to a mark that is not there",
        "(.|takes a value that is not there",
        "t.|takes values to a mark that is not there",
        "#86.|takes 2 values that are not there",
        "N(#85.|takes 1 values that are not there",
        "h#07.|recalls value 7, which it has not stored",
        "q#00.|takes a value that is not there",
        "Na.|takes a value that is not there",
        "NNa.|appends to a value that is no list",
        "NNNs.|puts an item into a value that is no dictionary",
        "}(Nu.|puts a key without a value into a dictionary",
        "(Nd.|puts a key without a value into a dictionary",
        "cm$n$NR.|calls a class with something that is no tuple",
        "NN#93.|names a class by something that is no text",
        "(o.|makes an object without a class",
        "#82#01.|uses copyreg's extension registry",
        "#97.|keeps buffers outside of itself",
        "#80#06.|is of protocol 6, must be 0 to 5",
        "Z.|unknown opcode 0x5a at byte 0",
        "#ff.|unknown opcode 0xff at byte 0",
      })
  void thatAreNotSound(String pickle, String problem) {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; pickle != null && i < pickle.length(); i++) {
      char c = pickle.charAt(i);
      if (c == '#') {
        bytes.append((char) Integer.parseInt(pickle.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.append(c == '$' ? '\n' : c);
      }
    }
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> run(bytes.toString()));
    assertEquals("read", e.operation());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  /** Each twice as large as the one before, if it were written out. */
  @Test
  void sharedValuesTakeNoMoreThanThePickle() throws IOException {
    assertInstanceOf(Sequence.class, run(")" + "2\u0086".repeat(10_000) + "."));
    assertInstanceOf(Sequence.class, run(")" + "\u0094h\0h\0\u0086".repeat(10_000) + "."));
    assertInstanceOf(Dictionary.class, run("}" + "\u00940}h\0h\0s".repeat(1000) + "."));
  }

  @Test
  void depthAndCyclesDoNoHarm() throws IOException {
    assertInstanceOf(Sequence.class, run(DEEP));
    Sequence cycle = assertInstanceOf(Sequence.class, run("]\u0094h\0a."));
    assertSame(cycle, cycle.items().getFirst());
  }

  @ParameterizedTest
  @ValueSource(strings = {"N", "(", "]", "N\u0094", "K\1"})
  void tooManyValues(String one) {
    String pickle = one.repeat(2_100_000);
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> run(pickle));
    assertTrue(e.getMessage().contains("Python values"), e.getMessage());
  }

  private static String show(PickleValue value) {
    return switch (value) {
      case Constant(Object plain) -> plain.toString();
      case Sequence sequence ->
          sequence.items().stream()
              .map(PickleMachineTest::show)
              .collect(Collectors.joining(", ", "[", "]"));
      case Dictionary dictionary ->
          dictionary.items().entrySet().stream()
              .map(item -> item.getKey() + "=" + show(item.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      default -> "…";
    };
  }
}
