import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbids imports that match any of the patterns, and says why. */
const forbid = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

const calls = 'Calls run one way: ui → sessions → signIn → box, with apps and storage beside them.';
/** Forbids imports from these folders of `src`. */
const notFrom = (...folders) => ({ group: folders.map((name) => `**/${name}/**`), message: calls });
const vscodeFree = {
  regex: '^vscode$',
  message: 'This folder runs in plain Node: take what you need from VS Code as an argument.',
  allowTypeImports: true,
};

const passIt = 'Take it as an argument, so that tests can own it.';
const globals = ['fetch', 'setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
  name,
  message: passIt,
}));
const properties = [
  { object: 'Date', property: 'now', message: passIt },
  { object: 'Math', property: 'random', message: passIt },
  { object: 'performance', property: 'now', message: passIt },
];

export default tseslint.config(
  { ignores: ['**/dist/', 'out/', '.vscode-test/', '.e2e/', 'test/vscode/shims/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      // An import of types alone would otherwise load the module.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  forbid(
    ['src/box/**'],
    [
      { regex: '^vscode$', message: 'Nothing in box/ knows VS Code.' },
      notFrom('storage', 'apps', 'signIn', 'sessions', 'ui', 'api'),
    ],
  ),
  forbid(['src/storage/**'], [vscodeFree, notFrom('apps', 'signIn', 'sessions', 'ui', 'api')]),
  forbid(['src/apps/**'], [vscodeFree, notFrom('signIn', 'sessions', 'ui', 'api')]),
  forbid(['src/signIn/**'], [vscodeFree, notFrom('sessions', 'ui', 'api')]),
  forbid(['src/sessions/**'], [vscodeFree, notFrom('ui', 'api')]),
  forbid(
    ['examples/**'],
    [{ regex: '^(\\.\\./){2,}', message: 'An example is copied: it has all that it needs.' }],
  ),
  {
    files: ['src/**'],
    rules: {
      complexity: 'error',
      'max-depth': ['error', 3],
      'max-params': ['error', 5],
      'no-restricted-globals': ['error', ...globals],
      'no-restricted-properties': ['error', ...properties],
    },
  },
  { files: ['src/common/clock.ts', 'src/box/nodeFetch.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    // The clock itself, and where the parts get what is real.
    files: ['src/common/clock.ts', 'src/extension.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['test/**', 'scripts/**'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.test.ts', 'test/**/*.suite.ts'],
    rules: { 'max-lines': 'off', '@typescript-eslint/no-unused-expressions': 'off' },
  },
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
);
