#!/usr/bin/env python3
"""Times PyTorch, eager and compiled, on the shapes that gpu-check timed.

Prints Markdown for the report, each row as soon as it is known: the forward pass as far as the
context, medians in ms, and whether the targets are met.
"""

import argparse
import statistics
import sys
import time

LAUNCHES = 20
SAMPLES = 15
CALLS = 30
COPIES = 4
MAX_BUSY = 64
TARGETS = ("64x512x768x768", "1x50000x1024x256")  # in BF16
EAGER_TARGET = 2.0
COMPILED_TARGET = 1.3


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("table", help="the file of timings that the Java part wrote")
    parser.add_argument("--device", type=int, default=0)
    parser.add_argument("--all-shapes", action="store_true",
                        help="compile for all shapes, not only for those with targets")
    options = parser.parse_args(arguments)
    try:
        import torch
    except ImportError:
        print("Not run: this Python has no torch.")
        return 0
    if not torch.cuda.is_available():
        print("Not run: this torch %s sees no GPU." % torch.__version__)
        return 0
    torch.cuda.set_device(options.device)
    print("PyTorch %s on %s; rows in device memory. Eager, graph (eager as a CUDA graph) and "
          "compiled\n(max-autotune): %d launches that wait on the stream, between two CUDA "
          "events, each on the next\nof %d copies of the rows, contexts left on the device. Call: "
          "eager, by the calling thread's clock,\ncontexts in host memory, as attnpool's is." % (
              torch.__version__, torch.cuda.get_device_name(), LAUNCHES, COPIES))
    print("\n| B×T×H×D | precision | eager | graph | call | compiled | attnpool "
          "| eager / attnpool | compiled / attnpool |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with open(options.table, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    timer = Timer(torch)
    failures = 0
    for shape, precision, fused in rows:
        has_target = shape in TARGETS and precision == "BF16"
        try:
            times = measure(torch, timer, shape, precision, has_target or options.all_shapes)
        except Exception as reason:  # whatever PyTorch may raise: the other rows still count
            failures += 1
            print("| %s | %s | FAILED: %s |" % (shape, precision, one_line(reason)))
            continue
        tell(shape, precision, float(fused), times, has_target)
    if timer.late:
        print("\nOf the samples %d hold launch times too." % timer.late)
    return 3 if failures else 0


def tell(shape, precision, ours, times, has_target):
    """Prints a row."""
    eager, graph, call, compiled = times
    print("| %s | %s | %s | %s | %s | %s | %.4f | %s | %s |" % (
        shape, precision, cell(eager), cell(graph), cell(call), cell(compiled), ours,
        ratio(eager, ours, has_target and EAGER_TARGET),
        ratio(compiled, ours, has_target and COMPILED_TARGET)))


def cell(samples):
    """Returns median, smallest and largest; or the reason why there are none."""
    if not isinstance(samples, list):
        return samples
    return "%.4f (%.4f–%.4f)" % (statistics.median(samples), min(samples), max(samples))


def ratio(samples, ours, target):
    """Returns how many times as long PyTorch takes."""
    if not isinstance(samples, list):
        return ""
    times = statistics.median(samples) / ours
    if not target:
        return "%.2f" % times
    return "%.2f, at least %.1f wanted: %s" % (
        times, target, "target met" if times >= target else "TARGET MISSED")


def measure(torch, timer, shape, precision, compiles):
    """Returns samples in ms: eager, as a graph, whole calls, compiled; or why there are none."""
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
    first = torch.rand(batch, steps, width, device="cuda", dtype=dtype) * 2 - 1
    copies = [first] + [first.clone() for _ in range(COPIES - 1)]
    with torch.inference_mode():
        eager = timer.samples(lambda turn: module(copies[turn % COPIES]))
        calls = whole_calls(torch, lambda turn: module(copies[turn % COPIES]))
        try:
            graphs = [captured(torch, lambda x=x: module(x)) for x in copies]
            graph = timer.samples(lambda turn: graphs[turn % COPIES].replay())
        except Exception as reason:  # a column less
            graph = "failed: " + one_line(reason)
        if not compiles:
            return eager, graph, calls, ""
        try:
            torch.compiler.reset()  # or other shapes would be taken for dynamic ones
            fast = torch.compile(module, mode="max-autotune-no-cudagraphs")
            compiled = timer.samples(lambda turn: fast(copies[turn % COPIES]))
        except Exception as reason:  # whatever a compiler may raise
            compiled = "failed: " + one_line(reason)
        return eager, graph, calls, compiled


def captured(torch, work):
    """Work as a graph."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph


def whole_calls(torch, work):
    """By the clock, results in host memory."""
    times = []
    for turn in range(2 * CALLS):
        torch.cuda.synchronize()
        start = time.perf_counter()
        work(turn).cpu()
        times.append(1e3 * (time.perf_counter() - start))
    return times[CALLS:]


class Timer:
    """Times launches that wait behind copies, so that the host's time is not in it."""

    def __init__(self, torch):
        self.torch = torch
        self.big = torch.empty(1 << 28, dtype=torch.uint8, device="cuda")
        self.other = torch.empty_like(self.big)
        self.busy = 1
        self.late = 0

    def samples(self, work):
        """Times of one launch, in ms; work is given its number."""
        late = self.late
        self.sample(work)  # compiles and warms up: slow for reasons of its own
        self.busy = 1
        self.late = late
        return [self.sample(work) for _ in range(SAMPLES)]

    def sample(self, work):
        """One of them."""
        start = self.torch.cuda.Event(enable_timing=True)
        end = self.torch.cuda.Event(enable_timing=True)
        while True:
            for _ in range(self.busy):
                self.other.copy_(self.big)
            start.record()
            for turn in range(LAUNCHES):
                work(turn)
            end.record()
            ahead = not start.query()
            end.synchronize()
            if ahead or self.busy == MAX_BUSY:
                self.late += not ahead
                return start.elapsed_time(end) / LAUNCHES
            self.busy *= 2


def one_line(reason):
    """For a cell of a table."""
    return " ".join(("%s: %s" % (type(reason).__name__, reason)).replace("|", "/").split())[:200]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
