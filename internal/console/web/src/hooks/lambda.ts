import { useMemo } from 'react';
import { Lambda } from '../aws/lambda';
import { useConsole } from './console';

export function useLambda(): Lambda {
  const { session } = useConsole();
  return useMemo(() => new Lambda(session), [session]);
}
