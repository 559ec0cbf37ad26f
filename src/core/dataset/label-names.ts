// Finds the class that a folder's name stands for; datasets spell the seven expressions in several ways.

/** Other spellings of FER2013's seven names, as published datasets and tools write them. */
const spellings: Readonly<Record<string, string>> = {
  anger: 'angry',
  disgusted: 'disgust',
  digust: 'disgust',
  afraid: 'fear',
  fearful: 'fear',
  happiness: 'happy',
  sadness: 'sad',
  surprised: 'surprise',
  neutrality: 'neutral',
};

/** The index in `labels` of the class that `name` means, regardless of case, or -1. */
export function findLabel(labels: readonly string[], name: string): number {
  const wanted = name.trim().toLowerCase();
  const exact = labels.findIndex((label) => label.toLowerCase() === wanted);
  const usual = Object.hasOwn(spellings, wanted) ? spellings[wanted]! : undefined;
  return exact >= 0 || usual === undefined ? exact : labels.indexOf(usual);
}
