import { describe, expect, it } from 'vitest';
import { addressKey } from '../../../mcu/gateway/address-key.ts';
import { Connections } from '../../../mcu/gateway/connections.ts';

const never = (): never => {
  throw new Error('nobody should be cut off');
};

describe('connections', () => {
  it('are so many in all and of one address, and those that are gone do not count', () => {
    const connections = new Connections({ most: 3, mostPerAddress: 2, mostUnjoined: 10 });
    const first = connections.add('a', never);
    connections.add('a', never);
    expect(() => connections.add('a', never)).toThrow(
      expect.objectContaining({ code: 'too-fast' }),
    );
    connections.add('b', never);
    expect(() => connections.add('c', never)).toThrow(
      expect.objectContaining({ code: 'overloaded' }),
    );
    expect(connections.count).toBe(3);
    first.gone();
    first.gone();
    expect(connections.count).toBe(2);
    connections.add('a', never);
  });

  it('that do not join make room for those of their address that might, the oldest first', () => {
    const connections = new Connections({ most: 0, mostPerAddress: 0, mostUnjoined: 2 });
    const cut: string[] = [];
    const add = (address: string, name: string) => {
      const counted = connections.add(address, () => {
        cut.push(name);
        counted.gone();
      });
      return counted;
    };
    add('a', 'first');
    const second = add('a', 'second');
    add('b', 'other');
    second.joined();
    add('a', 'third');
    expect(cut).toEqual([]);
    add('a', 'fourth');
    add('a', 'fifth');
    expect(cut).toEqual(['first', 'third']);
    expect([connections.count, connections.waiting]).toEqual([4, 3]);
    second.gone();
    expect([connections.count, connections.waiting]).toEqual([3, 3]);
  });

  it('have no limit where that is 0', () => {
    const connections = new Connections({ most: 0, mostPerAddress: 0, mostUnjoined: 2000 });
    for (let k = 0; k < 2000; k++) connections.add('a', never);
    expect(connections.count).toBe(2000);
  });
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0db8:0000:0000:aaaa::1', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['2001:DB8:1::', '2001:db8:1:0::/64'],
  ['', ''],
  ['unknown', 'unknown'],
])('the address %s counts as %s', (address, key) => {
  expect(addressKey(address)).toBe(key);
});
