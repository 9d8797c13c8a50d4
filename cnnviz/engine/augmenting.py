"""Changes images of a batch at random, all at once; what is drawn depends on seed and step alone.

So a run that goes on from any step draws what the uninterrupted one has drawn, and there is no
state to be kept; and neither dropout nor the order of the images draws anything else because of it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor
from torch.nn import functional

from cnnviz.core.augmentation import VARIANTS, Augmentation, Augmenting, Change, Variants
from cnnviz.engine.parallel import Ranks
from cnnviz.engine.seeds import mixed
from cnnviz.engine.session import Session

PORTION = 2_000_000
"""Pixels whose covariance is taken at once."""


@dataclass(frozen=True)
class Drawn:
    """For each image of a batch, on the CPU.

    Attributes
    ----------
    shift
        (count, 2) whole pixels right and down.
    angle
        (count,) degrees, counter-clockwise.
    flipped
        (count,) whether it is mirrored.
    part
        (count, 3) side, left and top of the part that is left, as shares.
    factors
        (count, 3) of the principal components of the colours.
    """

    shift: Tensor
    angle: Tensor
    flipped: Tensor
    part: Tensor
    factors: Tensor

    def share(self, ranks: Ranks) -> Drawn:
        """What was drawn for a process's images among those of a batch."""
        return Drawn(*(ranks.share(getattr(self, each.name)) for each in fields(self)))


def augmented(session: Session, x: Tensor, step: int) -> Tensor:
    """The images of a batch as the network is to see them at a step; ``x`` stays as it is.

    Every process draws for the whole batch, so that each image gets what it gets in one alone.

    Parameters
    ----------
    x
        (count, channels, height, width) 0 … 1, on the session's device: this process's share.
    """
    wanted, ranks = session.settings.augmentation, session.ranks
    seed = mixed(session.settings.seed, step)
    drawn = draw(wanted, len(x) * ranks.world, seed).share(ranks)
    return changed(x, wanted, drawn, seed, axes_of(session, wanted), ranks)


def variants(session: Session, asked: Augmenting) -> Variants:
    """What the coming batch would make of an image, were it in it; and what was drawn for that."""
    wanted = asked.augmentation
    seed = mixed(session.settings.seed, session.step + asked.number)
    drawn = draw(wanted, VARIANTS, seed)
    x = torch.from_numpy(asked.sample.image).to(session.device.key)
    images = changed(x.expand(VARIANTS, *x.shape), wanted, drawn, seed, axes_of(session, wanted))
    return Variants(asked, images.contiguous().cpu().numpy(), changes_of(drawn, len(x) == 3))


def draw(wanted: Augmentation, count: int, seed: int) -> Drawn:
    """Draw for ``count`` images; what is switched off draws too, or others would change."""
    generator = torch.Generator().manual_seed(seed)
    even = torch.rand(count, 7, generator=generator, dtype=torch.float64)
    side = 1 - wanted.crop * even[:, 4]
    return Drawn(
        shift=(even[:, :2] * (2 * wanted.shift + 1)).floor() - wanted.shift,
        angle=(2 * even[:, 2] - 1) * wanted.rotation,
        flipped=(even[:, 3] < 0.5) & wanted.flip,
        part=torch.stack((side, (1 - side) * even[:, 5], (1 - side) * even[:, 6]), dim=1),
        factors=torch.randn(count, 3, generator=generator, dtype=torch.float64) * wanted.colour,
    )


def changed(
    x: Tensor,
    wanted: Augmentation,
    drawn: Drawn,
    seed: int,
    axes: Tensor | None,
    ranks: Ranks | None = None,
) -> Tensor:
    """Move, colour and disturb images, in this order; what is switched off costs nothing.

    Parameters
    ----------
    seed
        Of the noise, which is drawn on the images' own device.
    axes
        (3, 3) the principal components in columns, each times its variance; None to leave colours
        as they are.
    ranks
        Whose share of a batch it is; None where it is a whole one.
    """
    if wanted.moves:
        theta = places(drawn, x.shape[2], x.shape[3]).to(x.device, x.dtype)
        grid = functional.affine_grid(theta, list(x.shape), align_corners=False)
        x = functional.grid_sample(x, grid, mode="bilinear", align_corners=False)
    if axes is not None:
        added = (drawn.factors @ axes.double().T.cpu()).to(x.device, x.dtype)
        x = x + added[:, :, None, None]
    if wanted.noise:
        generator = torch.Generator(x.device).manual_seed(seed + 1)
        ranks = Ranks() if ranks is None else ranks
        whole = (len(x) * ranks.world, *x.shape[1:])
        noise = torch.randn(whole, generator=generator, device=x.device, dtype=x.dtype)
        x = x + wanted.noise * ranks.share(noise)
    return x.clamp(0, 1) if axes is not None or wanted.noise else x


def places(drawn: Drawn, height: int, width: int) -> Tensor:
    """(count, 2, 3) from where in the image each place of the result is read, as torch wants it.

    In pixels from the middle: q = side · mirror · turn⁻¹ (p − shift) + middle of the part.
    """
    angle = torch.deg2rad(drawn.angle)
    cos, sin = torch.cos(angle), torch.sin(angle)
    side, mirror = drawn.part[:, 0], 1 - 2 * drawn.flipped.double()
    rows = torch.stack(
        (torch.stack((mirror * cos, -mirror * sin), 1), torch.stack((sin, cos), 1)), 1
    )
    matrix = side[:, None, None] * rows
    half = torch.tensor([width / 2, height / 2], dtype=torch.float64)
    middle = (drawn.part[:, 1:] + side[:, None] / 2 - 0.5) * 2 * half
    moved = middle - (matrix @ drawn.shift[:, :, None])[:, :, 0]
    # torch counts from −1 to 1 along each side.
    return torch.cat((matrix * half / half[:, None], (moved / half)[:, :, None]), dim=2)


def axes_of(session: Session, wanted: Augmentation) -> Tensor | None:
    """The colours' principal components times their variances; None where none are wanted."""
    if not wanted.colour or session.train.x.shape[1] != 3:
        return None
    if session.colour_axes is None:
        session.colour_axes = colour_axes(session.train.x)
    return session.colour_axes


def colour_axes(x: Tensor) -> Tensor:
    """(3, 3) on the CPU: the principal components of all pixels, each times its variance.

    Each component points to where the sum of its parts is positive, so that their sign does not
    hang on how the decomposition is computed.
    """
    step = max(1, PORTION // (x.shape[2] * x.shape[3]))
    total, squares, count = torch.zeros(3).double(), torch.zeros(3, 3).double(), 0
    for start in range(0, len(x), step):
        pixels = x[start : start + step].permute(1, 0, 2, 3).reshape(3, -1)
        total += pixels.sum(dim=1).double().cpu()
        squares += (pixels @ pixels.T).double().cpu()
        count += pixels.shape[1]
    mean = total / count
    variances, parts = torch.linalg.eigh(squares / count - mean[:, None] * mean)
    signs = torch.where(parts.sum(dim=0) < 0, -1.0, 1.0)
    axes: Tensor = parts * signs * variances.clamp(min=0)
    return axes


def changes_of(drawn: Drawn, coloured: bool) -> tuple[Change, ...]:
    """What was drawn, one value an image."""
    values = (drawn.shift, drawn.angle, drawn.flipped, drawn.part, drawn.factors)
    return tuple(
        Change(
            right=int(shift[0]),
            down=int(shift[1]),
            angle=angle,
            flipped=flipped,
            side=part[0],
            left=part[1],
            top=part[2],
            factors=tuple(factors) if coloured else (),
        )
        for shift, angle, flipped, part, factors in zip(*(v.tolist() for v in values), strict=True)
    )
