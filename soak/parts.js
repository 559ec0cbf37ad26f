// The parts of a soak run's pipeline: stand-ins that know the room, or the shipped detector and model over pasted photographs.
import { fileURLToPath } from 'node:url';
import { decodePicture } from '../dist/adapters/node/image-codec.js';
import { openSession } from '../dist/adapters/node/session.js';
import { openShippedDetector } from '../dist/adapters/node/shipped-detector.js';
import { shippedModel } from '../dist/adapters/node/shipped-models.js';
import { expressionLabels } from '../dist/core/dataset/labels.js';
import { People } from '../dist/core/identity/people.js';
import { crop } from '../dist/core/image/crop.js';
import { resize } from '../dist/core/image/resize.js';
import { ExpressionModel } from '../dist/core/model/expression-model.js';

/** The enrolled people. */
export const names = ['Ada', 'Bo', 'Cy', 'Di'];

/** A detector with missed faces and false detections, an uncertain recogniser, and a model whose predictions vary. */
export function syntheticParts(room) {
  const { random } = room;
  const pictures = new Map();
  return {
    paint() {
      const key = `${room.width}x${room.height}`;
      if (!pictures.has(key)) pictures.set(key, blank(room));
      return pictures.get(key);
    },
    openDetector: async () => ({
      async detect() {
        const seen = room.people.filter(() => random.next() > 0.04);
        const faces = seen.map(({ box }) => ({
          box: box.map((value) => value + random.between(-1, 1)),
          score: 0.9,
          keypoints: null,
        }));
        if (random.next() < 0.02)
          faces.push({ box: [random.between(0, room.width), 20, 30, 30], score: 0.7, keypoints: null });
        return faces;
      },
      release: async () => {},
    }),
    people: {
      identify: (_, { box }) => {
        const near = room.people.find((person) => Math.abs(person.box[0] - box[0]) < 3);
        const isKnown = near !== undefined && near.id % 2 === 0 && random.next() < 0.9;
        return { person: isKnown ? names[near.id % names.length] : null, distance: random.between(30, 80) };
      },
    },
    expression: {
      metadata: { labels: expressionLabels, input: { width: 48, height: 48 } },
      predict: async (crops) =>
        crops.map((_, i) => {
          const label =
            random.next() < 0.8 ? (room.people[i]?.expression ?? 0) : random.integer(expressionLabels.length);
          return { label, probabilities: Float32Array.from(expressionLabels, (_, c) => (c === label ? 0.7 : 0.05)) };
        }),
    },
    release: async () => {},
  };
}

/** The shipped networks; every person of the room is a face of the demo photographs, four of them known. */
export async function realParts(room) {
  // For the photographs, with the detector's own settings.
  const photoDetector = await openShippedDetector();
  const expression = await ExpressionModel.open(await shippedModel('expression.onnx'), openSession);
  const portraits = [];
  for (const i of [1, 2, 3, 4, 5, 6]) {
    const file = new URL(`../node_modules/@vladmandic/face-api/demo/sample${i}.jpg`, import.meta.url);
    const photo = await decodePicture(fileURLToPath(file));
    for (const { box } of (await photoDetector.detect(photo)).slice(0, 2)) portraits.push(portrait(photo, box));
  }
  await photoDetector.release();
  return {
    paint() {
      const picture = blank(room);
      for (const { id, box } of room.people) paste(picture, portraits[id % portraits.length], box);
      return picture;
    },
    openDetector: openShippedDetector,
    expression,
    people: People.train(names.map((name, i) => [name, [{ picture: portraits[i], face: null }]])),
    release: () => expression.release(),
  };
}

/** A face with half its size around it. */
const portrait = (photo, [x, y, width, height]) =>
  resize(crop(photo, [x - width / 2, y - height / 2, 2 * width, 2 * height]), 320, 320);

function blank({ width, height }) {
  return { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(96) };
}

/** Puts a portrait, twice as large as the box, round the box; what lies outside the picture is cut off. */
function paste(picture, face, [x, y, size]) {
  const side = Math.max(2, Math.round(2 * size));
  const { data } = resize(face, side, side);
  const [left, top] = [Math.round(x - size / 2), Math.round(y - size / 2)];
  const from = Math.max(0, -left);
  const to = Math.min(side, picture.width - left);
  if (to <= from) return;
  for (let row = Math.max(0, -top); row < Math.min(side, picture.height - top); row++) {
    const line = data.subarray((row * side + from) * 3, (row * side + to) * 3);
    picture.data.set(line, ((top + row) * picture.width + left + from) * 3);
  }
}
