"""The reader in torch: the embedder's encoder with low-rank updates, and three small heads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS, LAYERS = 384, 12, 6
EPSILON = 1e-12
#: Rank of the updates. 41,472 numbers for each: at 32 they take 2.7 MB in 16 bits.
RANK = 32
#: Of the rows that go into the first layer, and of the pooled one. Within the layers it would cost
#: a seventh of the time, and the low rank holds them back already.
DROPOUT = 0.1
#: What a start or an end is given where none can be: -inf would make 0 * inf of the targets.
NEVER = -1e4


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids, types (0 question, 1 the rest) and masks, each of shape (texts, tokens).

    `inside` is where an answer may lie: the passage's tokens, and the first one for “no answer”.
    """

    ids: Tensor
    types: Tensor
    mask: Tensor
    inside: Tensor

    def to(self, device: str) -> Batch:
        parts = (self.ids, self.types, self.mask, self.inside)
        return Batch(*(part.to(device) for part in parts))


@dataclass(frozen=True, slots=True)
class Read:
    """Logits: `start` and `end` of shape (texts, tokens), `answers` of shape (texts,)."""

    start: Tensor
    end: Tensor
    answers: Tensor


class Updated(nn.Module):
    """A frozen dense layer with a low-rank update: x W + b + x A B."""

    def __init__(self, weight: Tensor, bias: Tensor, rank: int) -> None:
        super().__init__()
        self.register_buffer("weight", weight, persistent=False)
        self.bias = nn.Parameter(bias.clone())
        self.down = nn.Parameter(torch.empty(weight.shape[1], rank))
        self.up = nn.Parameter(torch.zeros(rank, weight.shape[0]))
        # As LoRA does (Hu et al. 2021): one factor of noise and one of zeros, so that training
        # starts from the embedder itself.
        nn.init.normal_(self.down, std=weight.shape[1] ** -0.5)

    def forward(self, rows: Tensor) -> Tensor:
        flat = rows.reshape(-1, rows.shape[-1])
        whole = torch.addmm(
            functional.linear(flat, self.weight, self.bias), flat @ self.down, self.up
        )
        return whole.view(*rows.shape[:-1], -1)


class Layer(nn.Module):
    """One layer of BERT."""

    def __init__(self, tensors: dict[str, Tensor], name: str, rank: int) -> None:
        super().__init__()

        def dense(part: str) -> Updated:
            return Updated(tensors[f"{name}.{part}.weight"], tensors[f"{name}.{part}.bias"], rank)

        self.query, self.key, self.value = (
            dense(f"attention.self.{part}") for part in ("query", "key", "value")
        )
        self.joined = dense("attention.output.dense")
        self.wide = dense("intermediate.dense")
        self.narrow = dense("output.dense")
        self.first = _norm(tensors, f"{name}.attention.output.LayerNorm")
        self.second = _norm(tensors, f"{name}.output.LayerNorm")

    def forward(self, rows: Tensor, mask: Tensor) -> Tensor:
        def split(part: Tensor) -> Tensor:
            return part.view(*part.shape[:2], HEADS, -1).transpose(1, 2)

        heads = functional.scaled_dot_product_attention(
            split(self.query(rows)), split(self.key(rows)), split(self.value(rows)), mask
        )
        joined = self.joined(heads.transpose(1, 2).flatten(2))
        rows = self.first(rows + joined)
        wide = functional.gelu(self.wide(rows))
        return self.second(rows + self.narrow(wide))


class Reader(nn.Module):
    """Where in a passage the answer to a question starts and ends, and whether it is there."""

    def __init__(self, tensors: dict[str, Tensor], rank: int = RANK) -> None:
        super().__init__()
        for part in ("word", "position"):
            table = tensors[f"embeddings.{part}_embeddings.weight"]
            self.register_buffer(part, table, persistent=False)
        self.types = nn.Parameter(tensors["embeddings.token_type_embeddings.weight"].clone())
        self.norm = _norm(tensors, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(
            Layer(tensors, f"encoder.layer.{number}", rank) for number in range(LAYERS)
        )
        self.drop = nn.Dropout(DROPOUT)
        self.span = nn.Linear(WIDTH, 2)
        self.pool = nn.Linear(WIDTH, WIDTH)
        self.answers = nn.Linear(WIDTH, 1)

    def forward(self, batch: Batch) -> Read:
        places = self.position[: batch.ids.shape[1]]
        rows = self.word[batch.ids] + places + functional.embedding(batch.types, self.types)
        rows = self.drop(self.norm(rows))
        mask = batch.mask[:, None, None, :].bool()
        for layer in self.layers:
            rows = layer(rows, mask)
        start, end = self.span(rows).masked_fill(~batch.inside[..., None].bool(), NEVER).unbind(-1)
        pooled = self.drop(torch.tanh(self.pool(rows[:, 0])))
        return Read(start, end, self.answers(pooled)[:, 0])


def load_reader(weights: Path, rank: int = RANK) -> Reader:
    """The embedder with updates that change nothing yet and heads that know nothing."""
    return Reader(load_file(weights), rank)


def _norm(tensors: dict[str, Tensor], name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(WIDTH, eps=EPSILON)
    norm.load_state_dict({part: tensors[f"{name}.{part}"] for part in ("weight", "bias")})
    return norm
