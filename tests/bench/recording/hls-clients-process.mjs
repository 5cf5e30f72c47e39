// Follows a playlist as so many players would, until its input ends; see hls-clients.ts.
const [playlist, count] = process.argv.slice(2);
const report = { clients: Number(count), segments: 0, failures: 0, bytes: 0 };
let running = true;
process.stdin.resume();
process.stdin.on('end', () => {
  running = false;
  process.stdout.write(JSON.stringify(report));
  process.exitCode = 0;
  setTimeout(() => process.exit(), 100);
});

async function load(url) {
  const response = await fetch(url);
  const body = await response.text();
  if (!response.ok) report.failures += 1;
  report.bytes += body.length;
  return response.ok ? body : '';
}

async function follow() {
  const seen = new Set();
  while (running) {
    const lines = (await load(playlist)).split('\n').filter((line) => line && line[0] !== '#');
    for (const line of seen.size === 0 ? lines.slice(-2) : lines) {
      if (seen.has(line)) continue;
      seen.add(line);
      report.segments += 1;
      await load(new URL(line, playlist));
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

for (let client = 0; client < report.clients; client += 1) {
  setTimeout(
    () => {
      follow().catch(() => {
        report.failures += 1;
      });
    },
    (2000 * client) / report.clients,
  );
}
