import assert from 'node:assert/strict';
import { RememberedMethods } from '../../../src/signIn/rememberedMethods';

describe('RememberedMethods', () => {
  const memento = () => {
    const values = new Map<string, unknown>();
    let updates = 0;
    return {
      values,
      updates: () => updates,
      get: (key: string) => values.get(key),
      update: (key: string, value: unknown) => {
        updates += 1;
        values.set(key, value);
        return Promise.resolve();
      },
    };
  };

  it('knows by place what worked there', async () => {
    const memory = new RememberedMethods(memento());
    await memory.note('desktop/vscode', 'localServer');
    await memory.note('web/example.com', 'pasteCode');
    assert.equal(memory.worked('desktop/vscode'), 'localServer');
    assert.equal(memory.worked('web/example.com'), 'pasteCode');
    assert.equal(memory.worked('web/other.example.com'), undefined);
  });

  it('writes only what is new', async () => {
    const store = memento();
    const memory = new RememberedMethods(store);
    await memory.note('desktop/vscode', 'localServer');
    await memory.note('desktop/vscode', 'localServer');
    assert.equal(store.updates(), 1);
  });

  it('takes nothing for a method that is none', () => {
    const store = memento();
    store.values.set('signInMethod/desktop/vscode', 'telepathy');
    assert.equal(new RememberedMethods(store).worked('desktop/vscode'), undefined);
  });
});
