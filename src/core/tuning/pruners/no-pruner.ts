// Lets every trial end.
import type { Pruner } from './pruner.js';

export class NoPruner implements Pruner {
  shouldPrune(): boolean {
    return false;
  }
}
