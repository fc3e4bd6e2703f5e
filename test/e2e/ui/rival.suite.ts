import assert from 'node:assert/strict';
import { Scene } from './scene';

describe('When another extension owns the provider id box', () => {
  it('one warning says so, and the Box commands still work', async () => {
    const scene = await Scene.open({ beside: ['rival'] });
    const warning = await scene.workbench.notifications.expect(/another extension.*already provides/i);
    assert.equal(warning.severity, 'warning');

    await scene.signIn();
    const token = await scene.copyToken();

    assert.equal((await scene.box.tokenInfo(token)).live, true);
  });
});
