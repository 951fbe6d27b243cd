// Bounds on how often a page sends requests and renders: coalescing, throttling and polling.
// A page that sends more than the server answers, or renders more than the browser can, would freeze.

/** Runs one request at a time: calls made while a request is in flight share the next one. */
export function coalesced(request: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = () => {
    const mine = request().finally(() => {
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

/** Throttles act: calls within wait milliseconds of the first run it once, at the end of that time. */
export function throttled(act: () => void, wait: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      act();
    }, wait);
  };
}

/** Between two polls passes REST times as long as the last request took, and at most LONGEST ms: older data would mislead. */
const REST = 4;
const LONGEST = 20_000;

/** Sends a request every so many milliseconds, one at a time, and less often while responses are slow; the result stops it. */
export function poll(request: () => Promise<unknown>, every: number): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let stopped = false;
  const wait = (took: number) => (timer = setTimeout(() => void again(), Math.max(every, Math.min(REST * took, LONGEST))));
  const again = async () => {
    const began = performance.now();
    await request();
    if (!stopped) wait(performance.now() - began);
  };
  wait(0);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
