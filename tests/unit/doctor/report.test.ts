import { expect, it } from 'vitest';
import { missing, ok, warning } from '../../../mcu/doctor/finding.ts';
import { groupText, summaryText } from '../../../mcu/doctor/report.ts';

const group = {
  title: 'Machine',
  findings: [
    ok('Node', '20.20.2'),
    warning('open files', '1024', 'Let it have 65536: ulimit -n 65536, or LimitNOFILE=65536.'),
    missing('clock', '1970-01-01', 'Set the clock.'),
  ],
};
const plain = { colour: false, columns: null };

it('is a line for each finding, with what to do beneath', () => {
  expect(groupText(group, plain)).toBe(
    `Machine
  ok       Node              20.20.2
  warning  open files        1024
                             Let it have 65536: ulimit -n 65536, or LimitNOFILE=65536.
  missing  clock             1970-01-01
                             Set the clock.
`,
  );
});

it('breaks lines for a narrow terminal, and nowhere else', () => {
  const lines = groupText(group, { colour: false, columns: 60 }).split('\n');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
  expect(lines.join(' ').replaceAll(/ +/g, ' ')).toContain(
    'ulimit -n 65536, or LimitNOFILE=65536.',
  );
});

it('sums up', () => {
  expect(summaryText([group], plain)).toBe('1 thing missing; 1 warning.');
  expect(summaryText([{ ...group, findings: group.findings.slice(0, 2) }], plain)).toBe(
    'All that matters is there; 1 warning.',
  );
  expect(summaryText([{ ...group, findings: group.findings.slice(0, 1) }], plain)).toBe(
    'All well.',
  );
});
