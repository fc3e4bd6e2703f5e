import { webcrypto } from 'node:crypto';
import type { Page } from 'playwright-core';

const storageKey = 'secrets.provider';
const ivBytes = 12;
const keyBytes = 32;

/**
 * Stores secrets as the browser-served VS Code does it: sealed in the page's localStorage, half of the key from the
 * server. What was stored there before is replaced. A window that is open does not notice.
 *
 * @param page A page of the server's origin.
 * @param secrets Values by VS Code's key, which is JSON of `{ extensionId, key }`.
 */
export async function storeInBrowser(page: Page, secrets: ReadonlyMap<string, string>): Promise<void> {
  const answer = await fetch(new URL('/mint-key', page.url()), { method: 'POST' });
  const serverKey = new Uint8Array(await answer.arrayBuffer());
  const sealed = await seal(JSON.stringify(Object.fromEntries(secrets)), serverKey);
  await page.evaluate(`localStorage.setItem(${JSON.stringify(storageKey)}, ${JSON.stringify(sealed)})`);
}

/** AES-GCM under the exclusive or of two keys; the client's key, the vector and the cipher text in base64. */
async function seal(text: string, serverKey: Uint8Array): Promise<string> {
  const clientKey = webcrypto.getRandomValues(new Uint8Array(keyBytes));
  const iv = webcrypto.getRandomValues(new Uint8Array(ivBytes));
  const bytes = clientKey.map((byte, index) => byte ^ (serverKey[index] ?? 0));
  const key = await webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt']);
  const cipher = await webcrypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, Buffer.from(text));
  return Buffer.concat([clientKey, iv, Buffer.from(cipher)]).toString('base64');
}
