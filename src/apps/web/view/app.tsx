// The whole page: the header and one of its views, each with its controller.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { LiveController, type ModelChoice } from '../state/live-controller.js';
import { announcement } from '../state/live-state.js';
import { ModelsController } from '../state/models-controller.js';
import type { ShelfModel } from '../state/models-state.js';
import { readDrop } from '../state/read-drop.js';
import { view } from '../state/view-choice.js';
import { Header } from './header.js';
import { LiveView } from './live/live-view.js';
import { Overlay } from './live/overlay.js';
import { ModelsView } from './models/models-view.js';
import { useDrop } from './models/use-drop.js';
import { ShortcutsDialog, useShortcuts } from './shortcuts.js';
import { StudiesView } from './studies/studies-view.js';

/** Where the first link of each view leads. */
const skips = {
  live: { to: 'enrol-name', text: 'Skip to enrolment' },
  models: { to: 'models-drop', text: 'Skip to the pictures' },
  studies: { to: 'study-charts', text: 'Skip to the charts' },
} as const;

export function App() {
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const overlay = useRef<Overlay>(null);
  const liveModel = useRef<ModelChoice | null>(null);
  const [live, setLive] = useState<LiveController | null>(null);
  const [models, setModels] = useState<ModelsController | null>(null);
  const [areShortcutsOpen, setShortcutsOpen] = useState(false);
  const openShortcuts = useCallback(() => setShortcutsOpen(true), []);
  const isLive = view.value === 'live';
  const isModels = view.value === 'models';

  // Each view starts when it is first shown, so that the Models view does not ask for the camera.
  useEffect(() => {
    live?.setShown(isLive);
    if (isLive && !live) {
      const drawn = new Overlay(layer.current!);
      overlay.current = drawn;
      const created = new LiveController(
        { video: video.current!, canvas: canvas.current! },
        (report) => drawn.show(report),
        liveModel.current,
      );
      setLive(created);
      void created.begin();
    }
    if (isModels && !models) {
      const created = new ModelsController();
      setModels(created);
      void created.begin();
    }
  }, [isLive, isModels, live, models]);
  useShortcuts(live, openShortcuts);
  const isDropping = useDrop((transfer) => {
    const [file] = transfer.files;
    if (isModels) void models?.take(readDrop(transfer));
    else if (isLive && file) void live?.useFile(file);
  });
  const useInLive = ({ name, source }: ShelfModel): void => {
    liveModel.current = { name, source };
    live?.useModel(liveModel.current);
    location.hash = '#live';
  };

  const skip = skips[view.value];

  return (
    <>
      <a
        class="skip"
        href={`#${skip.to}`}
        onClick={(event) => {
          event.preventDefault();
          document.getElementById(skip.to)?.focus();
        }}
      >
        {skip.text}
      </a>
      <Header onShortcuts={openShortcuts} />
      <LiveView
        controller={live}
        isHidden={!isLive}
        isDropping={isLive && isDropping}
        elements={{ video, canvas, layer, overlay }}
      />
      {isModels && <ModelsView controller={models} isDropping={isDropping} onUseInLive={useInLive} />}
      {view.value === 'studies' && <StudiesView />}
      <p class="visually-hidden" role="status" aria-live="polite">
        {announcement.value}
      </p>
      <ShortcutsDialog isOpen={areShortcutsOpen} onClose={() => setShortcutsOpen(false)} />
    </>
  );
}
