// The API that was looked at last, for what is offered on pages that belong to no API.

const KEY = 'pasarela.api';

export function rememberApi(id: string): void {
  sessionStorage.setItem(KEY, id);
}

/** Of some APIs the one that was looked at last in this tab, else the only one. */
export function apiAtHand<T extends { ApiId?: string }>(apis: T[]): T | undefined {
  return apis.find((api) => api.ApiId === sessionStorage.getItem(KEY)) ?? (apis.length === 1 ? apis[0] : undefined);
}
