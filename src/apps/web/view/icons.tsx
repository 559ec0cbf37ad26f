// The page's few icons, drawn in the text's colour; the text beside them says what they mean.
import type { ComponentChildren } from 'preact';

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const CameraIcon = () => (
  <Icon>
    <rect x="2" y="5" width="11.5" height="10" rx="2.2" />
    <path d="m13.5 9 4.5-2.6v7.2L13.5 11" />
  </Icon>
);
export const FileIcon = () => (
  <Icon>
    <rect x="2.5" y="4" width="15" height="12" rx="2.2" />
    <path d="m8.3 7.4 4.4 2.6-4.4 2.6z" />
  </Icon>
);
export const SampleIcon = () => (
  <Icon>
    <rect x="2.5" y="3.5" width="15" height="13" rx="2.2" />
    <path d="m3 14 4.2-4.4 3.3 3.3 2.2-2 4.3 4" />
    <circle cx="13" cy="7.4" r="1.3" />
  </Icon>
);
export const ServedIcon = () => (
  <Icon>
    <rect x="2.5" y="3.5" width="15" height="5.5" rx="1.6" />
    <rect x="2.5" y="11" width="15" height="5.5" rx="1.6" />
    <path d="M5.6 6.2h.1M5.6 13.8h.1M9 6.2h5M9 13.8h5" />
  </Icon>
);
export const AgainIcon = () => (
  <Icon>
    <path d="M15.5 10a5.5 5.5 0 1 1-1.7-4M14.2 2.8v3.4h-3.4" />
  </Icon>
);
export const PauseIcon = () => (
  <Icon>
    <path d="M7 4.5v11M13 4.5v11" />
  </Icon>
);
export const PlayIcon = () => (
  <Icon>
    <path d="m6.5 4.3 9 5.7-9 5.7z" />
  </Icon>
);
export const MirrorIcon = () => (
  <Icon>
    <path d="M10 3v14M7 6 2.8 14H7zM13 6l4.2 8H13z" />
  </Icon>
);
export const LockIcon = () => (
  <Icon>
    <rect x="4" y="9" width="12" height="8" rx="2" />
    <path d="M6.8 9V6.6a3.2 3.2 0 0 1 6.4 0V9" />
  </Icon>
);
export const KeyboardIcon = () => (
  <Icon>
    <rect x="2" y="5" width="16" height="10" rx="2" />
    <path d="M5.2 8.4h.1M8.4 8.4h.1M11.6 8.4h.1M14.8 8.4h.1M6.8 11.8h6.4" />
  </Icon>
);
export const TrashIcon = () => (
  <Icon>
    <path d="M3.5 5.5h13M8 5.5V3.8h4v1.7M5.3 5.5l.8 10.7h7.8l.8-10.7M8.4 8.6v4.8M11.6 8.6v4.8" />
  </Icon>
);
export const WarningIcon = () => (
  <Icon>
    <path d="M10 3 2.2 16.5h15.6zM10 8.2v4M10 14.4v.1" />
  </Icon>
);
export const PictureIcon = () => (
  <Icon>
    <rect x="3" y="3" width="14" height="14" rx="3" />
    <path d="M7.4 8v.1M12.6 8v.1M6.8 11.8c1.8 2.2 4.6 2.2 6.4 0" />
  </Icon>
);
