import type { BundledPackage } from './bundledPackages';

/** The part of `package.json` that the bill names the extension by. */
export interface ExtensionManifest {
  readonly publisher: string;
  readonly name: string;
  readonly displayName: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * The software bill of materials of the extension: itself, and the packages that are bundled in it.
 * The same contents give the same bill: it has no date and no serial number, both of which CycloneDX lets be absent.
 *
 * @returns CycloneDX 1.6 as JSON.
 */
export function softwareBill(extension: ExtensionManifest, packages: readonly BundledPackage[]): string {
  const root = `${extension.publisher}.${extension.name}@${extension.version}`;
  const references = new Map(packages.map((each) => [each.name, packageUrl(each)]));
  const dependsOn = (names: readonly string[]): string[] =>
    names.flatMap((name) => references.get(name) ?? []).sort();
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'application',
        'bom-ref': root,
        publisher: extension.publisher,
        name: extension.name,
        version: extension.version,
        description: extension.displayName,
        licenses: [{ license: { id: extension.license } }],
      },
    },
    components: packages.map((each) => ({
      type: 'library',
      'bom-ref': packageUrl(each),
      name: each.name,
      version: each.version,
      scope: 'required',
      licenses: [{ license: { id: each.license } }],
      purl: packageUrl(each),
      externalReferences: [
        {
          type: 'distribution',
          url: tarball(each),
          hashes: [{ alg: 'SHA-512', content: each.sha512 }],
        },
      ],
    })),
    dependencies: [
      { ref: root, dependsOn: dependsOn(Object.keys(extension.dependencies)) },
      ...packages.map((each) => ({ ref: packageUrl(each), dependsOn: dependsOn(each.dependencies) })),
    ],
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

function packageUrl({ name, version }: BundledPackage): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function tarball({ name, version }: BundledPackage): string {
  return `https://registry.npmjs.org/${name}/-/${name.replace(/^.*\//, '')}-${version}.tgz`;
}
