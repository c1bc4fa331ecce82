"""What has to be settled before Keras is imported, what the machine can compute in, and what
TensorFlow alone can do: the one module that names either.
"""

from __future__ import annotations

import contextlib
import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its start-up notes are no news to anybody
os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")  # the same recipe, the same curve
# oneDNN's convolutions: TensorFlow takes them by itself only on the newest processors.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

ERRORS = 2  # the number of standard error, where what is not Python writes to


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Let what is written to standard error be read only if this fails.

    TensorFlow tells which instructions it takes before anybody can ask it not to.
    """
    try:
        before = os.dup(ERRORS)
    except OSError:  # there is none
        yield
        return
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), ERRORS)
        try:
            yield
        except BaseException:
            said.seek(0)
            os.write(before, said.read())
            raise
        finally:
            os.dup2(before, ERRORS)
            os.close(before)


with held_back():
    import keras

AHEAD = 2  # batches made ready while the network learns from another
FAST_BFLOAT16 = {"avx512_bf16", "amx_bf16"}


def processor() -> str:
    """The name of the processor, for people."""
    for line in _cpu_lines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def gpus() -> list[str]:
    """The GPUs that the chosen backend would train on."""
    if keras.backend.backend() == "torch":  # the one that Keras lists no devices of
        import torch

        return [f"gpu:{number}" for number in range(torch.cuda.device_count())]
    # All devices are asked for: jax knows no `gpu` where there is none.
    return [name for name in keras.distribution.list_devices() if name.startswith("gpu")]


def hardware() -> str:
    """What trains here, in a few words."""
    graphics = gpus()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{len(graphics)} GPU" if graphics else f"{processor()}, {cores} cores"


def precision() -> str:
    """`mixed_bfloat16` where this machine is faster with it, else `float32`.

    A processor without the instructions for it is slower with bfloat16 than without.
    """
    if gpus():
        return "mixed_bfloat16"
    flags = next((line for line in _cpu_lines() if line.startswith("flags")), "")
    return "mixed_bfloat16" if FAST_BFLOAT16 & set(flags.split()) else "float32"


def seed_epoch(seed: int, epoch: int) -> None:
    """Under torch, dropout draws from a state that no checkpoint keeps: let the epoch decide it."""
    if keras.backend.backend() == "torch":
        import torch

        torch.manual_seed(1000 * seed + epoch)


def read_unwatched(batches: Sequence, count: int, shapes: list[tuple[int, ...]]):
    """Batches as TensorFlow reads them, without watching itself to tune how it does.

    At the end of an epoch it would wait for the watching: up to half a minute, and the longer the
    epoch, the longer.
    """
    import tensorflow

    data = tensorflow.data.Dataset.from_generator(
        lambda: map(batches.__getitem__, range(count)),
        output_signature=tuple(tensorflow.TensorSpec((None, *s), "float32") for s in shapes),
    )
    data = data.apply(tensorflow.data.experimental.assert_cardinality(count))
    options = tensorflow.data.Options()
    options.autotune.enabled = False
    return data.prefetch(AHEAD).with_options(options)


def fused_normalisation(inputs, gamma, beta, epsilon: float):
    """Batch normalisation as TensorFlow's one operation: outputs, mean and variance."""
    import tensorflow

    outputs, mean, variance = tensorflow.compat.v1.nn.fused_batch_norm(
        inputs,
        tensorflow.convert_to_tensor(gamma),
        tensorflow.convert_to_tensor(beta),
        epsilon=epsilon,
        is_training=True,
    )
    # It answers with an estimate for pictures unseen; Keras keeps the variance of these.
    count = tensorflow.cast(tensorflow.size(inputs) / inputs.shape[-1], variance.dtype)
    return outputs, mean, variance * (count - 1) / count


def half_the_room() -> dict:
    """What Keras passes on to the LiteRT converter so that weights are kept as float16.

    They are made float32 again when the file is opened: answers take the same time.
    """
    from tensorflow import float16, lite

    return {
        "optimizations": [lite.Optimize.DEFAULT],
        "target_spec": {"supported_types": [float16]},
    }


def _cpu_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return []
