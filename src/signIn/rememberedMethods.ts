import { SIGN_IN_METHODS } from '../apps/settings';
import type { Memory } from '../storage/memory';
import type { SignInMethodName } from './signInMethod';

const METHODS = SIGN_IN_METHODS.filter((name) => name !== 'auto');

/** Remembers by place which sign-in method worked there the last time. */
export class RememberedMethods {
  constructor(private readonly memory: Memory) {}

  /** The method that worked at a place. */
  worked(place: string): SignInMethodName | undefined {
    const value = this.memory.get(keyOf(place));
    return METHODS.find((method) => method === value);
  }

  /** Notes that a method worked at a place. */
  async note(place: string, method: SignInMethodName): Promise<void> {
    if (this.worked(place) !== method) await this.memory.update(keyOf(place), method);
  }
}

function keyOf(place: string): string {
  return `signInMethod/${place}`;
}
