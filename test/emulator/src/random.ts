import { randomBytes, randomInt } from 'node:crypto';

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const MIXED = `ABCDEFGHIJKLMNOPQRSTUVWXYZ${LOWER}`;

const pick = (alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');

/** `length` random letters and digits: the shape of Box's codes and OAuth tokens. */
export const alphanumeric = (length: number): string => pick(MIXED, length);

/** `length` random lower-case letters and digits: the shape of Box's request ids and client ids. */
export const lowerAlphanumeric = (length: number): string => pick(LOWER, length);

/** `length` random digits, the first not zero: the shape of Box's object ids. */
export const digits = (length: number): string => `${randomInt(1, 10)}${pick('0123456789', length - 1)}`;

/** The long shape of the tokens of Box's JWT, CCG and token exchange grants. */
export const longToken = (): string => `1!${randomBytes(96).toString('base64url')}`;
