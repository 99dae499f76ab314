import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import t from 'tap';
import { parse } from 'yaml';
import { clientIds, webClientId } from '../../local-cognito/app-clients.ts';
import { adminGroup } from '../../local-cognito/sample-people.ts';
import { poolId } from '../../local-cognito/settings.ts';
import { defineTable } from '../../src/dynamodb/table.ts';
import { defaultSchema } from '../helper/default-schema.ts';

interface Container {
  image: string;
  build?: { context: string; target: string };
  environment?: Record<string, string>;
  ports?: string[];
  profiles?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  networks?: { default: { aliases: string[] } };
  volumes?: string[];
  develop?: { watch: { action: string; path: string; target?: string; include?: string }[] };
}

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Container>;
};
const containers = Object.entries(compose.services);
const dockerfile = read('Dockerfile');
const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
const dockerignore = read('.dockerignore');
const stages = [...dockerfile.matchAll(/^FROM .* AS (\S+)$/gm)].map(([, stage = '']) => stage);
const [, nodeImage = ''] = dockerfile.match(/^ARG NODE_IMAGE=(\S+)$/m) ?? [];

/** dclint brings the schema that the Compose Specification publishes. */
function readSchema(): object {
  const schema = new URL('schemas/compose.schema.json', import.meta.resolve('dclint/package.json'));
  return JSON.parse(readFileSync(schema, 'utf8'));
}

function environmentOf(name: string): Record<string, string> {
  return compose.services[name]?.environment ?? {};
}

t.test('is valid by the schema of the Compose Specification', async (t) => {
  const ajv = new Ajv({ strict: false, validateSchema: false, validateFormats: false });
  const validate = ajv.compile(readSchema());
  t.ok(validate(compose), ajv.errorsText(validate.errors));
  const broken = structuredClone(compose);
  Object.assign(broken.services.service ?? {}, { heathcheck: {} });
  t.notOk(validate(broken), 'a misspelt key is refused');
});

t.test('every image is pinned to a version', async (t) => {
  const bases = [...dockerfile.matchAll(/^FROM (?:--\S+ )?(\S+) AS/gm)].map(([, image = '']) =>
    image.includes('NODE_IMAGE') ? nodeImage : image,
  );
  const pulled = containers.filter(([, { build }]) => !build).map(([, { image }]) => image);
  const foreign = [...pulled, ...bases.filter((image) => ![...stages, 'scratch'].includes(image))];
  t.ok(foreign.length >= 5);
  for (const image of foreign) t.match(image, /:v?\d+\.\d+\.\d+(-[a-z-]+)?$/, image);
});

t.test('what is built has a stage in the Dockerfile', async (t) => {
  for (const [name, { build }] of containers) {
    if (build) t.ok(stages.includes(build.target), name);
  }
});

t.test(
  'every container that stays up has a health check, and is reached from here alone',
  async (t) => {
    for (const [name, { healthcheck, ports = [] }] of containers) {
      if (name !== 'table') {
        t.ok(healthcheck?.test?.length, name);
        t.ok(healthcheck?.test?.every((word) => typeof word === 'string'));
      }
      for (const port of ports) t.match(port, /^127\.0\.0\.1:\d+:\d+$/, name);
    }
  },
);

t.test('the service starts when the table is made and its pool and DynamoDB answer', async (t) => {
  t.strictSame(compose.services.service?.depends_on, {
    cognito: { condition: 'service_healthy' },
    dynamodb: { condition: 'service_healthy' },
    pictures: { condition: 'service_healthy' },
    table: { condition: 'service_completed_successfully' },
  });
});

t.test('the service trusts the issuer that the pool writes into its tokens', async (t) => {
  const { COGNITO_ISSUER = '', ...service } = environmentOf('service');
  const { DEV_POOL_URL } = environmentOf('cognito');
  t.equal(COGNITO_ISSUER, `${DEV_POOL_URL}/${poolId}`);
  t.equal(service.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER, DEV_POOL_URL);
  const { hostname, port } = new URL(COGNITO_ISSUER);
  const { networks, ports } = compose.services.cognito ?? {};
  t.ok(networks?.default.aliases.includes(hostname), 'containers find it by that name');
  t.match(hostname, /\.localhost$/, 'so does the machine outside');
  t.strictSame(ports, [`127.0.0.1:${port}:${port}`], 'at the same port');
});

t.test('the service accepts the sample clients and the administrators of the pool', async (t) => {
  const service = environmentOf('service');
  t.equal(service.COGNITO_USER_POOL_ID, poolId);
  t.equal(service.COGNITO_CLIENT_IDS, clientIds.join(','));
  t.equal(service.ADMIN_GROUPS, adminGroup);
});

t.test('table and service speak of one table at one DynamoDB', async (t) => {
  const table = environmentOf('table');
  const service = environmentOf('service');
  t.equal(
    defineTable(table.USER_PROFILE_TABLE_NAME ?? '', defaultSchema).TableName,
    'UserProfiles',
  );
  for (const [name, value] of Object.entries(table)) t.equal(service[name], value, name);
});

t.test(
  'pictures go to the bucket that is made, and are served from the port that is open',
  async (t) => {
    const service = environmentOf('service');
    const { COM_ADOBE_TESTING_S3MOCK_STORE_INITIAL_BUCKETS: bucket } = environmentOf('pictures');
    t.equal(service.PICTURES_BUCKET, bucket);
    const [port = ''] = compose.services.pictures?.ports ?? [];
    const [, host, inside] = /^(.+):(\d+)$/.exec(port) ?? [];
    t.equal(service.PICTURES_BASE_URL, `http://${host}/${bucket}`);
    t.equal(service.AWS_ENDPOINT_URL_S3, `http://pictures:${inside}`);
  },
);

t.test('files that containers mount are there', async (t) => {
  for (const [name, { volumes = [] }] of containers) {
    for (const [path = ''] of volumes.map((volume) => volume.split(':'))) {
      if (path.endsWith('.yml')) t.ok(parse(read(path)), `${name}: ${path}`);
    }
  }
});

t.test('a container without a profile waits for no container that has one', async (t) => {
  for (const [name, { profiles = [], depends_on = {} }] of containers) {
    for (const other of Object.keys(depends_on)) {
      const wanted = compose.services[other]?.profiles ?? [];
      t.ok(wanted.length === 0 || wanted.some((profile) => profiles.includes(profile)), name);
    }
  }
});

t.test('what is watched is there, is in the build, and has somewhere to go', async (t) => {
  for (const [name, { develop }] of containers) {
    for (const { action, path, target } of develop?.watch ?? []) {
      t.ok(existsSync(new URL(path, root)), `${name}: ${path}`);
      if (action.startsWith('sync')) t.equal(target, join('/app', path), name);
      const [, first = ''] = path.split('/');
      if (first !== 'Dockerfile') t.match(dockerignore, new RegExp(`^!${first}$`, 'm'), path);
    }
  }
});

t.test('whatever goes into the image of the service is watched whole', async (t) => {
  // Of other containers: the lock file tells what the workspaces want, and no bundle holds the pool.
  const left = (path: string) => /^(local-cognito$|.+\/package\.json$)/.test(path);
  const built = dockerfile
    .split(/^(?=FROM )/m)
    .filter((stage) => / AS (sources|build)$/m.test(stage))
    .flatMap((stage) => [...stage.matchAll(/^COPY (?!--from)(.+) \S+$/gm)])
    .flatMap(([, paths = '']) => paths.split(' '));
  t.ok(built.length > 10, 'the lines were found');
  const watch = compose.services.service?.develop?.watch ?? [];
  t.same(
    watch.map(({ path }) => path.replace('./', '')).sort(),
    [...built.filter((path) => !left(path)), 'Dockerfile'].sort(),
  );
  for (const { action, path, include } of watch) {
    t.equal(action, 'rebuild', path);
    t.equal(include, undefined, path);
  }
});

t.test('the account page speaks to the service and the pool of this stack', async (t) => {
  const page = environmentOf('account-page');
  const service = environmentOf('service');
  t.equal(page.VITE_COGNITO_ISSUER, service.COGNITO_ISSUER);
  t.equal(page.VITE_COGNITO_CLIENT_ID, webClientId);
  const [published = ''] = compose.services.service?.ports ?? [];
  t.equal(page.VITE_PROFILE_SERVICE_URL, `http://${published.replace(/:\d+$/, '')}`);
  t.ok(service.CORS_ORIGINS?.split(',').includes('http://127.0.0.1:*'), 'any page of this machine');
});

t.test('the image ships without package manager, sources or root', async (t) => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  t.match(last, /^USER node$/m);
  const command = /^CMD (\[.*"dist\/server\.js"\])$/m.exec(last)?.[1] ?? '[]';
  t.equal(JSON.parse(command).join(' '), scripts.start, 'as npm start and the benchmark do');
  t.match(last, /CMD \["node", "dist\/healthcheck\.js"\]/);
  t.notMatch(last, /COPY .*\bsrc\b|npm (ci|install)/);
});

t.test('it says the version of the project, and runs the Node the tests run', async (t) => {
  t.match(dockerfile, `\nARG VERSION=${JSON.parse(read('package.json')).version}\n`);
  t.match(nodeImage, new RegExp(`^node:${read('.nvmrc').trim()}\\.`));
});

t.test('what does the building runs on the machine that builds', async (t) => {
  const bases = new Map<string, string>();
  for (const stage of dockerfile.split(/^FROM /m).slice(1)) {
    const [, platform = '', base = '', name = ''] =
      /^(--platform=\$BUILDPLATFORM )?(\S+) AS (\w+)\n/.exec(stage) ?? [];
    // A stage runs where the one it is made from does.
    const onBuilder = platform !== '' || bases.get(base) === 'builder';
    bases.set(name, onBuilder ? 'builder' : 'target');
    if (!onBuilder) t.notMatch(stage, /^RUN /m, `${name} runs nothing on the target's processor`);
  }
  t.equal(bases.get('build'), 'builder');
  t.equal(bases.get('native'), 'builder', 'though what it fetches is for the target');
  t.equal(bases.get('service'), 'target');
});

t.test('every workspace is there when npm installs', async (t) => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: object };
  const folders = Object.keys(packages).filter((path) => path && !path.includes('node_modules/'));
  t.ok(folders.length >= 2);
  for (const folder of folders) t.match(dockerfile, `COPY ${folder}/package.json ./${folder}/\n`);
});
