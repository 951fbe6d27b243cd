import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { linesOf } from '../src/elements/Diff';
import { poll, throttled, coalesced } from '../src/hooks/scheduling';

/** Lets what waits for promises go on. */
const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

test('however often is asked, one question is under way and one follows it', async () => {
  const answers: (() => void)[] = [];
  const ask = coalesced(() => new Promise<void>((resolve) => answers.push(resolve)));
  const answered: string[] = [];
  void ask().then(() => answered.push('first'));
  for (let i = 0; i < 100; i++) void ask().then(() => answered.push('second'));
  assert.equal(answers.length, 1);
  answers[0]!();
  await settle();
  assert.deepEqual([answers.length, answered.join()], [2, 'first']);
  void ask().then(() => answered.push('third'));
  answers[1]!();
  await settle();
  assert.deepEqual([answers.length, answered.filter((one) => one === 'second').length], [3, 100]);
  answers[2]!();
  await settle();
  assert.equal(answered.at(-1), 'third');
  void ask();
  assert.equal(answers.length, 4, 'after all have been answered the next is asked at once');
});

test('what comes together is done once, and none is left out', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let done = 0;
  const act = throttled(() => done++, 100);
  for (let i = 0; i < 50; i++) act();
  mock.timers.tick(99);
  assert.equal(done, 0);
  mock.timers.tick(1);
  assert.equal(done, 1);
  act();
  mock.timers.tick(100);
  assert.equal(done, 2);
  mock.timers.reset();
});

test('nothing is asked again before its answer came, nor once it was stopped', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const answers: (() => void)[] = [];
  const stop = poll(() => new Promise<void>((resolve) => answers.push(resolve)), 1000);
  assert.equal(answers.length, 0);
  mock.timers.tick(1000);
  mock.timers.tick(60_000);
  assert.equal(answers.length, 1);
  answers[0]!();
  await settle();
  mock.timers.tick(20_000);
  assert.equal(answers.length, 2);
  stop();
  answers[1]!();
  await settle();
  mock.timers.tick(60_000);
  assert.equal(answers.length, 2);
  mock.timers.reset();
});

test('long texts are not compared line by line', () => {
  assert.deepEqual(linesOf('a\nb', 'a\nc'), [['same', 'a'], ['gone', 'b'], ['new', 'c']]);
  const long = 'x\n'.repeat(5000);
  const lines = linesOf(long, long);
  assert.deepEqual([lines.length, lines[0], lines.at(-1)], [10_002, ['gone', 'x'], ['new', '']]);
});
