// The key store: IndexedDB can store a non-extractable CryptoKey, localStorage only text.

export interface Kept {
  accessKeyId: string;
  sessionToken?: string;
  expires?: number;
  region: string;
  key: CryptoKey;
}

const STORE = 'session';
const ONLY = 'current';

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('pasarela', 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

async function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await done(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

export const remembered = () => within<Kept | undefined>('readonly', (store) => store.get(ONLY) as IDBRequest<Kept | undefined>);
export const remember = (kept: Kept) => within('readwrite', (store) => store.put(kept, ONLY));
export const forget = () => within('readwrite', (store) => store.delete(ONLY));
