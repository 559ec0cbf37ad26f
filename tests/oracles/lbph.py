"""What OpenCV's LBPH recogniser (cv2.face, Debian's python3-opencv 4.6) answers; run it with /usr/bin/python3.

lbph.py fixtures FILE.json         makes src/core/identity/fixtures/lbph.json from small synthetic pictures
lbph.py yaml FILE.yml              makes src/core/identity/fixtures/opencv.yml, a small file with names of every kind
lbph.py answer < job.json          trains and predicts on PGM files, several settings; prints JSON
lbph.py write JOB.json FILE.yml    trains the job's first setting with names and saves the file
lbph.py read FILE.yml < job.json   loads a file, predicts the job's test pictures; prints JSON
lbph.py time < job.json            prints the milliseconds of training and of each prediction

A job: {"settings": [{"radius", "neighbors", "gridX", "gridY", "threshold"?}], "train": [[path, label]...], "test": [path...], "names"?: {label: name}}
"""
import base64, hashlib, json, sys, time
import cv2, numpy as np

# 4.6 makes a thread pool that can only slow a single prediction down.
cv2.setNumThreads(1)


def create(setting):
    r = cv2.face.LBPHFaceRecognizer_create(setting['radius'], setting['neighbors'], setting['gridX'], setting['gridY'])
    if 'threshold' in setting:
        r.setThreshold(setting['threshold'])
    return r


def answers(r, tests):
    got = [r.predict(p) for p in tests]
    return {'labels': [int(g[0]) for g in got], 'distances': [float(g[1]) for g in got]}


def digest(histogram):
    return hashlib.sha256(np.ascontiguousarray(histogram, dtype='<f4').tobytes()).hexdigest()


def face(rng, width, height, person, shot):
    """A smooth picture that a person's shots share, with noise of its own and a flat part (ties)."""
    own = np.random.default_rng(person)
    base = cv2.GaussianBlur(own.integers(0, 256, (height, width)).astype(np.float32), (0, 0), 1.5)
    base = (base - base.min()) / max(1e-6, base.max() - base.min()) * 255
    noisy = np.clip(base + rng.normal(0, 12, base.shape) + 3 * shot, 0, 255).astype(np.uint8)
    noisy[: height // 5, : width // 3] = 0
    noisy[-height // 6:, -width // 4:] = 255
    return noisy


def fixtures(path):
    rng = np.random.default_rng(6)
    cases = []
    for width, height, setting in [
        (24, 22, dict(radius=1, neighbors=8, gridX=8, gridY=8)),
        (37, 29, dict(radius=1, neighbors=8, gridX=3, gridY=4)),
        (31, 40, dict(radius=2, neighbors=8, gridX=8, gridY=8)),
        (29, 33, dict(radius=3, neighbors=12, gridX=2, gridY=3)),
        (20, 19, dict(radius=1, neighbors=4, gridX=7, gridY=5)),
        (26, 26, dict(radius=4, neighbors=5, gridX=1, gridY=1)),
        (23, 27, dict(radius=2, neighbors=6, gridX=4, gridY=2, threshold=8.0)),
        (12, 12, dict(radius=5, neighbors=3, gridX=2, gridY=2)),
        (18, 16, dict(radius=1, neighbors=1, gridX=2, gridY=2)),
        (21, 21, dict(radius=2, neighbors=16, gridX=1, gridY=1)),
    ]:
        train = [(face(rng, width, height, person, shot), person * 3 - 2) for person in range(4) for shot in range(3)]
        tests = [face(rng, width, height, person, 5) for person in range(5)]
        r = create(setting)
        r.train([p for p, _ in train], np.array([label for _, label in train]))
        histograms = [h.ravel() for h in r.getHistograms()]
        small = histograms[0].size <= 300
        cases.append({
            'width': width, 'height': height, 'setting': setting,
            'train': [base64.b64encode(p.tobytes()).decode() for p, _ in train],
            'trainLabels': [label for _, label in train],
            'test': [base64.b64encode(p.tobytes()).decode() for p in tests],
            'digests': [digest(h) for h in histograms],
            'histograms': [[float(v) for v in h] for h in histograms[:2]] if small else [],
            **answers(r, tests),
        })
    with open(path, 'w') as file:
        json.dump({'opencv': cv2.__version__, 'cases': cases}, file, separators=(',', ':'))


def small_file(path):
    rng = np.random.default_rng(8)
    r = cv2.face.LBPHFaceRecognizer_create(1, 3, 2, 2, 20.5)
    # 2048 pixels a cell: shares with an exact binary value, among them ones half-way between two texts.
    shots = [face(rng, 130, 66, person, 0) for person in range(13)] + [np.zeros((66, 130), np.uint8)]
    r.train(shots, np.array([*range(12), -2147483648, 2147483647]))
    names = ['Ann', 'Bob B', 'ünï "q" \\ \'x\'', 'yes: no', '', '12', '- a', 'a\nb\tc', ' lead', 'true', '~#', '日本']
    for label, name in enumerate(names):
        r.setLabelInfo(label, name)
    r.write(path)


def main():
    mode = sys.argv[1]
    if mode == 'yaml':
        return small_file(sys.argv[2])
    if mode == 'fixtures':
        return fixtures(sys.argv[2])
    job = json.load(open(sys.argv[2]) if mode == 'write' else sys.stdin)
    train = [(cv2.imread(p, 0), label) for p, label in job.get('train', [])]
    tests = [cv2.imread(p, 0) for p in job.get('test', [])]
    pictures, labels = [p for p, _ in train], np.array([label for _, label in train])
    if mode == 'read':
        r = cv2.face.LBPHFaceRecognizer_create()
        r.read(sys.argv[2])
        known = [int(v) for v in r.getLabels().ravel()]
        names = {label: r.getLabelInfo(label) for label in set(known)}
        settings = dict(radius=r.getRadius(), neighbors=r.getNeighbors(), gridX=r.getGridX(), gridY=r.getGridY(), threshold=r.getThreshold())
        return print(json.dumps({**answers(r, tests), 'settings': settings, 'knownLabels': known, 'names': names,
                                 'digests': [digest(h.ravel()) for h in r.getHistograms()]}))
    if mode == 'write':
        r = create(job['settings'][0])
        r.train(pictures, labels)
        for label, name in job.get('names', {}).items():
            r.setLabelInfo(int(label), name)
        return r.write(sys.argv[3])
    out = []
    for setting in job['settings']:
        r = create(setting)
        start = time.perf_counter()
        r.train(pictures, labels)
        trained = time.perf_counter()
        if mode == 'time':
            each = []
            for p in tests:
                before = time.perf_counter()
                r.predict(p)
                each.append((time.perf_counter() - before) * 1e3)
            out.append({'trainMs': (trained - start) * 1e3, 'predictMs': each})
        else:
            out.append({**answers(r, tests), 'digests': [digest(h.ravel()) for h in r.getHistograms()]})
    print(json.dumps({'opencv': cv2.__version__, 'results': out}))


main()
