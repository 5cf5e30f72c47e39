import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// Components, whose templates and runes oxlint does not know; all other code is its own, see .oxlintrc.json: the rules that both
// have are the same.
const files = ['web/**/*.svelte', 'web/**/*.svelte.ts'];

export default tseslint.config(
  { ignores: ['**/*', '!web/', '!web/**/', '!web/**/*.svelte', '!web/**/*.svelte.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files })),
  ...svelte.configs.recommended,
  {
    files,
    languageOptions: {
      ecmaVersion: 2024,
      globals: { ...globals.node, ...globals.browser },
      parserOptions: {
        parser: tseslint.parser,
        project: 'web/tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-constant-condition': 'error',
      'no-undef': 'off',
      'object-shorthand': 'error',
      // One that knows that what `$props()` and `$bindable()` give is assigned to from outside.
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': 'off', // svelte-check reports these
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // A number in a message reads as what it is.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Spread counts code points, which is what a limit on characters means.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: true },
      ],
    },
  },
);
