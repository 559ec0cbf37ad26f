// Warnings about a dataset before training, in sentences.
import type { Exploration } from './exploration.js';

type Facts = Pick<Exploration, 'labels' | 'splits' | 'kinds' | 'width' | 'height'>;

/** Sentences on missing classes, unequal classes, and pictures that the import distorts. */
export function findings(facts: Facts): string[] {
  return [...missingClasses(facts), ...unequalClasses(facts), ...distortedPictures(facts)];
}

function missingClasses({ labels, splits }: Facts): string[] {
  const without = (split: Facts['splits'][number]) =>
    split.classes.filter(({ count }) => count === 0).map(({ label }) => label);
  const nowhere = labels.filter((label) => splits.every((split) => without(split).includes(label)));
  const sentences = nowhere.length === 0 ? [] : [`No split has a sample of ${nowhere.join(', ')}.`];
  for (const split of splits) {
    const missing = without(split).filter((label) => !nowhere.includes(label));
    if (missing.length > 0) sentences.push(`${split.name} has no sample of ${missing.join(', ')}; other splits have.`);
  }
  return sentences;
}

function unequalClasses({ splits }: Facts): string[] {
  return splits.flatMap(({ name, classes }) => {
    const there = classes.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
    const [largest, smallest] = [there[0]!, there[there.length - 1]!];
    const ratio = largest.count / smallest.count;
    if (ratio < 2) return [];
    return [
      `In ${name} the largest class, ${largest.label} (${number(largest.count)}), has ${ratio.toFixed(1)} times the samples of the smallest, ${smallest.label} (${number(smallest.count)}).`,
    ];
  });
}

function distortedPictures({ kinds, width, height }: Facts): string[] {
  const count = (isMeant: (kind: { width: number; height: number }) => boolean) =>
    (kinds ?? []).filter(isMeant).reduce((sum, kind) => sum + kind.count, 0);
  const all = number(count(() => true));
  const stretched = count((kind) => kind.width * height !== kind.height * width);
  const enlarged = count((kind) => kind.width < width || kind.height < height);
  return [
    ...(stretched > 0 ? [`${number(stretched)} of ${all} pictures are not square; the import stretches them.`] : []),
    ...(enlarged > 0
      ? [`${number(enlarged)} of ${all} pictures are smaller than ${width} x ${height}; the import enlarges them.`]
      : []),
  ];
}

function number(count: number): string {
  return count.toLocaleString('en');
}
