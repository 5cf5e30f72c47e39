// A room process that has gone wrong: when two have come it says what is in the file that LIES names, one JSON text a line.
import { readFileSync } from 'node:fs';

const lies = readFileSync(process.env.LIES, 'utf8').split('\n');
const people = [];
let said = 0;

process.on('disconnect', () => process.exit());
process.on('message', ({ type, member }) => {
  if (type === 'close') process.exit();
  if (type !== 'add') return;
  people.push(member.id);
  if (people.length === 2) lie();
});

/** A hundred at a time, and no more before they have been taken. */
function lie() {
  const next = lies.slice(said, said + 100);
  said += next.length;
  let waiting = next.length;
  for (const [index, text] of next.entries()) {
    const named = text.replaceAll('{somebody}', people[index % people.length]);
    process.send(JSON.parse(named), () => {
      waiting -= 1;
      if (waiting === 0 && said < lies.length) setImmediate(lie);
    });
  }
}
