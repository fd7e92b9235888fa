#!/usr/bin/env python3
"""One Python library as a peer of scripts/bench-python: answers requests of a parent process.

Arguments: one of KINDS below, and the number of threads. Requests and
answers are lines, as the Java class PeerServer says.
"""

import functools
import json
import os
import struct
import sys
import time


def main(kind, threads):
    # Nothing but answers may go to standard output, whatever a library prints.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    peer = None
    for line in sys.stdin:
        words = line.split(None, 2)
        if words[0] == "prepare":
            peer = None
            try:
                peer = KINDS[kind](Work(words[1]), threads)
                answer = "ready " + peer.runs_on()
            except (ImportError, NotOffered) as reason:
                answer = "skip " + " ".join(str(reason).split())
        elif words[0] == "time":
            nanos = peer.time(int(words[1]), int(words[2]))
            answer = "nanos " + " ".join(map(str, nanos))
        elif words[0] == "result":
            context, weights = peer.result(int(words[1]))
            write_safetensors(words[2].strip(), {"context": context, "weights": weights})
            answer = "done"
        elif words[0] == "release":
            peer = None
            answer = "done"
        else:
            raise ValueError("unknown request " + line)
        print(answer, file=answers)


class NotOffered(Exception):
    """The library cannot do the work; the text is the reason."""


class Work:
    """Weights and inputs as raw bytes, by name; `shape` is B, T, H, D."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "work.safetensors"), "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
            self.data = bytearray(file.read())
        metadata = header.pop("__metadata__")
        self.tensors = header
        self.bf16 = metadata["arithmetic"] != "f32"
        self.shape = [int(size) for size in metadata["shape"].replace("-", "x").split("x")]
        self.inputs = sum(name.startswith("x") for name in header)

    def numpy(self, name):
        """A tensor as an array; of bfloat16, its bits as uint16."""
        import numpy

        tensor = self.tensors[name]
        begin, end = tensor["data_offsets"]
        kind = {"F32": numpy.float32, "BF16": numpy.uint16}[tensor["dtype"]]
        return numpy.frombuffer(self.data, kind, (end - begin) // numpy.dtype(kind).itemsize,
                                begin).reshape(tensor["shape"])


class Peer:
    """Counts calls; a subclass has `run(input)`, which returns context and weights."""

    next = 0
    inputs = 1

    def time(self, samples, repeat):
        nanos = []
        for _ in range(samples):
            start = time.perf_counter_ns()
            for _ in range(repeat):
                self.run(self.next)
                self.next = (self.next + 1) % self.inputs
            nanos.append(time.perf_counter_ns() - start)
        return nanos


class Torch(Peer):
    """PyTorch, eager or compiled with frozen weights; the weighted sum as the textbook has it, or
    as a batched matrix product."""

    def __init__(self, work, threads, compiled=False, matmul=False):
        import torch

        self.torch = torch
        self.compiled = compiled
        self.threads = threads
        torch.set_num_threads(threads)
        kind = torch.bfloat16 if work.bf16 else torch.float32
        self.module = self.textbook(work, matmul).eval().to(kind)
        self.inputs = work.inputs
        self.x = [self.tensor(work, f"x{i}") for i in range(work.inputs)]
        if compiled:
            import torch._inductor.config as config

            config.freezing = True
            torch._dynamo.reset()
            self.module = torch.compile(self.module, dynamic=False)
        with torch.no_grad():
            self.module(self.x[0])

    def tensor(self, work, name):
        array = work.numpy(name)
        tensor = self.torch.from_numpy(array.copy())
        return tensor.view(self.torch.bfloat16) if array.dtype.itemsize == 2 else tensor

    def textbook(self, work, matmul):
        torch = self.torch
        _, _, h, d = work.shape

        class AttentionPooling(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.W = torch.nn.Linear(h, d)
                self.a = torch.nn.Linear(d, 1)

            def forward(self, x):
                alpha = torch.softmax(self.a(torch.tanh(self.W(x))), dim=1)
                if matmul:
                    return alpha.transpose(1, 2) @ x, alpha
                return torch.sum(alpha * x, dim=1), alpha

        module = AttentionPooling()
        names = ["W.weight", "W.bias", "a.weight", "a.bias"]
        module.load_state_dict({name: self.tensor(work, name) for name in names})
        return module

    def run(self, index):
        with self.torch.no_grad():
            return self.module(self.x[index])

    def result(self, index):
        return [tensor.float().numpy().ravel() for tensor in self.run(index)]

    def runs_on(self):
        how = "compiled, frozen" if self.compiled else "eager"
        return f"PyTorch {self.torch.__version__} {how}, {self.threads} thr"


class OnnxRuntime(Peer):
    """ONNX Runtime with the graph that is its fastest; inputs and outputs bound beforehand."""

    def __init__(self, work, threads):
        import numpy
        import onnxruntime

        if work.bf16:
            raise NotOffered("ONNX Runtime has no bfloat16 MatMul on CPUs")
        self.version = onnxruntime.__version__
        self.threads = threads
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            os.path.join(work.folder, "batched-matmul.onnx"), options,
            providers=["CPUExecutionProvider"])
        b, t, h, _ = work.shape
        self.outputs = [numpy.empty((b, h), numpy.float32), numpy.empty((b, t), numpy.float32)]
        self.inputs = work.inputs
        self.x = [work.numpy(f"x{i}").copy() for i in range(work.inputs)]
        self.bindings = [self.bind(numpy, x) for x in self.x]

    def bind(self, numpy, x):
        binding = self.session.io_binding()
        binding.bind_input("x", "cpu", 0, numpy.float32, x.shape, x.ctypes.data)
        for name, array in zip(["context", "weights"], self.outputs):
            binding.bind_output(name, "cpu", 0, numpy.float32, array.shape, array.ctypes.data)
        return binding

    def run(self, index):
        self.session.run_with_iobinding(self.bindings[index])

    def result(self, index):
        self.run(index)
        return [array.ravel() for array in self.outputs]

    def runs_on(self):
        return f"ONNX Runtime {self.version} CPU, {self.threads} thr"


class Jax(Peer):
    """JAX, compiled, with the weights as constants."""

    def __init__(self, work, threads):
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_platforms", "cpu")
        self.version = jax.__version__
        self.threads = threads
        kind = jnp.bfloat16 if work.bf16 else jnp.float32

        def load(name):
            array = work.numpy(name)
            if array.dtype.itemsize == 2:
                array = array.view(jnp.bfloat16)
            return jax.device_put(jnp.asarray(array).astype(kind))

        w, b, a, c = (load(name) for name in ["W.weight", "W.bias", "a.weight", "a.bias"])

        @jax.jit
        def forward(x):
            alpha = jax.nn.softmax(jnp.tanh(x @ w.T + b) @ a.T + c, axis=1)
            return jnp.sum(alpha * x, axis=1), alpha

        self.forward = forward
        self.block = jax.block_until_ready
        self.inputs = work.inputs
        self.x = [load(f"x{i}") for i in range(work.inputs)]

    def run(self, index):
        return self.block(self.forward(self.x[index]))

    def result(self, index):
        import numpy

        return [numpy.asarray(array).astype(numpy.float32).ravel() for array in self.run(index)]

    def runs_on(self):
        return f"JAX {self.version} CPU, {self.threads} thr"


def write_safetensors(path, tensors):
    """Writes one-dimensional float32 arrays."""
    header, data = {}, b""
    for name, array in tensors.items():
        begin = len(data)
        data += array.tobytes()
        header[name] = {"dtype": "F32", "shape": [array.size], "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


KINDS = {
    "torch-eager": Torch,
    "torch-eager-matmul": functools.partial(Torch, matmul=True),
    "torch-compile": functools.partial(Torch, compiled=True),
    "torch-compile-matmul": functools.partial(Torch, compiled=True, matmul=True),
    "onnxruntime": OnnxRuntime,
    "jax": Jax,
}

if __name__ == "__main__":
    count = int(sys.argv[2])
    if sys.argv[1] == "jax" and hasattr(os, "sched_setaffinity"):
        # XLA takes as many threads as the process has processors.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])
    main(sys.argv[1], count)
