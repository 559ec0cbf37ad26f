// The whole page: picture and panel, wired to one controller.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { LiveController } from '../state/live-controller.js';
import { announcement, source } from '../state/live-state.js';
import { FaceList } from './face-list.js';
import { Header } from './header.js';
import { Notice } from './notice.js';
import { Overlay } from './overlay.js';
import { PeoplePanel } from './people-panel.js';
import { ShortcutsDialog, useShortcuts } from './shortcuts.js';
import { SourceBar } from './source-bar.js';
import { StageCards } from './stage-cards.js';

export function App() {
  const video = useRef<HTMLVideoElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const overlay = useRef<Overlay>(null);
  const [controller, setController] = useState<LiveController | null>(null);
  const [areShortcutsOpen, setShortcutsOpen] = useState(false);
  const openShortcuts = useCallback(() => setShortcutsOpen(true), []);

  useEffect(() => {
    const drawn = new Overlay(layer.current!);
    overlay.current = drawn;
    const created = new LiveController(video.current!, (report) => drawn.show(report));
    setController(created);
    void created.begin();
  }, []);
  useShortcuts(controller, openShortcuts);
  const isDropping = useFileDrop((file) => void controller?.useFile(file));

  const shown = source.value;
  if (overlay.current) overlay.current.isMirrored = shown?.isMirrored ?? false;
  return (
    <>
      <a class="skip" href="#enrol-name">
        Skip to enrolment
      </a>
      <Header onShortcuts={openShortcuts} />
      <main class="main">
        <section class="picture" aria-label="Picture">
          <div class="stage-fit">
            <div
              class={isDropping ? 'stage dropping' : 'stage'}
              style={{ '--aspect': String(shown?.aspect ?? 16 / 9) }}
            >
              <video ref={video} class={shown?.isMirrored ? 'mirrored' : ''} muted playsInline hidden={!shown} />
              <div ref={layer} class="overlay" aria-hidden="true" />
              <StageCards controller={controller} />
            </div>
          </div>
          <SourceBar controller={controller} />
        </section>
        <aside class="panel" aria-label="Faces and people">
          <FaceList />
          <PeoplePanel controller={controller} />
        </aside>
        <Notice />
      </main>
      <p class="visually-hidden" role="status" aria-live="polite">
        {announcement.value}
      </p>
      <ShortcutsDialog isOpen={areShortcutsOpen} onClose={() => setShortcutsOpen(false)} />
    </>
  );
}

/** Files dropped anywhere on the page; true while one is held over it. */
function useFileDrop(onFile: (file: File) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(onFile);
  latest.current = onFile;
  useEffect(() => {
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setOver(true);
    };
    const left = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const dropped = (event: DragEvent): void => {
      event.preventDefault();
      setOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file) latest.current(file);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', left);
    addEventListener('drop', dropped);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', left);
      removeEventListener('drop', dropped);
    };
  }, []);
  return isOver;
}
