/** Two texts line by line: what goes, what comes, and what stays between. */
export function Diff({ before, after }: { before: string | undefined; after: string | undefined }) {
  return (
    <div className="frame-text diff">
      {linesOf(before, after).map(([kind, text], at) => {
        if (kind === 'gone') return <del key={at}>{text}</del>;
        return kind === 'new' ? <ins key={at}>{text}</ins> : <div key={at}>{text}</div>;
      })}
    </div>
  );
}

type Line = ['same' | 'gone' | 'new', string];

/** Texts of which the lines of one times those of the other are more are shown one below the other: comparing them takes as long and as much memory. */
const MOST = 1_000_000;

export function linesOf(before: string | undefined, after: string | undefined): Line[] {
  const old = before?.split('\n') ?? [];
  const now = after?.split('\n') ?? [];
  if (old.length * now.length > MOST) return [...old.map((text): Line => ['gone', text]), ...now.map((text): Line => ['new', text])];
  const common = longestCommon(old, now);
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push(['same', old[i]!]);
      i++;
      j++;
    } else if (j >= now.length || (i < old.length && common[i + 1]![j]! >= common[i]![j + 1]!)) lines.push(['gone', old[i++]!]);
    else lines.push(['new', now[j++]!]);
  }
  return lines;
}

/** How many lines the ends of both texts have in common, from each place on. */
function longestCommon(old: string[], now: string[]): number[][] {
  const table = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      table[i]![j] = old[i] === now[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  return table;
}
