import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { makeDataDir } from '../harness/test-run.ts';

/** Somebody else's page. Where an error is expected, there must be one. */
const consumer = `
import { browserPlatform, LocalMedia, RoomSession, streamOf, type RoomView } from './client.js';

const media = new LocalMedia(browserPlatform);
const session = new RoomSession(browserPlatform, 'wss://example.org/ws', media);
const names = ({ participants }: RoomView): string[] => participants.map(({ name }) => name);
session.on('state', (state) => {
  if (!('view' in state)) return;
  const { view } = state;
  const video = document.querySelector('video');
  if (video !== null) video.srcObject = streamOf(view.links.picture);
  const texts: string[] = [...view.chat, ...view.outbox].map(({ text }) => text);
  console.log(names(view), texts, view.recording?.state === 'active');
  // @ts-expect-error: there is no such state
  if (view.recording?.state === 'over') return;
});
session.on('presence', (event, { name }) => console.log(event === 'joined', name.length));
session.send({ type: 'layout', mode: 'speaker', pinned: null });
session.send({ type: 'chat', text: 'hello' });
// @ts-expect-error: there is no such layout
session.send({ type: 'layout', mode: 'spiral' });
// @ts-expect-error: the name is missing
session.join({ room: 'kitchen' });
// @ts-expect-error: a view is not changed in place
export const change = (view: RoomView): void => void (view.pinned = null);
`;

it('the types of the client library stand alone, and are right for a strict page of somebody else', () => {
  const folder = mkdtempSync(join(makeDataDir(), 'types-'));
  try {
    const built = fileURLToPath(new URL('../../dist/web/client.d.ts', import.meta.url));
    copyFileSync(built, join(folder, 'client.d.ts'));
    const page = join(folder, 'page.ts');
    writeFileSync(page, consumer);
    const program = ts.createProgram([page], {
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ noEmit: true, skipLibCheck: false, types: [], target: ts.ScriptTarget.ES2022 },
      ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    });
    const wrong = ts.getPreEmitDiagnostics(program);
    expect(wrong.map((each) => ts.flattenDiagnosticMessageText(each.messageText, '\n'))).toEqual(
      [],
    );
  } finally {
    rmSync(join(folder, '..'), { recursive: true, force: true });
  }
});
