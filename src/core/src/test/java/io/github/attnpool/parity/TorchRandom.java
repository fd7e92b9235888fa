package io.github.attnpool.parity;

/**
 * The numbers of PyTorch's {@code torch.rand} on the CPU, bit for bit: the Mersenne Twister MT19937
 * (Matsumoto and Nishimura, 1998), of which each float32 takes one output's lower 24 bits.
 */
final class TorchRandom {
  private static final int N = 624;
  private static final int M = 397;

  private final int[] state = new int[N];
  private int next = N;

  /** As {@code torch.manual_seed}, for seeds of 32 bits. */
  TorchRandom(int seed) {
    state[0] = seed;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  /** The next element of {@code torch.rand}, in [0, 1). */
  float next() {
    return (nextInt() & 0xFFFFFF) * 0x1p-24f;
  }

  private int nextInt() {
    if (next == N) {
      for (int i = 0; i < N; i++) {
        int y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7FFFFFFF);
        state[i] = state[(i + M) % N] ^ (y >>> 1) ^ ((y & 1) * 0x9908B0DF);
      }
      next = 0;
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9D2C5680;
    y ^= (y << 15) & 0xEFC60000;
    return y ^ (y >>> 18);
  }
}
