#!/usr/bin/env python3
"""Makes the fixtures of the family tests: what public projects' models compute, in float64.

Needs torch, numpy and safetensors (made with torch 2.13). Without options it rewrites every file
in src/core/src/test/resources/family:

  cases.txt              names of all forms, one a line
  NAME.safetensors       one form: a model of family_models.py, and several batches, for each
    BATCH.scores, .weights   F64 [R,S], of S sampled positions: every s-th, from 0; -inf and 0 at
                             masked places
    BATCH.sums               F64 [R,2], over all positions p of N: of kept scores; of weight * p / N
    BATCH.context            F64 [B,R,H]
    BATCH.logits             F64 [B,O], where the model has an output layer
    BATCH.lengths, .keep or .offsets   where the batch has them
    metadata "recipe"        lines, in this order:
      layout NAME            of field.md; what the file of weights is to be recognized as
      metadata KEY VALUE     of the file of weights: what its tensors do not say
      activation NAME        what that file cannot say either
      NAME SHAPE ...         for each weight, as fixture_files.py draws it, by its project's name
      batch NAME             for each batch; then
      NAME SHAPE ...         x, and query [B,Q] where there are some, drawn in the same way
      sampled s              which positions' scores and weights are stored

Weights and inputs are not stored: the recipe makes them again. A sequence without rows yields zeros
here, whatever its project makes of it. --check compares float64 results to 1e-12 and everything
else exactly.
"""

import dataclasses
import math
import sys

import family_models as models
import torch
from fixture_files import RESOURCES, Recipe, holes, kept, run

STORED = 150  # about so many scores of a batch are stored at most


@dataclasses.dataclass(frozen=True)
class Batch:
    name: str
    batch: int
    steps: int  # of the whole batch together when ragged
    lengths: tuple = ()
    keep: str = ""
    offsets: tuple = ()


BATCHES = {
    b.name: b
    for b in (
        Batch("t1", 1, 1),
        Batch("t2", 2, 2),
        Batch("t17", 3, 17),
        Batch("t300", 1, 300),
        Batch("t5000", 1, 5000),
        Batch("lengths", 5, 17, lengths=(17, 0, 5, 1, 2)),
        Batch("keep", 3, 64, keep=holes(64, 2, 1, 5)),
        Batch("ragged", 5, 320, offsets=(0, 1, 1, 18, 318, 320)),
    )
}


@dataclasses.dataclass(frozen=True)
class Form:
    name: str
    layout: str
    model: models.Model
    width: int  # of x
    query: int = 0
    metadata: dict = dataclasses.field(default_factory=dict)
    activation: str = ""  # where the file of weights cannot say it
    prefix: str = ""  # before each name in the file of weights
    scale: dict = dataclasses.field(default_factory=dict)  # instead of the usual, by tensor
    shift: dict = dataclasses.field(default_factory=dict)
    batches: tuple = tuple(BATCHES)


def seed(name, width, units=0, inputs=0, query=False, **options):
    """A form in the seed layout; the metadata name every option that shapes do not show."""
    keys = {"activation": "activation", "projection": "proj.activation",
            "temperature": "temperature", "head_output": "heads"}
    metadata = {keys[o]: str(v) for o, v in options.items() if o in keys}
    model = models.Seed(width, units, inputs=inputs, takes_query=query, **options)
    return Form(f"seed-{name}", "seed", model, inputs or width, units if query else 0, metadata)


FORMS = [
    Form("monai", "monai", models.Monai(64, 48, 5), 64),
    Form("abmil", "abmil", models.AttentionDeepMil(64, 32, 1), 64),
    Form("abmil-branches", "abmil", models.AttentionDeepMil(33, 16, 3), 33),
    Form("abmil-gated", "abmil-gated", models.GatedAttentionDeepMil(48, 32), 48),
    Form("clam-sb", "clam", models.ClamSingleBranch(96, 64, 32, 2), 96),
    Form("clam-mb", "clam", models.ClamMultiBranch(96, 64, 32, 4), 96),
    Form("clam-ungated", "clam", models.ClamSingleBranch(32, 24, 16, 3, gate=False), 32,
         batches=("t17", "ragged")),
    Form("mil-lab", "mil-lab", models.MilLab(48, 32, 24, 3), 48),
    Form("mil-lab-prefixed", "mil-lab", models.MilLab(16, 24, 8, 2), 16, prefix="model.",
         batches=("t17", "keep")),
    Form("torchmil", "torchmil", models.TorchMil(64, 32, "tanh", gated=False), 64),
    Form("torchmil-relu", "torchmil", models.TorchMil(40, 24, "relu", gated=True, lazy=False), 40,
         activation="relu"),
    Form("torchmil-gelu", "torchmil", models.TorchMil(64, 32, "gelu", gated=True), 64,
         activation="gelu"),
    Form("torchmil-abmil", "torchmil", models.TorchMilAbmil(24, 16), 24, batches=("t17", "keep")),
    Form("han", "han", models.Han(64, 32), 64),
    Form("han-keras", "han-keras", models.HanKeras(40, 24), 40, batches=("t1", "t17", "keep")),
    # Scores of about -16: the exponents' sum is no more than a few epsilon.
    Form("han-keras-small", "han-keras", models.HanKeras(40, 24), 40,
         scale={"W": 0.1, "b": 0.5, "u": 0.3}, shift={"b": 2.0, "u": -0.7}),
    Form("lin2017", "lin2017", models.Lin2017(64, 24, 5), 64),
    Form("lin2017-64-hops", "lin2017", models.Lin2017(16, 8, 64), 16,
         batches=("t1", "t17", "t5000", "lengths")),
    Form("bahdanau", "bahdanau", models.Bahdanau(40, 64, 32), 64, query=40),
    Form("bahdanau-d2l", "bahdanau", models.D2lAdditive(24, 48, 32), 48, query=24),
    seed("query-term", 48, 32, query=True),
    seed("identity", 33, 20, activation="identity"),
    seed("relu", 33, 20, activation="relu"),
    seed("gelu", 33, 20, activation="gelu"),
    seed("gelu-tanh", 33, 20, activation="gelu_tanh"),
    seed("sigmoid", 33, 20, activation="sigmoid"),
    seed("temperature", 40, 24, temperature=0.375),
    seed("concat", 33, 16, heads=5, outputs=3, head_output="concat"),
    seed("mean", 33, 16, heads=5, outputs=3, head_output="mean"),
    seed("per-head", 33, 16, heads=3, outputs=3, head_output="per-head"),
    seed("linear", 32, heads=2, temperature=1.5),
    seed("projected-linear", 32, inputs=48, heads=2, outputs=2, projection="gelu"),
    seed("wide", 96, 64, heads=2, gate=True),
    seed("everything", 32, 24, inputs=48, query=True, heads=3, outputs=4, head_output="mean",
         gate=True, activation="gelu_tanh", projection="relu", temperature=0.75),
]


def usual_shift(name):
    """Output layers' biases are above 0, so that logits are not the little that terms leave."""
    parts = name.split(".")
    output = parts[0] in ("myfc", "classifier", "classifiers", "fc")
    return 2.0 if output and parts[-1] == "bias" else 0.0


def draw_weights(form, recipe):
    """Gives the model its weights: wide enough for scores to differ by a few units."""
    state = {}
    for name, old in form.model.state_dict().items():
        shape = tuple(old.shape)
        fan_in = shape[0] if form.layout == "han-keras" else shape[-1]
        gain = 5.0 if name == form.model.score else 2.0
        usual = 0.5 if len(shape) == 1 else gain / math.sqrt(fan_in)
        scale, shift = form.scale.get(name, usual), form.shift.get(name, usual_shift(name))
        state[name] = recipe.draw(form.prefix + name, shape, scale, shift).double()
    form.model.double().eval().load_state_dict(state)


def bags(form, batch, x, keep, query):
    """The model's result for each sequence: of its rows, kept ones only."""
    model = form.model
    if batch.offsets:
        bounds = list(zip(batch.offsets, batch.offsets[1:]))
        x, keep = [x[i:j] for i, j in bounds], [keep[i:j] for i, j in bounds]
    elif model.takes_mask:
        result = model(x, keep, query) if model.takes_query else model(x, keep)
        for b in range(batch.batch):
            one = {name: value[b] for name, value in result.items()}
            yield one | {n: one[n][:, keep[b]] for n in ("scores", "weights")}
        return
    for b in range(batch.batch):
        if keep[b].sum() == 0:
            yield None
        elif model.takes_mask:
            more = [query[b : b + 1]] if model.takes_query else []
            result = model(x[b][None], keep[b][None], *more)
            yield {name: value[0] for name, value in result.items()}
        else:
            yield model(x[b][keep[b]], *([query[b]] if model.takes_query else []))


def pool(form, batch, x, keep, query):
    """Results of a batch, scores and weights by position: [R, positions]."""
    found = list(bags(form, batch, x, keep, query))
    some = next(r for r in found if r is not None)
    rows = keep.flatten()
    scores = torch.full((len(some["scores"]), len(rows)), -math.inf, dtype=torch.float64)
    weights = torch.zeros_like(scores)
    contexts, logits = [], []
    offsets = batch.offsets or [b * batch.steps for b in range(batch.batch + 1)]
    for b, result in enumerate(found):
        here = torch.arange(offsets[b], offsets[b + 1])
        here = here[rows[here]]
        if len(here) == 0:
            contexts.append(torch.zeros_like(some["context"]))
        else:
            scores[:, here], weights[:, here] = result["scores"], result["weights"]
            contexts.append(result["context"])
        head = form.model.head(contexts[-1])
        if head is not None:
            logits.append(head)
            if len(here) and not torch.allclose(head, result["logits"], rtol=1e-14, atol=1e-14):
                raise AssertionError(f"{form.name}: head is not the model's own output layer")
    results = {"context": torch.stack(contexts)}
    return scores, weights, results | ({"logits": torch.stack(logits)} if logits else {})


def compute(form):
    """One form's tensors and its recipe."""
    recipe = Recipe(form.name)
    recipe.lines.append(f"layout {form.layout}")
    recipe.lines += [f"metadata {key} {value}" for key, value in form.metadata.items()]
    recipe.lines += [f"activation {form.activation}"] if form.activation else []
    draw_weights(form, recipe)
    tensors = {}
    for batch in (BATCHES[name] for name in form.batches):
        keep, stored = kept(batch)
        recipe.lines.append(f"batch {batch.name}")
        shape = (batch.steps,) if batch.offsets else (batch.batch, batch.steps)
        x = recipe.draw("x", (*shape, form.width), 1.5).double()
        query = None
        if form.query:
            query = recipe.draw("query", (batch.batch, form.query), 1.5).double()
        with torch.no_grad():
            scores, weights, results = pool(form, batch, x, keep, query)
        heads, positions = scores.shape
        every = max(1, heads * positions // STORED) | 1  # odd: at all places of a tile
        recipe.lines.append(f"sampled {every}")
        sums = torch.stack((scores[:, keep.flatten()].sum(dim=1),
                            (weights * torch.arange(positions) / positions).sum(dim=1)), dim=1)
        stored |= {"scores": scores[:, ::every], "weights": weights[:, ::every], "sums": sums}
        stored |= results
        for name, value in stored.items():
            value = value.contiguous().numpy() if isinstance(value, torch.Tensor) else value
            tensors[f"{batch.name}.{name}"] = value
    return tensors, recipe.text()


if __name__ == "__main__":
    sys.exit(run(__doc__, RESOURCES / "family", FORMS, compute))
