// What a person has put into the form and not asked for yet. It stays in this tab, so that a
// page that is loaded again shows it: the chosen type, of each type what is not its default,
// and when and where a report is to come regularly.
const form = JSON.parse(sessionStorage.getItem('form') ?? '{}');
form.types ??= {};

const store = () => sessionStorage.setItem('form', JSON.stringify(form));

export const chosen = () => form.type;

// of returns { format, parameters } of a type, as far as they were kept.
export const of = (type) => form.types[type] ?? {};

export function keep(type, filled) {
  form.type = type;
  form.types[type] = filled;
  store();
}

// regular is what schedules.js keeps; undefined: nothing.
export const regular = () => form.regular;

export function keepRegular(filled) {
  form.regular = filled;
  store();
}
