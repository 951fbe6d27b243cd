import type { UsagePlan } from '@aws-sdk/client-api-gateway';
import Link from '@cloudscape-design/components/link';
import { href } from '../../hooks/router';
import { Named } from '../../names/Named';
import { numberText } from '../../words/format';
import { useLanguage, useWords, type Words } from '../../words/language';
import { Amount } from '../../words/When';
import { periods } from './planForm';

/** The stages of a plan, by the names of their APIs. */
export function PlanStages({ plan }: { plan: UsagePlan }) {
  const stages = plan.apiStages ?? [];
  if (stages.length === 0) return <>–</>;
  return <>{stages.map((at, index) => <span key={`${at.apiId}:${at.stage}`}>{index > 0 && ', '}<Named kind="api" id={at.apiId} /> · <Link href={href('apis', at.apiId!, 'stages', at.stage!)}>{at.stage}</Link></span>)}</>;
}

const perSecond: Words<(burst: string) => string> = { en: (burst) => `per second, bursts of ${burst}`, es: (burst) => `por segundo, ráfagas de ${burst}` };

/** How many connections a plan lets in. */
export function Throttle({ of: throttle, none }: { of: UsagePlan['throttle']; none: string }) {
  const unit = useWords(perSecond);
  const { language } = useLanguage();
  return throttle ? <><Amount of={throttle.rateLimit ?? 0} /> {unit(numberText(language, throttle.burstLimit ?? 0))}</> : <>{none}</>;
}

export function Quota({ quota, none }: { quota: UsagePlan['quota']; none: string }) {
  const { language } = useLanguage();
  return <>{quota ? `${numberText(language, quota.limit ?? 0)} / ${periods[language][quota.period ?? 'MONTH']}` : none}</>;
}
