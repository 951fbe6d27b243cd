import type { Missing, OfNodes } from './Missing';

/** What happened to one connection, or to one refused handshake, step by step. */
export interface Timeline {
  connectionId?: string;
  requestId: string;
  /** Absent where the address led to none. */
  apiId?: string;
  stage?: string;
  /** There were bodies, headers or query strings that were not kept, as data trace was off. */
  withheld?: boolean;
  /** One sentence: the cause of the refusal and the field to change, or that all went well. */
  summary: string;
  failed: boolean;
  steps: Step[];
  /** The nodes that it ran on. */
  nodes: string[];
  /** Its stages with AutoDeploy that serve a deployment older than their API: what was changed cannot be deployed. */
  olderStages?: { apiId: string; stage: string; summary: string }[];
  missing?: Missing[];
}

/** The last handshakes of a stage; now is the server's clock, for the next question's since. */
export interface Handshakes extends OfNodes {
  now: number;
  timelines: Timeline[];
}

export interface Step {
  at: string;
  /** Milliseconds since its request began, which may have been put into a queue first. */
  afterMillis: number;
  requestId: string;
  name: string;
  text: string;
  level: 'info' | 'error';
  /** What the time until the next step went to. */
  phase: Phase;
  node: string;
  /** Its execution failed, also where no step of it did. */
  failed?: boolean;
  /** The call became a dead letter of the stage. */
  deadLetter?: boolean;
}

export type Phase = 'gateway' | 'authorizer' | 'request' | 'backend' | 'response' | 'client' | 'queue';

/** A stretch of time of one execution that went to one phase, in milliseconds since it began. */
export interface Stretch {
  phase: Phase;
  from: number;
  to: number;
}

/** One event of a connection: what it was, and where its time went. */
export interface Execution {
  requestId: string;
  name: string;
  at: string;
  millis: number;
  failed: boolean;
  steps: Step[];
  stretches: Stretch[];
}

/** The executions of a timeline, the newest first. */
export function executionsOf(steps: Step[]): Execution[] {
  const byRequest = new Map<string, Step[]>();
  for (const step of steps) byRequest.set(step.requestId, [...(byRequest.get(step.requestId) ?? []), step]);
  return [...byRequest].reverse().map(([requestId, own]) => ({
    requestId,
    name: own[0]!.name,
    at: own[0]!.at,
    millis: Math.max(...own.map((step) => step.afterMillis)),
    failed: own.some((step) => step.failed || step.level === 'error'),
    steps: own,
    stretches: stretchesOf(own),
  }));
}

/** The route of an execution, "MESSAGE join" being one of join. */
export function routeKeyOf({ name }: Execution): string {
  return name.slice(name.indexOf(' ') + 1);
}

/** Neighbours of one phase are one stretch; what took no time is none. */
function stretchesOf(steps: Step[]): Stretch[] {
  const found: Stretch[] = [];
  steps.forEach((step, i) => {
    const to = steps[i + 1]?.afterMillis ?? step.afterMillis;
    const last = found.at(-1);
    if (to <= step.afterMillis) return;
    if (last?.phase === step.phase && last.to === step.afterMillis) last.to = to;
    else found.push({ phase: step.phase, from: step.afterMillis, to });
  });
  return found;
}

/** How long each phase took, in milliseconds, those that took no time left out. */
export function phasesOf({ stretches }: Execution): [Phase, number][] {
  const sums = new Map<Phase, number>();
  for (const { phase, from, to } of stretches) sums.set(phase, (sums.get(phase) ?? 0) + to - from);
  return [...sums];
}
