import type { BundledPackage } from './bundledPackages';

const line = '-'.repeat(80);

/**
 * The text of `ThirdPartyNotices.txt`: what is bundled, and under which licences.
 *
 * @param packages In the order in which they shall stand.
 */
export function thirdPartyNotices(packages: readonly BundledPackage[]): string {
  const list = packages.map(({ name, version, license }) => `- ${name} ${version} (${license})`);
  const texts = packages.map(
    ({ name, version, license, licenseText }) =>
      `${line}\n${name} ${version} (${license})\n${line}\n\n${licenseText}\n`,
  );
  return `Third-party notices of Box Authentication

The extension contains code of the following packages, under the licences that follow.
This file is made by "npm run package" from what the bundle contains.

${list.join('\n')}

${texts.join('\n')}`;
}
