const variable = 'BOX_TEST_SOAK';

/** Whether the tests that can last as long as one likes last a minute each, as `npm run test:soak` has it. */
export function isSoak(): boolean {
  return process.env[variable] === '1';
}

/** Has this process and those that it starts soak. */
export function soak(): void {
  process.env[variable] = '1';
}
