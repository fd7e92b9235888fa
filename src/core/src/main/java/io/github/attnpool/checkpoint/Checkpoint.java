package io.github.attnpool.checkpoint;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.internal.arguments.Arguments;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file of trained parameters: finds the attention-pooling layers in it and reads them.
 *
 * {@snippet :
 * try (Checkpoint checkpoint = Checkpoint.open(Path.of("model.safetensors"))) {
 *   AttentionParameters parameters =
 *       checkpoint.layer().layout("clam").prefix("model").parameters();
 * }
 * }
 *
 * <p>The file may be of any format that {@link TensorFile} knows. What was read lives on after this
 * is closed. Safe to use from any thread.
 */
public final class Checkpoint implements AutoCloseable {
  /** Name in place of a layout's: the layout is recognised by the tensors' names and shapes. */
  public static final String AUTO = "auto";

  private final TensorFile file;
  private final TensorIndex index;

  private Checkpoint(TensorFile file) {
    this.file = file;
    this.index = new TensorIndex(file);
  }

  /**
   * Opens a file and reads its header.
   *
   * @param path a file of tensors
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be read or is not sound
   */
  public static Checkpoint open(Path path) {
    return of(TensorFile.open(path));
  }

  /**
   * Takes over an open file, of any source.
   *
   * @param file closed with this
   * @return the checkpoint, for the caller to close
   */
  public static Checkpoint of(TensorFile file) {
    return new Checkpoint(new Arguments("checkpoint").given("file", file));
  }

  /** {@return the file's tensors and metadata, those of no layer included} */
  public TensorFile file() {
    return file;
  }

  /** {@return every layer of a known layout in the file, those with the shortest prefix first} */
  public List<LayerMatch> layers() {
    return search().layers().stream().map(fit -> LayerMatch.of(fit, index)).toList();
  }

  /**
   * Says why the file holds no layer of a known layout: which tensors no layout explains, or what
   * the nearest layout misses.
   *
   * @return empty if there is a layer, or nothing comes near one
   */
  public Optional<String> trouble() {
    LayoutSearch search = search();
    if (search.isFar() || !search.layers().isEmpty()) {
      return Optional.empty();
    }
    Misfit misfit = new Misfit(file.name(), index, "");
    return Optional.of(misfit.none(search, "any known layout", List.of()).problem());
  }

  /**
   * Drafts a layout for a file that no known layout fits: the steps of the nearest layout, or of
   * the simplest one if none is near, with the file's names. A person has to check it; its note
   * says what was guessed.
   *
   * @return the draft
   */
  public Layout suggestion() {
    LayoutSearch search = search();
    Fit near =
        search
            .inexact()
            .or(search::nearest)
            .orElseGet(
                () ->
                    new Fit(new Binding(Layout.named("lin2017"), index, "", ""), index, List.of()));
    return new LayoutDraft(index, near).draft();
  }

  private LayoutSearch search() {
    return new LayoutSearch(index, KnownLayouts.all(), "", List.of());
  }

  /**
   * Starts reading one layer. Without further settings it is the only one of a known layout.
   *
   * @return a reader with the default settings
   */
  public LayerReader layer() {
    return new LayerReader(file, index);
  }

  /** Closes the file. Closing twice does nothing. */
  @Override
  public void close() {
    file.close();
  }
}
