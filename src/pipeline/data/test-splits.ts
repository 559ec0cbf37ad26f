// Which splits are test splits, and which one is for training, by their names.

/** True for FER2013's PrivateTest and for names with the word test, except PublicTest, which is for validation. */
export function isTestSplit(name: string): boolean {
  const words = name.trim().toLowerCase();
  return words !== 'publictest' && (words === 'privatetest' || /(^|[^a-z])test(ing|set)?([^a-z]|$)/.test(words));
}

/** True for the split that models are trained on: its twins in other splits do not count as unseen. */
export function isTrainingSplit(name: string): boolean {
  return ['training', 'train'].includes(name.toLowerCase());
}
