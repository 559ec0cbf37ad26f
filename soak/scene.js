// A room for soak runs: people come, walk about and leave for hours, in frames of random sizes. Same seed, same room.
import { createRandom } from '../dist/core/numbers/random.js';

/** Most of one shape: tracks go on when only the scale changes, and end when the shape does. */
const sizes = [
  [640, 480],
  [320, 240],
  [800, 600],
  [1280, 960],
  [1280, 720],
];
/** Every so many frames another size; each comes once before any comes again, so that every stretch of the run has about the same work. */
const framesPerSize = 60;
const labels = 7;
const most = 5;

/** Call `step` before each frame; then the fields say who is where. */
export class Room {
  width = 640;
  height = 480;
  /** `{ id, box: [x, y, width, height], expression }`, at most five. */
  people = [];
  #nextId = 0;
  #frames = 0;
  #sizesLeft = [];

  constructor(seed = 1) {
    this.random = createRandom(seed);
    // One person stays.
    this.people.push({ ...this.#newcomer(), left: Infinity });
  }

  step() {
    const { random } = this;
    if (this.#frames++ % framesPerSize === 0) this.#changeSize();
    this.people = this.people.filter(({ left }) => left > 0);
    // Somebody comes every four seconds or so and stays for up to forty.
    if (this.people.length < most && random.next() < 1 / 120) this.people.push(this.#newcomer());
    for (const person of this.people) this.#move(person);
  }

  #changeSize() {
    if (this.#sizesLeft.length === 0) this.#sizesLeft = [...sizes];
    [[this.width, this.height]] = this.#sizesLeft.splice(this.random.integer(this.#sizesLeft.length), 1);
  }

  #newcomer() {
    const { random } = this;
    return {
      id: this.#nextId++,
      left: 20 + random.integer(1200),
      at: [random.between(0.1, 0.9), random.between(0.2, 0.8)],
      speed: [random.between(-0.004, 0.004), random.between(-0.002, 0.002)],
      size: random.between(0.1, 0.35),
      expression: random.integer(labels),
    };
  }

  #move(person) {
    const { random, width, height } = this;
    person.left--;
    if (random.next() < 1 / 60) person.expression = random.integer(labels);
    for (const axis of [0, 1]) {
      person.at[axis] += person.speed[axis];
      if (person.at[axis] < 0.05 || person.at[axis] > 0.95) person.speed[axis] *= -1;
    }
    const side = person.size * Math.min(width, height);
    person.box = [person.at[0] * width - side / 2, person.at[1] * height - side / 2, side, side];
  }
}
