// Which files of a folder are taken for pictures.

const ending = /\.(jpe?g|png|webp|gif|tiff?|avif|heic|heif|bmp|pgm|ppm)$/i;

/** By a file's name, or its path below a folder with '/' between; false for hidden files and for what lies in hidden folders. */
export function isPictureName(name: string): boolean {
  return ending.test(name) && !name.split('/').some((part) => part.startsWith('.'));
}
