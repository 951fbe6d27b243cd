// The question before something that cannot be undone.
import { say } from './words.js';

const byId = (id) => document.getElementById(id);

document.body.insertAdjacentHTML('beforeend', `<dialog id="sure" aria-labelledby="sure-text">
  <form method="dialog">
    <p id="sure-text"></p>
    <p class="field" id="sure-choice"><label class="tick"><input id="sure-ticked" type="checkbox"><span></span></label></p>
    <p class="buttons">
      <button id="sure-no" value="no" autofocus></button>
      <button id="sure-other" value="other"></button>
      <button id="sure-yes" class="main" value="yes"></button>
    </p>
  </form>
</dialog>`);

// confirm asks, and acts after the answer of that name; with another there are two, of which
// the second does otherwise. A choice is ticked beforehand, and act learns whether it still is.
export function confirm(text, act, answer = 'remove', { another, choice } = {}) {
  const dialog = byId('sure');
  byId('sure-text').textContent = text;
  byId('sure-choice').hidden = !choice;
  byId('sure-choice').querySelector('span').textContent = choice ?? '';
  byId('sure-ticked').checked = true;
  byId('sure-yes').textContent = say(answer);
  byId('sure-other').hidden = !another;
  if (another) byId('sure-other').textContent = say(another.answer);
  byId('sure-no').textContent = say(answer === 'remove' ? 'keep' : 'goBack');
  dialog.returnValue = '';
  dialog.onclose = () => {
    if (dialog.returnValue === 'yes') act(byId('sure-ticked').checked);
    if (dialog.returnValue === 'other') another.act();
  };
  dialog.showModal();
}
