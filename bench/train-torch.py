"""Images per second of whole training steps in PyTorch: the networks, loss and optimiser that train.mjs times.

Use: train-torch.py compact|reference BATCH STEPS THREADS. Prints one line of JSON: images per second for both memory
layouts, the median of the steps, and the largest resident memory, MiB.
"""
import json
import resource
import statistics
import sys
import time

import torch
from torch import nn


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


def images_per_second(name, layout, batch, steps):
    side, network = {"compact": compact, "reference": reference}[name]()
    x, y = torch.randn(batch, 1, side, side), torch.arange(batch) % 7
    if layout == "channels_last":
        network, x = network.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    kernels = [p for p in network.parameters() if p.dim() == 4]
    rest = [p for p in network.parameters() if p.dim() != 4]
    # PyTorch adds decay * w to the gradient: the gradient of a penalty of half of it.
    optimiser = torch.optim.Adam([{"params": kernels, "weight_decay": 2e-4}, {"params": rest}], lr=1e-4)
    loss_of = nn.CrossEntropyLoss()
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
