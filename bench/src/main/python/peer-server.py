#!/usr/bin/env python3
"""Times one Python library for scripts/bench-python: answers the requests of a parent process.

Arguments: one of KINDS below, and the number of threads. Requests and answers are lines, which the
Java class PeerServer describes.
"""

import functools
import json
import os
import struct
import sys
import time


def main(kind, threads):
    # Only answers may go to standard output, whatever a library prints.
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
            arrays = zip(["context", "weights", "logits"], peer.result(int(words[1])))
            write_safetensors(words[2].strip(), dict(arrays))
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
    """Weights and inputs as raw bytes, by name; `shape` is B, T, the width of x, D.

    The tensors that are there tell the form of the layer. They are those of PyTorch's Linear: proj
    (the projection, followed by relu or gelu), W and V (hidden units and gate), a (a row for each
    head or channel), values.0 and values.2 (with relu between them, what is pooled), fc (a row for
    each head's context). With the word stats, mean and standard deviation per channel are pooled.
    """

    MAPS = ["proj", "W", "V", "a", "values.0", "values.2", "fc"]

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "work.safetensors"), "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
            self.data = bytearray(file.read())
        metadata = header.pop("__metadata__")
        self.tensors = header
        self.bf16 = metadata["arithmetic"] != "f32"
        sizes, *words = metadata["shape"].split("+")
        self.stats = "stats" in words
        self.min_variance = float(metadata.get("min-variance", 0))
        self.activation = metadata.get("proj.activation", "relu")
        self.shape = [int(size) for size in sizes.replace("-", "x").split("x")]
        self.heads = header["a.weight"]["shape"][0]
        self.maps = [name for name in self.MAPS if name + ".weight" in header]
        self.pooled = header["proj.weight"]["shape"][0] if "proj" in self.maps else self.shape[2]
        self.inputs = sum(name.startswith("x") for name in header)

    def is_plain(self):
        """Tells whether the projection, if any, has relu, and its rows or x are averaged."""
        return self.activation == "relu" and "values.0" not in self.maps and not self.stats

    def numpy(self, name):
        """Returns a tensor as an array; bfloat16 as its bits, in uint16."""
        import numpy

        tensor = self.tensors[name]
        begin, end = tensor["data_offsets"]
        kind = {"F32": numpy.float32, "BF16": numpy.uint16}[tensor["dtype"]]
        return numpy.frombuffer(self.data, kind, (end - begin) // numpy.dtype(kind).itemsize,
                                begin).reshape(tensor["shape"])


class Peer:
    """Times calls; a subclass has `run(input)`, which returns context, weights and, if there is an
    output layer, logits."""

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
    """PyTorch, eager or compiled with frozen weights; the weighted sum as in the textbook, or as a
    batched matrix product."""

    def __init__(self, work, threads, compiled=False, matmul=False):
        import torch

        self.torch = torch
        self.compiled = compiled
        self.threads = threads
        torch.set_num_threads(threads)
        kind = torch.bfloat16 if work.bf16 else torch.float32
        self.module = self.layer(work, matmul).eval().to(kind)
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

    def layer(self, work, matmul):
        torch = self.torch
        heads = work.heads

        def linear(name):
            if name not in work.maps:
                return None
            outputs, inputs = work.tensors[name + ".weight"]["shape"]
            return torch.nn.Linear(inputs, outputs)

        activation = torch.nn.functional.gelu if work.activation == "gelu" else torch.relu

        class AttentionPooling(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.proj = linear("proj")
                self.values = None
                if "values.0" in work.maps:
                    self.values = torch.nn.Sequential(
                        linear("values.0"), torch.nn.ReLU(), linear("values.2"))
                self.W = linear("W")
                self.V = linear("V")
                self.a = linear("a")
                self.fc = linear("fc")

            def forward(self, x):
                if self.proj is not None:
                    x = activation(self.proj(x))
                u = x if self.W is None else torch.tanh(self.W(x))
                if self.V is not None:
                    u = u * torch.sigmoid(self.V(x))
                alpha = torch.softmax(self.a(u), dim=1)
                if work.stats:
                    mean = torch.sum(alpha * x, dim=1)
                    variance = torch.sum(alpha * x**2, dim=1) - mean**2
                    std = torch.sqrt(variance.clamp(min=work.min_variance))
                    return torch.cat([mean, std], dim=1), alpha
                if self.values is not None:
                    x = self.values(x)
                if heads == 1 and not matmul:
                    context = torch.sum(alpha * x, dim=1)
                else:
                    context = alpha.transpose(1, 2) @ x
                if self.fc is None:
                    return context, alpha
                by_head = context.view(-1, heads, x.shape[2])
                return context, alpha, (by_head * self.fc.weight).sum(-1) + self.fc.bias

        module = AttentionPooling()
        names = [name + end for name in work.maps for end in [".weight", ".bias"]]
        module.load_state_dict({name: self.tensor(work, name) for name in names})
        return module

    def run(self, index):
        with self.torch.no_grad():
            return self.module(self.x[index])

    def result(self, index):
        context, weights, *logits = self.run(index)
        tensors = [context, weights.transpose(1, 2), *logits]
        return [tensor.float().numpy().ravel() for tensor in tensors]

    def runs_on(self):
        how = "compiled, frozen" if self.compiled else "eager"
        return f"PyTorch {self.torch.__version__} {how}, {self.threads} thr"


class OnnxRuntime(Peer):
    """ONNX Runtime with its fastest graph; inputs and outputs are bound beforehand."""

    def __init__(self, work, threads):
        import numpy
        import onnxruntime

        if work.bf16:
            raise NotOffered("ONNX Runtime has no bfloat16 MatMul on CPUs")
        if not work.is_plain():
            raise NotOffered("its graph has no GELU, values or statistics")
        self.version = onnxruntime.__version__
        self.threads = threads
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            os.path.join(work.folder, "batched-matmul.onnx"), options,
            providers=["CPUExecutionProvider"])
        b, t, _, _ = work.shape
        columns = [work.heads * work.pooled, work.heads * t, work.heads]
        names = ["context", "weights", "logits"][:3 if "fc" in work.maps else 2]
        self.outputs = {name: numpy.empty((b, n), numpy.float32)
                        for name, n in zip(names, columns)}
        self.inputs = work.inputs
        self.x = [work.numpy(f"x{i}").copy() for i in range(work.inputs)]
        self.bindings = [self.bind(numpy, x) for x in self.x]

    def bind(self, numpy, x):
        binding = self.session.io_binding()
        binding.bind_input("x", "cpu", 0, numpy.float32, x.shape, x.ctypes.data)
        for name, array in self.outputs.items():
            binding.bind_output(name, "cpu", 0, numpy.float32, array.shape, array.ctypes.data)
        return binding

    def run(self, index):
        self.session.run_with_iobinding(self.bindings[index])

    def result(self, index):
        self.run(index)
        return [array.ravel() for array in self.outputs.values()]

    def runs_on(self):
        return f"ONNX Runtime {self.version} CPU, {self.threads} thr"


class Jax(Peer):
    """JAX, compiled, with the weights as constants."""

    def __init__(self, work, threads):
        import jax
        import jax.numpy as jnp

        if not work.is_plain():
            raise NotOffered("GELU, values and statistics are not written with JAX")
        jax.config.update("jax_platforms", "cpu")
        self.version = jax.__version__
        self.threads = threads
        kind = jnp.bfloat16 if work.bf16 else jnp.float32

        def load(name):
            array = work.numpy(name)
            if array.dtype.itemsize == 2:
                array = array.view(jnp.bfloat16)
            return jax.device_put(jnp.asarray(array).astype(kind))

        maps = {name: (load(name + ".weight"), load(name + ".bias")) for name in work.maps}
        heads = work.heads

        def linear(name, x):
            weight, bias = maps[name]
            return x @ weight.T + bias

        @jax.jit
        def forward(x):
            if "proj" in maps:
                x = jax.nn.relu(linear("proj", x))
            u = jnp.tanh(linear("W", x)) if "W" in maps else x
            if "V" in maps:
                u = u * jax.nn.sigmoid(linear("V", x))
            alpha = jax.nn.softmax(linear("a", u), axis=1)
            weights = jnp.swapaxes(alpha, 1, 2)
            context = jnp.sum(alpha * x, axis=1) if heads == 1 else weights @ x
            if "fc" not in maps:
                return context, weights
            weight, bias = maps["fc"]
            by_head = context.reshape(-1, heads, x.shape[2])
            return context, weights, (by_head * weight).sum(-1) + bias

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
