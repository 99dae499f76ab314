import { drawCostChart, renderCost, renderLoad } from './cost-document.ts';
import { fillMarker } from './markdown.ts';
import {
  drawLimitsChart,
  drawSurgeChart,
  renderHotProfiles,
  renderLimits,
  renderSurges,
  renderTaskCpu,
} from './scaling-document.ts';

/** Everything in docs/ that is computed: the tables between markers, by document, and the charts. */
export const tables: Record<string, Record<string, () => string>> = {
  'cost.md': { load: renderLoad, cost: renderCost },
  'scaling.md': {
    limits: renderLimits,
    'task cpu': renderTaskCpu,
    surges: renderSurges,
    'hot profiles': renderHotProfiles,
  },
};

export const charts: Record<string, () => string> = {
  'cost.svg': drawCostChart,
  'scaling-limits.svg': drawLimitsChart,
  'scaling-launch.svg': drawSurgeChart,
};

export function fillDocument(name: string, text: string): string {
  return Object.entries(tables[name] ?? {}).reduce(
    (document, [marker, render]) => fillMarker(document, marker, render()),
    text,
  );
}
