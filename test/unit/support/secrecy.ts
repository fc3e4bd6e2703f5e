import assert from 'node:assert/strict';
import { inspect } from 'node:util';

/** Whatever can be read out of a value: its fields to any depth, hidden ones, causes and stacks. */
function everythingIn(value: unknown): string {
  const stack = value instanceof Error ? (value.stack ?? '') : '';
  return `${inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null, maxArrayLength: null })}\n${stack}`;
}

/** Asserts that none of the secrets can be read out of a value, be it raw, percent-encoded or in base64. */
export function assertHoldsNoSecret(value: unknown, secrets: readonly string[]): void {
  assert.ok(secrets.length > 0 && secrets.every((secret) => secret.length > 7), 'secrets to look for');
  const text = everythingIn(value);
  for (const secret of secrets) {
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
    for (const form of forms) assert.ok(!text.includes(form), `found a secret in ${text}`);
  }
}
