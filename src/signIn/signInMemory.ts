import type { SignInMethodName } from './signInMethod';

/** The part of VS Code's `Memento` that is used. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const METHODS: readonly SignInMethodName[] = ['redirectPage', 'uriScheme', 'localServer', 'pasteCode'];

/** Remembers by place which way to sign in worked there the last time. */
export class SignInMemory {
  constructor(private readonly memory: Memory) {}

  /** The way that worked at a place. */
  worked(place: string): SignInMethodName | undefined {
    const value = this.memory.get(keyOf(place));
    return METHODS.find((method) => method === value);
  }

  /** Notes that a way worked at a place. */
  async note(place: string, method: SignInMethodName): Promise<void> {
    if (this.worked(place) !== method) await this.memory.update(keyOf(place), method);
  }
}

function keyOf(place: string): string {
  return `signInMethod/${place}`;
}
