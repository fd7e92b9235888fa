"""Text rules of the spam/ham example: from the bytes of a document to its words.

The Java class Tokenizer follows the same rules; the fixture tokenizer-cases.txt, which
train-example.py writes, holds both to them.
"""

import hashlib
import re

LABELS = ["ham", "spam"]

HEADER = re.compile(r">?from |[!-9;-~]+:|[ \t]")
SOFT_BREAK = re.compile(r"=\n")
MARKUP = re.compile(r"=[0-9a-f]{2}|<[a-z/!?][^<>]*>|&#?[a-z0-9]+;")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|[!$%]")
LONGEST = 24


def words(data):
    """The words of a document given as bytes.

    1. Bytes are ISO-8859-1 characters; A-Z become a-z; CR LF and CR become LF.
    2. The text is an e-mail if every line before the first empty line begins as a header does
       (HEADER) and one of them with "from:" or "subject:". Of an e-mail only the first subject,
       with its continuation lines, and the body count; of any other text everything.
    3. "=" before a line end vanishes with it (quoted-printable). Then a quoted-printable character
       (=3d), an HTML tag and an HTML character reference (&nbsp;) become a space each.
    4. A word is a run of letters a-z, or two joined by an apostrophe (don't); a run of digits; or
       one of ! $ %. All else separates, non-ASCII characters too. Digits become as many zeros, at
       most four (2002 -> 0000). A word of more than 24 characters is left out.
    """
    text = data.lower().decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    head, _, body = text.partition("\n\n")
    lines = head.split("\n")
    if all(HEADER.match(line) for line in lines) and any(
        line.startswith(("from:", "subject:")) for line in lines
    ):
        text = subject(lines) + "\n" + body
    text = MARKUP.sub(" ", SOFT_BREAK.sub("", text))
    found = ("0" * min(len(w), 4) if w[0].isdigit() else w for w in WORD.findall(text))
    return [w for w in found if len(w) <= LONGEST]


def subject(lines):
    """Value of the first subject header, with its continuation lines; empty without one."""
    for start, line in enumerate(lines):
        if line.startswith("subject:"):
            end = start + 1
            while end < len(lines) and lines[end].startswith((" ", "\t")):
                end += 1
            return "\n".join(lines[start:end])[len("subject:") :]
    return ""


class Email:
    """One e-mail of the corpus, with its label."""

    def __init__(self, path, corpus):
        data = path.read_bytes()
        self.name = path.relative_to(corpus).as_posix()
        self.label = LABELS.index("spam" if self.name.startswith("spam-") else "ham")
        self.sha256 = hashlib.sha256(data).digest()
        self.words = words(data)
        self.key = hashlib.sha256(" ".join(self.words).encode()).hexdigest()


def split(corpus):
    """The e-mails below a folder, 60/20/20, by name of the split: train, validation, test.

    In the order of a hash of their words, so that the order is random but always the same, and
    e-mails with the same words, which share the place of the first, are never divided.
    """
    emails = [Email(path, corpus) for path in corpus.glob("*/*.txt")]
    emails.sort(key=lambda email: (email.key, email.name))
    sides = {"train": [], "validation": [], "test": []}
    place, key = 0, None
    for index, email in enumerate(emails):
        if email.key != key:
            place, key = index / len(emails), email.key
        sides["train" if place < 0.6 else "validation" if place < 0.8 else "test"].append(email)
    return sides


# Documents on which the tokenizers of Python and Java must agree.
TRICKY = [
    b"",
    b" \n\t\n",
    b"Hello, World",
    b"don't can''t 'quoted' rock'n'roll dogs' 'tis",
    b"$1,000,000.00 in 2002! 100% FREE!!! call 1-800-555-0199 x5 0 42 365 123456",
    b"a1b22c333 l33t v1agra",
    b"Subject: Only a subject",
    b"Subject: ends with its line, so there is an empty line before no empty line\n",
    b"Subject: Re: [List] One\n\tfolded   line\n and another\nX-Other: no\n\nBody here",
    b"From: me@example.org\nTo: you@example.org\n\nBody without a subject",
    b"X-Only: headers\nTo: you@example.org\n\nneither subject nor sender: all counts",
    b"Note: buy milk\n\nThis is no e-mail",
    b"From someone Thu Aug 22 2002\nReturn-Path: <x>\nSUBJECT: Loud\n\nbody",
    b">From quoted\nSubject: x\n\nbody",
    b"Subject: first\nSubject: second\n\nbody",
    b"Subject: s\nnot a header line\n\nbody",
    b"\nSubject: after an empty line\n\nbody",
    b"\n\nSubject: after two\n\nbody",
    b"Subject: s\r\nFrom: f\r\n\r\nbody\r\nof two lines\r\n",
    b"Subject: s\rFrom: f\r\rold Mac line ends",
    b"Subject: a\n \n\nfolded by blanks only",
    b"Subject: s\n\none\n\ntwo\n\n\nthree",
    b"<HTML><BODY bgcolor=\"#ffffff\">Click <A HREF=3D\"x\">here</A>&nbsp;now<br/>bye</HTML>",
    b"a < b and c > d, 1<2, <3, <!-- note --> <?xml?> <unclosed tag\n<b>bold</b>",
    b"<a <b nested> x> <> < p> <multi\nline tag>after",
    b"soft line br=\neak, equals=3Dsign, m=F6glich, =zz =4 =\r\nend=",
    b"=3D=3d=20=2E e=mc=abc",
    b"&amp; &AMP; &#160; &#xA0; &bogus &; &a;b AT&T; R&D;",
    b"caf\xc3\xa9 na\xefve \xe9t\xe9 \xff\xfe \xa0nbsp\x85nel \xb5 \xdf",
    b"under_score hy-phen a.b.c x/y e@mail.example http://www.example.com/?q=1",
    b"x" * 24 + b" " + b"y" * 25 + b" " + b"z" * 12 + b"'" + b"z" * 11 + b" " + b"w'" * 13,
    b"\x00\x01binary\x7f\x1bdel",
    b"tab\tvertical\x0bform\x0cfeed\x1cseparators\x1d\x1e\x1funit",
    b"Subject:no space\n\n!$%&#",
    b"Sub ject: blank in a name\n\nbody",
    b": no name\nSubject: s\n\nbody",
    b"'' ' '' a' 'b a'1 1'a",
    b"== =\n= \n=\n\n=",
    b"Subject: =?iso-8859-1?Q?caf=E9_time?=\n\nencoded word",
]
