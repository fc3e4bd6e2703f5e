import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbids imports that match any of the patterns, and says why. */
const forbid = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

const calls =
  'Calls run one way: ui → provider, api, mcp, check, terminal → sessions → signIn → box, with apps and storage beside them.';
/** Folders of `src` that are features of their own. */
const features = ['provider', 'api', 'mcp', 'check', 'terminal'];
/** All folders of `src` above `common`. */
const folders = ['box', 'storage', 'apps', 'signIn', 'sessions', ...features, 'ui'];
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

/** The text of an error may hold what was sent. */
const rawErrorInLog = {
  selector:
    "CallExpression[callee.property.name=/^(debug|info|warn|error)$/] CallExpression[callee.name='String']",
  message: 'Write an error to the log with errorText.',
};

/** Forbids constructing what comes from another folder: that folder's `module.ts` does. Errors and values are free. */
const buildInModule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { no: 'Built by the module.ts of its folder: {{ name }}.' },
  },
  create(context) {
    const foreign = new Set();
    return {
      ImportDeclaration({ source, specifiers }) {
        if (!source.value.startsWith('../') || source.value.includes('/common/')) return;
        for (const { local } of specifiers) if (!local.name.endsWith('Error')) foreign.add(local.name);
      },
      NewExpression(node) {
        const { name } = node.callee;
        if (foreign.has(name)) context.report({ node, messageId: 'no', data: { name } });
      },
    };
  },
};

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
  forbid(['src/common/**'], [vscodeFree, notFrom(...folders)]),
  forbid(['src/box/**'], [vscodeFree, notFrom(...folders.filter((name) => name !== 'box'))]),
  forbid(['src/storage/**'], [vscodeFree, notFrom('box', 'apps', 'signIn', 'sessions', ...features, 'ui')]),
  forbid(['src/apps/**'], [vscodeFree, notFrom('signIn', 'sessions', ...features, 'ui')]),
  forbid(['src/signIn/**'], [vscodeFree, notFrom('sessions', ...features, 'ui')]),
  forbid(['src/sessions/**'], [vscodeFree, notFrom(...features, 'ui')]),
  ...features.map((feature) =>
    forbid(
      [`src/${feature}/**`],
      [vscodeFree, notFrom(...features.filter((name) => name !== feature), 'ui')],
    ),
  ),
  { files: ['src/provider/registration.ts'], rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
  {
    // One composition: what has dependencies is built where its folder's factory is.
    files: ['src/**'],
    ignores: ['src/**/module.ts'],
    plugins: { house: { rules: { 'build-in-module': buildInModule } } },
    rules: { 'house/build-in-module': 'error' },
  },
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
      'no-restricted-syntax': ['error', rawErrorInLog],
    },
  },
  { files: ['src/common/clock.ts', 'src/box/nodeFetch.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    // The clock itself, and where the parts get what is real.
    files: ['src/common/clock.ts', 'src/extension.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  forbid(
    ['tools/**'],
    [
      {
        group: ['**/test/**'],
        message: 'What builds and packages the extension needs nothing of its tests.',
      },
    ],
  ),
  { files: ['test/**', 'tools/**', 'examples/long-running-script/**'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.test.ts', 'test/**/*.suite.ts'],
    rules: { 'max-lines': 'off', '@typescript-eslint/no-unused-expressions': 'off' },
  },
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
);
