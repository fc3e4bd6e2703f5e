import type { Browser } from 'playwright-core';
import { fixtureVsix, packageExtension, packageFixture, type Fixture } from '../vscode/vsix';
import { extensionVsix } from '../vscode/paths';
import { TestBed, type TestBedOptions } from '../vscode/testBed';
import { authorities } from '../vscode/tlsDoor';

export type { Fixture };

/** The VSIX files of a run. */
export type Packages = Readonly<Record<'extension' | Fixture, string>>;

/** Packages everything that the tests install; ours only when it is not packaged already. */
export async function packageAll(isPackaged: boolean): Promise<Packages> {
  const [extension, consumer, rival, example] = await Promise.all([
    isPackaged ? extensionVsix : packageExtension(),
    packageFixture('consumer'),
    packageFixture('rival'),
    packageFixture('example'),
  ]);
  return { extension, consumer, rival, example };
}

/** What {@link packageAll} has packaged, in this process or in another one. */
export function packaged(): Packages {
  return {
    extension: extensionVsix,
    consumer: fixtureVsix('consumer'),
    rival: fixtureVsix('rival'),
    example: fixtureVsix('example'),
  };
}

/**
 * What the suites of the user interface share: one browser, and one test bed for each set of extensions. Each of them
 * knows the private certificate authorities of the tests, so that none is started for those tests alone.
 */
export class Harness {
  readonly #beds = new Map<string, TestBed>();

  constructor(
    readonly browser: Browser,
    private readonly packages: Packages,
    /** What its servers are told beside what they are told anyway. */
    private readonly options: Pick<TestBedOptions, 'bare'> = {},
  ) {}

  /** Every test bed that was started. */
  get beds(): readonly TestBed[] {
    return [...this.#beds.values()];
  }

  /** The test bed that has our extension and the named others, as new; started on first use. */
  async freshBed(...others: readonly Fixture[]): Promise<TestBed> {
    const key = others.join();
    const existing = this.#beds.get(key);
    if (existing) {
      await existing.reset();
      return existing;
    }
    const extensions = [this.packages.extension, ...others.map((name) => this.packages[name])];
    const bed = await TestBed.start({ browser: this.browser, extensions, env: authorities, ...this.options });
    this.#beds.set(key, bed);
    return bed;
  }

  /** Ends all test beds. The browser is the caller's. */
  async stop(): Promise<void> {
    await Promise.all(this.beds.map((bed) => bed.stop()));
  }
}

let current: Harness | undefined;

/** Sets the harness that the suites use. */
export function useHarness(harness: Harness): void {
  current = harness;
}

/** The harness of this run. */
export function harness(): Harness {
  if (!current) throw new Error('Run the suites with: npm run test:e2e');
  return current;
}
