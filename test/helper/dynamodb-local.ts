import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../.cache/dynamodb-local', import.meta.url));

/** The package that carries the real DynamoDB Local; as a dependency it would bring a very large tree. */
const carrier = 'amplify-dynamodb-simulator@2.9.30';

/** Where DynamoDB Local is, fetched once with npm where Java is there; else the reason it is not. */
export async function findDynamoDbLocal(): Promise<{ jar: string; libraries: string } | string> {
  try {
    await run('java', ['-version']);
  } catch {
    return 'Java is not on the PATH';
  }
  const jar = join(cache, 'emulator', 'DynamoDBLocal.jar');
  if (!existsSync(jar)) {
    try {
      await fetchCarrier();
    } catch (error) {
      if (!existsSync(jar))
        return `DynamoDB Local could not be fetched: ${(error as Error).message}`;
    }
  }
  return { jar, libraries: join(cache, 'emulator', 'DynamoDBLocal_lib') };
}

async function fetchCarrier(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dynamodb-local-'));
  try {
    const { stdout } = await run('npm', ['pack', '--silent', carrier], { cwd: folder });
    await run('tar', ['-xzf', stdout.trim().split('\n').at(-1) ?? ''], { cwd: folder });
    await mkdir(join(cache, '..'), { recursive: true });
    // Somebody else may have been faster; then theirs is as good.
    await rename(join(folder, 'package'), cache);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
