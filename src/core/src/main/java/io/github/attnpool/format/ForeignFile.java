package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.attnpool.AttnPoolException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Knows the files that people have instead of tensors, and what to do with each. */
final class ForeignFile {
  private static final String READABLE =
      "safetensors, NumPy (.npy, .npz), PyTorch (.pt, .pth, .ckpt, .bin) or HDF5 (.h5)";
  private static final String ONNX =
      "an ONNX model: take the checkpoint that it was exported from, or save the parameters by"
          + " torch.save(model.state_dict(), 'model.pt')";
  private static final String TENSORFLOW =
      "save its variables: python -c \"import numpy, tensorflow as tf;"
          + " r = tf.train.load_checkpoint('model.ckpt');"
          + " numpy.savez('model.npz',"
          + " **{n: r.get_tensor(n) for n in r.get_variable_to_shape_map()})\"";
  private static final String UNPACK = "unpack it first";

  /** What a file is, as the end of a sentence that begins with "it is". */
  private record Kind(BiPredicate<String, String> matches, String what) {}

  /** Of a file's lower-case name and its first bytes; the first that matches counts. */
  private static final List<Kind> KINDS =
      List.of(
          starts(
              "version https://git-lfs",
              "a Git LFS pointer, not the file it points to: run git lfs pull in its repository"),
          content(
              "(?is)(\u00ef\u00bb\u00bf)?\\s*(<!--.*?-->\\s*)?<(!doctype\\s+html|html).*",
              "an HTML page, as a server sends it instead of a file that needs a login or another"
                  + " address: download the file itself (on huggingface.co and github.com by the"
                  + " link \"download\" or \"raw\")"),
          content(
              "(?is)(\u00ef\u00bb\u00bf)?\\s*<\\?xml.*",
              "XML text, as a server sends it with an error: look into it, and download the file"
                  + " again"),
          content(
              "(?s)(.{512}|.{1024}|.{2048})?\u0089HDF\r\n\32\n.*",
              "an HDF5 file, which the artifact io.github.attnpool:attnpool-hdf5 reads: add it"),
          content(
              "(?s)PK\3\4.{26}.{0,300}(metadata\\.json|config\\.json|model\\.weights\\.h5).*",
              "a Keras file, which the artifact io.github.attnpool:attnpool-hdf5 reads: add it"),
          starts("PK\3\4", "a zip archive, but neither of PyTorch nor of NumPy: " + UNPACK),
          starts("PK\5\6", "a zip archive without entries"),
          starts("\u001f\u008b", "compressed by gzip: " + UNPACK + " (gunzip, or tar xzf)"),
          starts("BZh", "compressed by bzip2: " + UNPACK),
          starts("\u00fd7zXZ\0", "compressed by xz: " + UNPACK),
          starts("(\u00b5/\u00fd", "compressed by zstd: " + UNPACK),
          starts("7z\u00bc\u00af", "a 7z archive: " + UNPACK),
          starts("Rar!", "a RAR archive: " + UNPACK),
          content("(?s).{257}ustar.*", "a tar archive: " + UNPACK),
          starts("GGUF", "a GGUF file of quantised weights: take the checkpoint it was made from"),
          content("(?s)(lmgg|tjgg|fmgg).*", "a GGML file: take the checkpoint it was made from"),
          content(
              "(?s).{4}TFL3.*", "a TensorFlow Lite model: take the checkpoint it was made from"),
          named(
              ".*\\.(index|data-\\d+-of-\\d+|ckpt.*\\.meta)",
              "of a TensorFlow checkpoint: " + TENSORFLOW),
          content("(?s)model_checkpoint_path: .*", "of a TensorFlow checkpoint: " + TENSORFLOW),
          named(".*\\.pb", "a TensorFlow graph or SavedModel, not its variables: " + TENSORFLOW),
          named(".*\\.onnx", ONNX),
          content("(?s)\\x08[\\x01-\\x20]\\x12.[ -~]{2,}(\\x1a|\\x22|\\x3a).*", ONNX),
          starts(
              "\u00ac\u00ed\0\5", "a serialised Java object, which is not read: save its arrays"),
          starts(
              "MATLAB 5.0 MAT-file",
              "a MATLAB file: python -c \"import numpy, scipy.io;"
                  + " numpy.save('x.npy', scipy.io.loadmat('x.mat')['x'])\" saves an array of it"),
          content("(?s)(II[*+]\0|MM\0[*+]).*", "a TIFF image: extract its features first"),
          content(
              "(?s)(\u0089PNG\r\n|\u00ff\u00d8\u00ff).*", "an image: extract its features first"),
          starts("PAR1", "a Parquet table: save its columns by numpy.savez"),
          starts("ARROW1", "an Arrow table: save its columns by numpy.savez"),
          named(".*\\.msgpack", "a Flax checkpoint: save its arrays by numpy.savez"),
          content("(?s)\0{64,}", "zeros where it should begin: was the download interrupted?"));

  private static final List<Kind> TEXTS =
      List.of(
          content(
              "(?s)\\s*\\{.*\"weight_map\".*",
              "the list of a checkpoint's parts: give one of the files that it names"),
          content("(?s)(\u00ef\u00bb\u00bf)?\\s*[\\[{].*", "JSON text"),
          content(
              "[^\\r\\n]*[^\\r\\n,;\\t][,;\\t](?s:.*)",
              "a table of text (CSV): python -c \"import numpy;"
                  + " numpy.save('x.npy', numpy.loadtxt('x.csv', delimiter=',', dtype='f4'))\""
                  + " makes an array of it"),
          content("(?s).*", "text"));

  private static final Pattern TEXT =
      Pattern.compile("[\\t\\n\\r\\f -~\u0080-\u00bf\u00c2-\u00f4]+");

  private ForeignFile() {}

  private static Kind starts(String start, String what) {
    return new Kind((_, content) -> content.startsWith(start), what);
  }

  private static Kind content(String pattern, String what) {
    Pattern compiled = Pattern.compile(pattern);
    return new Kind((_, content) -> compiled.matcher(content).matches(), what);
  }

  private static Kind named(String pattern, String what) {
    Pattern compiled = Pattern.compile(pattern);
    return new Kind((name, _) -> compiled.matcher(name).matches(), what);
  }

  /** Returns what a file is and what to do with it; empty if that is not known. */
  static Optional<String> describe(String file, byte[] head) {
    String content = new String(head, ISO_8859_1);
    String name = file.toLowerCase(Locale.ROOT);
    return Stream.concat(
            KINDS.stream(), TEXT.matcher(content).matches() ? TEXTS.stream() : Stream.empty())
        .filter(kind -> kind.matches.test(name, content))
        .findFirst()
        .map(Kind::what);
  }

  /**
   * Returns the exception for a file that no format recognises.
   *
   * @param head its first bytes
   */
  static AttnPoolException refusal(String file, byte[] head) {
    String what =
        head.length == 0
            ? "it is empty: was the download interrupted?"
            : describe(file, head)
                .map(known -> "it is " + known)
                .orElse("its format is not known, must be " + READABLE);
    return new AttnPoolException("read " + file, what);
  }
}
