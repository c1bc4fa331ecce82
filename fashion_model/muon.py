"""Muon: an optimizer that learns in fewer epochs, by steps that go equally far in all directions.

What a convolution or dense layer would step by is a matrix, and a few directions rule in it. Muon
makes all of them equally strong before the step is taken (Jordan et al. 2024, "Muon: An optimizer
for hidden layers in neural networks"). All that is no such matrix, and the last layer, goes by
Adam. Keras's own Muon leaves convolutions to Adam; they are what is trained here.
"""

from __future__ import annotations

from .backend import keras

ops = keras.ops

MOMENTUM = 0.9
ROUNDS = 4  # of the iteration that evens out the directions; near enough, and cheap
CURVE = (3.4445, -4.7750, 2.0315)  # its polynomial, steep where directions are weak
SIZE = 0.2  # so that a step of a weight is as large as one of Adam's with the same rate
ADAMS_SHARE = 0.3  # of the learning rate
ADAM = (0.9, 0.99)
TINY = 1e-7


class Muon(keras.optimizers.Optimizer):
    """Nesterov momentum made even for kernels, Adam for the rest."""

    def __init__(self, learning_rate, weight_decay=None, name="muon"):
        super().__init__(learning_rate, weight_decay=weight_decay, name=name)

    def build(self, variables) -> None:
        if self.built:
            return
        super().build(variables)
        self.momentums = [self.add_variable_from_reference(v, "momentum") for v in variables]
        self.squares = [
            None if _is_kernel(v) else self.add_variable_from_reference(v, "square")
            for v in variables
        ]

    def update_step(self, gradient, variable, learning_rate) -> None:
        place = self._get_variable_index(variable)
        momentum, square = self.momentums[place], self.squares[place]
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        if square is None:
            self.assign(momentum, MOMENTUM * momentum + gradient)
            step = _evened(ops.reshape(gradient + MOMENTUM * momentum, (-1, variable.shape[-1])))
            self.assign_sub(variable, rate * ops.reshape(step, variable.shape))
            return
        first, second = ADAM
        self.assign(momentum, first * momentum + (1 - first) * gradient)
        self.assign(square, second * square + (1 - second) * ops.square(gradient))
        done = ops.cast(self.iterations + 1, variable.dtype)
        rate *= ADAMS_SHARE * ops.sqrt(1 - ops.power(second, done)) / (1 - ops.power(first, done))
        self.assign_sub(variable, rate * momentum / (ops.sqrt(square) + TINY))


def _is_kernel(variable) -> bool:
    return len(variable.shape) > 1 and not variable.path.startswith("logits")


def _evened(matrix):
    """The matrix with all its directions about equally strong (Newton and Schulz's iteration)."""
    rows, columns = matrix.shape
    tall = rows > columns
    x = ops.transpose(matrix) if tall else matrix
    x = x / (ops.norm(x) + TINY)
    a, b, c = CURVE
    for _ in range(ROUNDS):
        square = x @ ops.transpose(x)
        x = a * x + (b * square + c * square @ square) @ x
    return SIZE * max(rows, columns) ** 0.5 * (ops.transpose(x) if tall else x)
