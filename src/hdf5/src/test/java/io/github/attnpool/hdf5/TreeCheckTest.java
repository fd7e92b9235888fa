package io.github.attnpool.hdf5;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Trees of nodes that are written here byte by byte, with addresses and lengths of 8 bytes. */
class TreeCheckTest {
  private static final int NODE = 256; // bytes between the nodes

  private final ByteBuffer bytes = ByteBuffer.allocate(8 * NODE).order(ByteOrder.LITTLE_ENDIAN);
  private final TreeCheck trees = new TreeCheck(MemorySegment.ofBuffer(bytes), 8, 8);

  /** A node of a group's tree, whose children are other nodes by their number. */
  private void node(int number, int level, int... children) {
    bytes.position(number * NODE).put(new byte[] {'T', 'R', 'E', 'E', 0, (byte) level});
    bytes.putShort((short) children.length).putLong(-1).putLong(-1);
    for (int child : children) {
      bytes.putLong(0).putLong((long) child * NODE);
    }
  }

  @Test
  void acceptsATree() {
    node(0, 2, 1, 2);
    node(1, 1, 3);
    node(2, 1, 4);
    node(3, 0, 5, 6);
    node(4, 0, 7);
    assertDoesNotThrow(() -> trees.checkGroup(0));
  }

  @Test
  void refusesNodesThatAreShared() {
    node(0, 2, 1, 2);
    node(1, 1, 3);
    node(2, 1, 3);
    node(3, 0);
    assertEquals("two nodes of a tree share the one at 768", problem());
  }

  @Test
  void refusesMembersThatAreShared() {
    node(0, 0, 5, 5);
    assertEquals("two nodes of a tree share the one at 1280", problem());
  }

  @Test
  void refusesACircle() {
    node(0, 1, 0);
    assertEquals("two nodes of a tree share the one at 0", problem());
    node(0, 1, 1);
    node(1, 1, 2);
    assertEquals("a tree has a node of level 1 too deep", problem());
  }

  @Test
  void refusesWhatIsNoTree() {
    node(0, 1, 1);
    assertEquals("there is no tree at 256", problem());
  }

  @Test
  void takesChunksThatLieInOnePlace() {
    bytes.put(new byte[] {'T', 'R', 'E', 'E', 1, 0}).putShort((short) 2).putLong(-1).putLong(-1);
    int key = 8 + 3 * 8; // of a matrix
    bytes.position(bytes.position() + key).putLong(99).position(bytes.position() + key).putLong(99);
    assertDoesNotThrow(() -> trees.checkChunks(0, 2));
  }

  private String problem() {
    return assertThrows(IllegalArgumentException.class, () -> trees.checkGroup(0)).getMessage();
  }
}
