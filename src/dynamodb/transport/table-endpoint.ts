import { partition } from '@aws-sdk/core/client';
import {
  loadConfig,
  NODE_USE_DUALSTACK_ENDPOINT_CONFIG_OPTIONS,
  NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS,
} from '@smithy/core/config';

interface EndpointKind {
  readonly useFips: boolean;
  readonly useDualStack: boolean;
}

/** Where DynamoDB is, by the Region and what the environment or AWS's shared configuration ask for. */
export async function findEndpoint(region: string): Promise<string> {
  return endpointOf(region, {
    useFips: await loadConfig(NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS)(),
    useDualStack: await loadConfig(NODE_USE_DUALSTACK_ENDPOINT_CONFIG_OPTIONS)(),
  });
}

/**
 * The SDK's client has a language of rules for it, which takes more of a start than all the rest of
 * the way to the table; a test holds this to those rules, for every Region.
 * Source: https://docs.aws.amazon.com/general/latest/gr/ddb.html
 * @throws where the Region's partition has no such endpoints
 */
export function endpointOf(region: string, { useFips, useDualStack }: EndpointKind): string {
  const { name, dnsSuffix, dualStackDnsSuffix, supportsFIPS, supportsDualStack } =
    partition(region);
  if (useFips && !supportsFIPS) throw new Error(`${region} has no FIPS endpoints`);
  if (useDualStack && !supportsDualStack) throw new Error(`${region} has no dual-stack endpoints`);
  // In GovCloud every endpoint of one address family is a FIPS endpoint.
  const isNamedFips = useFips && (useDualStack || name !== 'aws-us-gov');
  const service = isNamedFips ? 'dynamodb-fips' : 'dynamodb';
  return `https://${service}.${region}.${useDualStack ? dualStackDnsSuffix : dnsSuffix}`;
}
