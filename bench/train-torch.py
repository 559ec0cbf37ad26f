"""Images per second of whole training steps in PyTorch: the networks, loss and optimiser that train.mjs times.

Use: train-torch.py compact|reference|pyramid BATCH STEPS THREADS. Prints one line of JSON: images per second for both memory
layouts, the median of the steps, and the largest resident memory, MiB.
"""
import json
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def block(channels, filters, *after):
    return [nn.Conv2d(channels, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters), *after]


def pooled():
    return [nn.MaxPool2d(2), nn.ReLU()]


def compact():
    layers, channels = [], 1
    for filters in (32, 64, 128):
        layers += block(channels, filters, nn.ReLU()) + block(filters, filters, *pooled())
        channels = filters
    layers += block(128, 256, nn.ReLU()) + block(256, 256, nn.ReLU())
    return 44, nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(256, 7))


def reference():
    layers, channels = [], 1
    for filters in (64, 128, 256, 512):
        layers += block(channels, filters, *pooled(), nn.Dropout(0.3))
        channels = filters
    tail = [nn.Flatten(), nn.Linear(512 * 9, 512), nn.ReLU(), nn.Dropout(0.3), nn.Linear(512, 7)]
    return 48, nn.Sequential(*layers, *tail)


class Pyramid(nn.Module):
    """The detector: three levels, the coarser ones added to the finer, one head for all places."""

    def __init__(self):
        super().__init__()
        conv = lambda i, o, *form: [nn.Conv2d(i, o, *form, bias=False), nn.BatchNorm2d(o), nn.ReLU()]
        pair = lambda: [nn.Conv2d(64, 64, 1, bias=False), nn.Conv2d(64, 64, 3, padding=1, groups=64, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
        pairs = lambda: pair() + pair() + pair()
        self.stem = nn.Sequential(*conv(3, 32, 6, 4, 1))
        first = nn.Sequential(*conv(32, 64, 3, 2, 1), *pairs())
        self.stages = nn.ModuleList([first] + [nn.Sequential(nn.MaxPool2d(2), *pairs()) for _ in range(2)])
        self.merges = nn.ModuleList(nn.Sequential(*pair()) for _ in range(3))
        self.heads = nn.ModuleList([nn.Conv2d(64, 1, 1), nn.Conv2d(64, 12, 1)])

    def forward(self, x):
        x, features = self.stem(x / 64), []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        merged = self.merges[2](features[2])
        rows = [merged.flatten(2)]
        for level in (1, 0):
            merged = self.merges[level](features[level] + F.interpolate(merged, scale_factor=2))
            rows.insert(0, merged.flatten(2))
        row = torch.cat(rows, 2)[:, :, None]
        return torch.cat([head(row) for head in self.heads], 1)


def detection_loss(y, t):
    p = torch.sigmoid(y[:, :1])
    focal = (t[:, :1] - p) ** 2 * F.binary_cross_entropy_with_logits(y[:, :1], t[:, :1], reduction="none")
    centre, size = y[:, 1:3], y[:, 3:5].exp()
    low, high, true_low, true_high = centre - size / 2, centre + size / 2, t[:, 2:4], t[:, 4:6]
    shared = (torch.minimum(high, true_high) - torch.maximum(low, true_low)).clamp(min=0).prod(1, keepdim=True)
    iou = shared / (size.prod(1, keepdim=True) + (true_high - true_low).prod(1, keepdim=True) - shared)
    around = torch.maximum(high, true_high) - torch.minimum(low, true_low)
    apart = ((centre - (true_low + true_high) / 2) ** 2).sum(1, keepdim=True) / (around ** 2).sum(1, keepdim=True)
    eiou = 1 - iou + apart + ((size - (true_high - true_low)) ** 2 / around ** 2).sum(1, keepdim=True)
    points = F.smooth_l1_loss(y[:, 5:], t[:, 7:15], reduction="none")
    return ((focal * t[:, 1:2]).sum() + (eiou * t[:, 6:7]).sum() + (points * t[:, 15:]).sum()) / len(y)


def detector(batch):
    """Every third place is a face of two strides, as in our batch of noise."""
    t = torch.zeros(batch, 16, 1, 1344)
    t[:, 1] = 1
    for channel, value in ((0, 1), (6, 1), (15, 1), (2, -1), (3, -1), (4, 1), (5, 1)):
        t[:, channel, :, ::3] = value
    return Pyramid(), torch.randint(0, 256, (batch, 3, 256, 256)).float(), t, detection_loss


def classifier(make, batch):
    side, network = make()
    return network, torch.randn(batch, 1, side, side), torch.arange(batch) % 7, nn.CrossEntropyLoss()


def images_per_second(name, layout, batch, steps):
    networks = {"compact": compact, "reference": reference}
    network, x, y, loss_of = detector(batch) if name == "pyramid" else classifier(networks[name], batch)
    if layout == "channels_last":
        network, x = network.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    kernels = [p for p in network.parameters() if p.dim() == 4]
    rest = [p for p in network.parameters() if p.dim() != 4]
    # PyTorch adds decay * w to the gradient: the gradient of a penalty of half of it.
    optimiser = torch.optim.Adam([{"params": kernels, "weight_decay": 2e-4}, {"params": rest}], lr=1e-4)
    times = []
    for _ in range(3 + steps):
        start = time.perf_counter()
        optimiser.zero_grad()
        loss = loss_of(network(x), y)
        loss.backward()
        optimiser.step()
        loss.item()
        times.append(time.perf_counter() - start)
    return batch / statistics.median(times[3:])


name, (batch, steps, threads) = sys.argv[1], map(int, sys.argv[2:5])
torch.set_num_threads(threads)
torch.manual_seed(0)
rates = {layout: round(images_per_second(name, layout, batch, steps), 1) for layout in ("contiguous", "channels_last")}
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"version": torch.__version__, **rates, "memory": round(memory)}))
