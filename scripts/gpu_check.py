#!/usr/bin/env python3
"""Times PyTorch, eager and compiled, on the shapes that gpu-check timed.

Argument: the table that the Java part wrote. Prints Markdown for the report:
the layer's forward to the context, by CUDA events, medians in ms, and the
targets of the project's GPU line.
"""

import statistics
import sys

RUNS = 50
TARGETS = ("64x512x768x768", "1x50000x1024x256")  # in BF16


def main(table):
    try:
        import torch
    except ImportError:
        print("Not run: this Python has no torch.")
        return 0
    if not torch.cuda.is_available():
        print("Not run: this torch %s sees no GPU." % torch.__version__)
        return 0
    print("PyTorch %s on %s; rows in device memory, contexts left there." % (
        torch.__version__, torch.cuda.get_device_name()))
    print("\n| B×T×H×D | precision | eager | compiled | attnpool | eager / attnpool "
          "| compiled / attnpool | |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with open(table, encoding="utf-8") as lines:
        for line in lines:
            shape, precision, gemm, fused = line.rstrip("\n").split("\t")[:4]
            eager, compiled = measure(torch, shape, precision)
            ours = float(fused)
            verdict = ""
            if shape in TARGETS and precision == "BF16":
                met = (eager >= 2 * ours and (compiled is None or compiled >= 1.3 * ours)
                       and float(gemm) >= 0.65 * ours)
                verdict = "target met" if met else "TARGET MISSED"
            print("| %s | %s | %.4f | %s | %.4f | %.2f | %s | %s |" % (
                shape, precision, eager, "failed" if compiled is None else "%.4f" % compiled,
                ours, eager / ours, "" if compiled is None else "%.2f" % (compiled / ours),
                verdict))
    return 0


def measure(torch, shape, precision):
    batch, steps, width, units = map(int, shape.split("x"))
    dtype = {"BF16": torch.bfloat16, "F16": torch.float16}.get(precision, torch.float32)
    torch.backends.cuda.matmul.allow_tf32 = precision == "TF32"

    class Pooling(torch.nn.Module):
        """The textbook module."""

        def __init__(self):
            super().__init__()
            self.W = torch.nn.Linear(width, units)
            self.a = torch.nn.Linear(units, 1)

        def forward(self, x):
            alpha = torch.softmax(self.a(torch.tanh(self.W(x))), dim=1)
            return torch.sum(alpha * x, dim=1)

    torch.manual_seed(1)
    module = Pooling().to("cuda", dtype).eval()
    x = torch.rand(batch, steps, width, device="cuda", dtype=dtype) * 2 - 1
    with torch.inference_mode():
        eager = median(torch, lambda: module(x))
        try:
            compiled = torch.compile(module, mode="max-autotune-no-cudagraphs")
            return eager, median(torch, lambda: compiled(x))
        except Exception as reason:  # whatever a compiler may raise: the report says it failed
            print("torch.compile of %s: %s" % (shape, reason), file=sys.stderr)
            return eager, None


def median(torch, work):
    for _ in range(20):
        work()
    times = []
    for _ in range(RUNS):
        start = torch.cuda.Event(enable_timing=True)
        end = torch.cuda.Event(enable_timing=True)
        start.record()
        work()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
