// What is done again and again, with a bound: a page that asks for more than the server
// answers, or draws more than the browser can, would stand still.

/** Asks one question at a time: whoever asks while one is under way is answered by the next, however many ask. */
export function oneAtATime(ask: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = () => {
    const mine = ask().finally(() => {
      if (current === mine) current = undefined;
    });
    return (current = mine);
  };
  return () => {
    if (!current) return begin();
    next ??= current.then(() => {
      next = undefined;
      return current ?? begin();
    });
    return next;
  };
}

/** Acts once, so many milliseconds after the first of the calls that come until then. */
export function gathered(act: () => void, wait: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      act();
    }, wait);
  };
}

/** What is read again and again rests so many times as long as the last answer took, but never longer than LONGEST ms: what is shown would be old. */
const REST = 4;
const LONGEST = 20_000;

/** Asks every so many milliseconds, one question at a time and less often where answers take long; the result stops it. */
export function askAgain(ask: () => Promise<unknown>, every: number): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let stopped = false;
  const wait = (took: number) => (timer = setTimeout(() => void again(), Math.max(every, Math.min(REST * took, LONGEST))));
  const again = async () => {
    const began = performance.now();
    await ask();
    if (!stopped) wait(performance.now() - began);
  };
  wait(0);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
