import { readdir, readFile } from 'node:fs/promises';
import t from 'tap';
import { type PictureSize, pictureSizes } from '../../src/pictures/picture-limits.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { loopProbe, readLoopHold } from '../helper/loop-hold.ts';
import { judge, measureShare } from '../helper/machine.ts';
import { createRandom, type Random } from '../helper/random.ts';
import { assertClean, assertUpright } from './clean.ts';
import { makeCorpus, type Specimen, uprightName } from './corpus.ts';
import { sendPicture, startPictures } from './start-pictures.ts';
import { watchMemory } from './watch-memory.ts';

const fuzzed = Number(process.env.FUZZED_PICTURES ?? 8);
const maxResidentMb = 256;
const maxHoldMs = 50;

const { service } = await startPictures(t, { nodeOptions: [loopProbe] });
const token = accessToken(service, makePerson());
const corpus = await makeCorpus();
const memory = watchMemory(t, service.child.pid as number);
await readLoopHold(service);

function upload(bytes: Buffer, headers: Record<string, string> = {}) {
  return sendPicture(service.url, 'PUT', '/v1/profiles/me/avatar', { token, bytes, headers });
}

async function readSquares(address: string) {
  const squares = pictureSizes.map(async (size) => {
    const served = await fetch(address.replace('-512.', `-${size}.`));
    return [size, Buffer.from(await served.arrayBuffer())] as const;
  });
  return Object.fromEntries(await Promise.all(squares)) as Record<PictureSize, Buffer>;
}

t.ok(corpus.length >= 60, `${corpus.length} pictures`);
for (const { name, bytes, status } of corpus) {
  t.test(
    `${name} is ${status === 200 ? 'a clean picture then' : `refused with ${status}`}`,
    async (t) => {
      // What it says it is counts for nothing.
      const answer = await upload(bytes, { 'content-type': 'image/gif' });
      t.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 300));
      if (status !== 200) return t.equal(typeof answer.body.code, 'string');
      const squares = await readSquares(answer.body.avatarUrl);
      await assertClean(t, squares, name);
      if (name.startsWith(uprightName)) await assertUpright(t, squares[512], name);
      return undefined;
    },
  );
}

t.test(`${fuzzed} damaged pictures are refused or clean`, async (t) => {
  const sound = corpus.filter(({ status, bytes }) => status === 200 && bytes.length < 100_000);
  const random = createRandom(Number(process.env.FUZZ_SEED ?? 1));
  const tally: Record<string, number> = {};
  for (let at = 0; at < fuzzed; at++) {
    const { name, bytes } = random.pick(sound) as Specimen;
    const answer = await upload(damage(bytes, random));
    tally[answer.status] = (tally[answer.status] ?? 0) + 1;
    if (answer.status === 200) await assertClean(t, await readSquares(answer.body.avatarUrl), name);
    else t.match(answer.status, /^(400|415)$/, `${at}: ${name} is ${answer.status}`);
  }
  t.comment(JSON.stringify(tally));
});

/** Changes, drops, repeats or swaps a few bytes, as the seed says. */
function damage(bytes: Buffer, random: Random): Buffer {
  let damaged = Buffer.from(bytes);
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(damaged.length);
    const length = 1 + random.below(Math.min(64, damaged.length - at));
    const [before, piece, after] = [
      damaged.subarray(0, at),
      damaged.subarray(at, at + length),
      damaged.subarray(at + length),
    ];
    const kind = random.below(4);
    if (kind === 0) damaged[at] = random.below(256);
    else if (kind === 1) damaged = Buffer.concat([before, after]);
    else if (kind === 2) damaged = Buffer.concat([before, piece, piece, after]);
    else damaged = Buffer.concat([before, Buffer.alloc(length, random.below(256)), after]);
    if (damaged.length === 0) return Buffer.from([0]);
  }
  return damaged;
}

t.test('none of it ended the service, filled its memory or held its loop', async (t) => {
  t.equal(service.child.exitCode, null);
  const share = measureShare();
  const held = await readLoopHold(service);
  judge(t, held <= maxHoldMs, share, `the loop was held for ${Math.round(held)} ms`);
  const { peakMb, ownMb, decoders } = memory.read();
  t.comment(
    `held ${Math.round(held)} ms; ${Math.round(peakMb)} MB at most, ${Math.round(ownMb)} of them the service; ${decoders} decoders`,
  );
  t.ok(decoders > 50, `${decoders} decoders were seen`);
  t.ok(peakMb <= maxResidentMb, `${Math.round(peakMb)} MB of resident memory at most`);
  const folder = `/proc/${service.child.pid}/task`;
  const tasks = await readdir(folder).catch(() => []);
  const children = await Promise.all(
    tasks.map((task) => readFile(`${folder}/${task}/children`, 'utf8').catch(() => '')),
  );
  t.equal(children.join('').trim(), '', 'no decoder is left');
});
