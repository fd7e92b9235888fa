package io.github.attnpool.bench.peer;

import io.github.attnpool.bench.Arithmetic;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A peer in a child process, which answers requests on its standard input as {@link PeerServer}
 * describes. The process serves the next work too, as long as the command line is the same.
 */
public final class ChildKind implements PeerKind {
  private final String name;
  private final Role role;
  private final Set<Arithmetic> offered;
  private final IntFunction<List<String>> command;
  private @Nullable Child child; // started for the first work
  private List<String> childCommand = List.of();

  /**
   * Takes the command of a child process.
   *
   * @param offered arithmetics that the child may offer
   * @param command the child's command line for a number of threads
   */
  public ChildKind(
      String name, Role role, Set<Arithmetic> offered, IntFunction<List<String>> command) {
    this.name = name;
    this.role = role;
    this.offered = Set.copyOf(offered);
    this.command = command;
  }

  /**
   * Returns attnpool with one backend, in its own JVM.
   *
   * @param jvmOptions options of that JVM
   */
  public static ChildKind attnPool(
      String name, List<String> jvmOptions, String backend, String plan) {
    List<String> command = JavaCommand.of(jvmOptions, PeerServer.class, backend, plan);
    return new ChildKind(name, Role.VARIANT, Set.of(Arithmetic.values()), threads -> command);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Role role() {
    return role;
  }

  @Override
  public Peer prepare(Work work) throws NotOffered {
    NotOffered.unless(offered.contains(work.arithmetic()), "it does not offer this arithmetic");
    NotOffered.unless(
        !work.model().shape().form().asked(), "queries are not passed to other processes");
    List<String> wanted = command.apply(work.threads());
    if (child != null && !(wanted.equals(childCommand) && child.isAlive())) {
      close();
    }
    if (child == null) {
      child = Child.start(wanted);
      childCommand = wanted;
    }
    return child.prepare(work);
  }

  @Override
  public void close() {
    if (child != null) {
      child.close();
      child = null;
    }
  }
}
