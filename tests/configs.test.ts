// Every configuration and search in configs/ is one that training and tuning take.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseDetectorConfig } from '../src/pipeline/detector/config.js';
import { parseTrainConfig } from '../src/pipeline/train/config.js';
import { isEnsembleConfig, parseEnsembleConfig } from '../src/pipeline/train/ensemble-config.js';
import { chosenConfig, parseSearch } from '../src/pipeline/tune/search-space.js';

const folder = new URL('../configs/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const isSearch = (name: string) => name.startsWith('tune-');
const isDetector = (name: string) => name.startsWith('detector');
const names = readdirSync(folder);

it.each(names.filter((name) => !isSearch(name) && !isDetector(name)))('%s is a valid configuration', (name) => {
  const config = read(name) as Record<string, unknown>;
  const { length } = isEnsembleConfig(config) ? parseEnsembleConfig(config) : [parseTrainConfig(config)];
  expect(length).toBeGreaterThan(0);
});

it.each(names.filter(isDetector))('%s is a valid configuration of a detector', (name) => {
  expect(parseDetectorConfig(read(name))).toMatchObject(read(name) as object);
});

it.each(names.filter(isSearch))('%s is a valid search around a configuration beside it', async (name) => {
  const search = await parseSearch(read(name), async (file) => read(file));
  expect(search.space.size).toBe(6);
  // What is tried first is that configuration itself: the two are written down apart, and must not drift.
  expect(search.first.map((values) => chosenConfig(search, values))).toEqual([search.config]);
});
