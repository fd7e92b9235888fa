package io.github.attnpool.internal.cuda.device;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.nvidia.GraphApi;
import io.github.attnpool.internal.lifetime.Releases;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Graphs of launches that were run more than once on a stream. The device needs less time for a
 * small batch than the host needs for its launches, and a graph is one launch. Launches go one by
 * one the first time, when libraries may still have to load their kernels, and are captured the
 * second time. Few graphs are kept, those used last.
 */
final class LaunchGraphs implements AutoCloseable {
  private static final int MAX_GRAPHS = 16;
  private static final long NOT_YET = 0;

  private final long stream;
  private final Map<List<Launch>, Long> graphs = new LinkedHashMap<>(16, 0.75f, true);
  private boolean refused; // captures, by a library or the driver

  LaunchGraphs(long stream) {
    this.stream = stream;
  }

  /** Puts launches on the stream. */
  void run(List<Launch> launches) {
    if (refused) {
      launch(launches);
      return;
    }
    Long graph = graphs.get(launches);
    if (graph == null) {
      launch(launches);
      graphs.put(launches, NOT_YET);
      evict();
      return;
    }
    if (graph == NOT_YET) {
      try {
        graph = capture(launches);
      } catch (AttnPoolException _) {
        // Nothing was run yet, and graphs are for speed alone; gpu-check fails where there are
        // none.
        refused = true;
        launch(launches);
        return;
      }
      graphs.put(launches, graph);
    }
    GraphApi.launch(graph, stream);
  }

  /** Returns the number of graphs that are captured. */
  long count() {
    return graphs.values().stream().filter(graph -> graph != NOT_YET).count();
  }

  private void launch(List<Launch> launches) {
    for (Launch each : launches) {
      each.on(stream);
    }
  }

  private long capture(List<Launch> launches) {
    GraphApi.beginCapture(stream);
    long graph;
    try {
      launch(launches);
    } catch (RuntimeException | Error e) {
      endFailedCapture(e);
      throw e;
    }
    graph = GraphApi.endCapture(stream);
    try {
      return GraphApi.instantiate(graph);
    } finally {
      GraphApi.destroyGraph(graph);
    }
  }

  private void endFailedCapture(Throwable failure) {
    try {
      GraphApi.destroyGraph(GraphApi.endCapture(stream));
    } catch (AttnPoolException e) {
      failure.addSuppressed(e); // the capture has ended all the same
    }
  }

  private void evict() {
    if (graphs.size() > MAX_GRAPHS) {
      Iterator<Long> oldest = graphs.values().iterator();
      long graph = oldest.next();
      oldest.remove();
      destroy(graph);
    }
  }

  private static void destroy(long graph) {
    if (graph != NOT_YET) {
      GraphApi.destroyExecutable(graph);
    }
  }

  /** Forgets all graphs; others may be made afterwards. */
  @Override
  public void close() {
    try (Releases releases = new Releases()) {
      graphs.values().forEach(graph -> releases.own(() -> destroy(graph)));
      graphs.clear();
    }
  }
}
