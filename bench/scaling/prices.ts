/** Hours of an average month, as AWS's own calculator has it. */
export const hoursPerMonth = 730;

/**
 * On-demand prices in us-east-1, US dollars, November 2026, free tiers left out.
 * Each line of `docs/cost.md` names the page it is taken from.
 */
export const prices = {
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  million_read_units: 0.125,
  million_write_units: 0.625,
  table_gigabyte_month: 0.25,
  recovery_gigabyte_month: 0.2,
  /** https://aws.amazon.com/fargate/pricing/ (Linux on ARM) */
  vcpu_hour: 0.03238,
  memory_gigabyte_hour: 0.00356,
  /** https://aws.amazon.com/elasticloadbalancing/pricing/ */
  load_balancer_hour: 0.0225,
  load_balancer_unit_hour: 0.008,
  /** https://aws.amazon.com/vpc/pricing/ */
  public_address_hour: 0.005,
  nat_gateway_hour: 0.045,
  /** https://aws.amazon.com/privatelink/pricing/ */
  endpoint_hour: 0.01,
  endpoint_gigabyte: 0.01,
  /** https://aws.amazon.com/cloudwatch/pricing/ */
  log_gigabyte: 0.5,
  alarm_month: 0.1,
  custom_metric_month: 0.3,
  dashboard_month: 3,
  /** https://aws.amazon.com/route53/pricing/ */
  hosted_zone_month: 0.5,
} as const;

/** https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer: up to so many gigabytes, each for. */
export const transferTiers = [
  { upTo: 100, price: 0 },
  { upTo: 10_240, price: 0.09 },
  { upTo: 51_200, price: 0.085 },
  { upTo: 153_600, price: 0.07 },
  { upTo: Number.POSITIVE_INFINITY, price: 0.05 },
];
