import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the package declares it. */
  readonly license: string;
  readonly texts: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

const licenseFile = /^(licen[cs]e|copying|notice)/i;

/** The installed packages, each once, that files of a bundle come from: paths from the root. */
export function findPackages(root: string, inputs: readonly string[]): BundledPackage[] {
  const folders = new Set(
    inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? []),
  );
  const packages = new Map<string, BundledPackage>();
  for (const folder of folders) {
    const manifest: Manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const { name, version, license } = manifest;
    if (!license) throw new Error(`${name}@${version} declares no licence`);
    const texts = readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && licenseFile.test(entry.name))
      .map((entry) => readFileSync(join(root, folder, entry.name), 'utf8').trim());
    packages.set(`${name}@${version}`, { name, version, license, texts });
  }
  return [...packages.values()].sort(
    (a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version),
  );
}

/** CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/), what scanners of vulnerabilities read. */
export function formatSbom(packages: readonly BundledPackage[]): string {
  const components = packages.map(({ name, version, license }) => ({
    type: 'library',
    'bom-ref': toUrl(name, version),
    name,
    version,
    purl: toUrl(name, version),
    licenses: [{ expression: license }],
  }));
  const sbom = { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components };
  return `${JSON.stringify(sbom, undefined, 2)}\n`;
}

/** https://github.com/package-url/purl-spec */
function toUrl(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
}

/** What the licences ask to be passed on: their texts, under the packages they are of. */
export function writeNotices(packages: readonly BundledPackage[]): string {
  const sections = packages.map(({ name, version, license, texts }) => {
    const body = texts.length > 0 ? texts : ['The package comes without the text of its licence.'];
    return [`${name} ${version}`, `Licence: ${license}`, ...body].join('\n\n');
  });
  return `${sections.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
