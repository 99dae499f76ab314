import { lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives a clone the packages that are installed here, without an install. The workspaces are the
 * clone's own: what is built there must not be found by way of this folder.
 */
export function linkPackages(root: string, clone: string): void {
  const [from, to] = [join(root, 'node_modules'), join(clone, 'node_modules')];
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const installed = join(from, name);
    const isWorkspace = lstatSync(installed).isSymbolicLink();
    symlinkSync(isWorkspace ? readlinkSync(installed) : installed, join(to, name));
  }
}
