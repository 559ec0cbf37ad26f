// Where pictures, models and evaluations are dropped or chosen.
import { useRef } from 'preact/hooks';
import type { ModelsController } from '../../state/models-controller.js';
import { areCropped, isReadingDrop, pictureRun } from '../../state/models-state.js';
import { readFileList } from '../../state/read-drop.js';
import { PictureIcon } from '../icons.js';

export function DropZone({ controller, isDropping }: { controller: ModelsController | null; isDropping: boolean }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement): void => {
    const taken = readFileList(input.files);
    // So that the same files can be chosen again.
    input.value = '';
    if (taken.length > 0) void controller?.take(taken);
  };
  return (
    <section class={isDropping ? 'panel-part drop dropping' : 'panel-part drop'} aria-label="Pictures">
      <PictureIcon />
      <div>
        <p class="drop-title">Drop pictures of people here, or a folder with a folder per class</p>
        <p class="empty">
          Folders named after the classes (happy, sad …) give a confusion matrix. An .onnx model of yours and an
          evaluation’s JSON can be dropped too. Nothing is sent anywhere.
        </p>
        {isReadingDrop.value && (
          <p class="empty" role="status">
            Listing the files …
          </p>
        )}
      </div>
      <div class="drop-actions">
        <button id="models-drop" type="button" class="button primary" onClick={() => files.current?.click()}>
          Choose files
        </button>
        <button type="button" class="button" onClick={() => folder.current?.click()}>
          Choose a folder
        </button>
        {pictureRun.value && (
          <button type="button" class="button quiet" onClick={() => controller?.clear()}>
            Clear
          </button>
        )}
        <label
          class="check"
          title="Take each picture whole, as FER2013's are. Pictures of at most 100 pixels are taken whole anyway; in others the faces are found and cropped first"
        >
          <input
            id="already-cropped"
            type="checkbox"
            checked={areCropped.value}
            onChange={({ currentTarget }) => controller?.setCropped(currentTarget.checked)}
          />
          Already cropped to the face
        </label>
      </div>
      <input
        ref={files}
        id="models-files"
        class="visually-hidden"
        type="file"
        multiple
        accept="image/*,.pgm,.ppm,.onnx,.json,.md"
        aria-label="Pictures, models and evaluations"
        tabIndex={-1}
        onChange={({ currentTarget }) => take(currentTarget)}
      />
      <input
        ref={(element) => {
          folder.current = element;
          // TypeScript's list of attributes has it on the element only.
          if (element) element.webkitdirectory = true;
        }}
        id="models-folder"
        class="visually-hidden"
        type="file"
        multiple
        aria-label="A folder of pictures"
        tabIndex={-1}
        onChange={({ currentTarget }) => take(currentTarget)}
      />
    </section>
  );
}
