// The messages above the page.

import type { FlashbarProps } from '@cloudscape-design/components/flashbar';

export type Message = FlashbarProps.MessageDefinition;

/** So many are shown, the newest. */
const SHOWN = 5;

/** Says whether a message offers to take a change back. It stays until that is done, it is closed, or a later change can be taken back: one at a time. */
export const offersBack = ({ type, action }: Pick<Message, 'type' | 'action'>) => type === 'success' && !!action;

/** The messages once there is another: of the plain successes, and of those that offer something back, the newest alone. */
export function withMessage(old: readonly Message[], message: Message): Message[] {
  const isReplaced = (one: Message) => one.type === 'success' && message.type === 'success' && offersBack(one) === offersBack(message);
  return [message, ...old.filter((one) => !isReplaced(one))].slice(0, SHOWN);
}
