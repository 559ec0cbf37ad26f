"""Latency at batch 1 of the network `original` in Keras and PyTorch: what `moodlens bench --peers` runs.

Use: inference-peers.py check, which fails where a package is missing, or inference-peers.py PEER THREADS CALLS [SECONDS].
PEER is keras-predict (`Model.predict`), keras-call (the model called inside a `tf.function`) or torch. After 20 calls of
warm-up it makes CALLS calls, fewer (10 at least) when SECONDS are over, on one picture that is a tensor already, until the
probabilities are in numpy's memory. Prints one line of JSON: milliseconds of each call, version, number of parameters,
largest resident memory in MiB.
"""
import importlib.util
import json
import os
import resource
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
WARM_UP, FEWEST_CALLS, RATE = 20, 10, 0.3107


def keras_network(threads):
    import keras
    import tensorflow as tf
    from keras import layers

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)

    def block(filters):
        return [
            layers.Conv2D(filters, 3, activation="relu"),
            layers.MaxPool2D(),
            layers.BatchNormalization(),
            layers.Dropout(RATE),
        ]

    model = keras.Sequential([
        layers.Input((48, 48, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        *[layer for filters in (64, 128, 128) for layer in block(filters)],
        layers.Flatten(),
        layers.Dense(1024, activation="relu"),
        layers.Dropout(RATE + 0.25),
        layers.Dense(7, activation="softmax"),
    ])
    return tf, model, f"Keras {keras.__version__}, TensorFlow {tf.__version__}"


def keras_predict(threads):
    tf, model, version = keras_network(threads)
    picture = tf.random.uniform((1, 48, 48, 1)).numpy()
    return lambda: model.predict(picture, verbose=0), version, model.count_params()


def keras_call(threads):
    tf, model, version = keras_network(threads)
    picture = tf.random.uniform((1, 48, 48, 1))
    compiled = tf.function(lambda x: model(x, training=False))
    return lambda: compiled(picture).numpy(), version, model.count_params()


def torch_call(threads):
    import torch
    from torch import nn

    torch.set_num_threads(threads)

    def block(channels, filters):
        return [nn.Conv2d(channels, filters, 3), nn.ReLU(), nn.MaxPool2d(2), nn.BatchNorm2d(filters), nn.Dropout(RATE)]

    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), *block(32, 64), *block(64, 128), *block(128, 128),
        nn.Flatten(), nn.Linear(2048, 1024), nn.ReLU(), nn.Dropout(RATE + 0.25), nn.Linear(1024, 7), nn.Softmax(1),
    ).eval().to(memory_format=torch.channels_last)
    picture = torch.rand(1, 1, 48, 48).to(memory_format=torch.channels_last)
    # Keras counts running statistics as parameters; the count of batches is PyTorch's own.
    numbers = sum(v.numel() for name, v in model.state_dict().items() if not name.endswith("num_batches_tracked"))

    def call():
        with torch.inference_mode():
            return model(picture).numpy()

    return call, f"PyTorch {torch.__version__}", numbers


def durations(call, calls, seconds):
    for _ in range(WARM_UP):
        call()
    times, until = [], time.perf_counter() + seconds
    while len(times) < calls and (len(times) < FEWEST_CALLS or time.perf_counter() < until):
        start = time.perf_counter()
        call()
        times.append(round(1000 * (time.perf_counter() - start), 5))
    return times


def check():
    missing = [name for name in ("keras", "tensorflow", "torch") if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f"this Python has no {', '.join(missing)}")
    print("{}")


def measure(peer, threads, calls, seconds="inf"):
    prepare = {"keras-predict": keras_predict, "keras-call": keras_call, "torch": torch_call}[peer]
    call, version, parameters = prepare(int(threads))
    times = durations(call, int(calls), float(seconds))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"version": version, "parameters": parameters, "memoryMb": round(memory), "durationsMs": times}))


if sys.argv[1] == "check":
    check()
else:
    measure(*sys.argv[1:])
