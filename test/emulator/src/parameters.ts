/** The parameters of a query or a form body, in which Box takes each name once (RFC 6749 §3.1, §3.2). */
export class Parameters {
  readonly #entries: readonly (readonly [string, string])[];

  constructor(encoded: string) {
    this.#entries = [...new URLSearchParams(encoded)];
  }

  /** The first value of `name`; undefined when absent or, as RFC 6749 §3.1 asks, empty. */
  get(name: string): string | undefined {
    const value = this.#entries.find(([key]) => key === name)?.[1];
    return value === '' ? undefined : value;
  }

  /** A name that occurs more than once, if there is one. */
  repeated(): string | undefined {
    const names = this.#entries.map(([name]) => name);
    return names.find((name, index) => names.indexOf(name) !== index);
  }

  /** Every name, each once. */
  names(): string[] {
    return [...new Set(this.#entries.map(([name]) => name))];
  }

  /** Name and value of every parameter; of a repeated one, the last. */
  toObject(): Record<string, string> {
    return Object.fromEntries(this.#entries);
  }
}
