import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { SEED } from '../../emulator/src';
import { denyAccess, grantAccess } from '../../vscode/boxPages';
import { expectRecord } from './records';
import type { Scene } from './scene';
import { shareSignedOut } from './sharedScene';

describe('vscode.authentication.getSession', () => {
  const shared = shareSignedOut();

  it('asks for consent, signs in, and then answers silently with the same session and no request', async () => {
    const scene = await shared.open({ 'consumer.scopes': ['root_readwrite'] });

    const first = expectRecord('session', await scene.consume('Get Session', () => consentAndSignIn(scene)));
    const requests = await scene.sentRequests();
    const second = expectRecord('session', await scene.consume('Get Session Silently'));

    assert.equal(first.account.label, SEED.userLogin);
    assert.equal(first.account.id, SEED.userId);
    assert.deepEqual(first.scopes, ['root_readwrite']);
    assert.deepEqual({ ...second, command: first.command }, first);
    assert.deepEqual(await scene.sentRequests(), requests);
  });

  it('gives the token of the session that a person began from the palette', async () => {
    const scene = await shared.use();
    await scene.signIn();
    const token = await scene.copyToken();

    const given = expectRecord('session', await scene.consume('Get Session', () => scene.allowConsumer()));

    assert.equal(given.accessTokenSha256, createHash('sha256').update(token).digest('hex'));
  });

  it('gives nothing silently while nobody is signed in', async () => {
    const scene = await shared.use();
    const record = await scene.consume('Get Session Silently');
    assert.equal(record.event, 'none');
    assert.deepEqual(await scene.sentRequests(), []);
  });

  it('rejects with a reason when access is denied on the Box page', async () => {
    const scene = await shared.use();
    const record = await scene.consume('Get Session', async () => {
      const tab = await consent(scene);
      await denyAccess(tab, SEED.userLogin);
    });
    assert.equal(record.event, 'error');
    assert.match(record.message, /denied/i);
  });

  it('tells other extensions when the sessions change', async () => {
    const scene = await shared.use();
    const before = (await scene.bed.consumerRecords()).length;
    await scene.signIn();
    const records = (await scene.bed.consumerRecords()).slice(before);
    assert.ok(records.some((record) => record.event === 'changed' && record.provider === 'box'));
  });
});

async function consentAndSignIn(scene: Scene): Promise<void> {
  const tab = await consent(scene);
  await grantAccess(tab, SEED.userLogin);
}

async function consent(scene: Scene): ReturnType<Scene['beginSignIn']> {
  return scene.beginSignIn({
    begin: async () => {
      await scene.workbench.dialog.answer(/Consumer.*wants to sign in/, 'Allow');
    },
  });
}
