import { describe, expect, it } from 'vitest';
import { DeviceWatch } from '../../../web/lib/client/devices.ts';
import type { DeviceLike } from '../../../web/lib/client/platform.ts';
import { FakePlatform, settle } from './fakes.ts';

const microphone = (deviceId: string, label = deviceId): DeviceLike => ({
  kind: 'audioinput',
  deviceId,
  label,
});

describe('DeviceWatch', () => {
  it('lists what there is to choose, by kind', async () => {
    const platform = new FakePlatform();
    platform.plug(
      microphone('default', 'Default'),
      microphone('communications', 'Communications'),
      microphone('a', 'Headset'),
      { kind: 'videoinput', deviceId: 'b', label: 'Camera' },
      { kind: 'audiooutput', deviceId: 'c', label: '' },
    );
    const watch = new DeviceWatch(platform);
    await watch.refresh();
    expect(watch.lists).toEqual({
      microphones: [
        { id: 'default', label: 'Default' },
        { id: 'a', label: 'Headset' },
      ],
      cameras: [{ id: 'b', label: 'Camera' }],
      speakers: [{ id: 'c', label: '' }],
    });
  });

  it('lists nothing while the browser keeps ids back, or does not answer', async () => {
    const platform = new FakePlatform();
    platform.plug(microphone(''));
    const watch = new DeviceWatch(platform);
    await watch.refresh();
    expect(watch.lists.microphones).toEqual([]);
    platform.plug(microphone('a'));
    await settle();
    expect(watch.lists.microphones).toHaveLength(1);
    platform.listDevices = () => Promise.reject(new Error('no'));
    await watch.refresh();
    expect(watch.lists.microphones).toEqual([]);
  });

  it('looks again when something is plugged in, until it is closed', async () => {
    const platform = new FakePlatform();
    const watch = new DeviceWatch(platform);
    const counts: number[] = [];
    watch.on('changed', ({ microphones }) => counts.push(microphones.length));
    platform.plug(microphone('a'));
    await settle();
    platform.plug(microphone('a'), microphone('b'));
    await settle();
    watch.close();
    platform.plug();
    await settle();
    expect(counts).toEqual([1, 2]);
  });

  it('lets the latest look win', async () => {
    const platform = new FakePlatform();
    const watch = new DeviceWatch(platform);
    const answers: ((devices: DeviceLike[]) => void)[] = [];
    platform.listDevices = () => new Promise((resolve) => answers.push(resolve));
    const looks = [watch.refresh(), watch.refresh()];
    answers[1]!([microphone('new')]);
    answers[0]!([]);
    await Promise.all(looks);
    expect(watch.lists.microphones.map(({ id }) => id)).toEqual(['new']);
  });
});
