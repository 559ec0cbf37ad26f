// Under the picture: which source, which camera, pause, mirror.
import { useRef } from 'preact/hooks';
import type { LiveController } from '../../state/live-controller.js';
import { cameras, isPaused, opening, servedSources, source } from '../../state/live-state.js';
import { CameraIcon, FileIcon, MirrorIcon, PauseIcon, PlayIcon, SampleIcon, ServedIcon } from '../icons.js';

export function SourceBar({ controller }: { controller: LiveController | null }) {
  const picker = useRef<HTMLInputElement>(null);
  const kind = opening.value ?? source.value?.kind;
  const shown = source.value;
  const served = servedSources.value;
  return (
    <div class="source-bar">
      <fieldset class="segments">
        <legend class="visually-hidden">Source</legend>
        {served.length > 0 && (
          <button type="button" aria-pressed={kind === 'served'} onClick={() => void controller?.useServed(0)}>
            <ServedIcon />
            <span class="served-name">{served.length === 1 ? served[0] : 'Sources'}</span>
          </button>
        )}
        <button type="button" aria-pressed={kind === 'camera'} onClick={() => void controller?.useCamera()}>
          <CameraIcon />
          Camera
        </button>
        <button type="button" aria-pressed={kind === 'file'} onClick={() => picker.current?.click()}>
          <FileIcon />
          Video file
        </button>
        <button type="button" aria-pressed={kind === 'sample'} onClick={() => void controller?.useSample()}>
          <SampleIcon />
          Sample
        </button>
      </fieldset>
      <input
        ref={picker}
        id="video-file"
        class="visually-hidden"
        type="file"
        accept="video/*,.mkv,.avi,.mjpeg"
        aria-label="Video file"
        tabIndex={-1}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = '';
          if (file) void controller?.useFile(file);
        }}
      />
      {shown?.served !== undefined && served.length > 1 && (
        <select
          class="select small"
          aria-label="Which source"
          value={String(shown.served)}
          onChange={({ currentTarget }) => void controller?.useServed(Number(currentTarget.value))}
        >
          {served.map((name, index) => (
            <option key={`${index} ${name}`} value={String(index)}>
              {name}
            </option>
          ))}
        </select>
      )}
      {shown?.kind === 'camera' && cameras.value.length > 1 && (
        <select
          class="select"
          aria-label="Which camera"
          value={shown.deviceId ?? ''}
          onChange={({ currentTarget }) => void controller?.useCamera(currentTarget.value)}
        >
          {cameras.value.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      )}
      <span class="source-label" title={shown?.credit ?? shown?.label}>
        {shown && shown.served === undefined && (shown.credit ?? shown.label)}
      </span>
      <div class="source-actions">
        <button
          type="button"
          class="button quiet"
          disabled={!shown}
          aria-pressed={shown?.isMirrored ?? false}
          onClick={() => controller?.toggleMirror()}
        >
          <MirrorIcon />
          Mirror
        </button>
        <button type="button" class="button quiet" disabled={!shown} onClick={() => controller?.togglePause()}>
          {isPaused.value ? <PlayIcon /> : <PauseIcon />}
          {isPaused.value ? 'Play' : 'Pause'}
        </button>
      </div>
    </div>
  );
}
