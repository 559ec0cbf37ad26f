// A dropped photograph with a box and the expression of every face that was found in it.
import { useEffect, useState } from 'preact/hooks';
import { baseName } from '../state/plan-drop.js';
import type { PictureResult } from '../worker/model-protocol.js';
import { expressionColour } from './expression-style.js';
import { counted } from './format-figures.js';

interface PhotographProps {
  readonly path: string;
  readonly file: Blob | undefined;
  readonly faces: readonly PictureResult[];
  readonly labels: readonly string[];
}

export function Photograph({ path, file, faces, labels }: PhotographProps) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!file) return undefined;
    const own = URL.createObjectURL(file);
    setAddress(own);
    return () => URL.revokeObjectURL(own);
  }, [file]);
  return (
    <li class="photograph" data-photograph={path}>
      {/* What the browser cannot show (PGM, PPM) has its faces below all the same. */}
      {address && (
        <img
          src={address}
          alt={`${baseName(path)}, ${counted(faces.length, 'face')}`}
          onError={() => setAddress(undefined)}
        />
      )}
      {address &&
        faces.map(({ box, index, label }) => {
          if (!box) return null;
          const [x, y, width, height] = box.map((share) => `${(100 * share).toFixed(2)}%`);
          const colour = expressionColour(labels[label]!);
          return (
            <span
              key={index}
              class="photograph-face"
              data-expression={labels[label]}
              style={{ left: x, top: y, width, height, borderColor: colour }}
            >
              <b style={{ backgroundColor: colour }}>{labels[label]}</b>
            </span>
          );
        })}
    </li>
  );
}
