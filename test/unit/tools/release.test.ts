import assert from 'node:assert/strict';
import { releaseNotes, type VersionManifest } from '../../../tools/lib/release';

const changelog = `# Changelog

## Unreleased

### Added

- Not yet.

## 1.2.0 - 2026-01-31

### Added

- Something.

## [1.1.0] - 2025-12-24

- Something else.

## 1.0.0

- The first.

## 0.9.0 - 2025-01-01

## 0.8.0 - 2024-01-01
`;

const repository = 'https://example.com/box';
const manifestOf = (version: string): VersionManifest => ({ version, repository });

describe('releaseNotes', () => {
  it('gives what the changelog says of the version', () => {
    const notes = releaseNotes('v1.2.0', manifestOf('1.2.0'), changelog);
    assert.equal(notes, '### Added\n\n- Something.\n');
  });

  it('refuses a release without a repository, to which the links of the README lead', () => {
    assert.throws(() => releaseNotes('v1.2.0', { version: '1.2.0' }, changelog), /names no "repository"/);
  });

  it('knows a version in brackets, and line ends of Windows', () => {
    const notes = releaseNotes('v1.1.0', manifestOf('1.1.0'), changelog.replaceAll('\n', '\r\n'));
    assert.equal(notes, '- Something else.\n');
  });

  for (const tag of ['v1.2.1', '1.2.0', 'v1.2', 'v1.2.0-beta', 'V1.2.0', '']) {
    it(`refuses the tag "${tag}" for version 1.2.0`, () => {
      assert.throws(() => releaseNotes(tag, manifestOf('1.2.0'), changelog), /it must be v1\.2\.0/);
    });
  }

  it('refuses a version that the changelog has not, and what is unreleased', () => {
    for (const version of ['1.3.0', '1.2', '11.2.0', '2.0']) {
      assert.throws(() => releaseNotes(`v${version}`, manifestOf(version), changelog), /has no section/);
    }
  });

  it('refuses a section without a date', () => {
    assert.throws(() => releaseNotes('v1.0.0', manifestOf('1.0.0'), changelog), /has no date/);
  });

  for (const version of ['0.9.0', '0.8.0']) {
    it(`refuses the empty section of ${version}`, () => {
      assert.throws(() => releaseNotes(`v${version}`, manifestOf(version), changelog), /says nothing/);
    });
  }
});
