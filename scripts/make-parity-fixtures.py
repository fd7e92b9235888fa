#!/usr/bin/env python3
"""Makes the fixtures of the parity tests: what PyTorch computes, in float64.

Needs torch, numpy and safetensors (made with torch 2.13). Without options it rewrites every file
in src/core/src/test/resources/parity:

  cases.txt            names of all cases, one a line
  NAME.safetensors     one case:
    scores, weights    F64 [B,T], or [N] when ragged; -inf and 0 at masked places
    context            F64 [B,H]
    logits             F64 [B,O], where the case has an output layer
    lengths, keep or offsets   where the case has them
    metadata "recipe"  one line for each input tensor, in the order in which they are drawn:
                       name, shape, cycle, scale, shift, CRC-32 of its little-endian float32 bytes

The inputs themselves (x, W.weight, W.bias, a.weight, a.bias, fc.weight, fc.bias) are not stored:
the recipe makes them again; see fixture_files.py. --check compares float64 results to 1e-12 and
everything else exactly.
"""

import dataclasses
import math
import sys

import torch
from fixture_files import RESOURCES, Recipe, holes, kept, run


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    batch: int
    steps: int  # of the whole batch together when ragged
    width: int
    units: int = 0  # 0: the linear form
    outputs: int = 0  # 0: no output layer
    without: tuple = ()  # names of biases left out
    lengths: tuple = ()
    keep: str = ""  # rows of 1 and 0, one for each sequence, separated by blanks
    offsets: tuple = ()
    scale: dict = dataclasses.field(default_factory=dict)  # instead of the usual, by tensor
    shift: dict = dataclasses.field(default_factory=dict)
    distinct_rows: int = 0  # 0: all; else so many rows, repeated


NO_BIAS = ("W.bias", "a.bias", "fc.bias")


def plain(batch, steps, width, units):
    return Case(f"plain-b{batch}-t{steps}-h{width}-d{units}", batch, steps, width, units)


CASES = [
    plain(1, 1, 1, 1),
    plain(1, 1, 768, 64),
    plain(3, 1, 100, 100),
    plain(1, 2, 64, 64),
    plain(2, 2, 7, 257),
    plain(5, 3, 64, 7),
    plain(1, 3, 1, 768),
    plain(4, 7, 7, 7),
    plain(2, 7, 257, 1),
    plain(1, 16, 64, 64),
    plain(3, 16, 100, 64),
    plain(2, 17, 64, 100),
    plain(1, 17, 257, 257),
    plain(5, 64, 64, 64),
    plain(1, 64, 768, 7),
    plain(2, 100, 100, 100),
    plain(1, 100, 7, 768),
    plain(3, 257, 64, 257),
    plain(1, 257, 1, 64),
    plain(2, 300, 100, 64),
    plain(1, 300, 257, 100),
    plain(1, 700, 64, 64),
    plain(5, 700, 7, 7),
    plain(1, 700, 768, 768),
    Case("without-bias-t1", 1, 1, 7, 1, without=NO_BIAS),
    Case("without-bias-t16", 2, 16, 64, 64, without=NO_BIAS),
    Case("without-bias-t257", 1, 257, 100, 7, without=NO_BIAS),
    Case("without-score-bias", 2, 100, 64, 257, without=("a.bias",)),
    Case("without-hidden-bias", 2, 17, 257, 64, without=("W.bias",)),
    Case("sharp-t100", 2, 100, 64, 64, scale={"a.weight": 8.0}),
    Case("sharp-t700", 3, 700, 100, 257, scale={"x": 4.0, "a.weight": 2.0}),
    Case("linear-one-row", 2, 1, 64),
    Case("linear-t3", 4, 3, 1, scale={"a.weight": 3.0}),
    Case("linear-t17", 3, 17, 100, without=NO_BIAS),
    Case("linear-t300", 2, 300, 257, scale={"a.weight": 0.5}),
    Case("linear-t700", 1, 700, 768, without=NO_BIAS, scale={"a.weight": 0.25}),
    Case("output-t7", 5, 7, 64, 7, outputs=1, without=("fc.bias",)),
    Case("output-t64", 3, 64, 100, 64, outputs=5),
    Case("output-linear", 2, 100, 7, outputs=2, scale={"a.weight": 2.0}),
    Case("output-lengths", 4, 17, 257, 64, outputs=3, lengths=(17, 0, 5, 1)),
    Case("lengths-t100", 5, 100, 64, 64, lengths=(100, 1, 0, 57, 2)),
    Case("lengths-t700", 4, 700, 100, 64, lengths=(699, 3, 700, 257)),
    Case("lengths-linear", 3, 257, 100, lengths=(0, 256, 17), scale={"a.weight": 1.0}),
    Case("keep-t17", 5, 17, 64, 7, keep=" ".join((
        "0" * 17, "0" * 16 + "1", "1" + "0" * 16, "10" * 8 + "1", "0" + "1" * 15 + "0"))),
    Case("keep-t64", 4, 64, 100, 64, keep=holes(64, 2, 3, 5, 64)),
    Case("keep-t300", 2, 300, 7, 100, keep=holes(300, 7, 2)),
    Case("keep-linear", 3, 100, 257, without=NO_BIAS, keep=holes(100, 4, 1, 9)),
    Case("ragged-small", 5, 9, 64, 64, offsets=(0, 0, 1, 3, 3, 9)),
    Case("ragged-t700", 5, 1019, 64, 100, offsets=(0, 700, 717, 717, 718, 1019)),
    Case("ragged-wide", 4, 381, 768, 100, offsets=(0, 17, 81, 81, 381)),
    Case("ragged-linear", 5, 282, 257, offsets=(0, 16, 16, 16, 25, 282), scale={"a.weight": 0.5}),
    Case("ragged-output", 3, 120, 100, 64, outputs=4, offsets=(0, 100, 103, 120)),
    Case("ragged-nothing", 2, 0, 7, 7, offsets=(0, 0, 0)),
    # Equal scores: by a = 0, by equal rows.
    Case("equal-by-parameters", 2, 300, 64, 64, scale={"a.weight": 0.0}),
    Case("equal-by-rows", 2, 257, 100, 64, scale={"a.weight": 4.0}, distinct_rows=1),
    # Scores of about +-1e4: far apart, and close to each other.
    Case("scores-1e4-d1", 3, 64, 64, 1, scale={"W.weight": 0.25, "a.weight": 1e4}),
    Case("scores-1e4-d64", 2, 300, 100, 64, scale={"a.weight": 2e3}),
    Case("scores-1e4-linear", 3, 100, 64, scale={"a.weight": 2e3}),
    Case("scores-1e4-tied", 2, 99, 64, 7, scale={"a.weight": 5e3}, distinct_rows=3),
    Case("scores-plus-1e4", 3, 100, 64, 64, shift={"a.bias": 1e4}),
    Case("scores-minus-1e4", 3, 100, 64, 64, shift={"a.bias": -1e4}),
    Case("scores-plus-1e4-linear", 2, 257, 7, shift={"a.bias": 1e4}),
    # Huge x, far enough below float32's 3.4e38 that no partial sum of W x overflows. The context
    # cannot: it lies within the rows' range.
    Case("huge-x", 3, 100, 64, 64, scale={"x": 1e30}),
    Case("huge-x-d7", 5, 17, 257, 7, scale={"x": 1e34}),
    Case("huge-x-linear", 2, 64, 100, scale={"x": 1e30, "a.weight": 1e-30}),
    Case("huge-x-keep", 2, 64, 64, 64, scale={"x": 1e30}, keep=holes(64, 3, 5)),
    # Tiny x; in the subnormal cases x is below 2^-126, float32's smallest normal number.
    Case("tiny-x", 3, 100, 64, 64, scale={"x": 1e-30}),
    Case("tiny-x-without-bias", 2, 64, 100, 64, without=NO_BIAS, scale={"x": 1e-30}),
    Case("tiny-x-linear", 2, 64, 100, scale={"x": 1e-30, "a.weight": 1e30}),
    Case("subnormal-x", 2, 17, 64, 64, scale={"x": 1e-39}),
    Case("subnormal-x-without-bias", 2, 17, 64, 7, without=NO_BIAS, scale={"x": 1e-39}),
]


class AttentionPooling(torch.nn.Module):
    """The textbook module; without hidden units the linear form."""

    def __init__(self, case):
        super().__init__()
        with_bias = lambda name: name not in case.without
        width, units = case.width, case.units
        self.W = torch.nn.Linear(width, units, with_bias("W.bias")) if units else None
        self.a = torch.nn.Linear(units or width, 1, with_bias("a.bias"))
        self.fc = (
            torch.nn.Linear(width, case.outputs, with_bias("fc.bias")) if case.outputs else None
        )

    def forward(self, x, keep):
        hidden = torch.tanh(self.W(x)) if self.W else x
        scores = self.a(hidden).squeeze(-1).masked_fill(~keep, -math.inf)
        weights = torch.softmax(scores, dim=1)
        # PyTorch's softmax over nothing is NaN; a sequence without rows yields zeros here.
        weights = weights.masked_fill(~keep.any(dim=1, keepdim=True), 0.0)
        context = (weights.unsqueeze(-1) * x).sum(dim=1)
        result = {"scores": scores, "weights": weights, "context": context}
        if self.fc:
            result["logits"] = self.fc(context)
        return result


def draw(case):
    """The input tensors, float32, and their recipe."""
    shapes = AttentionPooling(case).state_dict()
    x_shape = (case.steps,) if case.offsets else (case.batch, case.steps)
    shapes = {"x": (*x_shape, case.width)} | {name: tuple(t.shape) for name, t in shapes.items()}
    recipe = Recipe(case.name)
    tensors = {}
    for name, shape in shapes.items():
        cycle = case.width * case.distinct_rows if name == "x" and case.distinct_rows else None
        fan_in = {"W": case.width, "a": case.units or case.width, "fc": case.width}
        usual = 1.0 if name == "x" else 1 / math.sqrt(fan_in[name.split(".")[0]])
        scale, shift = case.scale.get(name, usual), case.shift.get(name, 0.0)
        tensors[name] = recipe.draw(name, shape, scale, shift, cycle)
    return tensors, recipe.text()


def compute(case):
    """One case's tensors and its recipe."""
    inputs, recipe = draw(case)
    module = AttentionPooling(case).double()
    module.load_state_dict({k: v.double() for k, v in inputs.items() if k != "x"})
    x = inputs["x"].double()
    keep, tensors = kept(case)
    with torch.no_grad():
        if case.offsets:
            bounds = list(zip(case.offsets, case.offsets[1:]))
            parts = [module(x[None, i:j], keep[None, i:j]) for i, j in bounds]
            result = {
                name: torch.cat([p[name][0] if name in ("scores", "weights") else p[name]
                                 for p in parts])
                for name in parts[0]
            }
        else:
            result = module(x, keep)
    tensors |= {name: value.contiguous().numpy() for name, value in result.items()}
    return tensors, recipe


if __name__ == "__main__":
    sys.exit(run(__doc__, RESOURCES / "parity", CASES, compute))
