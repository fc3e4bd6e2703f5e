import assert from 'node:assert/strict';
import { packagedMarkdown, repositoryOf } from '../../../tools/lib/packagedMarkdown';

const read = (path: string): Uint8Array => Buffer.from(`bytes of ${path}`);
const text = `See [the guide](docs/guide.md#first), [below](#below), [Box](https://box.com) and [a
setting](command:workbench.open).

![A picture](media/one.png)
`;

describe('packagedMarkdown', () => {
  it('leads to the release in the repository', () => {
    const repository = 'https://example.com/someone/box';
    const packaged = packagedMarkdown(text, { repository, tag: 'v1.2.0', read });
    assert.ok(packaged.includes(`[the guide](${repository}/blob/v1.2.0/docs/guide.md#first)`));
    assert.ok(packaged.includes(`![A picture](${repository}/raw/v1.2.0/media/one.png)`));
  });

  it('leaves no link that leads nowhere, and no picture out, where there is no repository', () => {
    const packaged = packagedMarkdown(text, { repository: undefined, tag: 'v1.2.0', read });
    assert.ok(
      packaged.startsWith('See the guide, [below](#below), [Box](https://box.com) and [a\nsetting](command:'),
    );
    const [, picture = ''] = /data:image\/png;base64,([^)]+)\)/.exec(packaged) ?? [];
    assert.equal(Buffer.from(picture, 'base64').toString(), 'bytes of media/one.png');
  });

  it('refuses a picture that VS Code does not show', () => {
    const publication = { repository: undefined, tag: 'v1.2.0', read };
    assert.throws(() => packagedMarkdown('![It](media/icon.svg)', publication), /media\/icon\.svg/);
  });
});

describe('repositoryOf', () => {
  for (const repository of [
    'https://example.com/someone/box',
    { url: 'git+https://example.com/someone/box.git' },
    { url: 'https://example.com/someone/box/' },
  ]) {
    it(`reads ${JSON.stringify(repository)}`, () => {
      assert.equal(repositoryOf({ repository }), 'https://example.com/someone/box');
    });
  }

  it('gives undefined where none is named', () => {
    assert.equal(repositoryOf({}), undefined);
  });
});
