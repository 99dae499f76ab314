import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, string>;
}
interface Job {
  needs?: string[];
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  steps: Step[];
}

const text = readFileSync(new URL('../../.github/workflows/build.yml', import.meta.url), 'utf8');
const workflow: { permissions: object; jobs: Record<string, Job> } = parse(text);
const jobs = Object.entries(workflow.jobs);

const folder = new URL('../../.github/workflows/', import.meta.url);
const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));

t.test('every action is pinned by digest, with the version it had', async (t) => {
  const uses = texts
    .join('\n')
    .split('\n')
    .filter((line) => /\buses:/.test(line));
  t.ok(uses.length > 8);
  for (const line of uses)
    t.match(line, /uses: [\w-]+(\/[\w-]+){1,2}@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  const versions = new Map<string, Set<string>>();
  for (const line of uses) {
    const [action = '', digest = ''] = line.replace(/.*uses: /, '').split('@');
    versions.set(action, (versions.get(action) ?? new Set()).add(digest));
  }
  for (const [action, digests] of versions) t.equal(digests.size, 1, `one version of ${action}`);
});

t.test('nothing is pushed before it was tested, tried and scanned', async (t) => {
  t.same(workflow.jobs.push?.needs?.toSorted(), ['image', 'infrastructure', 'test']);
  const steps = workflow.jobs.image?.steps ?? [];
  t.ok(steps.some(({ uses }) => uses?.startsWith('anchore/scan-action@')));
  t.ok(steps.some(({ run }) => run?.includes('--read-only --cap-drop ALL')));
});

t.test('jobs may read the code, and the last one prove who it is', async (t) => {
  t.same(workflow.permissions, { contents: 'read' });
  for (const [name, job] of jobs) {
    t.ok(job['timeout-minutes'], `${name} ends by itself`);
    if (name !== 'push') t.equal(job.permissions, undefined);
  }
  t.same(workflow.jobs.push?.permissions, { contents: 'read', 'id-token': 'write' });
  t.notMatch(text, /secrets\./, 'no key is stored');
});

t.test('scripts take what is not theirs from the environment', async (t) => {
  for (const [name, { steps }] of jobs) {
    for (const { run } of steps) if (run) t.notMatch(run, /\$\{\{/, name);
  }
});

t.test('what is pushed is what was scanned, by digest, and it is signed', async (t) => {
  const built = workflow.jobs.image?.steps ?? [];
  t.notOk(
    workflow.jobs.push?.steps.some(({ uses }) => uses?.startsWith('docker/build-push-action@')),
    'nothing is built anew to be pushed',
  );
  const scans = built.filter(({ uses }) => uses?.startsWith('anchore/scan-action@'));
  t.same(
    scans.map(({ with: options }) => options?.image ?? options?.sbom),
    ['user-profile-service:built', 'sbom.cdx.json'],
    'the base and the bundle',
  );
  const scripts = (workflow.jobs.push?.steps ?? []).map(({ run }) => run ?? '').join('\n');
  t.match(scripts, 'skopeo copy --preserve-digests "oci-archive:$folder/image.tar"');
  t.match(scripts, 'test "$pushed" = "$(cat "$folder/digest")"');
  t.match(scripts, /cosign sign --yes --recursive "\$\{IMAGE%:\*\}@\$DIGEST"/);
});

t.test('what becomes known later is looked for every night', async (t) => {
  const nightly = parse(readFileSync(new URL('nightly.yml', folder), 'utf8'));
  t.match(nightly.on.schedule, [{ cron: /^\d+ \d+ \* \* \*$/ }]);
  const scanned = nightly.jobs.bundle.steps.find((step: Step) =>
    step.uses?.startsWith('anchore/scan-action@'),
  );
  t.equal(scanned.with.sbom, 'dist/sbom.cdx.json');
});
