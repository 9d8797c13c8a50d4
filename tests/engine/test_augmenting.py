"""Augmentation: what Pillow and numpy make of the same draws, the same again, and nothing else."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from cnnviz.core.augmentation import (
    VARIANTS,
    Augmentation,
    Augmenting,
    Variants,
    augmentation_from,
    augmentation_text,
)
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Sample
from cnnviz.engine.augmenting import (
    Drawn,
    augmented,
    changed,
    colour_axes,
    draw,
    variants,
)
from cnnviz.engine.headless import make_session
from cnnviz.engine.parallel import Ranks
from cnnviz.engine.resume import capture
from cnnviz.engine.run_about import About, experiment_of, written_run
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.runner import Runner
from cnnviz.engine.seeds import mixed
from cnnviz.engine.session import Images, Session
from cnnviz.engine.training import train
from tests.engine.idx_files import TINY, bundled, experiment, settings

ALL = Augmentation(shift=2, rotation=15, flip=True, crop=0.2, noise=0.1, colour=0.1)


def image(seed: int = 0, channels: int = 1, height: int = 28, width: int = 28) -> Tensor:
    draws = np.random.default_rng(seed).random((channels, height, width), dtype=np.float32)
    return torch.from_numpy(draws)


def drawn(**given: object) -> Drawn:
    """One image's draw: nothing, but for what is given."""
    values: dict[str, Tensor] = {
        "shift": torch.zeros(1, 2).double(),
        "angle": torch.zeros(1).double(),
        "flipped": torch.zeros(1, dtype=torch.bool),
        "part": torch.tensor([[1.0, 0.0, 0.0]]).double(),
        "factors": torch.zeros(1, 3).double(),
    }
    for name, value in given.items():
        values[name] = torch.tensor(value, dtype=values[name].dtype)
    return Drawn(**values)


def move(x: Tensor, **given: object) -> np.ndarray:
    wanted = Augmentation(shift=1)  # anything that moves
    return changed(x[None], wanted, drawn(**given), 0, None)[0].numpy()


@pytest.mark.parametrize("size", [(28, 28), (13, 20)])
@pytest.mark.parametrize(("right", "down"), [(3, 0), (0, -2), (-5, 4), (0, 0)])
def test_that_a_shift_is_by_whole_pixels_and_black_comes_in(right, down, size) -> None:
    x = image(0, 3, *size)
    expected = np.zeros_like(x.numpy())
    rows, columns = size
    expected[:, max(0, down) : rows + min(0, down), max(0, right) : columns + min(0, right)] = x[
        :, max(0, -down) : rows - max(0, down), max(0, -right) : columns - max(0, right)
    ]
    found = move(x, shift=[[float(right), float(down)]])
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_that_a_flip_is_numpys() -> None:
    x = image(1, 1, 9, 14)
    np.testing.assert_allclose(move(x, flipped=[True]), x.numpy()[:, :, ::-1], atol=1e-5)


@pytest.mark.parametrize("angle", [90.0, -90.0, 180.0, 17.0, -5.0])
def test_that_a_rotation_is_pillows(angle) -> None:
    x = image(2)
    rotated = Image.fromarray(x[0].numpy()).rotate(angle, Image.Resampling.BILINEAR)
    found = move(x, angle=[angle])[0]
    inside = np.hypot(*(np.indices((28, 28)) - 13.5)) < 12.5  # Pillow's edge is not blended
    np.testing.assert_allclose(found[inside], np.asarray(rotated)[inside], atol=1e-4)


def test_that_a_crop_is_the_part_enlarged() -> None:
    x = image(3, 3, 32, 32)
    found = move(x, part=[[0.5, 0.25, 0.125]])
    for plane, given in zip(found, x.numpy(), strict=True):
        part = Image.fromarray(given[4:20, 8:24]).resize((32, 32), Image.Resampling.BILINEAR)
        np.testing.assert_allclose(plane[1:-1, 1:-1], np.asarray(part)[1:-1, 1:-1], atol=1e-5)


def test_that_shift_comes_after_turning_and_turning_after_mirroring() -> None:
    x = image(4)
    one = move(torch.from_numpy(move(x, flipped=[True])), angle=[90.0])
    one = move(torch.from_numpy(one), shift=[[2.0, 1.0]])
    both = move(x, flipped=[True], angle=[90.0], shift=[[2.0, 1.0]])
    np.testing.assert_allclose(both, one, atol=1e-4)


def test_that_colour_is_the_papers_formula() -> None:
    x = torch.stack([image(seed, 3, 6, 5) for seed in range(40)])
    x[:, 1] = 0.7 * x[:, 0] + 0.3 * x[:, 1]
    pixels = x.permute(0, 2, 3, 1).reshape(-1, 3).double().numpy()
    values, vectors = np.linalg.eigh(np.cov(pixels.T, bias=True))
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1, 1)
    axes = colour_axes(x)
    np.testing.assert_allclose(axes, vectors * values, atol=1e-6)
    factors = [[0.3, -1.2, 2.0]]
    mild = 0.25 + x[:1] / 2  # so that nothing is clipped
    found = changed(mild, Augmentation(colour=0.1), drawn(factors=factors), 0, axes)[0]
    expected = vectors @ (np.array(factors[0]) * values)
    for channel in range(3):
        np.testing.assert_allclose(found[channel] - mild[0, channel], expected[channel], atol=1e-6)


def test_that_noise_has_the_deviation_asked_for_and_stays_from_0_to_1() -> None:
    x = torch.full((50, 1, 28, 28), 0.5)
    wanted = Augmentation(noise=0.1)
    found = changed(x, wanted, draw(wanted, 50, 1), 1, None)
    assert float((found - x).std()) == pytest.approx(0.1, rel=0.02)
    assert float((found - x).mean()) == pytest.approx(0, abs=0.002)
    wide = Augmentation(noise=1)
    found = changed(x, wide, draw(wide, 50, 1), 1, None)
    assert 0 == found.min() < found.max() == 1


def test_that_draws_stay_within_what_is_set() -> None:
    found = draw(ALL, 20_000, 3)
    assert set(found.shift.flatten().tolist()) == {-2, -1, 0, 1, 2}
    assert float(found.angle.abs().max()) == pytest.approx(15, abs=0.01)
    assert float(found.flipped.double().mean()) == pytest.approx(0.5, abs=0.02)
    side, left, top = found.part.T
    assert 0.8 <= float(side.min()) < 0.801
    assert float(side.max()) <= 1
    for begin in (left, top):
        assert float(begin.min()) >= 0
        assert float((begin + side).max()) <= 1 + 1e-12
    assert float(found.factors.std()) == pytest.approx(0.1, rel=0.02)


def test_that_switching_one_on_changes_no_other() -> None:
    few, more = draw(Augmentation(shift=2), 50, 5), draw(ALL, 50, 5)
    assert torch.equal(few.shift, more.shift)
    assert not few.flipped.any()


def test_that_steps_draw_differently_and_seeds_are_of_32_bits() -> None:
    seeds = [mixed(777, step) for step in range(10_000)]
    assert len(set(seeds)) > 9_990
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert mixed(777, 5) != mixed(778, 5)
    first = [float(draw(ALL, 1, seed).angle[0]) for seed in seeds[:2000]]
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.07


# --- in a run ------------------------------------------------------------------------------------


def trained(session: Session, batches: int) -> list[Tensor]:
    for _ in islice(train(session, lambda event: None), batches):
        pass
    return [p.detach().clone() for p in session.module.parameters()]


def test_that_a_run_without_it_is_as_it_was(data: Path) -> None:
    plain = make_session(experiment(data))
    x = plain.train.x[:4]
    assert not plain.settings.augmentation.on
    assert torch.equal(augmented(plain, x, 3), x)


def test_that_a_run_with_it_is_another_and_the_same_each_time(data: Path) -> None:
    runs = [
        trained(make_session(experiment(data, augmentation=wanted)), 8)
        for wanted in (Augmentation(), ALL, ALL)
    ]
    assert not torch.equal(runs[0][0], runs[1][0])
    assert all(torch.equal(a, b) for a, b in zip(runs[1], runs[2], strict=True))


def test_that_dropout_and_order_draw_as_without_it(data: Path) -> None:
    states = []
    for wanted in (Augmentation(), ALL):
        session = make_session(experiment(data, augmentation=wanted))
        trained(session, 8)
        assert session.order is not None
        states.append((torch.get_rng_state(), session.order))
    assert torch.equal(states[0][0], states[1][0])
    assert torch.equal(states[0][1], states[1][1])


@pytest.mark.parametrize("network", [TINY, bundled("two_layer_cnn")], ids=["tiny", "two"])
def test_that_every_step_kept_leads_to_the_same_weights(network, data: Path) -> None:
    wanted = experiment(data, network, augmentation=ALL)
    path = data.parent / "run.cnnviz"
    session = make_session(wanted)
    with RunFile.create(path, wanted) as file:
        file.append_snapshot(capture(session))
        for at_rest in train(session, lambda event: None):
            if at_rest:
                file.append_losses(session.step, session.metrics.losses[-1:])
                file.append_snapshot(capture(session))
        assert file.experiment.settings.augmentation == ALL
    weights = {name: t.clone() for name, t in session.module.state_dict().items()}
    for step in (0, 1, 5, 6, 9):
        torch.manual_seed(step)  # whatever was drawn meanwhile must not matter
        again = make_session(wanted, resume=(path, step))
        for _ in train(again, lambda event: None):
            pass
        found = again.module.state_dict()
        assert all(torch.equal(found[name], weights[name]) for name in weights), step


@pytest.mark.parametrize("world", [1, 2, 3])
def test_that_processes_draw_by_an_images_place_in_the_whole_batch(world, data: Path) -> None:
    session = make_session(experiment(data, augmentation=ALL))
    x = torch.stack([image(seed, 3, 12, 10) for seed in range(12)])
    session.train = Images(x, torch.zeros(12, dtype=torch.int64))
    whole = augmented(session, x, 5)
    shares = []
    for rank in range(world):
        session.ranks = Ranks(rank, world)
        shares.append(augmented(session, session.ranks.share(x), 5))
    np.testing.assert_allclose(torch.cat(shares), whole, atol=1e-6)
    assert not torch.allclose(whole[0], whole[6], atol=0.01)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("flip", Augmentation(flip=True)),
        ("shift=2, rotation=15", Augmentation(shift=2, rotation=15)),
        ("crop=0.2,noise=0.1,colour=1e-1", Augmentation(crop=0.2, noise=0.1, colour=0.1)),
    ],
)
def test_that_it_can_be_said_on_a_line(said, meant) -> None:
    assert augmentation_from(said) == meant
    assert augmentation_from(augmentation_text(meant) or "shift=0") == meant


@pytest.mark.parametrize(
    "said", ["", "shift", "shift=1.5", "turn=3", "flip=no", "flip,flip", "shift=2,", "noise=2"]
)
def test_that_what_is_not_understood_on_a_line_is_refused(said) -> None:
    with pytest.raises(Problem, match="was given"):
        augmentation_from(said)


def test_that_the_data_are_not_changed(data: Path) -> None:
    session = make_session(experiment(data, augmentation=ALL))
    before = session.train.x.clone(), session.test.x.clone()
    trained(session, 8)
    assert torch.equal(session.train.x, before[0])
    assert torch.equal(session.test.x, before[1])


def test_that_a_look_at_variants_changes_nothing_and_shows_what_the_batch_draws(
    data: Path,
) -> None:
    session = make_session(experiment(data, augmentation=ALL))
    trained(session, 3)
    state, sample = torch.get_rng_state(), session.dataset.sample(2)
    found = variants(session, Augmenting(0, ALL, sample))
    assert found.images.shape == (VARIANTS, 1, 28, 28)
    assert torch.equal(torch.get_rng_state(), state)
    x = torch.from_numpy(sample.image).expand(VARIANTS, 1, 28, 28)
    np.testing.assert_array_equal(found.images, augmented(session, x, session.step).numpy())
    again = variants(session, Augmenting(1, ALL, sample))
    assert again.changes != found.changes
    unchanged = variants(session, Augmenting(0, Augmentation(), sample))
    assert all(np.array_equal(image, sample.image) for image in unchanged.images)
    assert not found.changes[0].factors  # one channel has no colours


def test_that_a_runner_answers_while_it_trains(data: Path) -> None:
    runner, found = Runner(), None
    try:
        runner.start(experiment(data, epochs=10_000))
        runner.train()
        sample = Sample(-1, np.full((1, 28, 28), 0.5, dtype=np.float32), None)
        asked = Augmenting(0, ALL, sample)
        runner.augment(asked)
        deadline = time.monotonic() + 60
        while found is None and time.monotonic() < deadline:
            found = runner.take_variants()
            time.sleep(0.005)
        assert isinstance(found, Variants)
        assert found.asked is asked
        assert len(found.changes) == VARIANTS
        assert runner.take_variants() is None
    finally:
        assert runner.close(30)


@pytest.mark.parametrize(
    "wrong", [{"shift": -1}, {"crop": 1.0}, {"noise": float("nan")}, {"rotation": 181.0}]
)
def test_that_what_makes_no_sense_is_refused(wrong) -> None:
    with pytest.raises(Problem, match=next(iter(wrong))):
        Augmentation(**wrong)


def test_that_it_stands_in_a_runs_file_and_older_files_have_none(data: Path) -> None:
    wanted = experiment(data, augmentation=ALL)
    texts = written_run(wanted, About(), 1)
    assert experiment_of(texts).settings == wanted.settings
    older = texts["settings"].split(', "augmentation"')[0] + "}"
    plain = replace(wanted.settings, augmentation=Augmentation())
    assert experiment_of(texts | {"settings": older}).settings == plain
    for broken in ('{"shift": 1.5}', "[1]", '{"unknown": 1}', '{"crop": 7.0}'):
        text = older[:-1] + f', "augmentation": {broken}}}'
        with pytest.raises(Problem):
            experiment_of(texts | {"settings": text})
    assert settings().augmentation == Augmentation()
