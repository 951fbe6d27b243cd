// The messages at the foot of the page.

import type { FlashbarProps } from '@cloudscape-design/components/flashbar';

export type Message = FlashbarProps.MessageDefinition;

/** So many are shown, the newest. */
const SHOWN = 5;

/** Says whether a message offers to take a change back. One is shown at a time: a later change takes its place. */
export const offersBack = ({ type, action }: Pick<Message, 'type' | 'action'>) => type === 'success' && !!action;

/** The messages once there is another, the first on top: of the plain successes, and of those that offer something back, the newest alone. A mere notice does not hide an offer. */
export function withMessage(old: readonly Message[], message: Message): Message[] {
  const isReplaced = (one: Message) => one.type === 'success' && message.type === 'success' && offersBack(one) === offersBack(message);
  const kept = old.filter((one) => !isReplaced(one));
  return kept.toSpliced(message.type === 'info' ? kept.findIndex(offersBack) + 1 : 0, 0, message).slice(0, SHOWN);
}
