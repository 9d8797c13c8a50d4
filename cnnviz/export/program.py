"""A network and its settings as one PyTorch program, in the eight steps of the lecture.

The program needs PyTorch alone (numpy where pixels are shuffled, torchvision for Normalize) and a
folder of idx files; nothing is downloaded.  From the same seed, its initial weights are those of
cnnviz bit for bit, its images come in the same order, and dropout strikes out the same values.  On
one thread the weights after any number of batches are the same bit for bit too, because the program
asks for the memory order (channels_last) and the one-pass Adam (fused) that cnnviz trains with.  On
more threads, and on an accelerator, sums may be added in another order, and the last bits may
differ.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Flatten, Linear, Operation
from cnnviz.core.operations.add import Add
from cnnviz.core.operations.normalize import Normalize
from cnnviz.core.scenes.strip import torch_style
from cnnviz.core.settings import TrainingSettings

Block = tuple[str, tuple[Layer, ...]]
"""An attribute of the class and its layers; "" for what is written out in forward: Flatten, Add."""


WRITTEN_OUT = (Flatten, Add)
"""What is no module of the class."""


def program(network: Network, settings: TrainingSettings, data: Path) -> str:
    """A complete program that trains this network as these settings say.

    Parameters
    ----------
    data
        A folder with the four idx files of MNIST's form, gzipped or not.
    """
    title = " ".join(network.title.split())
    return PROGRAM.format(
        title=title.replace("\\", "/").replace('"', "'"),
        note=_note(settings),
        count=f"{network.parameter_count:,}",
        device=_device(settings),
        seed=settings.seed,
        threads=settings.threads,
        learning_rate=settings.learning_rate,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        data=str(data),
        shape=network.input_shape,
        model="\n".join(_model(network)),
        taken=_taken(settings),
        numpy="import numpy as np\n" if settings.pixel_seed else "",
        torchvision="from torchvision import transforms\n" if _normalises(network) else "",
    )


def _note(settings: TrainingSettings) -> str:
    """A line where this program does less than cnnviz."""
    if not settings.augmentation.on:
        return ""
    given = ", ".join(f"{name} {value}" for name, value in asdict(settings.augmentation).items())
    return (
        f"# cnnviz changed the images of each batch at random ({given}); this program does not.\n"
    )


def _taken(settings: TrainingSettings) -> str:
    """The lines that leave images out and shuffle pixels, as `cnnviz.core.taken` does."""
    lines, count, seed = [], settings.train_images, settings.pixel_seed
    if count:
        lines.append(f"x_train, y_train = x_train[:{count}], y_train[:{count}]")
    if seed:
        lines += [
            "",
            "",
            "def shuffle_pixels(x):",
            '    """The same other order of the pixels for every image."""',
            f"    order = np.random.default_rng({seed}).permutation(x[0, 0].numel())",
            "    x = x.flatten(2)[:, :, torch.from_numpy(order).to(device)].reshape(x.shape)",
            "    return x.contiguous(memory_format=torch.channels_last)",
            "",
            "",
            "x_train, x_test = shuffle_pixels(x_train), shuffle_pixels(x_test)",
        ]
    return "".join(f"{line}\n" for line in lines)


def _device(settings: TrainingSettings) -> str:
    if settings.device == "auto":
        return '"cuda" if torch.cuda.is_available() else "cpu"'
    return repr(settings.device)


def _model(network: Network) -> list[str]:
    """The lines of __init__ and forward."""
    kept = _kept(network)
    blocks = _blocks(network.layers[:-1], kept)
    lines = ["    def __init__(self):", "        super().__init__()"]
    for name, layers in blocks:
        if name:
            lines += _declared(name, layers, network.initialisation)
    lines += ["", "    def forward(self, x):", "        out = x"]
    lines += [f"        {kept[-1]} = out"] if -1 in kept else []
    last = -1
    for name, layers in blocks:
        last += len(layers)
        lines.append(f"        out = {_computed(name, layers[0], kept)}")
        lines += [f"        {kept[last]} = out"] if last in kept else []
    lines.append("        return out  # logits: the loss takes the softmax by itself")
    return lines


def _kept(network: Network) -> dict[int, str]:
    """The variable of each output that is read past the layers behind it, by its layer's index."""
    read = {it for wire in network.wires for it in (wire.source, wire.skip) if it is not None}
    return {place: f"skip{number}" for number, place in enumerate(sorted(read), start=1)}


def _computed(name: str, first: Layer, kept: dict[int, str]) -> str:
    """How a block is computed, which begins with this layer."""
    source, skip = first.wire.source, first.wire.skip
    read = "out" if source is None else kept[source]
    if name:
        return f"self.{name}({read})"
    return f"{read}.flatten(1)" if skip is None else f"{read} + {kept[skip]}"


def _blocks(layers: tuple[Layer, ...], kept: Collection[int]) -> list[Block]:
    """Layers in the lecture's groups: what learns, and what follows until the next that does.

    Each linear layer begins a group, so that its weights can be drawn anew before the next layer's.
    What another layer reads ends one.
    """
    groups: list[list[Layer]] = []
    for index, layer in enumerate(layers):
        begins = "weight" in layer.parameter_shapes and len(layer.parameter_shapes["weight"]) > 1
        begins = begins or layer.wire.source is not None or index - 1 in kept
        alone = isinstance(layer.operation, WRITTEN_OUT)
        after_alone = bool(groups) and isinstance(groups[-1][0].operation, WRITTEN_OUT)
        if begins or alone or after_alone or not groups:
            groups.append([])
        groups[-1].append(layer)
    blocks: list[Block] = []
    counts = {"layer": 0, "fc": 0}
    for group in groups:
        if isinstance(group[0].operation, WRITTEN_OUT):
            blocks.append(("", tuple(group)))
            continue
        kind = "fc" if group[0].decides else "layer"
        counts[kind] += 1
        blocks.append((f"{kind}{counts[kind]}", tuple(group)))
    return blocks


def _declared(name: str, layers: tuple[Layer, ...], initialisation: str) -> list[str]:
    arrow = f"{_sizes(layers[0].input_shape)} -> {_sizes(layers[-1].output_shape)}"
    lines = [f"        # {arrow}", f"        self.{name} = nn.Sequential("]
    lines += [f"            {_module(layer.operation)}," for layer in layers]
    lines.append("        )")
    if initialisation == "xavier" and isinstance(layers[0].operation, Linear):
        lines.append(f"        nn.init.xavier_uniform_(self.{name}[0].weight)")
    return lines


def _normalises(network: Network) -> bool:
    return any(isinstance(layer.operation, Normalize) for layer in network.layers)


def _module(operation: Operation) -> str:
    """What makes a layer; that which is torchvision's is not in torch.nn."""
    where = "transforms" if isinstance(operation, Normalize) else "nn"
    return f"{where}.{torch_style(operation)}"


def _sizes(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


PROGRAM = '''\
"""{title}: {count} parameters, trained with PyTorch; written by cnnviz."""
{note}
# 1. Libraries
import gzip
from pathlib import Path

{numpy}import torch
from torch import nn
{torchvision}
# 2. Device and seed
device = {device}
torch.set_num_threads({threads})  # sums on other numbers of threads may differ in their last bits
torch.manual_seed({seed})
if device.startswith("cuda"):
    torch.cuda.manual_seed_all({seed})

# 3. Parameters
learning_rate = {learning_rate!r}
training_epochs = {epochs}
batch_size = {batch_size}
data_folder = Path({data!r})


# 4. Data: pixels from 0 to 1, for training and for the test alike
def read_idx(name):
    """An idx file of bytes, gzipped or not."""
    file = data_folder / (name + ".gz")
    content = (file if file.is_file() else data_folder / name).read_bytes()
    if content[:2] == b"\\x1f\\x8b":
        content = gzip.decompress(content)
    dimensions = content[3]
    sizes = [int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(dimensions)]
    values = torch.frombuffer(bytearray(content[4 + 4 * dimensions :]), dtype=torch.uint8)
    return values.reshape(sizes)


def read_part(part):
    images, labels = read_idx(part + "-images-idx3-ubyte"), read_idx(part + "-labels-idx1-ubyte")
    x = images.reshape(len(images), *{shape}).float() / 255
    return x.contiguous(memory_format=torch.channels_last).to(device), labels.long().to(device)


x_train, y_train = read_part("train")
x_test, y_test = read_part("t10k")
{taken}shuffle = torch.Generator().manual_seed({seed})  # its own: dropout must not change the order


# 5. Model
class CNN(nn.Module):
{model}


model = CNN().to(memory_format=torch.channels_last).to(device)

# 6. Loss and optimiser
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, fused=device != "mps")


# 7. Training
def train_epoch():
    """One pass over the training images; gives the mean loss."""
    model.train()
    total_batch = len(x_train) // batch_size
    order = torch.randperm(len(x_train), generator=shuffle).to(device)
    avg_cost = 0.0
    for batch in range(total_batch):  # images that do not fill a batch are left out
        chosen = order[batch * batch_size : (batch + 1) * batch_size]
        X = x_train[chosen].contiguous(memory_format=torch.channels_last)
        Y = y_train[chosen]
        optimizer.zero_grad()
        cost = criterion(model(X), Y)
        cost.backward()
        optimizer.step()
        avg_cost += cost.item() / total_batch
    return avg_cost


# 8. Test
def test():
    """The share of the test images that are classified rightly."""
    model.eval()
    right = 0
    with torch.no_grad():
        for X, Y in zip(x_test.split(1000), y_test.split(1000)):
            right += (model(X).argmax(1) == Y).sum().item()
    return right / len(y_test)


if __name__ == "__main__":
    for epoch in range(training_epochs):
        cost = train_epoch()
        print("[Epoch: {{:>4}}] cost = {{:>.9}}".format(epoch + 1, cost))
    print("Accuracy:", test())
'''
