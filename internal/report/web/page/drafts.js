// What was typed on the page of definitions and not saved yet, by the type that is open; '' is
// a new one. It stays in this browser, so that a reload or a closed tab loses nothing.
const drafts = JSON.parse(localStorage.getItem('definition-drafts') ?? '{}');

const store = () => localStorage.setItem('definition-drafts', JSON.stringify(drafts));

// read returns { yaml, sketch }, sketch for a new one only; undefined: nothing was typed.
export const read = (type) => (Object.hasOwn(drafts, type) ? drafts[type] : undefined);

export function keep(type, draft) {
  drafts[type] = draft;
  store();
}

export function drop(type) {
  delete drafts[type];
  store();
}

// The definition that was open.
export const chosen = () => localStorage.getItem('definition-open') ?? '';
export const choose = (type) => localStorage.setItem('definition-open', type);
