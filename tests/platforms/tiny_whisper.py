"""A Whisper model of the right structure, made in a moment: nothing is fetched, and tests run the library's true code for loading,
listening and timing. It says the same few words to whatever it hears: each place in its answer is tied to one of its tokens.

By hand:  python -m tests.platforms.tiny_whisper FOLDER
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import WhisperSpec
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

LANGUAGES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te "
    "fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps "
    "tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su"
).split()
FIRST, LAST = (
    ["<|endoftext|>", "<|startoftranscript|>"],
    ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"],
)
SPECIAL = [*FIRST, *(f"<|{language}|>" for language in LANGUAGES), *LAST]
STAMPS = [f"<|{number * 0.02:.2f}|>" for number in range(1501)]
MULTILINGUAL = ""
"""What CTranslate2 4.8 knows a model of many languages by: its vocabulary has an empty token."""

WIDTH, HEADS, MELS = 32, 2, 80
MOST_WORDS = WIDTH - 5
BEGUN = 3
"""Tokens an answer begins with: that it begins, its language, and that it is no translation."""


def make(folder: Path, says: str = "", language: str = "en", until: float = 2.0, seed: int = 0) -> Path:
    """The files of a model that says these words (at most MOST_WORDS, all different, in letters of ASCII), in `folder`. `language`
    is what it takes every sound for, `until` the second at which it says they end."""
    folder.mkdir(parents=True, exist_ok=True)
    said = [f"\u0120{word}" for word in says.split()] or [
        "\u0120\u0120"
    ]  # nothing said is two blanks: an answer has a token
    letters = [MULTILINGUAL, *sorted(pre_tokenizers.ByteLevel.alphabet()), *said]
    vocabulary = [*letters, *SPECIAL, *STAMPS]
    _tokenizer(letters).save(str(folder / "tokenizer.json"))
    spec = _spec(len(vocabulary), np.random.default_rng(seed))
    answer = ["<|0.00|>", *said, f"<|{until:.2f}|>", "<|endoftext|>"]
    _teach(spec.decoder, [vocabulary.index(token) for token in (f"<|{language}|>", *answer)])
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [vocabulary.index("<|endoftext|>")]
    spec.config.lang_ids = [vocabulary.index(f"<|{language}|>") for language in LANGUAGES]
    spec.config.alignment_heads = [(0, head) for head in range(HEADS)]
    spec.register_vocabulary(vocabulary)
    spec.validate()
    spec.optimize(quantization="float32")
    spec.save(str(folder))
    features = {"feature_size": MELS, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(features))
    return folder


def _tokenizer(letters: list[str]) -> Tokenizer:
    made = Tokenizer(models.BPE(vocab={token: number for number, token in enumerate(letters)}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    made.add_tokens([AddedToken(token) for token in STAMPS])
    return made


def _teach(decoder: Any, tokens: list[int]) -> None:
    """Have the first token follow the begin of an answer, and the others what all answers begin with: layers add nothing, places
    point at their token, and a token is alone in its direction."""
    for layer in decoder.layer:
        for last in (layer.self_attention.linear[1], layer.attention.linear[2], layer.ffn.linear_1):
            last.weight, last.bias = np.zeros_like(last.weight), np.zeros_like(last.bias)
    places = [0, *range(BEGUN - 1, BEGUN - 1 + len(tokens) - 1)]
    for direction, (place, token) in enumerate(zip(places, tokens, strict=True)):
        decoder.embeddings.weight[token] = 3 * np.eye(WIDTH, dtype=np.float32)[direction]
        decoder.position_encodings.encodings[place] = 30 * np.eye(WIDTH, dtype=np.float32)[direction]
    decoder.position_encodings.encodings[places[-1] :] = 30 * np.eye(WIDTH, dtype=np.float32)[len(tokens) - 1]
    decoder.projection.weight = decoder.embeddings.weight


def _spec(size: int, chance: np.random.Generator) -> WhisperSpec:
    """One layer each, `WIDTH` wide."""

    def weights(*shape: int) -> Any:
        return chance.normal(0, 0.05, shape).astype(np.float32)

    def norm(spec: Any) -> None:
        spec.gamma, spec.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def linear(spec: Any, out: int, into: int) -> None:
        spec.weight, spec.bias = weights(out, into), np.zeros(out, np.float32)

    def forward(spec: Any) -> None:
        norm(spec.layer_norm)
        linear(spec.linear_0, 4 * WIDTH, WIDTH)
        linear(spec.linear_1, WIDTH, 4 * WIDTH)

    def attention(spec: Any, *outs: int) -> None:
        norm(spec.layer_norm)
        for number, out in enumerate(outs):
            linear(spec.linear[number], out, WIDTH)

    spec = WhisperSpec(1, HEADS, 1, HEADS)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = weights(WIDTH, MELS, 3), np.zeros(WIDTH, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = weights(WIDTH, WIDTH, 3), np.zeros(WIDTH, np.float32)
    encoder.position_encodings.encodings = weights(1500, WIDTH)
    norm(encoder.layer_norm)
    for layer in encoder.layer:
        attention(layer.self_attention, 3 * WIDTH, WIDTH)
        forward(layer.ffn)
    decoder.embeddings.weight = weights(size, WIDTH)
    decoder.position_encodings.encodings = weights(448, WIDTH)
    norm(decoder.layer_norm)
    decoder.projection.weight, decoder.projection.bias = decoder.embeddings.weight, np.zeros(size, np.float32)
    for layer in decoder.layer:
        attention(layer.self_attention, 3 * WIDTH, WIDTH)
        attention(layer.attention, WIDTH, 2 * WIDTH, WIDTH)
        forward(layer.ffn)
    return spec


if __name__ == "__main__":
    print(make(Path(sys.argv[1])))
