// A face picture of somebody, or their first letter.
import { toRgba } from '../../../../adapters/browser/image-codec.js';
import type { GreyPicture } from '../../../../core/image/picture.js';

export function Portrait({ picture, name }: { picture: GreyPicture | null; name: string }) {
  if (!picture) {
    return (
      <span class="portrait initial" aria-hidden="true">
        {[...name][0]?.toUpperCase()}
      </span>
    );
  }
  return (
    <canvas
      class="portrait"
      width={picture.width}
      height={picture.height}
      role="img"
      aria-label={`Face of ${name}`}
      ref={(canvas) => {
        canvas?.getContext('2d')?.putImageData(new ImageData(toRgba(picture), picture.width, picture.height), 0, 0);
      }}
    />
  );
}
