"""The preset `quick` in bare PyTorch, for `benchmarks.reaching`: its network, optimizer, pictures.

python -m benchmarks.in_pytorch

Needs PyTorch, which the project does not. Written as somebody would who has only PyTorch: tensors
in memory, channels last as its manual advises for processors, and a plain loop. Prints a line
after each epoch: the time, and the validation accuracy.
"""

from __future__ import annotations

import json
import time

import torch
from torch import nn
from torch.nn import functional

from fashion_model.data import open_dataset
from fashion_model.recipes import Recipe, load_recipe


class Normalised(nn.Sequential):
    """A convolution, batch normalisation, ReLU."""

    def __init__(self, before: int, filters: int, stride: int = 1):
        # Keras's "same" pads an even picture below and right only where it halves it.
        padding = nn.ZeroPad2d((0, 1, 0, 1) if stride == 2 else 1)
        convolution = nn.Conv2d(before, filters, 3, stride, bias=False)
        normal = nn.BatchNorm2d(filters, eps=1e-3)
        super().__init__(padding, convolution, normal, nn.ReLU())


class Added(nn.Module):
    """What comes in, and what layers make of it, added."""

    def __init__(self, inner: nn.Module):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


def network_of(recipe: Recipe) -> nn.Sequential:
    first, second = recipe.filters
    (units,) = recipe.dense
    network = nn.Sequential(
        nn.Conv2d(1, first, 4, 2, padding=1, bias=False),
        nn.ReLU(),
        Normalised(first, second, stride=2),
        Added(Normalised(second, second)),
        nn.Flatten(),
        nn.Linear(second * 7 * 7, units, bias=False),
        nn.BatchNorm1d(units, eps=1e-3),
        nn.ReLU(),
        nn.Linear(units, 10),
    )
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)  # as Keras begins
    return network.to(memory_format=torch.channels_last)


class Muon:
    """fashion_model/muon.py, with one-cycle's rates."""

    def __init__(self, network: nn.Sequential, rate: float, steps: int):
        last = set(network[-1].parameters())
        weights = list(network.parameters())
        self.kernels = [w for w in weights if w.dim() > 1 and w not in last]
        self.momentums = [torch.zeros_like(w) for w in self.kernels]
        rest = [w for w in weights if w.dim() == 1 or w in last]
        self.adam = torch.optim.Adam(rest, betas=(0.9, 0.99), eps=1e-7)
        self.rate, self.steps, self.done = rate, steps, 0

    @torch.no_grad()
    def step(self) -> None:
        done = self.done / self.steps
        rate = self.rate * min(0.04 + 0.96 * done / 0.25, max((1 - done) / 0.75, 0.001))
        self.done += 1
        for kernel, momentum in zip(self.kernels, self.momentums, strict=True):
            momentum.mul_(0.9).add_(kernel.grad)
            step = (kernel.grad + 0.9 * momentum).reshape(len(kernel), -1)
            kernel.sub_(rate * evened(step).reshape(kernel.shape))
        self.adam.param_groups[0]["lr"] = 0.3 * rate
        self.adam.step()


def evened(matrix: torch.Tensor) -> torch.Tensor:
    rows, columns = matrix.shape
    x = matrix.T if rows > columns else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(4):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return 0.2 * max(rows, columns) ** 0.5 * (x.T if rows > columns else x)


def main() -> None:
    recipe, data = load_recipe("quick"), open_dataset()
    torch.manual_seed(recipe.seed)
    x, v = (
        ((torch.tensor(part.images)[:, None] - 73.0) / 90).contiguous(
            memory_format=torch.channels_last
        )
        for part in (data.train, data.validation)
    )
    y, w = (torch.tensor(part.labels).long() for part in (data.train, data.validation))
    network = network_of(recipe)
    size = recipe.batch_size
    optimizer = Muon(network, recipe.learning_rate, recipe.epochs * -(-len(x) // size))
    for epoch in range(recipe.epochs):
        network.train()
        for chosen in torch.randperm(len(x)).split(size):
            mirrored = (chosen + epoch) % 2 == 1
            pictures = torch.where(mirrored[:, None, None, None], x[chosen].flip(3), x[chosen])
            said = network(pictures)
            network.zero_grad()
            functional.cross_entropy(
                said, y[chosen], label_smoothing=recipe.label_smoothing
            ).backward()
            optimizer.step()
        network.eval()
        with torch.no_grad():
            right = sum(
                (network(p).argmax(1) == q).sum().item()
                for p, q in zip(v.split(500), w.split(500), strict=True)
            )
        print(json.dumps([time.time(), right / len(v)]), flush=True)


if __name__ == "__main__":
    main()
