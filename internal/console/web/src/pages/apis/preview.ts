import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';

/** One difference between what a stage serves and the API as it is now. */
export interface Change {
  kind: 'added' | 'changed' | 'removed';
  resource: string; // "Route $connect"
  field?: string; // "RequestTemplates.application/json"
  before?: string;
  after?: string;
}

/** Something that will fail clients once deployed, and the field to change. */
export interface PreviewFault {
  /** An error fails every client it concerns, a warning some; advice is no fault yet. */
  severity: 'error' | 'warning' | 'advice';
  resource: string;
  field?: string;
  message: string;
  /** The message for programs: its id, "role.trust_lacks", and what it names. */
  cause?: { id: string; arguments?: Record<string, string> };
  /** Where to mend it: ["integrations", "abc1234"], below the API. */
  place?: string[];
}

export interface Preview {
  changes: Change[];
  faults: PreviewFault[];
}

/** Asks the server what deploying to the stage, or going back to a deployment, would change, and what would fail. */
export function usePreview(apiId: string, stage: string | undefined, deployment?: string) {
  const { extension } = useConsole();
  return useLoaded(() => extension.get<Preview>(`/pasarela/apis/${apiId}/preview`, { stage, deployment }), [extension, apiId, stage, deployment]);
}
