// The messages at the foot of the page.

import type { FlashbarProps } from '@cloudscape-design/components/flashbar';

export type Message = FlashbarProps.MessageDefinition & {
  /** What was changed, of an offer to take the change back: the addresses of the things. */
  about?: readonly string[];
};

/** So many are shown, the newest. */
const SHOWN = 5;

/** Says whether a message offers to take a change back. */
export const offersBack = ({ type, action }: Pick<Message, 'type' | 'action'>) => type === 'success' && !!action;

/**
 * The messages once there is another, the first on top: of the plain successes the newest alone,
 * and of the offers about one thing the newest alone, as an older one would undo the newer change
 * too. A mere notice does not hide an offer.
 */
export function withMessage(old: readonly Message[], message: Message): Message[] {
  const isSame = (one: Message) => !offersBack(message) || !!one.about?.some((thing) => message.about?.includes(thing));
  const isReplaced = (one: Message) => one.type === 'success' && message.type === 'success' && offersBack(one) === offersBack(message) && isSame(one);
  const kept = old.filter((one) => !isReplaced(one));
  return kept.toSpliced(message.type === 'info' ? kept.findIndex(offersBack) + 1 : 0, 0, message).slice(0, SHOWN);
}
