import { hoursPerMonth, prices, transferTiers } from './prices.ts';
import { assumptions, computeWorkload, secondsPerMonth } from './workload.ts';

export interface Deployment {
  name: string;
  people: number;
  vcpu: number;
  memoryGigabytes: number;
  minimumTasks: number;
  targetRequestsPerSecond: number;
  zones: number;
  natGateways: number;
  interfaceEndpoints: number;
  tasksHavePublicAddresses: boolean;
}

export const small = {
  vcpu: 0.25,
  memoryGigabytes: 0.5,
  minimumTasks: 2,
  targetRequestsPerSecond: 42,
  zones: 2,
  natGateways: 0,
  interfaceEndpoints: 0,
  tasksHavePublicAddresses: true,
};

/** environments/production.tfvars. */
export const production = {
  vcpu: 0.5,
  memoryGigabytes: 1,
  minimumTasks: 3,
  targetRequestsPerSecond: 83,
  zones: 3,
  natGateways: 3,
  interfaceEndpoints: 3,
  tasksHavePublicAddresses: false,
};

/** The same, where there is always enough to do: a larger task takes less CPU for a request. */
const larger = { vcpu: 1, memoryGigabytes: 2, targetRequestsPerSecond: 370 };

export const deployments: Deployment[] = [
  { name: '10,000, small', people: 10_000, ...small },
  {
    name: '10,000, private tasks',
    people: 10_000,
    ...small,
    natGateways: 1,
    tasksHavePublicAddresses: false,
  },
  { name: '1 million', people: 1e6, ...production },
  { name: '100 million', people: 1e8, ...production, ...larger },
];

const kilobytesPerGigabyte = 1e6;
/** infra/alarms.tf: 23 alarms of one metric, and the error rate's three. */
const alarmMetrics = 26;
/** The age of the signing keys is always sent; counts only in the hours in which they are not 0. */
const ownMetrics = 2;

export type CostLine =
  | 'tableReads'
  | 'tableWrites'
  | 'tableStorage'
  | 'tableRecovery'
  | 'tasks'
  | 'loadBalancer'
  | 'addresses'
  | 'natGateways'
  | 'endpoints'
  | 'logs'
  | 'transfer'
  | 'watching';

/** US dollars a month, line by line. */
export function estimateCost(deployment: Deployment) {
  const { people, zones, natGateways, interfaceEndpoints } = deployment;
  const workload = computeWorkload(people);
  const gigabytes = (kilobytes: number) => (workload.requests * kilobytes) / kilobytesPerGigabyte;

  // Autoscaling follows the load, so a month's average is what is paid for.
  const averageTasks = Math.max(
    deployment.minimumTasks,
    workload.averagePerSecond / deployment.targetRequestsPerSecond,
  );
  const peakTasks = Math.max(
    deployment.minimumTasks,
    Math.ceil(workload.peakPerSecond / deployment.targetRequestsPerSecond),
  );
  const taskHour =
    deployment.vcpu * prices.vcpu_hour + deployment.memoryGigabytes * prices.memory_gigabyte_hour;

  const storedGigabytes = (people * assumptions.storedKilobytes) / kilobytesPerGigabyte;
  const logGigabytes = gigabytes(assumptions.logKilobytes);
  const processedPerHour =
    gigabytes(assumptions.requestKilobytes + assumptions.answerKilobytes) / hoursPerMonth;
  // A load balancer unit: the largest of gigabytes an hour, 25 new connections a second.
  const loadBalancerUnits = Math.max(
    processedPerHour,
    workload.requests / assumptions.requestsPerConnection / secondsPerMonth / 25,
  );
  const addresses = zones + natGateways + (deployment.tasksHavePublicAddresses ? averageTasks : 0);

  const lines: Record<CostLine, number> = {
    tableReads: (workload.readUnits / 1e6) * prices.million_read_units,
    tableWrites: (workload.writeUnits / 1e6) * prices.million_write_units,
    tableStorage: storedGigabytes * prices.table_gigabyte_month,
    tableRecovery: storedGigabytes * prices.recovery_gigabyte_month,
    tasks: averageTasks * taskHour * hoursPerMonth,
    loadBalancer:
      (prices.load_balancer_hour + loadBalancerUnits * prices.load_balancer_unit_hour) *
      hoursPerMonth,
    addresses: addresses * prices.public_address_hour * hoursPerMonth,
    natGateways: natGateways * prices.nat_gateway_hour * hoursPerMonth,
    endpoints:
      interfaceEndpoints * zones * prices.endpoint_hour * hoursPerMonth +
      (interfaceEndpoints > 0 ? logGigabytes * prices.endpoint_gigabyte : 0),
    logs: logGigabytes * prices.log_gigabyte,
    transfer: priceTransfer(gigabytes(assumptions.answerKilobytes)),
    watching:
      alarmMetrics * prices.alarm_month +
      ownMetrics * prices.custom_metric_month +
      prices.dashboard_month +
      prices.hosted_zone_month,
  };
  const total = Object.values(lines).reduce((sum, amount) => sum + amount, 0);
  return {
    workload,
    averageTasks,
    peakTasks,
    lines,
    total,
    perThousandPeople: (total / people) * 1000,
  };
}

export function priceTransfer(gigabytes: number): number {
  let from = 0;
  let total = 0;
  for (const { upTo, price } of transferTiers) {
    total += Math.max(0, Math.min(gigabytes, upTo) - from) * price;
    from = upTo;
  }
  return total;
}
