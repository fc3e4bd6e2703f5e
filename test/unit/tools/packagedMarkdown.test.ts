import assert from 'node:assert/strict';
import { packagedMarkdown, repositoryOf } from '../../../tools/lib/packagedMarkdown';

const text = `See [the guide](docs/guide.md#first), [below](#below), [Box](https://box.com) and [a
setting](command:workbench.open).

![A picture](media/one.png)

The [same picture](media/still.png).

The end.
`;

describe('packagedMarkdown', () => {
  it('leads to the release in the repository', () => {
    const repository = 'https://example.com/someone/box';
    const packaged = packagedMarkdown(text, { repository, tag: 'v1.2.0' });
    assert.ok(packaged.includes(`[the guide](${repository}/blob/v1.2.0/docs/guide.md#first)`));
    assert.ok(packaged.includes(`![A picture](${repository}/raw/v1.2.0/media/one.png)`));
  });

  it('leaves no link that leads nowhere, and no picture that VS Code would not show, where there is no repository', () => {
    const packaged = packagedMarkdown(text, { repository: undefined, tag: 'v1.2.0' });
    assert.ok(
      packaged.startsWith('See the guide, [below](#below), [Box](https://box.com) and [a\nsetting](command:'),
    );
    assert.ok(packaged.endsWith('(command:workbench.open).\n\nThe end.\n'), packaged);
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
