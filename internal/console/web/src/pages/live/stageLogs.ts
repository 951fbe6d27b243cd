// Which logs a stage writes, and where that is changed.

import type { Stage } from '@aws-sdk/client-apigatewayv2';
import { formHref } from '../../hooks/router';

export type LogKind = 'execution' | 'access';

/** The field of the stage's form that has it write a log. */
const fields = { execution: 'LoggingLevel', access: 'AccessLogFormat' };

/** The form of a stage, at the field that has it write a log. */
export const logForm = (apiId: string, stage: string, kind: LogKind) => formHref(['apis', apiId, 'stages', stage], { form: 'stage', field: fields[kind] });

/** Whether the stage writes such a log; routes with a level of their own may write an execution log for it. */
export function writesLog({ DefaultRouteSettings, RouteSettings, AccessLogSettings }: Stage, kind: LogKind): boolean {
  if (kind === 'access') return !!AccessLogSettings?.Format && !!AccessLogSettings.DestinationArn;
  return [DefaultRouteSettings, ...Object.values(RouteSettings ?? {})].some((settings) => (settings?.LoggingLevel ?? 'OFF') !== 'OFF');
}
