import { type Environment, isProduction } from './environment.ts';

const cognitoIssuer =
  /^https:\/\/cognito-idp\.[a-z]{2}(-[a-z]+)+-\d+\.amazonaws\.com(\.cn)?\/[\w-]+$/;
/** Cognito puts the Region before the pool's own part of the id. */
const regionalPool = /^[a-z]{2}(-[a-z]+)+-\d+_/;

/** Faults that lie between variables, a line for each. */
export function findFaultsAcross(env: Environment): string[] {
  return [
    ...findIssuerFaults(env),
    ...findRepeatedPools(env),
    ...findOriginFaults(env),
    ...findPictureFaults(env),
    ...findPortFaults(env),
  ];
}

/** Of a pool that is named twice, one list of clients would replace the other. */
function findRepeatedPools({
  COGNITO_USER_POOL_ID: id,
  COGNITO_ADDITIONAL_POOLS: additional = '',
}: Environment): string[] {
  const ids = [id, ...additional.split(';').map((pool) => pool.split('=')[0]?.trim())];
  return new Set(ids).size < ids.length
    ? ['COGNITO_ADDITIONAL_POOLS: names a pool a second time; its clients go in one list']
    : [];
}

/** 0 is any free port. */
function findPortFaults({ PORT = '3000', METRICS_PORT = '9464' }: Environment): string[] {
  return Number(PORT) > 0 && Number(PORT) === Number(METRICS_PORT)
    ? ['METRICS_PORT: is the PORT of the service']
    : [];
}

/** A bucket without an address, or the other way round, is half a configuration. */
export function findPictureFaults(env: Environment): string[] {
  const [bucket, baseUrl] = [env.PICTURES_BUCKET, env.PICTURES_BASE_URL];
  const faults: string[] = [];
  if (bucket !== undefined && baseUrl === undefined) {
    faults.push('PICTURES_BASE_URL: is required with PICTURES_BUCKET');
  }
  if (baseUrl !== undefined && bucket === undefined) {
    faults.push('PICTURES_BUCKET: is required with PICTURES_BASE_URL');
  }
  if (isProduction(env) && baseUrl?.startsWith('http:')) {
    faults.push('PICTURES_BASE_URL: under NODE_ENV=production it begins with https:');
  }
  return faults;
}

/** A page that anybody opens on a machine of theirs is no origin of production. */
function findOriginFaults(env: Environment): string[] {
  const wide = (env.CORS_ORIGINS ?? '').split(',').some((entry) => entry.trim().endsWith(':*'));
  return isProduction(env) && wide
    ? ['CORS_ORIGINS: under NODE_ENV=production an origin names its port, not *']
    : [];
}

/** What an issuer may be depends on the pool and on NODE_ENV. */
function findIssuerFaults(env: Environment): string[] {
  const faults: string[] = [];
  const issuer = env.COGNITO_ISSUER;
  if (issuer === undefined) {
    const id = env.COGNITO_USER_POOL_ID;
    if (id && !regionalPool.test(id)) {
      faults.push(
        'COGNITO_USER_POOL_ID: does not begin with a Region, so no issuer derives from it',
      );
    }
    return faults;
  }
  if (issuer.endsWith('/')) faults.push('COGNITO_ISSUER: must not end with a slash');
  if (isProduction(env) && !cognitoIssuer.test(issuer)) {
    faults.push('COGNITO_ISSUER: under NODE_ENV=production only a Cognito address is accepted');
  }
  return faults;
}

/** For commands that ask a pool: only a local one may have an id without a Region. */
export function findPoolFaults(env: Environment): string[] {
  const id = env.COGNITO_USER_POOL_ID;
  if (!id || regionalPool.test(id) || env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER) return [];
  return ['COGNITO_USER_POOL_ID: does not begin with a Region'];
}
