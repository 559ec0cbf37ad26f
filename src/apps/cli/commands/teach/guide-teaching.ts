// `moodlens teach --camera`: asks for one expression after the other in the terminal, and takes frames of each.
import { emitKeypressEvents } from 'node:readline';
import { openSource } from '../../../../adapters/node/video/open-source.js';
import type { FaceDetector } from '../../../../core/detect/face.js';
import { type CropSize, cropFace } from '../../../../core/detect/face-crop.js';
import { mainFace } from '../../../../core/detect/main-face.js';
import { MediaError } from '../../../../core/errors.js';
import type { KnownPeople } from '../../../../core/identity/identification.js';
import {
  GuidedCalibration,
  type GuidedLimits,
  type GuidedState,
} from '../../../../core/personal/guided-calibration.js';
import type { PersonalExample } from '../../../../core/personal/personal-file.js';
import type { Frame } from '../../../../core/ports/frame-source.js';
import { Interrupt } from '../../terminal/interrupt.js';

export interface GuideOptions {
  readonly source: string;
  readonly expressions: readonly string[];
  /** Of the pictures that are kept. */
  readonly size: CropSize;
  readonly detector: FaceDetector;
  /** Who it should be, and the people file that recognises them; without it nobody is checked. */
  readonly identity: { readonly name: string; readonly people: KnownPeople } | undefined;
  readonly limits?: Partial<GuidedLimits>;
}

/** Identity is asked for in every so many frames; in between the last answer holds. */
const identityEvery = 10;

/** What was taken; undefined when Ctrl-C ended it. Throws MediaError when the source ends before it is done. */
export async function guideTeaching(options: GuideOptions): Promise<readonly PersonalExample[] | undefined> {
  const { source: name, expressions, size, detector, limits } = options;
  const interrupt = new Interrupt('the camera is closed');
  const source = await openSource(name, {
    live: true,
    reconnect: false,
    onStatus: ({ text }) => process.stderr.write(`${text}\n`),
  });
  interrupt.onAsk = () => void source.close();
  const teaching = new GuidedCalibration(
    expressions,
    (picture, face) => cropFace(picture, face, size),
    performance.now(),
    limits,
  );
  const keys = listenToKeys(teaching);
  const screen = new GuideScreen(keys.areThere);
  const identity = options.identity && new WhoItIs(options.identity);
  try {
    for await (const frame of source) {
      if (interrupt.wasAsked) return undefined;
      const faces = await detector.detect(frame.picture);
      teaching.offer(frame.picture, faces, performance.now(), await identity?.wrongPerson(frame, faces));
      screen.show(teaching.state);
      if (teaching.state.phase === 'done') return teaching.pictures;
    }
    if (interrupt.wasAsked) return undefined;
    throw new MediaError(`${name} ended before all was shown; nothing is kept of it; start again`);
  } finally {
    screen.end();
    keys.stop();
    interrupt.stopListening();
    await source.close();
  }
}

/** Whether somebody else sits there. */
class WhoItIs {
  readonly #name: string;
  readonly #people: KnownPeople;
  #last: string | undefined;
  #frames = 0;

  constructor({ name, people }: { readonly name: string; readonly people: KnownPeople }) {
    this.#name = name;
    this.#people = people;
  }

  /** The known name of somebody else; strangers may be the person with an unusual face. */
  async wrongPerson({ picture }: Frame, faces: Parameters<typeof mainFace>[0]): Promise<string | undefined> {
    if (this.#frames++ % identityEvery !== 0) return this.#last;
    const face = mainFace(faces);
    const person = typeof face === 'string' ? null : (await this.#people.identify(picture, face)).person;
    this.#last = person && person !== this.#name ? person : undefined;
    return this.#last;
  }
}

/** r, s and space act while it runs, on a terminal. */
function listenToKeys(teaching: GuidedCalibration): { readonly areThere: boolean; stop(): void } {
  const { stdin } = process;
  if (!stdin.isTTY || !process.stderr.isTTY) return { areThere: false, stop: () => undefined };
  const pressed = (_: unknown, key: { readonly name?: string; readonly ctrl?: boolean }): void => {
    const now = performance.now();
    // In raw mode the terminal sends no signal by itself.
    if (key.ctrl && key.name === 'c') process.kill(process.pid, 'SIGINT');
    else if (key.name === 'r') teaching.retake(now);
    else if (key.name === 's') teaching.skip(now);
    else if (key.name === 'space') teaching.next(now);
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on('keypress', pressed);
  stdin.resume();
  return {
    areThere: true,
    stop: () => {
      stdin.off('keypress', pressed);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}

/** On a terminal one line that changes, elsewhere a line for each change that matters. */
class GuideScreen {
  readonly #isLive: boolean;
  #step = 0;
  #line = '';

  constructor(hasKeys: boolean) {
    this.#isLive = hasKeys;
    if (hasKeys) process.stderr.write('r: take it again   s: leave it out   space: go on   Ctrl-C: keep nothing\n');
  }

  show({ phase, expression, asked, step, steps, secondsLeft, wanted, pictures, hint }: GuidedState): void {
    if (step !== this.#step) {
      this.end();
      this.#step = step;
      process.stderr.write(`\n${step} of ${steps}: ${expression}. ${asked}\n`);
    }
    const what =
      phase === 'countdown'
        ? `  in ${secondsLeft} s`
        : `  ${'●'.repeat(pictures.length)}${'○'.repeat(Math.max(0, wanted - pictures.length))}`;
    const line = `${what}${hint === '' ? '' : `  ${hint}`}`;
    if (line === this.#line) return;
    this.#line = line;
    if (this.#isLive) process.stderr.write(`\r\u001b[2K${line}`);
    else process.stderr.write(`${line}\n`);
  }

  end(): void {
    if (this.#isLive && this.#line !== '') process.stderr.write('\n');
    this.#line = '';
  }
}
