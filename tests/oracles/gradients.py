"""Gradients of every layer and of whole networks in PyTorch float64, for src/core/nn/graphs/gradients.test.ts.

Inputs and weights come from a formula that the test repeats. Use: gradients.py > tests/fixtures/gradients.json
"""
import json, math
import numpy as np, torch, torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def noise(shape, salt, low=-1.0, high=1.0):
    n = int(np.prod(shape))
    v = np.sin(np.arange(n) * 12.9898 + salt * 78.233) * 43758.5453
    u = v - np.floor(v)
    return torch.tensor((low + (high - low) * u).astype(np.float32).astype(np.float64).reshape(shape))


def numbers(t, limit=96):
    """All values of a small tensor; of a large one its norm and evenly spaced values."""
    flat = t.detach().reshape(-1)
    step = max(1, math.ceil(flat.numel() / limit))
    return {"norm": float(flat.norm()), "step": step, "values": [float(f"{v:.10g}") for v in flat[::step]]}


def layer_case(name, x_shape, make, parameters):
    x = noise(x_shape, 1).requires_grad_()
    p = {key: noise(shape, 2 + i, *bounds).requires_grad_() for i, (key, shape, bounds) in enumerate(parameters)}
    y = make(x, p)
    (y * noise(tuple(y.shape), 9)).sum().backward()
    return {"name": name, "input": numbers(x.grad), "output": numbers(y), "parameters": {k: numbers(v.grad) for k, v in p.items()}}


def pad_same(x, k):
    before = (k - 1) // 2
    after = k - 1 - before
    return F.pad(x, (before, after, before, after))


def conv_case(k, padding, size):
    def make(x, p):
        return F.conv2d(pad_same(x, k) if padding == "same" else x, p["weight"], p["bias"])
    return layer_case(f"conv2d k{k} {padding} {size}", (3, 4, size, size), make,
                      [("weight", (5, 4, k, k), (-0.5, 0.5)), ("bias", (5,), (-0.5, 0.5))])


def conv_case_of(name, batch, channels, filters, size):
    return layer_case(name, (batch, channels, size, size), lambda x, p: F.conv2d(pad_same(x, 3), p["weight"]),
                      [("weight", (filters, channels, 3, 3), (-0.5, 0.5))])


layers = [conv_case(k, padding, size) for k in (2, 3, 5) for padding in ("same", "valid") for size in (7, 16)]
layers.append(conv_case_of("conv2d of one channel", 3, 1, 5, 16))
layers.append(conv_case_of("conv2d of many channels", 6, 32, 32, 40))


def strided_case(name, channels, filters, k, stride, size, before, after):
    return layer_case(name, (3, channels, *size),
                      lambda x, p: F.conv2d(F.pad(x, (before, after, before, after)), p["weight"], p["bias"], stride),
                      [("weight", (filters, channels, k, k), (-0.5, 0.5)), ("bias", (filters,), (-0.5, 0.5))])


layers.append(strided_case("conv2d k3 stride 2", 4, 5, 3, 2, (32, 28), 0, 1))
layers.append(strided_case("conv2d k3 stride 2, small and odd", 4, 5, 3, 2, (9, 7), 0, 1))
layers.append(strided_case("conv2d k6 stride 4", 3, 8, 6, 4, (64, 48), 1, 1))


def depthwise_case(name, batch, channels, size, k):
    return layer_case(name, (batch, channels, *size), lambda x, p: F.conv2d(x, p["weight"], None, 1, k // 2, 1, channels),
                      [("weight", (channels, 1, k, k), (-0.5, 0.5))])


layers.append(depthwise_case("depthwiseConv2d narrow", 3, 5, (7, 9), 3))
layers.append(depthwise_case("depthwiseConv2d k5", 2, 4, (12, 12), 5))
# Wide and of many channels: the weight gradient in parts, the last one smaller.
layers.append(depthwise_case("depthwiseConv2d wide", 9, 64, (34, 32), 3))
layers.append(layer_case("upSample2d", (2, 3, 4, 5), lambda x, p: F.interpolate(x, scale_factor=2), []))
layers.append(layer_case("channelConcat", (2, 3, 5, 6),
    lambda x, p: torch.cat((F.conv2d(x, p["0-conv2d/weight"]), F.relu(x), F.conv2d(pad_same(x, 3), p["2-conv2d/weight"])), 1),
    [("0-conv2d/weight", (2, 3, 1, 1), (-0.5, 0.5)), ("2-conv2d/weight", (4, 3, 3, 3), (-0.5, 0.5))]))


def pyramid(x, p):
    norm = lambda x, name: F.batch_norm(x, None, None, p[name + "/scale"], p[name + "/shift"], True, 0.1, 1e-5)
    fine = norm(F.conv2d(pad_same(x, 3), p["stage0/0-conv2d/weight"]), "stage0/1-batchNorm")
    middle = F.conv2d(F.max_pool2d(fine, 2), p["stage1/1-conv2d/weight"])
    coarse = F.conv2d(pad_same(F.max_pool2d(middle, 2), 3), p["stage2/1-depthwiseConv2d/weight"], None, 1, 0, 1, 4)
    up = lambda x: F.interpolate(x, scale_factor=2)
    third = F.relu(coarse)
    second = F.conv2d(middle + up(third), p["level1/weight"])
    first = norm(fine + up(second), "level0")
    return torch.cat([level.flatten(2) for level in (first, second, third)], 2)[:, :, None]


layers.append(layer_case("featurePyramid", (2, 3, 8, 12), pyramid,
    [("stage0/0-conv2d/weight", (4, 3, 3, 3), (-0.5, 0.5)), ("stage0/1-batchNorm/scale", (4,), (0.5, 1.5)),
     ("stage0/1-batchNorm/shift", (4,), (-0.5, 0.5)), ("level0/scale", (4,), (0.5, 1.5)), ("level0/shift", (4,), (-0.5, 0.5)),
     ("stage1/1-conv2d/weight", (4, 4, 1, 1), (-0.5, 0.5)), ("level1/weight", (4, 4, 1, 1), (-0.5, 0.5)),
     ("stage2/1-depthwiseConv2d/weight", (4, 1, 3, 3), (-0.5, 0.5))]))
layers.append(layer_case("batchNorm", (4, 3, 5, 6),
    lambda x, p: F.batch_norm(x * 2 + 0.5, None, None, p["scale"], p["shift"], True, 0.1, 1e-3),
    [("scale", (3,), (0.5, 1.5)), ("shift", (3,), (-0.5, 0.5))]))
layers.append(layer_case("relu", (2, 3, 5, 5), lambda x, p: F.relu(x), []))
layers.append(layer_case("sigmoid", (3, 8), lambda x, p: torch.sigmoid(x * 4), []))
layers.append(layer_case("maxPool2d", (2, 3, 6, 8), lambda x, p: F.max_pool2d(x, 2), []))
layers.append(layer_case("maxPool2d odd", (2, 3, 7, 5), lambda x, p: F.max_pool2d(x, 2), []))
layers.append(layer_case("globalAveragePool", (3, 4, 5, 6), lambda x, p: x.mean((2, 3)), []))
layers.append(layer_case("flatten", (3, 4, 2, 2), lambda x, p: x.flatten(1), []))
layers.append(layer_case("dense", (4, 6), lambda x, p: x @ p["weight"] + p["bias"],
    [("weight", (6, 5), (-0.5, 0.5)), ("bias", (5,), (-0.5, 0.5))]))


def squeeze_excitation(x, w1, b1, w2, b2):
    gate = torch.sigmoid(F.relu(x.mean((2, 3)) @ w1 + b1) @ w2 + b2)
    return x * gate[:, :, None, None]


layers.append(layer_case("squeezeExcitation", (3, 6, 5, 4),
    lambda x, p: squeeze_excitation(x, *p.values()),
    [("1-dense/weight", (6, 3), (-2, 2)), ("1-dense/bias", (3,), (-0.1, 0.5)),
     ("3-dense/weight", (3, 6), (-2, 2)), ("3-dense/bias", (6,), (-0.5, 0.5))]))
layers.append(layer_case("residualSum identity", (3, 4, 7, 6),
    lambda x, p: x + F.conv2d(pad_same(x, 3), *p.values()),
    [("main/weight", (4, 4, 3, 3), (-0.5, 0.5)), ("main/bias", (4,), (-0.5, 0.5))]))
layers.append(layer_case("residualSum projection", (3, 4, 7, 6),
    lambda x, p: F.conv2d(pad_same(x, 3), p["main/weight"]) + F.batch_norm(
        F.conv2d(x, p["shortcut/0-conv2d/weight"]), None, None, p["shortcut/1-batchNorm/scale"],
        p["shortcut/1-batchNorm/shift"], True, 0.1, 1e-5),
    [("main/weight", (5, 4, 3, 3), (-0.5, 0.5)), ("shortcut/0-conv2d/weight", (5, 4, 1, 1), (-0.5, 0.5)),
     ("shortcut/1-batchNorm/scale", (5,), (0.5, 1.5)), ("shortcut/1-batchNorm/shift", (5,), (-0.5, 0.5))]))


def mask(shape, rate, salt):
    return (noise(shape, salt, 0, 1) >= rate) / (1 - rate)


layers.append(layer_case("dropout", (4, 10), lambda x, p: x * mask((4, 10), 0.3, 20), []))


def loss_case():
    logits = noise((5, 7), 1, -3, 3).requires_grad_()
    t = noise((5, 7), 2, 0.01, 1)
    t = t / t.sum(1, keepdim=True)
    loss = -(t * F.log_softmax(logits, 1)).sum() / 5
    loss.backward()
    return {"name": "softTargetCrossEntropy", "loss": float(loss), "input": numbers(logits.grad)}


def detection_targets(size, places):
    """Boxes that overlap what noise predicts in all ways, and some that do not."""
    of = lambda salt, low, high, channels=1: noise((size, channels, 1, places), salt, low, high)
    edges = torch.cat([of(4, -4, 0.5), of(5, -4, 0.5), of(6, 0.6, 4), of(7, 0.6, 4)], 1)
    return torch.cat([of(2, 0, 1).round(), of(3, 0, 2), edges, of(8, 0, 1), of(9, -3, 3, 8), of(10, 0, 1)], 1)


def detection_loss(y, t):
    """Focal loss, EIoU and smooth L1."""
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


def detection_case():
    y, t = noise((3, 13, 1, 20), 1, -2, 2).requires_grad_(), detection_targets(3, 20)
    loss = detection_loss(y, t)
    loss.backward()
    everything = lambda values: numbers(values, 10**6)
    return {"targets": everything(t), "loss": float(loss.detach()), "probabilities": everything(torch.sigmoid(y[:, :1])), "input": everything(y.grad)}


class Network:
    """Weights by our names in our order; each takes the next salt."""

    def __init__(self):
        self.weights, self.salt, self.masks = {}, 100, 0

    def weight(self, name, shape, low, high):
        self.salt += 1
        self.weights[name] = noise(shape, self.salt, low, high).requires_grad_()
        return self.weights[name]

    def conv(self, x, name, filters, k, same, bias):
        fan = x.shape[1] * k * k
        bound = math.sqrt(6 / fan)
        w = self.weight(f"{name}/weight", (filters, x.shape[1], k, k), -bound, bound)
        b = self.weight(f"{name}/bias", (filters,), -0.1, 0.1) if bias else None
        return F.conv2d(pad_same(x, k) if same else x, w, b)

    def norm(self, x, name, eps):
        c = x.shape[1]
        scale, shift = self.weight(f"{name}/scale", (c,), 0.5, 1.5), self.weight(f"{name}/shift", (c,), -0.3, 0.3)
        self.salt += 2  # running mean and variance
        return F.batch_norm(x, None, None, scale, shift, True, 0.1, eps)

    def dense(self, x, name, units):
        bound = math.sqrt(6 / x.shape[1])
        return x @ self.weight(f"{name}/weight", (x.shape[1], units), -bound, bound) + self.weight(f"{name}/bias", (units,), -0.1, 0.1)

    def drop(self, x, rate):
        self.masks += 1
        return x * mask(tuple(x.shape), rate, 1000 + self.masks)


def original(net, x):
    f = "0-sequence/"
    x = x / 255
    x = F.relu(net.conv(x, f + "1-conv2d", 32, 3, False, True))
    x = F.relu(net.conv(x, f + "3-conv2d", 64, 3, False, True))
    x = net.drop(net.norm(F.max_pool2d(x, 2), f + "6-batchNorm", 1e-3), 0.3107)
    x = F.relu(net.conv(x, f + "8-conv2d", 128, 3, False, True))
    x = net.drop(net.norm(F.max_pool2d(x, 2), f + "11-batchNorm", 1e-3), 0.3107)
    x = F.relu(net.conv(x, f + "13-conv2d", 128, 3, False, True))
    x = net.drop(net.norm(F.max_pool2d(x, 2), f + "16-batchNorm", 1e-3), 0.3107)
    x = net.drop(F.relu(net.dense(x.flatten(1), f + "19-dense", 1024)), 0.5607)
    return net.dense(x, "1-dense", 7)


def standardise(x):
    d = x - x.mean((1, 2, 3), keepdim=True)
    return d / ((d * d).mean((1, 2, 3), keepdim=True) + 1).sqrt()


def compact(net, x):
    f = "0-sequence/"
    x = standardise(x)
    at = 1
    for stage, filters in enumerate((32, 64, 128, 256)):
        x = F.relu(net.norm(net.conv(x, f"{f}{at}-conv2d", filters, 3, True, False), f"{f}{at + 1}-batchNorm", 1e-5))
        x = net.norm(net.conv(x, f"{f}{at + 3}-conv2d", filters, 3, True, False), f"{f}{at + 4}-batchNorm", 1e-5)
        x = F.relu(F.max_pool2d(x, 2) if stage < 3 else x)
        at += 7 if stage < 3 else 6
    return net.dense(net.drop(x.mean((2, 3)), 0.3), "1-dense", 7)


def residual(net, x):
    def conv_norm(x, at, prefix, filters):
        return net.norm(net.conv(x, f"{prefix}{at}-conv2d", filters, 3, True, False), f"{prefix}{at + 1}-batchNorm", 1e-5)

    def block(x, name, filters):
        y = conv_norm(F.relu(conv_norm(x, 0, name + "main/", filters)), 3, name + "main/", filters)
        means = y.mean((2, 3))
        inner = F.relu(net.dense(means, name + "main/5-squeezeExcitation/1-dense", round(filters / 8)))
        gate = torch.sigmoid(net.dense(inner, name + "main/5-squeezeExcitation/3-dense", filters))
        return x + y * gate[:, :, None, None]

    f = "0-sequence/"
    x = F.relu(F.max_pool2d(conv_norm(standardise(x), 1, f, 32), 2))
    at = 5
    for filters in (56, 112, 216):
        x = block(F.relu(conv_norm(x, at, f, filters)), f"{f}{at + 3}-residualSum/", filters)
        x = F.relu(F.max_pool2d(x, 2) if filters < 216 else x)
        at += 6
    return net.dense(net.drop(x.mean((2, 3)), 0.3), "1-dense", 7)


def detector_case(size=3, side=64):
    """The architecture `pyramid` on pictures of 64 x 64: all weights in the order of the layers, then the forward pass."""
    net, f = Network(), "0-sequence/"
    filters = 64

    def declare(prefix, at, shape):
        bound = math.sqrt(6 / (shape[1] * shape[2] * shape[3]))
        net.weight(f"{prefix}{at}/weight", shape, -bound, bound)

    def declare_norm(prefix, at, channels):
        net.weight(f"{prefix}{at}-batchNorm/scale", (channels,), 0.5, 1.5)
        net.weight(f"{prefix}{at}-batchNorm/shift", (channels,), -0.3, 0.3)
        net.salt += 2  # running mean and variance

    def declare_pair(prefix, at):
        declare(prefix, f"{at}-conv2d", (filters, filters, 1, 1))
        declare(prefix, f"{at + 1}-depthwiseConv2d", (filters, 1, 3, 3))
        declare_norm(prefix, at + 2, filters)

    declare(f, "1-conv2d", (32, 3, 6, 6))
    declare_norm(f, 2, 32)
    levels = [(3, f + "4-featurePyramid/stage0/"), (1, f + "4-featurePyramid/stage1/"), (1, f + "4-featurePyramid/stage2/")]
    for level, (first, prefix) in enumerate(levels):
        if level == 0:
            declare(prefix, "0-conv2d", (filters, 32, 3, 3))
            declare_norm(prefix, 1, filters)
        for pair in range(3):
            declare_pair(prefix, first + 4 * pair)
        declare_pair(f"{f}4-featurePyramid/level{level}/", 0)
    for branch, count in enumerate((1, 12)):
        net.weight(f"1-channelConcat/{branch}-conv2d/weight", (count, filters, 1, 1), -0.02, 0.02)
        net.weight(f"1-channelConcat/{branch}-conv2d/bias", (count,), -0.1, 0.1)
    w = net.weights

    def norm(x, name):
        return F.relu(F.batch_norm(x, None, None, w[name + "/scale"], w[name + "/shift"], True, 0.1, 1e-5))

    def pair(x, prefix, at):
        x = F.conv2d(F.conv2d(x, w[f"{prefix}{at}-conv2d/weight"]), w[f"{prefix}{at + 1}-depthwiseConv2d/weight"], None, 1, 1, 1, filters)
        return norm(x, f"{prefix}{at + 2}-batchNorm")

    x = noise((size, 3, side, side), 50, 0, 255).floor()
    x = norm(F.conv2d(F.pad(x / 64, (1, 1, 1, 1)), w[f + "1-conv2d/weight"], None, 4), f + "2-batchNorm")
    features = []
    for level, (first, prefix) in enumerate(levels):
        x = F.max_pool2d(x, 2) if level > 0 else norm(F.conv2d(F.pad(x, (0, 1, 0, 1)), w[prefix + "0-conv2d/weight"], None, 2), prefix + "1-batchNorm")
        for i in range(3):
            x = pair(x, prefix, first + 4 * i)
        features.append(x)
    merged = [None, None, None]
    for level in (2, 1, 0):
        x = features[level] if level == 2 else features[level] + F.interpolate(merged[level + 1], scale_factor=2)
        merged[level] = pair(x, f"{f}4-featurePyramid/level{level}/", 0)
    row = torch.cat([x.flatten(2) for x in merged], 2)[:, :, None]
    heads = [F.conv2d(row, w[f"1-channelConcat/{i}-conv2d/weight"], w[f"1-channelConcat/{i}-conv2d/bias"]) for i in (0, 1)]
    y = torch.cat(heads, 1)
    loss = detection_loss(y, detection_targets(size, row.shape[3]))
    loss.backward()
    return {"loss": float(loss.detach()), "probabilities": numbers(torch.sigmoid(y[:, :1])),
            "parameters": {key: numbers(value.grad, 48) for key, value in w.items()}}


def network_case(name, forward, side, l2):
    net = Network()
    x = noise((4, 1, side, side), 50, 0, 255)
    t = noise((4, 7), 51, 0.01, 1)
    t = t / t.sum(1, keepdim=True)
    logits = forward(net, x)
    loss = -(t * F.log_softmax(logits, 1)).sum() / 4
    loss.backward()
    penalty = sum(l2(key) * float((w.detach() ** 2).sum()) for key, w in net.weights.items())
    return {"name": name, "loss": float(loss.detach()) + penalty, "probabilities": numbers(F.softmax(logits, 1)),
            "parameters": {key: numbers(w.grad, 48) for key, w in net.weights.items()}}


def original_l2(key):
    return 0.0437 if "conv2d/weight" in key and not key.startswith("0-sequence/1-") else 0


def compact_l2(key):
    return 2.5e-4 if key.endswith("/weight") else 0


print(json.dumps({"torch": torch.__version__, "layers": layers, "loss": loss_case(), "detection": detection_case(), "detector": detector_case(),
                  "networks": [network_case("original", original, 48, original_l2), network_case("compact", compact, 44, compact_l2),
                               network_case("residual", residual, 44, compact_l2)]}))
