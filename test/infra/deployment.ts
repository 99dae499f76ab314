import type { Moto } from './moto.ts';
import { createWorkspace, findMissing, findProviderMirror, type Workspace } from './terraform.ts';

const mirror = findProviderMirror();

/** Why nothing can be deployed to an emulated AWS here, or undefined. */
export function findObstacle(): string | undefined {
  return (
    findMissing('terraform', 'version') ??
    findMissing('moto_server', '--help') ??
    findMissing('aws') ??
    findMissing('git') ??
    (mirror ? undefined : 'no mirror holds the AWS provider')
  );
}

interface ResourceChange {
  readonly address: string;
  readonly type: string;
  readonly change: {
    readonly actions: string[];
    readonly before: Record<string, unknown> | null;
    readonly after: Record<string, unknown> | null;
    readonly after_unknown: Record<string, unknown>;
  };
}

/** A resource of ours, as the state keeps it. */
interface KeptResource {
  readonly type: string;
  readonly name: string;
  readonly attributes: { readonly tags_all?: Readonly<Record<string, string>> | null };
}

export interface Deployment extends Workspace {
  /** Applies by the second command of infra/README.md; the first has made the state's bucket. */
  deploy(): Promise<void>;
  /** What a plan with these arguments would change, against all that AWS holds by now. */
  plan(...args: string[]): Promise<ResourceChange[]>;
  /** The same by the state alone, in half the time: for where nothing else has changed AWS. */
  planByState(...args: string[]): Promise<ResourceChange[]>;
  /** What the state holds. `show -json` would load the provider's schemas for the same. */
  readState(): Promise<KeptResource[]>;
  readonly variables: readonly string[];
}

/**
 * A copy of infra/ that deploys an environment to an emulated AWS. What differs from a real
 * deployment is here and nowhere in infra/: where AWS is, that no image is built, and that no task
 * runs to wait for.
 */
export async function prepareDeployment(
  environment: string,
  aws: Moto,
  variables: readonly string[],
): Promise<Deployment> {
  const workspace = await createWorkspace(mirror ?? '', {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_PAGER: '',
    TF_CLI_ARGS_init: '-backend-config=use_path_style=true',
  });
  await workspace.run('./bootstrap.sh', [environment, 'example-state', 'eu-central-1']);
  const all = [...variables, '-var=wait_for_steady_state=false'];
  const file = 'next.tfplan';
  let image: string | undefined;
  const plan: Deployment['plan'] = async (...args) => {
    image ??= (await workspace.run('terraform', ['output', '-raw', 'image'])).trim();
    const where = ['-input=false', `-var-file=environments/${environment}.tfvars`, `-out=${file}`];
    await workspace.run('terraform', ['plan', ...where, `-var=image=${image}`, ...all, ...args]);
    const { resource_changes } = JSON.parse(
      await workspace.run('terraform', ['show', '-json', file]),
    );
    return resource_changes.filter(
      ({ change }: ResourceChange) => !['no-op', 'read'].includes(change.actions.join()),
    );
  };
  return {
    ...workspace,
    variables: all,
    async deploy() {
      await workspace.run('./deploy.sh', [environment, '-auto-approve', ...all]);
    },
    plan,
    async readState() {
      const { resources } = JSON.parse(await workspace.run('terraform', ['state', 'pull']));
      return resources
        .filter(({ mode }: { mode: string }) => mode === 'managed')
        .flatMap(({ type, name, instances }: KeptResource & { instances: KeptResource[] }) =>
          instances.map(({ attributes }) => ({ type, name, attributes })),
        );
    },
    planByState: (...args) => plan('-refresh=false', ...args),
  };
}

/** The names of the attributes a change touches. */
export function changedAttributes({ change }: ResourceChange): string[] {
  const { before, after, after_unknown } = change;
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].filter(
    (name) =>
      after_unknown[name] === true ||
      JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
  );
}
