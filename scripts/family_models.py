"""The attention-pooling models of public projects, each as its own formula reads.

Every class stands on its own, with its project's names of parameters and its project's way to leave
rows out, so that it is evidence for that project and not for a formula of ours. Two kinds:

  takes_mask = False   forward(x): one bag, x [T,H]; rows that are not kept are not there
  takes_mask = True    forward(x, keep): a batch, x [B,T,H] and keep [B,T], 1 where a row counts

`takes_query` adds an argument query, [Q] or [B,Q]. A result holds scores and weights [(B),R,T],
context [(B),R,H] and, where the model has an output layer, logits [(B),O] before any sigmoid or
softmax. `head` is that output layer alone, of contexts [R,H]. `score` names the weight that yields
the scores.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Model(nn.Module):
    takes_mask = False
    takes_query = False

    def head(self, context):
        return None


class Monai(Model):
    """MONAI, monai/networks/nets/milmodel.py: MILModel of mode att, behind its backbone."""

    score = "attention.2.weight"

    def __init__(self, width, units, outputs):
        super().__init__()
        self.attention = nn.Sequential(nn.Linear(width, units), nn.Tanh(), nn.Linear(units, 1))
        self.myfc = nn.Linear(width, outputs)

    def forward(self, x):
        e = self.attention(x)
        a = torch.softmax(e, dim=0)
        pooled = torch.sum(x * a, dim=0)
        return {"scores": e.T, "weights": a.T, "context": pooled[None], "logits": self.myfc(pooled)}

    def head(self, context):
        return self.myfc(context[0])


class AttentionDeepMil(Model):
    """AMLab-Amsterdam/AttentionDeepMIL, model.py: Attention, behind its feature extractor.

    The classifier takes M * ATTENTION_BRANCHES values: the branches one behind the other.
    """

    score = "attention.2.weight"

    def __init__(self, width, units, branches):
        super().__init__()
        self.attention = nn.Sequential(
            nn.Linear(width, units), nn.Tanh(), nn.Linear(units, branches))
        self.classifier = nn.Sequential(nn.Linear(width * branches, 1), nn.Sigmoid())

    def forward(self, h):
        e = torch.transpose(self.attention(h), 1, 0)
        a = F.softmax(e, dim=1)
        z = torch.mm(a, h)
        return {"scores": e, "weights": a, "context": z, "logits": self.head(z)}

    def head(self, context):
        return self.classifier[0](context.reshape(-1))


class GatedAttentionDeepMil(Model):
    """AMLab-Amsterdam/AttentionDeepMIL, model.py: GatedAttention. V is for tanh, U for the gate."""

    score = "attention_w.weight"

    def __init__(self, width, units):
        super().__init__()
        self.attention_V = nn.Sequential(nn.Linear(width, units), nn.Tanh())
        self.attention_U = nn.Sequential(nn.Linear(width, units), nn.Sigmoid())
        self.attention_w = nn.Linear(units, 1)
        self.classifier = nn.Sequential(nn.Linear(width, 1), nn.Sigmoid())

    def forward(self, h):
        e = self.attention_w(self.attention_V(h) * self.attention_U(h)).transpose(1, 0)
        a = F.softmax(e, dim=1)
        z = torch.mm(a, h)
        return {"scores": e, "weights": a, "context": z, "logits": self.head(z)}

    def head(self, context):
        return self.classifier[0](context)[0]


class ClamAttention(nn.Module):
    """The gated attention of CLAM: attention_a with tanh, attention_b with sigmoid."""

    def __init__(self, width, units, branches):
        super().__init__()
        self.attention_a = nn.Sequential(nn.Linear(width, units), nn.Tanh())
        self.attention_b = nn.Sequential(nn.Linear(width, units), nn.Sigmoid())
        self.attention_c = nn.Linear(units, branches)

    def forward(self, x):
        return self.attention_c(self.attention_a(x).mul(self.attention_b(x))), x


class ClamUngatedAttention(nn.Module):
    """CLAM's attention without a gate."""

    def __init__(self, width, units, branches):
        super().__init__()
        self.module = nn.Sequential(
            nn.Linear(width, units), nn.Tanh(), nn.Dropout(0.25), nn.Linear(units, branches))

    def forward(self, x):
        return self.module(x), x


class ClamSingleBranch(Model):
    """mahmoodlab/CLAM, models/model_clam.py: CLAM_SB. What is pooled is behind the first layer."""

    def __init__(self, inputs, width, units, classes, gate=True):
        super().__init__()
        attention = ClamAttention if gate else ClamUngatedAttention
        self.score = f"attention_net.3.{'attention_c' if gate else 'module.3'}.weight"
        self.attention_net = nn.Sequential(
            nn.Linear(inputs, width), nn.ReLU(), nn.Dropout(0.25), attention(width, units, 1))
        self.classifiers = nn.Linear(width, classes)
        # Of no use in a forward call, but part of every file.
        self.instance_classifiers = nn.ModuleList(nn.Linear(width, 2) for _ in range(classes))

    def forward(self, h):
        raw, h = self.attention_net(h)
        raw = torch.transpose(raw, 1, 0)
        a = F.softmax(raw, dim=1)
        m = torch.mm(a, h)
        return {"scores": raw, "weights": a, "context": m, "logits": self.head(m)}

    def head(self, context):
        return self.classifiers(context)[0]


class ClamMultiBranch(Model):
    """mahmoodlab/CLAM: CLAM_MB, of a version without dropout and trained in parallel.

    Each class has its own branch and its own classifier. nn.DataParallel around attention_net puts
    "module." into the names.
    """

    score = "attention_net.module.2.attention_c.weight"

    def __init__(self, inputs, width, units, classes):
        super().__init__()
        self.attention_net = nn.Module()
        self.attention_net.module = nn.Sequential(
            nn.Linear(inputs, width), nn.ReLU(), ClamAttention(width, units, classes))
        self.classifiers = nn.ModuleList(nn.Linear(width, 1) for _ in range(classes))
        self.instance_classifiers = nn.ModuleList(nn.Linear(width, 2) for _ in range(classes))

    def forward(self, h):
        raw, h = self.attention_net.module(h)
        raw = torch.transpose(raw, 1, 0)
        a = F.softmax(raw, dim=1)
        m = torch.mm(a, h)
        return {"scores": raw, "weights": a, "context": m, "logits": self.head(m)}

    def head(self, context):
        return torch.cat([classify(context[c]) for c, classify in enumerate(self.classifiers)])


class MilLab(Model):
    """mahmoodlab/MIL-Lab, src/models/abmil.py: gated ABMIL. A mask adds the least float."""

    takes_mask = True
    score = "global_attn.attention_c.weight"

    def __init__(self, inputs, width, units, classes):
        super().__init__()
        self.patch_embed = nn.Sequential(nn.Linear(inputs, width), nn.ReLU())
        self.global_attn = nn.Module()
        self.global_attn.attention_a = nn.Sequential(nn.Linear(width, units), nn.Tanh())
        self.global_attn.attention_b = nn.Sequential(nn.Linear(width, units), nn.Sigmoid())
        self.global_attn.attention_c = nn.Linear(units, 1)
        self.classifier = nn.Linear(width, classes)

    def forward(self, h, attn_mask):
        h = self.patch_embed(h)
        net = self.global_attn
        base = net.attention_c(net.attention_a(h).mul(net.attention_b(h))).transpose(-2, -1)
        base = base + (1 - attn_mask.to(h.dtype)).unsqueeze(dim=1) * torch.finfo(h.dtype).min
        a = F.softmax(base, dim=-1)
        pooled = torch.bmm(a, h)
        logits = self.classifier(pooled.squeeze(dim=1))
        return {"scores": base, "weights": a, "context": pooled, "logits": logits}

    def head(self, context):
        return self.classifier(context[0])


class LazyLinear(nn.Module):
    """torchmil's own wrapper, which puts "module." into names."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.module = nn.Linear(inputs, outputs)

    def forward(self, x):
        return self.module(x)


class TorchMil(Model):
    """Franblueee/torchmil, torchmil/nn/attention/attention_pool.py: AttentionPool."""

    takes_mask = True
    score = "fc2.weight"
    ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "gelu": nn.GELU}

    def __init__(self, width, units, act, gated, lazy=True):
        super().__init__()
        linear = LazyLinear if lazy else nn.Linear
        self.fc1 = linear(width, units)
        self.fc2 = nn.Linear(units, 1, bias=False)
        self.fc_gated = linear(width, units) if gated else None
        self.act_layer = self.ACTIVATIONS[act]()

    def forward(self, x, mask):
        h = self.act_layer(self.fc1(x))
        if self.fc_gated:
            h = h * torch.sigmoid(self.fc_gated(x))
        f = self.fc2(h)
        s = F.softmax(f.masked_fill(mask.unsqueeze(-1) == 0, -math.inf), dim=1)
        z = torch.bmm(x.transpose(1, 2), s)
        return {"scores": f.transpose(1, 2), "weights": s.transpose(1, 2),
                "context": z.transpose(1, 2)}


class TorchMilAbmil(Model):
    """torchmil/models/abmil.py: ABMIL, whose attention is that pool."""

    takes_mask = True
    score = "pool.fc2.weight"

    def __init__(self, width, units):
        super().__init__()
        self.pool = TorchMil(width, units, "tanh", gated=False)
        self.classifier = LazyLinear(width, 1)

    def forward(self, x, mask):
        result = self.pool(x, mask)
        return result | {"logits": self.classifier(result["context"].squeeze(1))}

    def head(self, context):
        return self.classifier(context[0])


class Han(Model):
    """sgrvinod/a-PyTorch-Tutorial-to-Text-Classification, model.py: WordAttention behind its RNN.

    Words of all sentences are packed, one exponent is taken of all, and then they are padded again.
    """

    takes_mask = True
    score = "word_context_vector.weight"

    def __init__(self, width, units):
        super().__init__()
        self.word_attention = nn.Linear(width, units)
        self.word_context_vector = nn.Linear(units, 1, bias=False)

    def forward(self, sentences, keep):
        words = sentences[keep]
        att = self.word_context_vector(torch.tanh(self.word_attention(words))).squeeze(1)
        exponents = torch.zeros(keep.shape, dtype=words.dtype)
        exponents[keep] = torch.exp(att - att.max())
        alphas = exponents / torch.sum(exponents, dim=1, keepdim=True)
        context = (sentences * alphas.unsqueeze(2)).sum(dim=1)
        scores = torch.zeros(keep.shape, dtype=words.dtype)
        scores[keep] = att
        return {"scores": scores[:, None], "weights": alphas[:, None], "context": context[:, None]}


class HanKeras(Model):
    """richliao/textClassifier, textClassifierHATT.py: AttLayer."""

    takes_mask = True
    score = "u"
    EPSILON = torch.tensor(1e-7, dtype=torch.float32).item()  # K.epsilon(), as Keras' floats

    def __init__(self, width, units):
        super().__init__()
        self.W = nn.Parameter(torch.empty(width, units))
        self.b = nn.Parameter(torch.empty(units))
        self.u = nn.Parameter(torch.empty(units, 1))

    def forward(self, x, mask):
        uit = torch.tanh(torch.matmul(x, self.W) + self.b)
        score = torch.matmul(uit, self.u).squeeze(-1)
        ait = torch.exp(score) * mask.to(x.dtype)
        ait = ait / (torch.sum(ait, dim=1, keepdim=True) + self.EPSILON)
        output = torch.sum(x * ait.unsqueeze(-1), dim=1)
        return {"scores": score[:, None], "weights": ait[:, None], "context": output[:, None]}


class Lin2017(Model):
    """Lin et al. 2017 (arXiv 1703.03130), equations 6 and 7; the authors subtract 1e4 for pads."""

    takes_mask = True
    score = "ws2.weight"

    def __init__(self, width, units, hops):
        super().__init__()
        self.ws1 = nn.Linear(width, units, bias=False)
        self.ws2 = nn.Linear(units, hops, bias=False)

    def forward(self, h, keep):
        alphas = self.ws2(torch.tanh(self.ws1(h))).transpose(1, 2)
        penalized = alphas + -10000.0 * (~keep).to(h.dtype).unsqueeze(1)
        a = torch.softmax(penalized, dim=2)
        return {"scores": alphas, "weights": a, "context": torch.bmm(a, h)}


class Bahdanau(Model):
    """Bahdanau et al. 2015 (arXiv 1409.0473), as in PyTorch's seq2seq tutorial: keys are pooled."""

    takes_query = True
    score = "Va.weight"

    def __init__(self, query, width, units):
        super().__init__()
        self.Wa = nn.Linear(query, units)
        self.Ua = nn.Linear(width, units)
        self.Va = nn.Linear(units, 1)

    def forward(self, keys, query):
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys))).squeeze(1)
        weights = F.softmax(scores, dim=-1)
        return {"scores": scores[None], "weights": weights[None],
                "context": torch.mm(weights[None], keys)}


class D2lAdditive(Model):
    """Dive into Deep Learning, AdditiveAttention: queries and keys broadcast, masked with -1e6."""

    takes_mask = True
    takes_query = True
    score = "w_v.weight"

    def __init__(self, query, width, units):
        super().__init__()
        self.W_k = nn.Linear(width, units, bias=False)
        self.W_q = nn.Linear(query, units, bias=False)
        self.w_v = nn.Linear(units, 1, bias=False)

    def forward(self, keys, keep, query):
        queries = self.W_q(query.unsqueeze(1))
        features = torch.tanh(queries.unsqueeze(2) + self.W_k(keys).unsqueeze(1))
        scores = self.w_v(features).squeeze(-1)
        masked = torch.where(keep.unsqueeze(1), scores, torch.full_like(scores, -1e6))
        weights = F.softmax(masked, dim=-1)
        return {"scores": scores, "weights": weights, "context": torch.bmm(weights, keys)}


class Seed(Model):
    """The project's own module with all its options, as shared names and metadata say them."""

    score = "a.weight"
    ACTIVATIONS = {
        "identity": nn.Identity,
        "tanh": nn.Tanh,
        "relu": nn.ReLU,
        "gelu": nn.GELU,
        "gelu_tanh": lambda: nn.GELU("tanh"),
        "sigmoid": nn.Sigmoid,
    }

    def __init__(self, width, units=0, heads=1, outputs=0, head_output="concat", inputs=0,
                 gate=False, activation="tanh", temperature=1.0, projection="identity",
                 takes_query=False):
        super().__init__()
        self.proj = nn.Linear(inputs, width) if inputs else None
        self.W = nn.Linear(width, units) if units else None
        self.V = nn.Linear(width, units) if gate else None
        self.a = nn.Linear(units or width, heads)
        taken = width * heads if head_output == "concat" else width
        self.fc = nn.Linear(taken, outputs) if outputs else None
        self.act = self.ACTIVATIONS[activation]()
        self.proj_act = self.ACTIVATIONS[projection]()
        self.temperature, self.head_output = temperature, head_output
        self.takes_query = takes_query

    def forward(self, x, query=None):
        if self.proj:
            x = self.proj_act(self.proj(x))
        u = x
        if self.W:
            u = self.act(self.W(x) if query is None else self.W(x) + query)
        if self.V:
            u = u * torch.sigmoid(self.V(x))
        e = self.a(u) / self.temperature
        alpha = torch.softmax(e, dim=0)
        context = torch.einsum("tr,th->rh", alpha, x)
        return {"scores": e.T, "weights": alpha.T, "context": context, "logits": self.head(context)}

    def head(self, context):
        if self.fc is None:
            return None
        if self.head_output == "mean":
            return self.fc(context.mean(dim=0))
        if self.head_output == "per-head":
            return (self.fc.weight * context).sum(dim=1) + self.fc.bias
        return self.fc(context.flatten())
