// `npm run build`: --force builds also what is up to date.
import { build, BuildError, say } from './builder.mjs';

try {
  await build({ force: process.argv.includes('--force') });
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
