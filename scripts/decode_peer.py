"""Times what a Python service does to a JPEG before its model: Pillow and NumPy, one thread. `scripts/bench decode` runs it.

usage: decode_peer.py RUNS FILE…

A JSON line for each file: medians over RUNS in milliseconds, by the clock and of the processor, from the file's bytes to the
input (1, 3, 224, 224): upright, shorter side 256 with the bicubic filter, middle 224 × 224, divided by 255, mean, deviation.
"""

import io
import json
import statistics
import sys
import time

import numpy as np
from PIL import Image, ImageOps

MEAN, STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])


def prepare(file):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(file))).convert("RGB")
    width, height = image.size
    scale = 256 / min(width, height)
    image = image.resize((max(256, int(width * scale)), max(256, int(height * scale))), Image.BICUBIC)
    left, top = (image.width - 224) // 2, (image.height - 224) // 2
    pixels = np.asarray(image.crop((left, top, left + 224, top + 224)), np.float32)
    return np.ascontiguousarray(((pixels / 255 - MEAN) / STD).transpose(2, 0, 1)[None])


runs = int(sys.argv[1])
for path in sys.argv[2:]:
    file = open(path, "rb").read()
    prepare(file)
    prepare(file)
    wall, processor = [], []
    for _ in range(runs):
        start, busy = time.perf_counter(), time.thread_time()
        prepare(file)
        wall.append((time.perf_counter() - start) * 1e3)
        processor.append((time.thread_time() - busy) * 1e3)
    print(json.dumps({"file": path, "ms": statistics.median(wall), "processor_ms": statistics.median(processor)}))
