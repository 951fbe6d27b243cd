import type { Missing, OfNodes } from './Missing';

/** What happened to one connection, or to one refused handshake, step by step. */
export interface Timeline {
  connectionId?: string;
  requestId: string;
  /** One sentence: the cause of the refusal and the field to change, or that all went well. */
  summary: string;
  failed: boolean;
  steps: Step[];
  /** The nodes that it ran on. */
  nodes: string[];
  missing?: Missing[];
}

/** The last handshakes of a stage; now is the server's clock, for the next question's since. */
export interface Handshakes extends OfNodes {
  now: number;
  timelines: Timeline[];
}

export interface Step {
  at: string;
  /** Milliseconds since its execution began. */
  afterMillis: number;
  requestId: string;
  name: string;
  text: string;
  level: 'info' | 'error';
  node: string;
}
