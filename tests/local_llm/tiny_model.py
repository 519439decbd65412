"""Write a tiny language model with random weights, for a real model server to serve.

    python tiny_model.py tiny.gguf [--context TOKENS] [--endless]

The file is a GGUF of about a megabyte that llama.cpp loads as a model of the llama architecture,
with a tokenizer and a chat template of its own. Its words are noise: nothing has been trained. All
that is set by hand is which kind of token may come after which (`_FOLLOWS`), so that the noise has
sentences, full stops and markers such as [1], and ends at some time; the rest is a seeded draw.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import gguf
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
#: A score for each kind after each kind.
Rows = Sequence[Sequence[float]]

#: What SentencePiece writes for a space; a piece that starts a word starts with it.
SPACE = "\u2581"
UNKNOWN, BEGIN, TURN, END = "<unk>", "<s>", "<|im_start|>", "<|im_end|>"
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

#: Words that begin a sentence, words of kitchens and gardens, and words that link those. No news
#: is told in them, so that nothing said in them is borne out by an article, not even by chance.
STARTS = """
    The A An In On At He She They It This That But And When After Before While Since Two Some Most
    Officials Ministers Analysts Reporters Critics Washington Moscow Beijing Seoul Yesterday Today
"""
WORDS = """
    kettle spoon ladle walnut garlic basil thyme nutmeg ginger pepper butter biscuit pudding pancake
    noodle pumpkin carrot radish spinach lettuce parsley onion lemon cherry apricot plum raisin
    tulip orchid daisy ivy fern moss willow maple acorn hedge meadow beetle sparrow robin heron
    hamster kitten rabbit goose otter badger squirrel violin trumpet cello flute lantern pillow
    blanket velvet ribbon button thimble needle candle teapot saucer cushion curtain wardrobe
    simmer boil fry knead sprinkle whisk peel chop bake roast stir melt hum whistle yawn giggle
    purple crimson fluffy crunchy juicy sleepy wobbly muddy sticky rusty shiny dusty cosy
"""
LINKS = """
    the of and to a in that is was for on with as it by at from its their be are were has had have
    not but or an this which will would could should may might been about over under between
    into through near beside behind
"""
#: The last of these names no passage: there are never as many.
MARKERS = "[1] [2] [3] [4] [5] [77]"
#: Words that are only read: the more of a prompt's words are tokens, the sooner it is read.
READ = """
    the of and to a in that is was for on with as it by at from he she they his her their its be
    are were has had have not but or an this which who will would could should may might been said
    says say told asked added called wrote made took gave went came left held met found saw knew
    about after before over under between against during since until while because although where
    when what how why than then there here more most less many much some any all no other another
    such only also even still again once never always often early late soon now today yesterday
    one two three four five six seven eight nine ten twelve twenty hundred thousand million billion
    1 2 3 5 10 12 20 50 100 2020 2021 2022 first second third last next new old big small long short
    high low good bad great little own same different public private national foreign local former
    senior official officials president minister ministry government parliament senate court judge
    police army forces soldiers troops border war peace talks agreement sanctions treasury bank
    market prices oil gas energy trade company companies workers money dollars percent tax budget
    election vote voters party leader leaders member members country countries state states city
    town capital region world people man woman men women children family families school hospital
    report reports reported reporter news paper statement speech interview question answer claim
    claims denied confirmed announced warned agreed refused accused ordered launched attacked
    attack launch missile rocket plane ship camera weapons defense security council nations union
    plan plans policy law laws rule rules right rights power support help aid food water air road
    home house street day days week weeks month months year years morning evening night time
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January March April May June July
    Russia China Korea Japan Europe Ukraine America Pentagon
    Kirby Blinken Putin Biden Treasury State Department White House according toward likely
    reportedly least few several number numbers part end start way ways case cases fact facts word
    words hand hands name names side sides line lines point points place places change changes
    increase decline growth loss deal deals meeting meetings visit visits call calls letter letters
    think thinking making working going coming speaking asking telling trying looking using
    begin began continue continued stop stopped open opened close closed move moved pay paid show
    showed turn turned keep kept lead led lose lost send sent build built hold bring brought
"""
#: Besides printable ASCII, the characters that are tokens; any other is made of bytes.
TYPOGRAPHIC = "\u2018\u2019\u201c\u201d\u2013\u2014\u2026"

_WIDTH, _LAYERS, _HEADS, _INNER = 64, 2, 4, 128
_CONTEXT, _SEED = 16384, 7
#: How large the draws are: tokens read, matrices of the layers, tokens written.
_READ, _MIX, _WRITE = 1.0, 1.6, 0.5
#: Larger for queries and keys: with less, a long prompt is blurred and the answer runs in circles.
_ATTEND = 3.2
_KIND_READ = 2.0


class Kind(IntEnum):
    """What part a token plays in a sentence; each kind has a dimension of its own."""

    PIECE = 0
    WORD = 1
    LINK = 2
    MARKER = 3
    STOP = 4
    START = 5
    END = 6
    BREAK = 7


_NO = -40.0
#: What is added to the score of a token (by column, its kind) after one of another kind (by row).
#: Kinds of which there are few need a lead to be chosen at times.
_FOLLOWS = [
    # piece, word, link, marker, stop, start, end, break
    (_NO, 0.0, _NO, _NO, _NO, _NO, _NO, _NO),  # piece: these are only read
    (_NO, 0.0, 2.0, 8.0, 9.5, _NO, _NO, _NO),  # word
    (_NO, 0.0, _NO, _NO, _NO, _NO, _NO, _NO),  # link
    (_NO, _NO, _NO, 0.0, 12.0, _NO, _NO, _NO),  # marker
    (_NO, _NO, _NO, _NO, _NO, 0.0, 11.0, _NO),  # stop
    (_NO, 0.0, _NO, _NO, _NO, _NO, _NO, _NO),  # start
    (_NO, _NO, _NO, _NO, _NO, 0.0, _NO, _NO),  # end: of the turns before the answer
    (_NO, _NO, _NO, _NO, _NO, 0.0, _NO, _NO),  # break: the last that is read before an answer
]
#: The same for long sentences.
_RAMBLES = [
    *_FOLLOWS[: Kind.WORD],
    (_NO, 0.0, 2.0, 4.5, 6.0, _NO, _NO, _NO),
    *_FOLLOWS[Kind.LINK :],
]


class Token(NamedTuple):
    """A token of the vocabulary. Of two merges, the one with the higher score is made first."""

    text: str
    type: gguf.TokenType = gguf.TokenType.NORMAL
    kind: Kind = Kind.PIECE
    score: float = 0.0


def write_model(path: Path, *, context: int = _CONTEXT, ends: bool = True) -> None:
    """Write the model to `path`: with the same arguments, the same bytes.

    Of a model that never `ends`, sentences are long, and every answer fills the window: time enough
    to break it off.
    """
    vocabulary = make_vocabulary(ends=ends)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny-random")
    writer.add_description("Random weights: its words are noise.")
    _add_shape(writer, context, len(vocabulary))
    _add_tokenizer(writer, vocabulary)
    weights = make_weights([token.kind for token in vocabulary], _FOLLOWS if ends else _RAMBLES)
    for name, values in weights.items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make_vocabulary(*, ends: bool = True) -> list[Token]:
    """Special tokens, all bytes, single characters, and pieces learnt from the words above."""
    said = {READ: Kind.PIECE, WORDS: Kind.WORD, LINKS: Kind.LINK, STARTS: Kind.START}
    said |= {MARKERS: Kind.MARKER}
    kinds = {SPACE + word: kind for words, kind in said.items() for word in words.split()}
    kinds["."] = Kind.STOP
    byte = [Token(f"<0x{n:02X}>", gguf.TokenType.BYTE) for n in range(256)]
    byte[ord("\n")] = byte[ord("\n")]._replace(kind=Kind.BREAK)
    characters = SPACE + "".join(map(chr, range(0x21, 0x7F))) + TYPOGRAPHIC
    pieces = [*characters, *learn_pieces([text for text in kinds if text != "."])]
    return [
        Token(UNKNOWN, gguf.TokenType.UNKNOWN),
        Token(BEGIN, gguf.TokenType.CONTROL),
        Token(TURN, gguf.TokenType.CONTROL),
        Token(END, gguf.TokenType.CONTROL, Kind.END if ends else Kind.PIECE),
        *byte,
        *(
            Token(text, kind=kinds.get(text, Kind.PIECE), score=-float(rank))
            for rank, text in enumerate(pieces)
        ),
    ]


def learn_pieces(words: list[str]) -> list[str]:
    """The pieces that byte pair encoding learns, in order, until every word is one piece."""
    split = [list(word) for word in words]
    learnt: list[str] = []
    while any(len(parts) > 1 for parts in split):
        pairs = Counter(pair for parts in split for pair in pairwise(parts))
        left, right = max(pairs, key=lambda pair: (pairs[pair], pair))
        if left + right not in learnt:
            learnt.append(left + right)
        for parts in split:
            _merge(parts, left, right)
    return learnt


def _merge(parts: list[str], left: str, right: str) -> None:
    at = 0
    while at < len(parts) - 1:
        if parts[at] == left and parts[at + 1] == right:
            parts[at : at + 2] = [left + right]
        at += 1


def make_weights(kinds: list[Kind], follows: Rows) -> dict[str, Floats]:
    """The tensors of the model, by llama.cpp's names, for tokens of these kinds.

    The first dimensions, one for each kind, are written by the token read and by no layer: what
    may follow is told from them alone.
    """
    random = np.random.default_rng(_SEED)

    def draw(rows: int, columns: int, scale: float) -> Floats:
        return (scale * random.standard_normal((rows, columns))).astype(np.float32)

    def layer(rows: int, columns: int, scale: float = _MIX) -> Floats:
        return draw(rows, columns, scale / columns**0.5)

    ones = np.ones(_WIDTH, dtype=np.float32)
    read, written = draw(len(kinds), _WIDTH, _READ), draw(len(kinds), _WIDTH, _WRITE)
    read[:, : len(Kind)] = _KIND_READ * np.eye(len(Kind), dtype=np.float32)[kinds]
    written[:, : len(Kind)] = np.array(follows, dtype=np.float32).T[kinds]
    weights = {"token_embd.weight": read, "output_norm.weight": ones, "output.weight": written}
    for block in (f"blk.{number}" for number in range(_LAYERS)):
        for name in ("attn_norm", "ffn_norm"):
            weights[f"{block}.{name}.weight"] = ones
        for name in ("attn_q", "attn_k"):
            weights[f"{block}.{name}.weight"] = layer(_WIDTH, _WIDTH, _ATTEND)
        for name in ("attn_v", "attn_output"):
            weights[f"{block}.{name}.weight"] = layer(_WIDTH, _WIDTH)
        for name in ("ffn_gate", "ffn_up"):
            weights[f"{block}.{name}.weight"] = layer(_INNER, _WIDTH)
        weights[f"{block}.ffn_down.weight"] = layer(_WIDTH, _INNER)
        for name in ("attn_output", "ffn_down"):
            weights[f"{block}.{name}.weight"][: len(Kind)] = 0
    return weights


def _add_shape(writer: gguf.GGUFWriter, context: int, tokens: int) -> None:
    writer.add_context_length(context)
    writer.add_vocab_size(tokens)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)


def _add_tokenizer(writer: gguf.GGUFWriter, vocabulary: list[Token]) -> None:
    place = {token.text: number for number, token in enumerate(vocabulary)}
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.text for token in vocabulary])
    writer.add_token_scores([token.score for token in vocabulary])
    writer.add_token_types([token.type for token in vocabulary])
    writer.add_unk_token_id(place[UNKNOWN])
    writer.add_bos_token_id(place[BEGIN])
    writer.add_eos_token_id(place[END])
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(True)
    writer.add_chat_template(CHAT_TEMPLATE)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--context", type=int, default=_CONTEXT, help="what it reads, in tokens")
    parser.add_argument("--endless", action="store_true", help="an answer fills the window")
    given = parser.parse_args()
    write_model(given.path, context=given.context, ends=not given.endless)
