// The files of a report: every chart and picture of the page is also a separate file beside it.
import type { Picture } from '../../core/image/picture.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { EncodePicture } from '../../core/ports/encode-picture.js';
import { chartFile } from './chart-file.js';
import { type Figure, figureHtml, pictureHtml } from './report-page.js';

/** A chart and the name of its file, without the ending. */
export interface NamedFigure extends Figure {
  readonly file: string;
}

/** A sheet and the name of its file, without the ending. */
export interface NamedSheet {
  readonly file: string;
  readonly title: string;
  readonly caption: string;
  readonly picture: Picture;
}

export interface ReportFiles {
  /** The names of the written files, in order. */
  readonly names: readonly string[];
  write(name: string, content: string): Promise<void>;
  /** Writes the chart as SVG, and gives its HTML for the page. */
  chart(figure: NamedFigure): Promise<string>;
  /** Writes the sheet as PNG, and gives its HTML for the page. */
  sheet(sheet: NamedSheet): Promise<string>;
}

export function createReportFiles(store: BlobStore, encodePng: EncodePicture): ReportFiles {
  const names: string[] = [];
  const write = async (name: string, content: string | Uint8Array) => {
    await store.write(name, content);
    names.push(name);
  };
  return {
    names,
    write,
    async chart(figure) {
      await write(`${figure.file}.svg`, chartFile(figure));
      return figureHtml(figure);
    },
    async sheet({ file, title, caption, picture }) {
      const png = await encodePng(picture);
      await write(`${file}.png`, png);
      return pictureHtml({ title, caption, png, widthPx: picture.width, heightPx: picture.height });
    },
  };
}
