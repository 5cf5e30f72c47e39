import type { Metrics } from '../metrics.ts';
import type { Admission } from './admission.ts';

/** Puts what an admission decides by among the metrics. */
export function admissionGauges(metrics: Pick<Metrics, 'gauge'>, admission: Admission): void {
  metrics.gauge(
    'onegrid_cpu_budget_cores',
    'Processor time that may be used, in cores; 0: it is not looked at.',
    () => admission.budget,
  );
  metrics.gauge(
    'onegrid_cpu_used_cores',
    'Processor time that gateway and rooms take, measured over some seconds; cores.',
    () => admission.measured,
  );
  metrics.gauge(
    'onegrid_cpu_expected_cores',
    'Processor time that those will take who came in the last seconds, estimated; cores.',
    () => admission.expected,
  );
  metrics.gauge(
    'onegrid_rooms_saving',
    'Rooms that do without something, because their process has too little time.',
    () => admission.saving,
  );
}
