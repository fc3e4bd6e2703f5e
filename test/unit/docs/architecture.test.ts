import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { blocks, codes, document, isInRepository, names, rows, section, sources } from './documents';

const { text } = document('docs/architecture.md');

/** Which folder of `src` imports from which, as `ui --> box`. */
function imports(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const file of sources('src')) {
    const [, from, ...rest] = file.split('/');
    if (rest.length === 0) continue;
    for (const [, target = ''] of document(file).text.matchAll(/(?:from |import\()'(\.[^']+)'/g)) {
      const [, to, ...below] = posix.normalize(posix.join(posix.dirname(file), target)).split('/');
      if (below.length > 0 && from !== to) found.add(`${from} --> ${to}`);
    }
  }
  return found;
}

/** The folders below one, by name. */
function folders(parent: string): readonly string[] {
  return names(parent).filter((name) => !name.includes('.'));
}

describe('docs/architecture.md', () => {
  const [drawing = '', ...others] = blocks(text, 'mermaid');
  const [, inside = ''] = /subgraph src\n([\s\S]*?)\n +end/.exec(drawing) ?? [];

  it('has one drawing', () => {
    assert.match(drawing, /^flowchart /);
    assert.deepEqual(others, []);
  });

  it('draws every folder of src', () => {
    const drawn = [...inside.matchAll(/^ +(\w+)\["(\w+): /gm)];
    for (const [line, id, name] of drawn) assert.equal(id, name, line);
    assert.deepEqual(drawn.map(([, name]) => name).sort(), folders('src'));
  });

  it('draws the imports between them, all and no others', () => {
    const drawn = [...inside.matchAll(/^ +(\w+ --> \w+)$/gm)].map(([, edge = '']) => edge);
    assert.deepEqual([...drawn].sort(), [...imports()].sort());
  });

  it('follows a token in ten steps, each of which names its files', () => {
    const steps = section(text, 'The life of a token')
      .split(/^(?=\d+\. )/m)
      .slice(1);
    assert.deepEqual(
      steps.map((step) => Number.parseInt(step, 10)),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    for (const step of steps) {
      const files = codes(step).filter((code) => /^src\/[\w/]+\.ts$/.test(code));
      assert.ok(files.length > 0, `no file in: ${step}`);
      for (const file of files) assert.ok(isInRepository(file), `${file} is not there`);
    }
  });
});

describe('CONTRIBUTING.md', () => {
  const contributing = document('CONTRIBUTING.md').text;
  const map = rows(section(contributing, 'Map of the code')).map(([folder = '', , first = '']) => ({
    folder: folder.replaceAll('`', ''),
    first: first.replaceAll('`', ''),
  }));

  it('has every folder of src and test on its map, each with a file to begin with', () => {
    const expected = [
      ...folders('src').map((name) => `src/${name}`),
      ...folders('test').map((name) => `test/${name}`),
    ];
    const listed = map.map(({ folder }) => folder);
    for (const folder of expected) assert.ok(listed.includes(folder), `${folder} is missing`);
    for (const { folder, first } of map) {
      assert.ok(isInRepository(folder), `${folder} is not there`);
      assert.ok(first.startsWith(`${folder}/`) && isInRepository(first), `${first} is not in ${folder}`);
    }
  });

  it('has four commands that a contributor needs', () => {
    assert.equal(rows(section(contributing, 'Four commands')).length, 4);
  });
});
