package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TorchRandomTest {
  @Test
  void drawsWhatTorchDraws() {
    // torch.manual_seed(s); torch.rand(3)
    assertDraws(1, 0x1.83e84ap-1f, 0x1.1e03acp-2f, 0x1.9cbe3p-2f);
    assertDraws(5489, 0x1.2376b8p-1f, 0x1.5d3decp-1f, 0x1.c3f5dcp-1f);
    assertDraws(0xFFFFFFFF, 0x1.fcd346p-1f, 0x1.248244p-1f, 0x1.23d818p-1f);
  }

  @Test
  void staysInStepOverALargeTensor() {
    // torch.manual_seed(7); r = torch.rand(1000001); r[624], r[1000000]
    TorchRandom random = new TorchRandom(7);
    for (int i = 0; i <= 1_000_000; i++) {
      float value = random.next();
      if (i == 624) {
        assertEquals(0x1.ea715cp-2f, value);
      } else if (i == 1_000_000) {
        assertEquals(0x1.de5512p-1f, value);
      }
    }
  }

  private static void assertDraws(int seed, float... expected) {
    TorchRandom random = new TorchRandom(seed);
    for (float value : expected) {
      assertEquals(value, random.next(), "seed " + seed);
    }
  }
}
