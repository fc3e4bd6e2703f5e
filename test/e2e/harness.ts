import type { Browser } from 'playwright-core';
import { fixtureVsix, packageExtension, packageFixture, type Fixture } from '../vscode/vsix';
import { extensionVsix } from '../../tools/lib/paths';
import type { SecretsMode } from '../vscode/profile';
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

/** What a {@link Harness} is told. */
export interface HarnessOptions extends Pick<TestBedOptions, 'bare'> {
  /** Extensions that do not stand in each other's way: whoever wants one of them gets them all. */
  readonly together?: readonly Fixture[];
}

/**
 * What the suites of the user interface share: one browser, and one test bed for each set of extensions and each kind
 * of secret storage, so that windows of both kinds can stay open. Each of them knows the private certificate authorities of the
 * tests, so that none is started for those tests alone.
 */
export class Harness {
  readonly #beds = new Map<string, TestBed>();

  constructor(
    readonly browser: Browser,
    private readonly packages: Packages,
    private readonly options: HarnessOptions = {},
  ) {}

  /** Every test bed that was started. */
  get beds(): readonly TestBed[] {
    return [...this.#beds.values()];
  }

  /** The test bed that has our extension and the named others, as new; started on first use. */
  async freshBed(others: readonly Fixture[], secrets: SecretsMode = 'browser'): Promise<TestBed> {
    const isThere = this.#beds.has(this.#keyOf(others, secrets));
    const bed = await this.bed(others, secrets);
    if (isThere) await bed.reset();
    return bed;
  }

  /** The same, as it is: windows stay open. */
  async bed(others: readonly Fixture[], secrets: SecretsMode = 'browser'): Promise<TestBed> {
    const key = this.#keyOf(others, secrets);
    const bed = this.#beds.get(key) ?? (await this.#start(this.#installedFor(others)));
    this.#beds.set(key, bed);
    return bed;
  }

  #start(others: readonly Fixture[]): Promise<TestBed> {
    const extensions = [this.packages.extension, ...others.map((name) => this.packages[name])];
    const { bare = false } = this.options;
    return TestBed.start({ browser: this.browser, extensions, env: authorities, bare });
  }

  #keyOf(others: readonly Fixture[], secrets: SecretsMode): string {
    return [secrets, ...this.#installedFor(others)].join();
  }

  /** One bed serves whoever wants some of what is installed together. */
  #installedFor(others: readonly Fixture[]): readonly Fixture[] {
    const { together = [] } = this.options;
    return others.length > 0 && others.every((name) => together.includes(name)) ? together : others;
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
