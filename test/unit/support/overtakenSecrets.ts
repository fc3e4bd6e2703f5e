import { MemorySecrets } from './memorySecrets';

/** Secrets in which somebody stores something else after a write was made, and before it is told to be. */
export class OvertakenSecrets extends MemorySecrets {
  /** Done once, in the midst of the next write. */
  overtake = (): Promise<unknown> => Promise.resolve();

  override async store(key: string, value: string): Promise<void> {
    const { overtake } = this;
    this.overtake = () => Promise.resolve();
    await super.store(key, value);
    await overtake();
  }
}
