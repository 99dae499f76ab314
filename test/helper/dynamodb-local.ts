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

/** For a short run: half the CPU of a start and of its first thousand writes. */
const briefly = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/**
 * How Java starts DynamoDB Local, before its own options; it is fetched once with npm where Java is
 * there. Else the reason it can't be started.
 */
export async function findDynamoDbLocal(): Promise<{ words: readonly string[] } | string> {
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
  const libraries = join(cache, 'emulator', 'DynamoDBLocal_lib');
  return { words: [...briefly, `-Djava.library.path=${libraries}`, '-jar', jar] };
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
