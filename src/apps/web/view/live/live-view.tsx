// The live view: picture and panel.
import type { RefObject } from 'preact';
import type { LiveController } from '../../state/live-controller.js';
import { source } from '../../state/live-state.js';
import { Notice } from '../notice.js';
import { FaceList } from './face-list.js';
import type { Overlay } from './overlay.js';
import { PeoplePanel } from './people-panel.js';
import { ServedPeople } from './served-people.js';
import { SourceBar } from './source-bar.js';
import { StageCards } from './stage-cards.js';
import { TimelinePanel } from './timeline-panel.js';

interface LiveViewProps {
  readonly controller: LiveController | null;
  /** It stays in the page while it is hidden, with its video. */
  readonly isHidden: boolean;
  readonly isDropping: boolean;
  readonly elements: {
    readonly video: RefObject<HTMLVideoElement>;
    readonly canvas: RefObject<HTMLCanvasElement>;
    readonly layer: RefObject<HTMLDivElement>;
    readonly overlay: RefObject<Overlay>;
  };
}

export function LiveView({ controller, isHidden, isDropping, elements }: LiveViewProps) {
  const { video, canvas, layer, overlay } = elements;
  const shown = source.value;
  const isServed = shown?.kind === 'served';
  if (overlay.current) overlay.current.isMirrored = shown?.isMirrored ?? false;
  return (
    <main class="main" hidden={isHidden}>
      <section class="picture" aria-label="Picture">
        <div class="stage-fit">
          <div class={isDropping ? 'stage dropping' : 'stage'} style={{ '--aspect': String(shown?.aspect ?? 16 / 9) }}>
            <video
              ref={video}
              class={shown?.isMirrored ? 'mirrored' : ''}
              muted
              playsInline
              hidden={!shown || isServed}
            />
            <canvas ref={canvas} class={shown?.isMirrored ? 'mirrored' : ''} hidden={!isServed} />
            <div ref={layer} class="overlay" aria-hidden="true" />
            <StageCards controller={controller} />
          </div>
        </div>
        <SourceBar controller={controller} />
        <TimelinePanel recorder={controller?.timeline ?? null} />
      </section>
      <aside class="panel" aria-label="Faces and people">
        <FaceList controller={controller} />
        {isServed ? <ServedPeople /> : <PeoplePanel controller={controller} />}
      </aside>
      <Notice />
    </main>
  );
}
