"""What the makers of test fixtures share: inputs drawn by a recipe, files written or checked.

Inputs are not stored: a recipe makes them again, bit for bit, in PyTorch and in Java. The generator
is seeded with the CRC-32 of a name. For each tensor the first `cycle` elements are drawn by
torch.rand and repeated until the shape is full, then v = (2 r - 1) * scale + shift is computed in
float32: 2 r - 1 is exact, so there is one rounding by the product and one by the sum.
"""

import argparse
import math
import pathlib
import zlib

import numpy
import safetensors
import safetensors.numpy
import torch

RESOURCES = pathlib.Path(__file__).parent.parent / "src/core/src/test/resources"


class Recipe:
    """Draws tensors, and notes in lines how to draw them again."""

    def __init__(self, name):
        torch.manual_seed(zlib.crc32(name.encode()))
        self.lines = []

    def draw(self, name, shape, scale=1.0, shift=0.0, cycle=None):
        """A float32 tensor, and one line: name, shape, cycle, scale, shift, CRC-32 of its bytes."""
        count = math.prod(shape)
        cycle = count if cycle is None else cycle
        scale, shift = single(scale), single(shift)
        values = ((torch.rand(cycle) * 2 - 1) * scale + shift).repeat(count // max(cycle, 1))
        crc = zlib.crc32(values.numpy().astype("<f4").tobytes())
        dims = "x".join(map(str, shape))
        self.lines.append(f"{name} {dims} {cycle} {scale!r} {shift!r} {crc:08x}")
        return values.reshape(shape)

    def text(self):
        return "\n".join(self.lines)


def single(value):
    """The float32 nearest to a number, as Python's float."""
    return float(numpy.float32(value))


def kept(case):
    """Which rows take part, [B,T], or [N] when ragged; and the tensors that say so.

    A case has batch, steps (of the whole batch together when ragged), and at most one of offsets,
    lengths and keep (rows of 1 and 0, one for each sequence, separated by blanks).
    """
    if case.offsets:
        offsets = numpy.array(case.offsets, numpy.int64)
        return torch.ones(case.steps, dtype=torch.bool), {"offsets": offsets}
    if case.lengths:
        lengths = numpy.array(case.lengths, numpy.int64)
        return torch.arange(case.steps) < torch.from_numpy(lengths)[:, None], {"lengths": lengths}
    if case.keep:
        keep = numpy.array([[int(c) for c in row] for row in case.keep.split()], numpy.uint8)
        return torch.from_numpy(keep).bool(), {"keep": keep}
    return torch.ones(case.batch, case.steps, dtype=torch.bool), {}


def holes(steps, *periods):
    """A keep mask, for a case's keep: sequence i lacks every periods[i]-th row."""
    return " ".join("".join("0" if t % p == p - 1 else "1" for t in range(steps)) for p in periods)


def run(description, folder, cases, compute):
    """The command line: writes one file for each case, and cases.txt with their names; or checks.

    compute(case) yields the tensors to store, by name, and the text of the recipe.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, default=folder, metavar="FOLDER",
                        help="where the files are (default: the core module's test resources)")
    parser.add_argument("--case", action="append", metavar="NAME", choices=[c.name for c in cases],
                        help="only this case; may be repeated")
    parser.add_argument("--check", action="store_true",
                        help="write nothing; exit with 1 if a file differs from what would be")
    options = parser.parse_args()
    torch.set_num_threads(1)  # one order of summation
    chosen = [c for c in cases if not options.case or c.name in options.case]
    if options.check:
        differences = list(check(options.output, chosen, compute))
        print("\n".join(differences) or f"{len(chosen)} cases as expected")
        return 1 if differences else 0
    options.output.mkdir(parents=True, exist_ok=True)
    for case in chosen:
        tensors, recipe = compute(case)
        # One metadata key only: the writer does not keep the order of several.
        path = options.output / f"{case.name}.safetensors"
        safetensors.numpy.save_file(tensors, path, {"recipe": recipe})
    if not options.case:
        index = "".join(f"{c.name}\n" for c in cases)
        (options.output / "cases.txt").write_text(index, encoding="utf-8")
    print(f"{len(chosen)} cases written to {options.output}")
    return 0


def check(folder, cases, compute):
    """Differences between the files and what would be written now, as sentences."""
    for case in cases:
        path = folder / f"{case.name}.safetensors"
        if not path.exists():
            yield f"{path.name}: missing"
            continue
        with safetensors.safe_open(path, "np") as file:
            old = {key: file.get_tensor(key) for key in file.keys()}
            old_recipe = file.metadata()["recipe"]
        new, recipe = compute(case)
        if old_recipe != recipe:
            yield f"{path.name}: the recipe of the inputs differs"
        if old.keys() != new.keys():
            yield f"{path.name}: holds {sorted(old)}, must hold {sorted(new)}"
            continue
        for name, value in new.items():
            if not same(old[name], value):
                yield f"{path.name}: {name} differs"


def same(old, new):
    """Whether two tensors are equal; float64 ones to 1e-12 of their 2-norm.

    The same machine and PyTorch make the same files again. Another processor may sum in another
    order and change last bits.
    """
    if old.shape != new.shape or old.dtype != new.dtype:
        return False
    finite = numpy.isfinite(new)
    if not numpy.array_equal(old[~finite], new[~finite]):
        return False
    allowed = 1e-12 * numpy.linalg.norm(new[finite]) if new.dtype == numpy.float64 else 0.0
    return numpy.linalg.norm(old[finite] - new[finite]) <= allowed
