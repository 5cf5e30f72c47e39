// Does one piece of a benchmark in a process of its own: see in-child.ts.
import { runnerImport } from 'vite';

/** The product as it is shipped and not as vite would transform it. @param {string} path within dist/ */
const load = (path) => import(new URL(`../../../dist/${path}`, import.meta.url).href);

process.once('message', async ({ file, input }) => {
  const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' });
  const output = await module.work(input, load);
  // Native libraries may not survive an orderly end.
  process.send({ output }, () => process.exit(0));
});
process.on('unhandledRejection', (error) => {
  console.error(error);
  process.exit(1);
});
