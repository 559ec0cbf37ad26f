// The faces of one photograph: found, named and read, each by itself.
import type { Face, FaceDetector } from '../../core/detect/face.js';
import { type Identification, identifyFaces, type KnownPeople } from '../../core/identity/identification.js';
import type { Picture } from '../../core/image/picture.js';
import type { PersonalReading } from '../../core/live/pipeline-parts.js';
import { readExpression } from '../../core/live/read-expression.js';
import type { AskedModel } from '../../core/model/expression-model.js';
import { type CutFace, cutFaces } from '../predict/predict.js';
import type { PhotoFace } from './photo.js';

export interface FaceReaders {
  readonly detector: FaceDetector;
  readonly model: AskedModel;
  readonly people?: Pick<KnownPeople, 'identify' | 'identifyAll'> | undefined;
  /** Personal calibrations by name, each for the faces that are identified as that person. */
  readonly personal?: ReadonlyMap<string, PersonalReading> | undefined;
}

/** The largest first. Nobody is twice in a photograph: of two faces with one name the nearer has it, the other is unknown. */
export async function readPhotoFaces(
  picture: Picture,
  { detector, model, people, personal }: FaceReaders,
): Promise<PhotoFace[]> {
  const { labels, input } = model.metadata;
  const cuts = await cutFaces(picture, input, detector);
  if (cuts.length === 0) return [];
  const answers = await model.predict(cuts.map(({ face }) => face));
  const identities = people ? nobodyTwice(await identifyFaces(people, picture, cuts.map(faceOf))) : undefined;
  return cuts.map(({ box, score }, i) => {
    const { person = null, distance = null } = identities?.[i] ?? {};
    const own = person === null ? undefined : personal?.get(person);
    const { label, probabilities } = readExpression(answers[i]!, labels, own);
    return { box: box && [...box], score, person, distance, expression: label, probabilities };
  });
}

/** Null: the whole picture is the face. */
function faceOf({ box, score, keypoints }: CutFace): Face | null {
  return box && { box, score: score ?? 0, keypoints };
}

function nobodyTwice(identities: readonly Identification[]): Identification[] {
  const nearest = new Map<string, Identification>();
  for (const identity of identities) {
    const { person, distance } = identity;
    if (person !== null && distance < (nearest.get(person)?.distance ?? Infinity)) nearest.set(person, identity);
  }
  return identities.map((identity) =>
    identity.person !== null && nearest.get(identity.person) !== identity ? { ...identity, person: null } : identity,
  );
}
