"""Which encoder an environment's observations need: from a space to a module of `networks`."""

from typing import Any

import numpy as np
from gymnasium import Space
from gymnasium.spaces import Box, Discrete

from undergrad.engine import nn
from undergrad.errors import UsageError
from undergrad.rl import networks
from undergrad.rl.normalize import NormalizeObservation
from undergrad.rl.settings import NetworkSettings
from undergrad.rl.spaces import check_inputs
from undergrad.rl.streams import ENCODER, stream

_OF_FRAMES = {
    "frame_difference": networks.FrameDifference,
    "newest_frame": networks.NewestFrame,
}


def encoder_for(
    s: NetworkSettings, name: str, space: Space[Any], measure: bool
) -> tuple[nn.Module, int]:
    """What makes a row of numbers of an observation, and how many those are.

    Arguments:
        name: of the environment, for messages.
        measure: bring numbers of unknown size to a usual one by what is seen of them on the way.

    Raises UsageError when the settings do not fit the observations.
    """
    scale = s.observation_scale
    if s.encoder in _OF_FRAMES:
        return _frame_encoder(s.encoder, name, space)
    if isinstance(space, Discrete) and not scale:
        check_inputs(name, space)
        return networks.OneHot(int(space.n)), int(space.n)
    if not isinstance(space, Box) or (scale and space.shape != (len(scale),)):
        raise UsageError(
            f"The setting observation_scale has {len(scale)} numbers, and an observation of {name} "
            f"is {space}."
        )
    inputs = int(np.prod(space.shape))
    if scale:
        return networks.ScaleObservation(scale), inputs
    if space.dtype == np.uint8:
        return networks.Pixels(float(space.high.max()) or 1), inputs
    return NormalizeObservation(inputs) if measure else networks.Rows(), inputs


def _frame_encoder(encoder: str, name: str, space: Space[Any]) -> tuple[nn.Module, int]:
    if not isinstance(space, Box) or space.dtype != np.uint8 or space.shape[:1] < (2,):
        raise UsageError(
            f"The encoder {encoder} needs two or more images of bytes, the newest last, and an "
            f"observation of {name} is {space}."
        )
    return _OF_FRAMES[encoder](float(space.high.max())), int(np.prod(space.shape[1:]))


def nature_cnn(name: str, space: Space[Any], seed: int) -> tuple[nn.Module, int]:
    """The convolutions of DQN's paper, for 84 x 84 images, and how many numbers they make."""
    if not isinstance(space, Box) or space.shape[1:] != (84, 84) or space.dtype != np.uint8:
        raise UsageError(
            f"The encoder nature_cnn needs 84 x 84 images of bytes, and an observation of {name} "
            f"is {space}."
        )
    net = networks.NatureCNN(space.shape[0], stream(seed, ENCODER))
    return net, networks.NatureCNN.outputs
