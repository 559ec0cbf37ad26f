"""Five steps of SGD-Nesterov in PyTorch and of Adam with inverse-time decay in Keras, for src/core/training/optimiser.test.ts.

Use: optimisers.py > tests/fixtures/optimisers.json
"""
import json, os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np, torch, keras


def noise(n, salt):
    v = np.sin(np.arange(n) * 12.9898 + salt * 78.233) * 43758.5453
    return (2 * (v - np.floor(v)) - 1).astype(np.float32)


steps = 5
result = {}
for nesterov in (True, False):
    w = torch.nn.Parameter(torch.tensor(noise(8, 1)))
    sgd = torch.optim.SGD([w], lr=0.05, momentum=0.9, nesterov=nesterov, weight_decay=2 * 0.01)
    for k in range(steps):
        w.grad = torch.tensor(noise(8, 2 + k))
        sgd.step()
    result["nesterov" if nesterov else "momentum"] = [float(v) for v in w.detach()]

v = keras.Variable(noise(8, 1))
rate = keras.optimizers.schedules.InverseTimeDecay(0.01, decay_steps=1, decay_rate=0.1)
adam = keras.optimizers.Adam(learning_rate=rate)
for k in range(steps):
    adam.apply([keras.ops.convert_to_tensor(noise(8, 2 + k))], [v])
result["adam"] = [float(x) for x in np.array(v)]
print(json.dumps(result))
