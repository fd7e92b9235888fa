package io.github.attnpool.internal.natives;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The symbol versions that a 64-bit little-endian ELF library needs of others, from its section of
 * type SHT_GNU_verneed (System V ABI; Linux Standard Base, symbol versioning).
 */
final class ElfVersions {
  private static final int SHT_GNU_VERNEED = 0x6ffffffe;

  /**
   * One version that is needed.
   *
   * @param file library that must have it, for example {@code libc.so.6}
   * @param version for example {@code GLIBC_2.34}
   * @param hashAt where in the file the version's hash stands
   * @param nameAt where in the file the version's name stands
   */
  record Need(String file, String version, int hashAt, int nameAt) {}

  private final ByteBuffer elf;

  private ElfVersions(byte[] library) {
    elf = ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN);
    if (elf.getInt(0) != 0x464c457f || elf.get(4) != 2 || elf.get(5) != 1) {
      throw new IllegalArgumentException("not a 64-bit little-endian ELF file");
    }
  }

  static List<Need> neededBy(byte[] library) {
    return new ElfVersions(library).needs();
  }

  /** The hash by which the dynamic linker compares versions. */
  static int hash(String version) {
    int hash = 0;
    for (byte c : version.getBytes(US_ASCII)) {
      hash = (hash << 4) + c;
      int high = hash & 0xf0000000;
      hash = (hash ^ high >>> 24) & ~high;
    }
    return hash;
  }

  private List<Need> needs() {
    List<Need> needs = new ArrayList<>();
    int sections = elf.getShort(60) & 0xffff;
    for (int i = 0; i < sections; i++) {
      int header = sectionHeader(i);
      if (elf.getInt(header + 4) == SHT_GNU_VERNEED) {
        int strings = offset(sectionHeader(elf.getInt(header + 40)));
        read(offset(header), elf.getInt(header + 44), strings, needs);
      }
    }
    return needs;
  }

  /** Linked lists: of libraries, and in each of versions. */
  private void read(int library, int libraries, int strings, List<Need> needs) {
    for (int i = 0; i < libraries; i++) {
      String file = string(strings + elf.getInt(library + 4));
      int version = library + elf.getInt(library + 8);
      for (int j = 0; j < elf.getShort(library + 2); j++) {
        int name = strings + elf.getInt(version + 8);
        needs.add(new Need(file, string(name), version, name));
        version += elf.getInt(version + 12);
      }
      library += elf.getInt(library + 12);
    }
  }

  private int sectionHeader(int index) {
    return (int) elf.getLong(40) + index * (elf.getShort(58) & 0xffff);
  }

  private int offset(int sectionHeader) {
    return (int) elf.getLong(sectionHeader + 24);
  }

  private String string(int at) {
    int end = at;
    while (elf.get(end) != 0) {
      end++;
    }
    return new String(elf.array(), at, end - at, US_ASCII);
  }
}
