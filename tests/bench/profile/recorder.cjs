// Loaded by Node into every process of a server that is profiled: writes a V8 profile of a room process as that ends. Node's
// own --cpu-prof would do, but Node 20 does not take it in NODE_OPTIONS.
'use strict';
const { writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const { join } = require('node:path');

const folder = process.env.BENCH_PROFILES;
if (folder && /[\\/]mcu[\\/]room[\\/]main\.js$/.test(process.argv[1] ?? '')) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  // Room processes end with process.exit, which runs this; `post` to one's own process answers at once.
  process.on('exit', () => {
    session.post('Profiler.stop', (error, result) => {
      if (error) return;
      writeFileSync(join(folder, `room-${process.pid}.cpuprofile`), JSON.stringify(result.profile));
    });
  });
}
