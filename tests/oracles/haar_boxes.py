"""What OpenCV's cascade finds, for the tests of the Haar detector and for bench/haar.mjs.

Usage: /usr/bin/python3 haar_boxes.py CASCADE.xml SCALE_FACTOR MIN_NEIGHBORS < paths-of-grey-pictures (PGM or PNG, a line each)
Prints a JSON line: {"boxes": [[[x, y, w, h], ...] for each picture, sorted], "seconds": CPU time of detectMultiScale}.
"""
import json
import sys
import time

import cv2

cv2.setNumThreads(1)
cascade = cv2.CascadeClassifier(sys.argv[1])
scale_factor, min_neighbors = float(sys.argv[2]), int(sys.argv[3])
boxes, seconds = [], 0.0
for path in sys.stdin.read().split("\n"):
    if not path:
        continue
    picture = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    start = time.process_time()
    found = cascade.detectMultiScale(picture, scale_factor, min_neighbors)
    seconds += time.process_time() - start
    boxes.append(sorted([int(v) for v in box] for box in found))
print(json.dumps({"boxes": boxes, "seconds": seconds}))
