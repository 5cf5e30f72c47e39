import { describe, expect, it } from 'vitest';
import { RedPolicy } from '../../../mcu/room/red-policy.ts';

/** Reports the same loss every second. */
function report(policy: RedPolicy, fraction: number, fromS: number, seconds: number): void {
  for (let second = fromS; second < fromS + seconds; second++) {
    policy.onLoss(fraction, second * 1000);
  }
}

describe('the policy of redundant sound', () => {
  it('has none without loss, nor for one lost packet of a second', () => {
    const policy = new RedPolicy();
    expect(policy.redundancy).toBe(0);
    report(policy, 0, 0, 5);
    policy.onLoss(1 / 17, 5000);
    expect(policy.redundancy).toBe(0);
    report(policy, 0.01, 6, 30);
    expect(policy.redundancy).toBe(0);
  });

  it('is on within 3 s of 5 % loss, and carries two frames at 20 %', () => {
    const policy = new RedPolicy();
    report(policy, 0, 0, 60);
    report(policy, 0.05, 60, 3);
    expect(policy.redundancy).toBe(1);
    report(policy, 0.05, 63, 60);
    expect(policy.redundancy).toBe(1);
    report(policy, 0.2, 123, 4);
    expect(policy.redundancy).toBe(2);
    report(policy, 0.07, 127, 30);
    expect(policy.redundancy).toBe(2);
    report(policy, 0.03, 157, 5);
    expect(policy.redundancy).toBe(1);
  });

  it('takes a rare report for all of its time', () => {
    const policy = new RedPolicy();
    policy.onLoss(0, 0);
    policy.onLoss(0.05, 5000);
    expect(policy.redundancy).toBe(1);
  });

  it('is off only after 10 s of hardly any loss in a row', () => {
    const policy = new RedPolicy();
    report(policy, 0.05, 0, 10);
    report(policy, 0, 10, 14);
    expect(policy.redundancy).toBe(1);
    report(policy, 0.05, 24, 1);
    report(policy, 0, 25, 11);
    expect(policy.redundancy).toBe(1);
    report(policy, 0, 36, 4);
    expect(policy.redundancy).toBe(0);
  });
});
