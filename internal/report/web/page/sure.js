// The question before something that cannot be undone.
import { say } from './words.js';

const byId = (id) => document.getElementById(id);

// confirm asks, and acts after the answer of that name; with another there are two, of which
// the second does otherwise.
export function confirm(text, act, answer = 'remove', another = undefined) {
  const dialog = byId('sure');
  byId('sure-text').textContent = text;
  byId('sure-yes').textContent = say(answer);
  byId('sure-other').hidden = !another;
  if (another) byId('sure-other').textContent = say(another.answer);
  byId('sure-no').textContent = say(answer === 'remove' ? 'keep' : 'goBack');
  dialog.returnValue = '';
  dialog.onclose = () => {
    if (dialog.returnValue === 'yes') act();
    if (dialog.returnValue === 'other') another.act();
  };
  dialog.showModal();
}
