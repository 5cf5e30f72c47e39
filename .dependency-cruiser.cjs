// Which way the arrows point (DESIGN: web → protocol ← gateway ↔(IPC) room → rtp, mixer).
/** Where the compositor puts what it draws, how it measures that, and shapes: the page draws over it. */
const sharedGeometry =
  '^mixer/compositor/(geometry|layout-scaled|layout-types|overlay/(metrics|reaction-shapes))\\.ts$';
const native =
  'node_modules/(@roamhq/wrtc|node-datachannel|@node-datachannel|node-av|@seydx|@napi-rs/canvas)';

module.exports = {
  forbidden: [
    {
      name: 'mixer-stands-alone',
      comment: 'The media engine knows no network, no rooms and no page.',
      severity: 'error',
      from: { path: '^mixer/' },
      to: { path: '^(mcu|web)/' },
    },
    {
      name: 'protocol-is-only-schemas',
      comment:
        'The protocol is shared with the page and between processes: zod and itself, nothing else.',
      severity: 'error',
      from: { path: '^mcu/protocol/' },
      to: { pathNot: '^(mcu/protocol/|node_modules/zod/)' },
    },
    {
      name: 'web-takes-only-the-protocol',
      comment:
        'The page knows nothing of the server but its messages, and geometry and shapes of the picture.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(mcu|mixer|tests|bin)/', pathNot: `^mcu/protocol/|${sharedGeometry}` },
    },
    {
      name: 'client-library-stands-alone',
      comment: 'Any page may use it: it knows no framework, and nothing of this one.',
      severity: 'error',
      from: { path: '^web/lib/client/' },
      to: { pathNot: '^(web/lib/client|mcu/protocol)/' },
    },
    {
      name: 'shared-geometry-is-pure',
      comment: 'It runs in the page, too.',
      severity: 'error',
      from: { path: sharedGeometry },
      to: { pathNot: sharedGeometry },
    },
    {
      name: 'web-takes-only-types',
      comment: 'Types of the protocol vanish from the bundle; its zod schemas would not.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^mcu/protocol/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'gateway-loads-nothing-native',
      comment:
        'Nothing that a media peer sends may crash the gateway: not even through another module.',
      severity: 'error',
      from: { path: '^mcu/(gateway|config|protocol)/|^mcu/main\\.ts$' },
      to: { path: `${native}|^mixer/|^mcu/(room/|outputs/(?!wire\\.ts))`, reachable: true },
    },
    {
      name: 'outputs-know-no-rooms',
      comment:
        'An output process is sent everything it makes: it reaches the media engine and the messages.',
      severity: 'error',
      from: { path: '^mcu/outputs/' },
      to: {
        path: '^(mcu|web)/',
        pathNot: '^mcu/(outputs|protocol)/|^mcu/(log|back-off|child-process)\\.ts$',
      },
    },
    {
      name: 'outputs-are-processes',
      comment: 'Others speak with them: over IPC, or in the packets of wire.ts.',
      severity: 'error',
      from: { path: '^(mcu|mixer|web)/', pathNot: '^mcu/outputs/' },
      to: { path: '^mcu/outputs/', pathNot: '^mcu/outputs/wire\\.ts$' },
    },
    {
      name: 'wire-is-pure',
      comment: 'Room and output processes share it.',
      severity: 'error',
      from: { path: '^mcu/outputs/wire\\.ts$' },
      to: {
        pathNot: ['^mcu/outputs/wire\\.ts$', '^node_modules/zod/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'rtp-is-pure',
      comment: 'Packets in, packets out: no sockets, no libraries.',
      severity: 'error',
      from: { path: '^mcu/rtp/' },
      to: { pathNot: '^mcu/rtp/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'sdp-is-pure',
      comment: 'Descriptions as text: who sends them, and where, is not known.',
      severity: 'error',
      from: { path: '^mcu/sdp/' },
      to: { pathNot: '^(mcu/sdp/|node_modules/sdp-transform/)' },
    },
    {
      name: 'load-is-a-client',
      comment: 'Synthetic participants know of the server what a browser knows.',
      severity: 'error',
      from: { path: '^mcu/load/' },
      to: { path: '^(mcu|web)/', pathNot: '^mcu/(load|protocol|rtp|sdp)/' },
    },
    {
      name: 'nobody-needs-load',
      comment: 'It is a program of its own, started by the launcher.',
      severity: 'error',
      from: { path: '^(mcu|mixer|web)/', pathNot: '^mcu/load/' },
      to: { path: '^mcu/load/' },
    },
    {
      name: 'nobody-needs-doctor',
      comment: 'It is a program of its own, started by the launcher.',
      severity: 'error',
      from: { path: '^(mcu|mixer|web)/', pathNot: '^mcu/doctor/' },
      to: { path: '^mcu/doctor/' },
    },
    {
      name: 'doctor-loads-nothing-native',
      comment: 'What may end its process is tried in probes, which are processes of their own.',
      severity: 'error',
      from: { path: '^mcu/doctor/', pathNot: '^mcu/doctor/probes/' },
      to: { path: `${native}|^mcu/doctor/probes/`, reachable: true },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-dev-dependencies-at-run-time',
      comment: 'An installed package has no development dependencies.',
      severity: 'error',
      from: { path: '^(mcu|mixer)/|^bin/', pathNot: '^bin/(check|client-types|dev|lint)\\.mjs$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-tests-at-run-time',
      severity: 'error',
      from: { path: '^(mcu|mixer|web|bin)/' },
      to: { path: '^tests/' },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^\\.\\./dist/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|web/dist|data|coverage)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Sees `import type` too, and says that it is one.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'svelte', 'default', 'types'],
      extensions: ['.ts', '.mts', '.d.mts', '.js', '.mjs', '.svelte', '.json'],
    },
  },
};
