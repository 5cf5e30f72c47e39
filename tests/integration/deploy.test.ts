import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeGateway } from '../harness/fake-gateway.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

/** All TypeScript below a folder. */
const sourcesBelow = (folder: string): string =>
  readdirSync(fileURLToPath(new URL(`../../${folder}`, import.meta.url)), {
    recursive: true,
    encoding: 'utf8',
  })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => read(`${folder}/${path}`))
    .join('\n');

/** Names of metrics in an expression of PromQL, without what histograms add to theirs. */
const namesIn = (text: string): string[] =>
  Array.from(text.matchAll(/\b(?:onegrid|process|nodejs)_[a-z0-9_]+/g), ([name]) =>
    name.replace(/_(bucket|sum|count)$/, ''),
  );

/** How GitHub names the place of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: unknown }[];
  };
}

/** Of each metric, the labels it has. */
const labels = new Map<string, Set<string>>();
const types = new Map<string, string>();
let gateway: FakeGateway;

beforeAll(async () => {
  gateway = await FakeGateway.start();
  const page = await (await gateway.request('/metrics')).text();
  for (const [, name = '', type = ''] of page.matchAll(/^# TYPE (\S+) (\w+)$/gm)) {
    types.set(name, type);
  }
  for (const [, name = '', text = ''] of page.matchAll(/^([a-z_0-9]+)(?:\{([^}]*)\})? /gm)) {
    const plain = name.replace(/_(bucket|sum|count)$/, '');
    const known = labels.get(plain) ?? labels.set(plain, new Set()).get(plain)!;
    for (const [, label = ''] of text.matchAll(/(\w+)="/g)) if (label !== 'le') known.add(label);
  }
});
afterAll(() => gateway.stop());

describe('the metrics', () => {
  it('are all in docs/operations.md, with type and labels, and none besides', () => {
    const rows = [...read('docs/operations.md').matchAll(/^\| (`onegrid_[^|]*) \| (\w+) \|/gm)];
    const told = new Map<string, { type: string; labels: string }>();
    for (const [, names = '', type = ''] of rows) {
      for (const [, name = '', list = ''] of names.matchAll(/`(\w+)(?:\{([\w,]+)\})?`/g)) {
        told.set(name, { type, labels: list });
      }
    }
    const ours = [...types].filter(([name]) => name.startsWith('onegrid_'));
    expect([...told.keys()].sort()).toEqual(ours.map(([name]) => name).sort());
    for (const [name, type] of ours) expect([name, told.get(name)?.type]).toEqual([name, type]);
    // Those that have a value already show their labels.
    for (const [name, known] of labels) {
      if (!name.startsWith('onegrid_') || known.size === 0) continue;
      expect([name, told.get(name)?.labels]).toEqual([name, [...known].join()]);
    }
  });

  it('name no room and nobody', () => {
    const all = new Set(
      [...labels].filter(([name]) => name.startsWith('onegrid_')).flatMap(([, set]) => [...set]),
    );
    for (const label of ['room', 'participant', 'name', 'id', 'join', 'address'])
      expect(all).not.toContain(label);
  });
});

describe('deploy/grafana/onegrid.json', () => {
  const dashboard = JSON.parse(read('deploy/grafana/onegrid.json')) as Dashboard;
  const panels = dashboard.panels;

  it('shows metrics that there are', () => {
    const used = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => namesIn(expr)));
    expect(used.length).toBeGreaterThan(40);
    expect(used.filter((name) => !types.has(name))).toEqual([]);
    // And all there are of ours, but those that another one says more exactly.
    const shown = new Set(used);
    const unseen = [...types.keys()].filter(
      (name) => name.startsWith('onegrid_') && !shown.has(name),
    );
    expect(unseen.sort()).toEqual(['onegrid_output_processes', 'onegrid_streams_active']);
  });

  it('has every panel in a place of its own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const {
      title,
      gridPos: { x, y, w, h },
    } of panels) {
      expect([title, x + w <= 24]).toEqual([title, true]);
      for (let column = x; column < x + w; column += 1) {
        for (let line = y; line < y + h; line += 1) {
          const place = `${String(column)} ${String(line)}`;
          expect([title, taken.has(place)]).toEqual([title, false]);
          taken.add(place);
        }
      }
    }
  });

  it('asks whichever data source is chosen, by variables that it has', () => {
    const text = JSON.stringify(dashboard);
    const variables = new Set(dashboard.templating.list.map(({ name }) => name));
    const builtIn = ['__rate_interval', '__all'];
    const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
    expect(used.filter((name) => !variables.has(name) && !builtIn.includes(name))).toEqual([]);
    expect(text).not.toMatch(/"uid":"(?!\$\{datasource\}|onegrid")/);
  });
});

describe('deploy/prometheus/alerts.yml', () => {
  const text = read('deploy/prometheus/alerts.yml');
  const rules = text.split(/^ {6}- alert: /m).slice(1);
  const field = (rule: string, name: string): string | undefined =>
    new RegExp(`^ +${name}: (.+)$`, 'm').exec(rule)?.[1];

  it('asks for metrics that there are', () => {
    expect(rules.length).toBeGreaterThan(10);
    for (const rule of rules) {
      const expr = rule.slice(rule.indexOf('expr:'), rule.indexOf('labels:'));
      const names = namesIn(expr);
      expect([rule.split('\n')[0], names.length > 0 || expr.includes('up{')]).toEqual([
        rule.split('\n')[0],
        true,
      ]);
      expect(names.filter((name) => !types.has(name))).toEqual([]);
    }
  });

  it('says in a sentence what is wrong, how urgent it is, and where it stands what to do', () => {
    const headings = [...read('docs/troubleshooting.md').matchAll(/^## (.+)$/gm)];
    const places = new Set(headings.map(([, heading = '']) => anchorOf(heading)));
    for (const rule of rules) {
      const name = rule.split('\n')[0];
      expect([name, field(rule, 'severity')]).toEqual([
        name,
        expect.stringMatching(/^(page|ticket)$/),
      ]);
      expect([name, field(rule, 'summary')]).toEqual([
        name,
        expect.stringMatching(/^[A-Z0-9].+\.$/i),
      ]);
      const [page, place = ''] = (field(rule, 'runbook') ?? '').split('#');
      expect([name, page]).toEqual([name, 'docs/troubleshooting.md']);
      expect([name, places.has(place) ? place : `nothing at ${place}`]).toEqual([name, place]);
    }
  });

  it('are the ones that prometheus.yml loads, for the job that they ask for', () => {
    const config = read('deploy/prometheus/prometheus.yml');
    expect(config).toMatch(/^ {2}- alerts\.yml$/m);
    const job = /job_name: (\w+)/.exec(config)?.[1];
    expect(job).toBe('onegrid');
    for (const [, asked] of text.matchAll(/job="(\w+)"/g)) expect(asked).toBe(job);
  });
});

describe('docs/troubleshooting.md', () => {
  const page = read('docs/troubleshooting.md');

  it('names metrics and settings that there are', () => {
    expect(namesIn(page).filter((name) => !types.has(name))).toEqual([]);
    const settings = read('.env.example');
    for (const [name] of page.matchAll(/\bONEGRID_[A-Z_]+[A-Z]/g)) expect(settings).toContain(name);
  });

  it('leads to places that there are', () => {
    const anchors = (path: string): Set<string> =>
      new Set(
        [...read(path).matchAll(/^##+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)),
      );
    for (const [, path = '', place = ''] of page.matchAll(/\]\(([\w/.-]*)#([\w-]+)\)/g)) {
      const target = path === '' ? 'docs/troubleshooting.md' : `docs/${path}`;
      expect([target, place, anchors(target).has(place)]).toEqual([target, place, true]);
    }
  });

  it('quotes log lines and sentences that there are', () => {
    const quoted = [
      ...[
        'participant joined',
        'downlink connected',
        'uplink connected',
        'downlink failed',
        'join refused',
      ],
      ...[
        'message refused',
        'request refused',
        'rung changed',
        'video encoder failed',
        'tick failed',
      ],
      ...['room process died', 'request failed', 'message failed', 'recording ended'],
      ...['recording ends', 'output process of a recording failed', 'segment started'],
      ...[
        'output process does not read',
        'output cannot begin',
        'The uplink offer cannot be used.',
      ],
      ...['The server took nothing for 15 seconds.', 'There is no ffmpeg'],
    ];
    const sources = sourcesBelow('mcu') + sourcesBelow('mixer/ffmpeg');
    for (const words of quoted) {
      expect(page.replaceAll(/\s+/g, ' ')).toContain(words);
      // Those of paths are put together of two words: observability.test.ts sees them.
      if (!/^(up|down)link /.test(words)) expect(sources).toContain(words);
    }
  });
});
